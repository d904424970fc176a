"""What a model that labels texts does when a group is exchanged in them."""

from collections.abc import Iterator

from openvet.answered import Answered
from openvet.finding import Measure
from openvet.probes.labels import Form
from openvet.probes.moved import Moved


class LabelAnswers(Answered, frozen=True, kw_only=True, tag=True):
    """How far the labels of a text depend on the group that it is about."""

    form: Form | None
    """Of the scores; None without any."""
    labels: tuple[str, ...]
    """As the model names them."""
    generic: bool
    """Whether its settings do not say what they mean."""
    moved: tuple[Moved, ...]
    """One for each axis, in the same order."""
    control: Moved
    """Of what is exchanged without exchanging a group."""


def moves(one: Moved) -> Measure:
    """Return the share of pairs that moved; there is an interval."""
    interval = one.interval
    return Measure(
        name=f"{one.axis}: pairs in which a score moved",
        value=one.share or 0,
        low=interval.low if interval else 0,
        high=interval.high if interval else 1,
        n=one.n,
        method=interval.method if interval else "",
        level=interval.level if interval else 0,
    )


def flips(one: Moved) -> Iterator[Measure]:
    """Yield the share of pairs whose label changed, where there are labels."""
    if one.flips is not None and one.flipped is not None and one.n:
        yield Measure(
            name=f"{one.axis}: pairs whose label changed",
            value=one.flips / one.n,
            low=one.flipped.low,
            high=one.flipped.high,
            n=one.n,
            method=one.flipped.method,
            level=one.flipped.level,
        )


def shift(one: Moved) -> Iterator[Measure]:
    """Yield the mean shift of the label that moves most."""
    if one.shifted is not None:
        yield Measure(
            name=f"{one.axis}: score of {one.label!r}, mean of the first groups less"
            " that of the second",
            value=one.shift,
            low=one.shifted.low,
            high=one.shifted.high,
            n=one.n,
            method=one.shifted.method,
            level=one.shifted.level,
        )
