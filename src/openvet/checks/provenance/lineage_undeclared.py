"""Files show that the model was made from another one, and its card does not say so.

## What it does

Holds what a card declares (`base_model`, tags, the sentence that a trainer writes, any
mention in its text) against what the other files show: the base of an adapter, the
models of a merge, the parents in GGUF and safetensors metadata, `_name_or_path` of a
configuration, the names that training code loads, and figures - vocabulary, width and
layers - that one family of models has. It reports a parent that the card leaves out, a
card that declares another one, and cards that name each other or themselves.

## Why it matters

What a model was made from decides what its license has to be, which biases and
poisoned data it may carry, and which advisories concern it. People who choose a model
look at the card; a parent that is left out is how a license that forbids a use, or asks
for a name, gets lost.

## How it is measured

Names are compared without owner, case, marks and suffixes of a format such as `-GGUF`,
and a name inside another counts as the same, so that an instruction-tuned variant does
not contradict its base. A name that the card mentions anywhere is declared. Paths of
somebody's disk and the model's own name are no parents. An adapter's base, a merge and
a shape that one published model has are a review; the rest is noted, because such
fields are often left over from an earlier step. A size of vocabulary alone never proves
a parent, and the confidence says so.

## What to do

Publisher: add `base_model`, and `base_model_relation`, to the header of the card, or
mend the field that is wrong. User: ask which parent is right before relying on the
license.

## Known limits

A parent that no file names and whose figures were changed is not found; neither is what
a model was distilled from. Weights are not compared. A model that was trained from the
beginning in the shape of another looks as if it had been made from it.

## References

- https://huggingface.co/docs/hub/model-cards#specifying-a-base-model
- SesameAILabs/csm#106; LC1332/Luotuo-Chinese-LLM#17
"""

import posixpath
import re
from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from openvet.check import Check, Concern, Context
from openvet.dossier import Card, Dossier, Edge, Statement
from openvet.finding import Confidence, Finding, Severity
from openvet.formats.lineage.names import is_path, plain
from openvet.subject import Subject

FIX: Final = (
    "add base_model to the header of the card, or mend the field that names the wrong "
    "parent"
)
SHOWN: Final = 10
FORMAT: Final = re.compile(
    r"(?:gguf|gptq|awq|exl2|mlx|onnx|bnb|fp16|bf16|fp8|int8|int4|[2-8]bit|q\d\w*|hf)\Z"
)
"""What names of converted models end with."""
PLACES: Final = frozenset(
    {"", "model", "models", "output", "outputs", "final", "merged", "hf", "checkpoint",
     "best", "last", "base", "tmp", "snapshots", "weights", "pretrained", "main",
     "checkpoints", "ckpt", "huggingface", "trained", "export", "llm"}
)  # fmt: skip
"""Names of folders that say nothing of what is in them."""
SHORTEST: Final = 4
PROGRAMS: Final = re.compile(
    r"o?llama(?:cpp|index|tokenizer\w{0,4}|forcausallm|config)"
)
"""Programs and classes that have a family's name and tell nothing of a model."""
TEXT: Final = 1 << 20
"""Characters of the cards that are searched for mentions."""
FAMILIES: Final = {
    "llama": ("llama", "vicuna", "alpaca"),
    "mistral": ("mistral", "mixtral", "mathstral", "ministral", "codestral"),
    "qwen": ("qwen", "qwq"),
    "phi": ("phi1", "phi2", "phi3", "phi4"),
    "smollm2": ("smollm",),
    **{name: (name,) for name in ("gemma", "falcon", "pythia", "olmo", "deepseek")},
}
"""Words in the names of models by the first word of the family's name."""


class _Names(NamedTuple):
    """What a release says of itself."""

    own: frozenset[str]
    declared: tuple[Edge, ...]
    parents: frozenset[str]
    """Names of the models that are declared, as names are compared."""
    text: str
    """All of the cards, as names are compared."""
    cards: bool

    def told(self, name: str) -> bool:
        """Say whether the cards declare or mention a name."""
        bare = _bare(name)
        mentioned = len(bare) >= SHORTEST and bare in self.text
        return mentioned or any(_alike(bare, parent) for parent in self.parents)


