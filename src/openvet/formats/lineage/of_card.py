"""What a card says: its header by the Hub's keys, its text by the Hub's template."""

from itertools import pairwise
from typing import Any, Final

from openvet.budget import Budget
from openvet.dossier import Card, Relation, Section, Spot
from openvet.formats.lineage.gathered import TITLE, Gathered, listed, name_in, spot
from openvet.formats.lineage.names import is_repository, repository
from openvet.patterns import pattern

RELATIONS: Final[dict[str, Relation]] = {
    "adapter": "adapter",
    "merge": "merge",
    "quantized": "quantized",
    "finetune": "finetune",
}
"""Values of `base_model_relation` (huggingface/hub-docs, model-cards.md)."""
FACTS: Final[dict[str, str]] = {
    "language": "languages",
    "library_name": "library",
    "pipeline_tag": "task",
    "task_categories": "task",
    "new_version": "new-version",
    "co2_eq_emissions": "emissions",
    "license_link": "license-link",
    "model_name": "name",
    "pretty_name": "name",
    "model_creator": "publisher",
    "author": "publisher",
    "authors": "publisher",
    "publisher": "publisher",
    "organization": "publisher",
    "quantized_by": "quantized-by",
    "extra_gated_prompt": "gated",
    "extra_gated_heading": "gated",
    "size_categories": "size",
    "version": "version",
    "contact": "contact",
    "email": "contact",
    "annotations_creators": "annotations",
    "metrics": "metrics",
}
"""Subject of the statement that a key of the header makes."""
LABELS: Final[dict[str, str]] = {
    "developed by": "publisher",
    "model developer": "publisher",
    "model developers": "publisher",
    "developers": "publisher",
    "curated by": "publisher",
    "author": "publisher",
    "authors": "publisher",
    "funded by": "funding",
    "shared by": "shared-by",
    "model type": "architecture",
    "architecture": "architecture",
    "model architecture": "architecture",
    "language": "languages",
    "languages": "languages",
    "language(s)": "languages",
    "language(s) (nlp)": "languages",
    "repository": "repository",
    "paper": "paper",
    "hardware type": "hardware",
    "hours used": "hours",
    "cloud provider": "cloud-provider",
    "compute region": "compute-region",
    "carbon emitted": "emissions",
    "knowledge cutoff": "data-cutoff",
    "cutoff": "data-cutoff",
    "data freshness": "data-cutoff",
    "release date": "released",
    "model release date": "released",
    "context length": "context-length",
    "context window": "context-length",
    "version": "version",
    "model version": "version",
    "contact": "contact",
    "point of contact": "contact",
    "status": "status",
}
"""Subject by the label of a list item of the text, as the Hub's templates have them."""
PARENTS: Final[dict[str, Relation]] = {
    "finetuned from": "finetune",
    "finetuned from model": "finetune",
    "fine-tuned from": "finetune",
    "fine-tuned from model": "finetune",
    "base model": "base",
    "base models": "base",
    "merged from": "merge",
    "quantized from": "quantized",
    "original model": "base",
}
_LABEL: Final = pattern(
    r"[ \t]{0,8}(?:[-*+][ \t]{1,4})?(?:\*\*|__)([^*:\[\]]{2,40}?)[ \t]{0,2}"
    r"(?:\[optional\])?[ \t]{0,2}(?::[ \t]{0,2}(?:\*\*|__)|(?:\*\*|__)[ \t]{0,2}:)"
    r"[ \t]{0,4}(?:\[optional\][ \t]{0,2}:?)?(.*)"
)
_MADE: Final = pattern(
    r"\b(fine-?tun|distill|quanti[sz]|convert|merge|adapter|lora)"
    r"(?:\w|[^\S\n]|[-,*`'.]){0,60}?\[`?([^\[\]\n`]{1,200})`?\]\(([^()\s]{0,300})\)",
    2,
)
"""The verb of a making, a few words, and a link to what it was made from:
`fine-tuned version of [x](...)`, which trainers write into each card that they make."""
_MAKING: Final[dict[str, Relation]] = {
    "finetun": "finetune",
    "fine-tun": "finetune",
    "distill": "distilled-from",
    "quantis": "quantized",
    "quantiz": "quantized",
    "convert": "quantized",
    "merge": "merge",
    "adapter": "adapter",
    "lora": "adapter",
}
_OF: Final = pattern(r"(?:from|of|for|on)[^\S\n]+(?:the[^\S\n]+)?[`*]{0,3}\Z", 2)
_FENCED: Final = pattern(r"[ \t]*`{3,}\s*(?:ya?ml)?\s*\Z", 2)
RECIPES: Final = 5
"""Configurations in fenced code of one section that are read."""
_LINK: Final = pattern(r"\[([^\[\]]{1,200})\]\(([^()\s]{0,300})\)")
_MISSING: Final = pattern(
    r"\[?more information needed\]?|\[optional\]|n/?a|none|-+|tbd|\{\{.*\}\}", 2
)
_TOKENS: Final = pattern(
    r"\b(\d{1,4}(?:[.,]\d{1,3})?)\s*(t|b|m|trillion|billion|million)\+?\s+(?:\w+\s+){0,2}?tokens\b",
    2,
)
_SCALES: Final = {"t": 10**12, "b": 10**9, "m": 10**6}
LINE: Final = 2000
"""Characters of a line that are searched."""
TAGS: Final = 500
RESULTS: Final = 100
TITLE_LENGTH: Final = 80
_CARD_FOR: Final = pattern(
    r"^(?:\[?(?:model|data(?:set)?) card\]?(?: for| of| -|:)?|readme\Z)", 2
)
CONTACTS: Final = pattern(r"(?:.*\b)?contacts?\b|.*\bmaintainers?\b|.*\bfeedback\b", 2)


