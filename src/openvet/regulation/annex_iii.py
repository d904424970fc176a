"""Signs in names and labels that a use of Annex III may be meant.

A sign raises a question and decides nothing: the Annex is about what a system is meant
for, which no file of a model shows for certain. Names are those that a release gives
itself; what its text mentions in passing is no sign.
"""

from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.dossier import Dossier, Spot
from openvet.finding import Basis
from openvet.patterns import pattern
from openvet.regulation.act import Signal, act
from openvet.regulation.making import texts
from openvet.wire import Record

LONGEST: Final = 300
"""Characters of a name or a label that are looked at."""
FILES: Final = 2000
SHOWN: Final = 5
NAMES: Final = ("name", "base-name", "task", "tags", "architecture", "description")
_WORD: Final = pattern(r"[^a-z0-9]+")
_CAMEL: Final = pattern(r"(?<=[a-z])(?=[A-Z])")
_TEXT_TASKS: Final = frozenset(
    {"text-classification", "token-classification", "text-generation", "fill-mask",
     "zero-shot-classification", "text2text-generation", "sentence-similarity"}
)  # fmt: skip
_FEMALE: Final = frozenset({"female", "woman", "women"})
_MALE: Final = frozenset({"male", "man", "men"})


class Sign(Record, frozen=True, kw_only=True):
    """A sign and where it stands."""

    signal: Signal
    shown: str
    """The name or the labels."""
    spot: Spot


def signs(dossier: Dossier, budget: Budget) -> tuple[Sign, ...]:
    """Return the signs of Annex III, the best of each kind.

    Raises:
        OverBudgetError: There is no time left.
    """
    reads_text = _reads_text(dossier)
    names = tuple(_names(dossier))
    found: list[Sign] = []
    for signal in act().signals:
        if signal.not_text and reads_text:
            continue
        budget.step(len(names) + 1)
        sign = _labelled(signal, dossier, budget) or _named(signal, names)
        if sign is not None:
            found.append(sign)
    return tuple(found)


def _reads_text(dossier: Dossier) -> bool:
    """Say whether the model reads text, so that nobody's face or voice is judged."""
    for text, _ in (*texts(dossier, "task"), *texts(dossier, "tags")):
        if text.strip().lower() in _TEXT_TASKS:
            return True
    return False


def _names(dossier: Dossier) -> Iterator[tuple[str, str, Spot]]:
    """Yield what a release calls itself and its weights: folded, as written, where."""
    for subject in NAMES:
        for text, spot in texts(dossier, subject):
            cut = text[:LONGEST]
            # A sentence about the model is one where it is short, as a title is.
            if subject in ("name", "task", "tags", "base-name", "description") or (
                spot.basis is Basis.BYTES
            ):
                yield folded(cut), cut, spot
    for paper in dossier.papers[:FILES]:
        if paper.role == "weights":
            name = paper.file.rpartition("/")[2]
            yield folded(name), name, Spot(file=paper.file, basis=Basis.BYTES)


def folded(text: str) -> str:
    """Return words in lower case, joined and surrounded by dashes."""
    bare = _WORD.sub("-", _CAMEL.sub("-", text).lower()).strip("-")
    return f"-{bare}-"


def _named(signal: Signal, names: tuple[tuple[str, str, Spot], ...]) -> Sign | None:
    if not signal.names:
        return None
    words = pattern(rf"(?<=-){signal.names}(?=-)")
    for name, written, spot in names:
        if words.search(name):
            return Sign(signal=signal, shown=written, spot=spot)
    return None


def _labelled(signal: Signal, dossier: Dossier, budget: Budget) -> Sign | None:
    """Return a sign if enough labels of one list are of a kind."""
    if not signal.labels and not signal.shape:
        return None
    for statement in dossier.facts.get("labels", ()):
        labels = statement.value if isinstance(statement.value, list) else []
        budget.step(len(labels))
        plain = [_plain(one) for one in labels if isinstance(one, str)]
        hits = _hits(signal, plain)
        if len(set(hits)) >= signal.least:
            shown = ", ".join(dict.fromkeys(hits[: SHOWN * 2]))
            return Sign(signal=signal, shown=shown, spot=statement.spot)
    return None


def _plain(label: str) -> str:
    """Return a label as it is compared."""
    return " ".join(label[:LONGEST].lower().replace("_", " ").split())


def _hits(signal: Signal, labels: list[str]) -> list[str]:
    if signal.both:
        women = [one for one in labels if _FEMALE & set(one.split())]
        men = [one for one in labels if _MALE & set(one.split())]
        return [*women, *men] if women and men else []
    if signal.shape:
        shape = pattern(signal.shape)
        return [label for label in labels if shape.fullmatch(label)]
    return [label for label in labels if label in signal.labels]
