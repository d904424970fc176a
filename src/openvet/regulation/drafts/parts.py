"""What answers fields of the forms, beyond single statements."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from openvet.dossier import Dossier, Spot
from openvet.finding import Basis
from openvet.openness.documentation import main_card
from openvet.openness.evidence import gather
from openvet.openness.sections import lines_of
from openvet.patterns import pattern
from openvet.regulation.act import Makes
from openvet.regulation.drafts.forms import Answer
from openvet.regulation.making import compute, figure, makes

TEXT: Final = 600
"""Characters of an answer."""
ITEMS: Final = 60
CARDS: Final = 10
LINES: Final = 5000
"""Lines of a card that are searched for mentions."""
SAYS: Final[dict[Makes, str]] = {
    "language": "text",
    "text-to-image": "images, from text",
    "text-to-video": "video, from text",
    "image": "images",
    "video": "video",
    "audio": "audio",
    "narrow": "language, for one task",
    "none": "",
}
BANDS: Final = (
    (5e8, "1 to 500 million"),
    (5e9, "500 million to 5 billion"),
    (1.5e10, "5 to 15 billion"),
    (5e10, "15 to 50 billion"),
    (1e11, "50 to 100 billion"),
    (5e11, "100 to 500 billion"),
    (1e12, "500 billion to 1 trillion"),
    (float("inf"), "above 1 trillion"),
)
"""Of the number of parameters, as the Model Documentation Form has them."""
INPUTS: Final = (
    ("vocabulary-size", "text: it has a vocabulary of {} tokens"),
    ("image-size", "images: {} pixels wide"),
    ("sampling-rate", "audio: {} samples a second"),
)
_CRAWLED: Final = pattern(r"\bcrawl\w*|common ?crawl|\bscrap(?:ed|ing)\b|fineweb", 2)
_SYNTHETIC: Final = pattern(
    r"\bsynthetic\w*\b|\b(?:generated|distilled|labell?ed) (?:by|with|from|using) "
    r"[A-Z\[]|machine-generated",
)
_GIB: Final = 1 << 30
_MIB: Final = 1 << 20


def answer(text: str, spot: Spot) -> Answer:
    """Return what stands at a place as an answer."""
    cut = " ".join(text[:TEXT].split())
    return Answer(
        text=cut + " …" * (len(text) > TEXT),
        basis=spot.basis,
        file=spot.file,
        line=spot.line,
    )


def shown(value: Any) -> str:  # noqa: ANN401 - any plain value
    """Return a plain value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        number = f"{value:,}"
        word = figure(value)
        return f"{number} ({word})" if word[-1].isalpha() else number
    if isinstance(value, list):
        more = f" … ({len(value)} in all)" if len(value) > ITEMS else ""
        return ", ".join(str(part) for part in value[:ITEMS]) + more
    if isinstance(value, dict):
        return "; ".join(f"{key}: {part}" for key, part in list(value.items())[:ITEMS])
    return str(value)


def size(count: int) -> str:
    """Return a number of bytes as people write it."""
    if count >= _GIB:
        return f"{count / _GIB:.1f} GiB"
    return f"{count / _MIB:.1f} MiB" if count >= _MIB else f"{count:,} bytes"


def _name(dossier: Dossier) -> Iterator[Answer]:
    for statement in dossier.facts.get("name", ())[:ITEMS]:
        yield answer(shown(statement.value), statement.spot)


def _parents(dossier: Dossier) -> Iterator[Answer]:
    for edge in dossier.edges:
        if edge.kind == "model" and edge.relation != "distilled-from":
            yield answer(f"{edge.parent} ({edge.relation})", edge.spot)
    for statement in dossier.facts.get("like", ()):
        text = f"it has the figures of {shown(statement.value)}"
        yield answer(text, statement.spot)


def _modalities(dossier: Dossier) -> Iterator[Answer]:
    for subject, words in INPUTS:
        for statement in dossier.facts.get(subject, ())[:1]:
            yield answer(words.format(shown(statement.value)), statement.spot)
    yield from _tasks(dossier)


def _tasks(dossier: Dossier) -> Iterator[Answer]:
    for statement in dossier.facts.get("task", ())[:ITEMS]:
        yield answer(f"task: {shown(statement.value)}", statement.spot)


def _outputs(dossier: Dossier) -> Iterator[Answer]:
    for made in makes(dossier):
        if SAYS[made.makes]:
            yield answer(f"{SAYS[made.makes]}: {made.spot.text}", made.spot)


def _tokens(dossier: Dossier) -> Iterator[Answer]:
    for statement in dossier.facts.get("tokens", ())[:ITEMS]:
        yield answer(f"{shown(statement.value)} tokens", statement.spot)
    for statement in dossier.facts.get("size", ())[:ITEMS]:
        if statement.spot.key == "size_categories":
            yield answer(shown(statement.value), statement.spot)


def _datasets(dossier: Dossier) -> Iterator[Answer]:
    for edge in dossier.edges:
        if edge.kind == "dataset" and edge.relation == "trained-on":
            yield answer(edge.parent, edge.spot)