class LineageUndeclared(Check[Dossier]):
    """Judges whether the card declares the parents that other files show."""

    id: ClassVar[str] = "lineage-undeclared"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "files show a parent that the card does not declare"
    concern: ClassVar[Concern] = "provenance"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding for parents, one for figures, one for each loop."""
        names = _names(subject)
        hidden = [edge for edge in subject.edges if _is_hidden(edge, names)]
        hidden.sort(key=lambda edge: not _is_strong(edge))
        if hidden:
            yield self._parents(subject, hidden, names)
        else:
            yield from self._figures(subject, names)
        yield from self._loops(subject)

    def _parents(self, subject: Dossier, hidden: list[Edge], names: _Names) -> Finding:
        first, strong = hidden[0], _is_strong(hidden[0])
        where = posixpath.basename(first.spot.file)
        said = [e.parent for e in names.declared if e.kind == "model"]
        title = f"{where} names {first.parent} as a parent, the card does not"
        if said:
            title = f"the card declares {said[0]}, {where} names {first.parent}"
        elif not names.cards:
            title = f"{where} names {first.parent} as a parent, and there is no card"
        told = [edge.spot for edge in names.declared if edge.kind == "model"]
        return self.finding(
            subject,
            title,
            *(edge.spot.quote() for edge in hidden[:SHOWN]),
            *(spot.quote() for spot in told[:SHOWN]),
            fix=FIX,
            severity=self.severity if strong else Severity.LOW,
            confidence=Confidence.HIGH if strong else Confidence.MEDIUM,
        )

    def _figures(self, subject: Dossier, names: _Names) -> Iterator[Finding]:
        """Compare the family that figures show with those that are named."""
        for said in subject.facts.get("family", ()):
            if _is_named(str(said.value), names):
                continue
            like = _beside(said, subject.facts.get("like", ()))
            shown = f"{like.value} has" if like else f"{said.value} has"
            yield self.finding(
                subject,
                f"the model has the figures that {shown}, which the card does not name",
                said.spot.quote(),
                *(edge.spot.quote() for edge in names.declared[:SHOWN]),
                fix=FIX,
                severity=self.severity if like else Severity.LOW,
                confidence=Confidence.MEDIUM if like else Confidence.LOW,
            )
            return

    def _loops(self, subject: Dossier) -> Iterator[Finding]:
        """Find cards that name themselves, or each other, as parents."""
        owners = {name: card for card in subject.cards for name in _called(card)}
        parents: dict[str, list[tuple[Edge, str]]] = {}
        for edge in subject.edges:
            target = owners.get(edge.parent.strip().lower())
            if target is not None and edge.kind == "model":
                parents.setdefault(edge.spot.file, []).append((edge, target.file))
        loop = _loop(parents)
        if loop:
            yield self.finding(
                subject,
                "a model is declared to be made from itself",
                *(edge.spot.quote() for edge in loop[:SHOWN]),
                fix="declare what the model was really made from",
                severity=Severity.LOW,
            )


def _names(subject: Dossier) -> _Names:
    files = {card.file for card in subject.cards}
    own = {_bare(subject.name)} | {
        _bare(said.value)
        for said in subject.facts.get("name", ())
        if isinstance(said.value, str)
    }
    text = " ".join(
        f"{section.title} {section.text}"
        for card in subject.cards
        for section in card.sections
    )
    declared = tuple(e for e in subject.edges if e.spot.file in files)
    bare = re.sub(r"[^a-z0-9]", "", text[:TEXT].lower())
    return _Names(
        own=frozenset(own - PLACES),
        declared=declared,
        parents=frozenset(_bare(e.parent) for e in declared if e.kind == "model"),
        text=PROGRAMS.sub("", bare),
        cards=bool(subject.cards),
    )


def _bare(name: str) -> str:
    """Return a name as it is compared: without owner, marks and suffix of a format."""
    bare, before = plain(name), ""
    while bare != before:
        bare, before = FORMAT.sub("", bare), bare
    return bare


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= SHORTEST and shorter in longer)


def _is_strong(edge: Edge) -> bool:
    """Say whether a loader or a merge needs the parent, so that it is one."""
    return edge.relation in ("adapter", "merge")


def _is_hidden(edge: Edge, names: _Names) -> bool:
    """Say whether an edge shows a parent that no card tells of."""
    if edge.kind != "model" or edge in names.declared or edge.relation == "bundles":
        return False
    bare = _bare(edge.parent)
    if is_path(edge.parent) and (bare in PLACES or bare.startswith("checkpoint")):
        return False
    if any(_alike(bare, own) for own in names.own) or names.told(edge.parent):
        return False
    if _is_strong(edge):
        return True
    # What a conversion's header names is the parent of what was converted.
    converted = any(_alike(p, own) for p in names.parents for own in names.own)
    return names.cards and not converted


def _is_named(family: str, names: _Names) -> bool:
    """Say whether a family is named, or another parent is that has no known family."""
    word = family.partition(" ")[0].lower()
    mine = FAMILIES.get(word, (word,))
    said = " ".join((*names.own, *names.parents))
    if not names.parents:
        said += names.text
    if any(one in said for one in mine):
        return True
    others = [one for words in FAMILIES.values() for one in words if one not in mine]
    known = any(one in parent for parent in names.parents for one in others)
    return bool(names.parents) and not known


def _beside(said: Statement, others: tuple[Statement, ...]) -> Statement | None:
    return next((one for one in others if one.spot == said.spot), None)


def _called(card: Card) -> Iterator[str]:
    """Yield what a card calls its model where another card could name it."""
    index = card.data.get("model-index")
    parts = index if isinstance(index, list) else []
    names = [card.data.get("model_name")]
    names += [part.get("name") for part in parts if isinstance(part, dict)]
    names += [section.title for section in card.sections[:2] if section.level == 1]
    yield from (name.strip().lower() for name in names if isinstance(name, str))


def _loop(parents: dict[str, list[tuple[Edge, str]]]) -> list[Edge]:
    """Return the edges of the first loop among files, or nothing."""
    done: set[str] = set()
    for start, first in parents.items():
        path: list[tuple[str, Edge | None]] = [(start, None)]
        todo = [iter(first)] if start not in done else []
        while todo:
            edge, file = next(todo[-1], (None, ""))
            if edge is None:
                todo.pop()
                done.add(path.pop()[0])
                continue
            on_path = [name for name, _ in path]
            if file in on_path:
                through = path[on_path.index(file) + 1 :]
                return [*(e for _, e in through if e is not None), edge]
            if file in parents and file not in done:
                path.append((file, edge))
                todo.append(iter(parents[file]))
    return []