def from_card(card: Card, gathered: Gathered, budget: Budget) -> None:
    """Write down what a card says."""
    _license(card, gathered)
    _parents(card, gathered)
    _tags(card, gathered)
    for key, subject in FACTS.items():
        if key in card.data:
            gathered.fact(subject, _plain(card.data[key]), at(card, key))
    _results(card, gathered)
    _title(card, gathered)
    for section in card.sections:
        _section(card, section, gathered)
        if "```" in section.text and "model" in section.text:
            _recipes(card, section, gathered, budget)


def at(card: Card, key: str, text: object = None) -> Spot:
    """Return the place of a key of the header."""
    value = card.data.get(key) if text is None else text
    line = card.lines.get(key) or card.lines.get(key.partition("[")[0], 0)
    return spot(card.file, line, key, f"{key.partition('[')[0]}: {_shown(value)}")


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)[:300]


def _plain(value: object) -> Any:  # noqa: ANN401 - plain data
    # YAML 1.1 reads the code of Norwegian as a lie.
    if isinstance(value, list):
        return ["no" if part is False else part for part in value[:1000]]
    return "no" if value is False else value


def _license(card: Card, gathered: Gathered) -> None:
    """Keep licenses; a name of one's own says more than `other`."""
    named = name_in(card.data.get("license_name"))
    for key, value in listed(card.data.get("license"), "license"):
        if not (named and name_in(value) == "other"):
            gathered.claim(value, card.kind, "card", at(card, key, value))
    if named:
        gathered.claim(named, card.kind, "card", at(card, "license_name"))


def _parents(card: Card, gathered: Gathered) -> None:
    bases = listed(card.data.get("base_model"), "base_model")
    said = RELATIONS.get(name_in(card.data.get("base_model_relation")).lower())
    # What the Hub takes several bases for, where nothing more is said.
    relation: Relation = said or ("merge" if len(bases) > 1 else "base")
    for key, value in bases:
        gathered.edge(value, "model", relation, at(card, key, value))
    for key, value in listed(card.data.get("datasets"), "datasets"):
        if card.kind == "model":
            gathered.edge(value, "dataset", "trained-on", at(card, key, value))
    for key, value in listed(card.data.get("source_datasets"), "source_datasets"):
        name = name_in(value)
        if name not in ("original", "extended", "other", "unknown"):
            name = name.removeprefix("extended|")
            gathered.edge(name, "dataset", "base", at(card, key, value))


def _tags(card: Card, gathered: Gathered) -> None:
    """Keep the tags that say a base, a data set or a license."""
    tags = [name_in(value) for _, value in listed(card.data.get("tags"), "tags")]
    for number, tag in enumerate(tags[:TAGS]):
        place = at(card, f"tags[{number}]", tag)
        head, _, rest = tag.partition(":")
        if head == "base_model" and rest:
            said, _, name = rest.partition(":")
            known = RELATIONS.get(said)
            parent = name if known and name else rest
            gathered.edge(parent, "model", known or "base", place)
        elif head == "dataset" and rest:
            gathered.edge(rest, "dataset", "trained-on", place)
        elif head == "license" and rest:
            gathered.claim(rest, card.kind, "card", place)
        elif head == "arxiv" and rest:
            gathered.fact("paper", tag, place)
    if any(tags):
        gathered.fact("tags", tags[:TAGS], at(card, "tags"))


