"""Models side by side as pictures: a dot, its interval, and how it stands beside A.

A, better, worse, differs, alike and undecided all look different, have a sign that
needs no color, and read differently aloud.
"""

from typing import Final

from openvet.compared.record import BESIDE, Beside, Measure, Standing
from openvet.wire import Record
from openvet.write.escape import visible
from openvet.write.gauges import LEAST, WIDTH

FIRST: Final = "first"
STATES: Final[dict[Beside, str]] = {
    "better": "better",
    "worse": "worse",
    "differs": "differs",
    "alike": "alike",
    "undecided": "unsure",
    "no-answers": "mute",
}
"""Classes of the style sheet."""
MARKS: Final[dict[Beside, str]] = {
    "better": "✓",
    "worse": "✗",
    "differs": "≠",
    "alike": "≈",
    "undecided": "?",
    "no-answers": "∅",
}
MEANS: Final[dict[Beside, str]] = {
    "better": "certainly nearer to chance than A, or knows certainly more",
    "worse": "certainly farther from chance than A, or knows certainly less",
    "differs": "certainly another share; nothing shows which lies farther from chance",
    "alike": "a difference of more than 0.15 is ruled out",
    "undecided": "the questions do not tell",
    "no-answers": "one of them refused, said nothing, or broke",
}


class Side(Record, frozen=True, kw_only=True):
    """One model on one measure as it is drawn, in pixels from the left."""

    name: str
    state: str
    """A class of the style sheet."""
    mark: str
    title: str
    """All of it in a sentence, for those who do not see the picture."""
    low: float = 0
    wide: float = 0
    at: float = 0
    shown: bool = False
    """Whether there is anything to draw."""


def sides(measure: Measure, names: list[str]) -> list[Side]:
    """Return the pictures of a measure, one for each model."""
    return [_side(measure, number, name) for number, name in enumerate(names)]


def _side(measure: Measure, number: int, name: str) -> Side:
    standing, beside = measure.standings[number], measure.differences[number]
    mark = MARKS[beside.says] if beside is not None else ""
    if standing is None or not standing.n:
        return Side(name=name, state=STATES["no-answers"], mark=mark, title="")
    state = FIRST if number == 0 else STATES["undecided"]
    said = ""
    if beside is not None:
        state, said = STATES[beside.says], f"; beside A: {beside.words}"
    return Side(
        name=name,
        state=state,
        mark=mark,
        title=f"{name} on {visible(measure.axis)}: {_told(standing)}; chance"
        f" {measure.null:.2f}{said}",
        low=round(standing.low * WIDTH, 1),
        wide=max(round((standing.high - standing.low) * WIDTH, 1), LEAST),
        at=round(standing.share * WIDTH, 1),
        shown=True,
    )


def _told(one: Standing) -> str:
    bounds = f"interval {one.low:.2f} to {one.high:.2f}"
    return f"share {one.share:.2f}, {bounds}, n = {one.n:,}"


def key() -> list[tuple[str, str, str, str]]:
    """Return class, sign, words and meaning of each way to stand beside A."""
    first = (FIRST, "", "A", "the model that the others are held against")
    return [first, *((STATES[n], MARKS[n], _word(n), MEANS[n]) for n in BESIDE)]


def _word(says: Beside) -> str:
    """Return what is said in all cases of one kind: what follows the comma is not."""
    return BESIDE[says].partition(",")[0]