def _synthetic(dossier: Dossier) -> Iterator[Answer]:
    for edge in dossier.edges:
        if edge.relation == "distilled-from":
            yield answer(f"made with the output of {edge.parent}", edge.spot)
    yield from _mentions(dossier, _SYNTHETIC)


def _crawled(dossier: Dossier) -> Iterator[Answer]:
    yield from _mentions(dossier, _CRAWLED)


def _mentions(dossier: Dossier, words: re.Pattern[str]) -> Iterator[Answer]:
    """Yield the first lines of the cards in which words stand."""
    for card in dossier.cards[:CARDS]:
        found = 0
        for line in islice(lines_of(card), LINES):
            if not line.code and words.search(line.text):
                found += 1
                spot = Spot(file=card.file, line=line.number)
                yield answer(line.text.strip(" -*>#|"), spot)
            if found >= 3:  # noqa: PLR2004 - a few lines show it
                break


def _license(dossier: Dossier) -> Iterator[Answer]:
    for claim in dossier.claims:
        if claim.about == "model":
            yield answer(f"{claim.written} ({claim.source})", claim.spot)


def _licenses_else(dossier: Dossier) -> Iterator[Answer]:
    for claim in dossier.claims:
        if claim.about != "model":
            yield answer(f"{claim.about}: {claim.written}", claim.spot)


def _hashes(dossier: Dossier) -> Iterator[Answer]:
    digests = {item.name: item.digest for item in dossier.items}
    for paper in dossier.papers:
        if paper.role == "weights" and digests.get(paper.file):
            spot = Spot(file=paper.file, basis=Basis.BYTES)
            yield answer(f"{digests[paper.file]} {paper.file}", spot)


def _sizes(dossier: Dossier) -> Iterator[Answer]:
    weights = [paper for paper in dossier.papers if paper.role == "weights"]
    if weights:
        total = sum(paper.size for paper in weights)
        spot = Spot(file=weights[0].file, basis=Basis.BYTES)
        noun = "file" if len(weights) == 1 else "files"
        yield answer(f"{size(total)} of weights in {len(weights)} {noun}", spot)


def _band(dossier: Dossier) -> Iterator[Answer]:
    for statement in dossier.facts.get("parameters", ())[:1]:
        if isinstance(statement.value, int) and statement.value > 0:
            below = (words for most, words in BANDS if statement.value <= most)
            yield answer(f"band: {next(below, BANDS[-1][1])}", statement.spot)


def _use_policy(dossier: Dossier) -> Iterator[Answer]:
    for paper in dossier.papers:
        if paper.role == "use-policy":
            spot = Spot(file=paper.file, basis=Basis.BYTES)
            yield answer("a file of its own", spot)
    for statement in dossier.facts.get("license-link", ())[:ITEMS]:
        yield answer(shown(statement.value), statement.spot)


def _component(name: str) -> Callable[[Dossier], Iterator[Answer]]:
    """Return what yields a component of the openness framework."""

    def found(dossier: Dossier) -> Iterator[Answer]:
        seen = gather(dossier).get(name)
        if seen is not None:
            yield answer(seen.note, seen.spot)

    return found


def _evaluation(dossier: Dossier) -> Iterator[Answer]:
    for statement in dossier.facts.get("evaluation", ())[:ITEMS]:
        yield answer(shown(statement.value), statement.spot)


def _compute(dossier: Dossier) -> Iterator[Answer]:
    spent = compute(dossier)
    if spent.flops is not None and spent.spot is not None:
        yield answer(f"about {spent.flops:.1e} operations", spent.spot)


def _compute_how(dossier: Dossier) -> Iterator[Answer]:
    spent = compute(dossier)
    if spent.flops is not None and spent.spot is not None:
        yield answer(f"{spent.how}, by openvet", spent.spot)


def _usage(dossier: Dossier) -> Iterator[Answer]:
    yield from _component("Inference code")(dossier)
    card = main_card(dossier)
    for section in card.sections if card is not None else ():
        if "```" in section.text and section.title:
            spot = Spot(file=card.file if card else "", line=section.line)
            yield answer(f"lines of code under {section.title!r}", spot)


PARTS: Final[dict[str, Callable[[Dossier], Iterator[Answer]]]] = {
    "name": _name,
    "parents": _parents,
    "modalities": _modalities,
    "outputs": _outputs,
    "tokens": _tokens,
    "datasets": _datasets,
    "synthetic": _synthetic,
    "crawled": _crawled,
    "license": _license,
    "licenses-else": _licenses_else,
    "hashes": _hashes,
    "sizes": _sizes,
    "band": _band,
    "use-policy": _use_policy,
    "usage": _usage,
    "requirements": _component("Supporting libraries and tools"),
    "training-code": _component("Training code"),
    "evaluation": _evaluation,
    "compute": _compute,
    "compute-how": _compute_how,
}
"""By the names that forms use."""