def _title(card: Card, gathered: Gathered) -> None:
    """Keep the first heading as a name, if it is one.

    The description of a package has the package's name, which its metadata say.
    """
    if card.file.endswith(("METADATA", "PKG-INFO")):
        return
    first = next((s for s in card.sections if s.title), None)
    title = _CARD_FOR.sub("", first.title).strip(" `*:") if first else ""
    if first and first.level == 1 and 0 < len(title) <= TITLE_LENGTH:
        place = spot(card.file, first.line, TITLE, first.title)
        gathered.fact("name", title, place)


def _results(card: Card, gathered: Gathered) -> None:
    """Keep the figures of `model-index`, and the names of the models in it."""
    kept = 0
    for key, index in listed(card.data.get("model-index"), "model-index"):
        if not isinstance(index, dict):
            continue
        gathered.fact("name", name_in(index.get("name")), at(card, f"{key}.name", ""))
        for inner, result in listed(index.get("results"), f"{key}.results"):
            if not isinstance(result, dict) or kept >= RESULTS:
                continue
            data = result.get("dataset")
            dataset = name_in(data.get("name")) if isinstance(data, dict) else ""
            for path, metric in listed(result.get("metrics"), f"{inner}.metrics"):
                if isinstance(metric, dict) and kept < RESULTS:
                    kept += 1
                    figure = {
                        "dataset": dataset,
                        "metric": name_in(metric.get("name") or metric.get("type")),
                        "value": metric.get("value"),
                    }
                    gathered.fact("evaluation", figure, at(card, path, figure))


def _section(card: Card, section: Section, gathered: Gathered) -> None:
    """Read the lines of a section that have a label, and the sentences of trainers."""
    for offset, line in enumerate(section.text.split("\n"), section.text_line):
        found = _LABEL.match(line[:LINE]) if "**" in line or "__" in line else None
        if found is not None:
            _labelled(card, found.group(1), found.group(2), offset, gathered)
        if "](" in line:
            _made(card, line, offset, gathered)
        if "token" in line.lower():
            _tokens(card, line, offset, gathered)
    if CONTACTS.match(section.title):
        first = next((x for x in section.text.split("\n") if x.strip()), "").strip()
        if not _MISSING.fullmatch(first):
            place = spot(card.file, section.line, section.title, first)
            gathered.fact("contact", first, place)


def _made(card: Card, line: str, number: int, gathered: Gathered) -> None:
    """Keep the models that a sentence links to as what this one was made from."""
    for found in _MADE.finditer(line[:LINE]):
        name = _linked(found.group(2), found.group(3))
        before = line[found.start() : found.start(2) - 1].rstrip("[`")
        if not _OF.search(before):
            continue
        place = spot(card.file, number, "", found.group(0))
        if "/datasets/" in found.group(3):
            gathered.edge(name, "dataset", "trained-on", place)
        elif is_repository(name):
            gathered.edge(name, "model", _MAKING[found.group(1).lower()], place)


def _recipes(card: Card, section: Section, gathered: Gathered, budget: Budget) -> None:
    """Read the configurations in fenced code: what merged or trained the model."""
    from openvet.formats.lineage.of_config import Document, from_recipe
    from openvet.formats.yaml import parse_yaml

    lines = section.text.split("\n")
    fences = [at for at, line in enumerate(lines) if _FENCED.match(line)]
    for begin, end in list(pairwise(fences))[: 2 * RECIPES]:
        text = "\n".join(lines[begin + 1 : end])
        if any(word in text for word in ("base_model", "merge_method", "slices")):
            found = parse_yaml(text, budget, items=True)
            before = section.text_line + begin
            places = {key: line + before for key, line in found.lines.items()}
            from_recipe(Document(card.file, found.data, lines=places), gathered)


def _labelled(
    card: Card, label: str, value: str, line: int, gathered: Gathered
) -> None:
    label = " ".join(label.lower().split())
    value = value.strip().strip("*_` ")
    if not value or _MISSING.fullmatch(value):
        return
    place = spot(card.file, line, label, value)
    if label in PARENTS:
        link = _LINK.match(value)
        name = _linked(link.group(1), link.group(2)) if link else value
        gathered.edge(name, "model", PARENTS[label], place)
    elif label in ("license", "licence"):
        link = _LINK.match(value)
        gathered.claim(link.group(1) if link else value, card.kind, "card", place)
    elif label in LABELS:
        gathered.fact(LABELS[label], value, place)


def _linked(text: str, address: str) -> str:
    """Return the better name of a link: the one that has an owner."""
    return repository(address) or text.strip("*_` ")


def _tokens(card: Card, line: str, number: int, gathered: Gathered) -> None:
    for found in _TOKENS.finditer(line[:LINE]):
        amount = float(found.group(1).replace(",", "."))
        value = round(amount * _SCALES[found.group(2)[0].lower()])
        gathered.fact("tokens", value, spot(card.file, number, "", found.group(0)))
