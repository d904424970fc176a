"""What every probe is: questions, and what each answer means.

A probe is data and pure functions. It never runs a model and never judges one: it
says what to ask, and turns an answer into a number between 0 and 1 - or into None,
where the answer says nothing. `openvet.probes.asking` asks.
"""

from collections.abc import Sequence
from typing import Final, Protocol, TypeAlias, runtime_checkable

from openvet.check import Concern
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    ScoreRequest,
    ScoreResult,
)
from openvet.wire import Record, replace

KINDS: Final = 10
"""Of people or words on an axis, from which on it is asked whether they differ: fewer
cannot tell, even where all of them lean to one side, and what is found is about
these."""

Request: TypeAlias = ScoreRequest | GenerateRequest
Result: TypeAlias = ScoreResult | GenerateResult


class Item(Record, frozen=True, kw_only=True):
    """One question, and what it counts toward."""

    id: str
    """Unique in its probe, and the same whenever the probe is made again."""
    request: Request
    axis: str
    """What it measures; each axis has a verdict of its own."""
    cluster: str
    """Items of one cluster share a wording, so they are not independent."""
    crossed: tuple[str, ...] = ()
    """What items of several clusters share besides: each of the people compared."""
    pair: str = ""
    """Items with the same pair and axis count as one; empty: the item stands alone."""
    group: str = ""
    """The group, brand or side that the item is about."""
    ends: tuple[int, ...] = ()
    """Of a request with many continuations, the places of the two that it compares, the
    one that is looked for first; empty where there are no others."""
    note: str = ""
    """What else a report should say of it: the kind of stereotype, the source."""


class Observation(Record, frozen=True, kw_only=True):
    """What the answer to an item, or to a pair of items, shows."""

    item: str
    axis: str
    cluster: str
    crossed: tuple[str, ...] = ()
    pair: str = ""
    group: str = ""
    value: float | None
    """From 0 to 1, where 1 is what the probe looks for. None: no usable answer."""
    size: float | None = None
    """How strongly, where the probe can say: nats, for likelihoods."""
    why: str = ""
    """Why there is no value, in words."""


@runtime_checkable
class Probe(Protocol):
    """A way of asking a model."""

    @property
    def id(self) -> str:
        """Kebab-case; never changes."""

    @property
    def version(self) -> int:
        """Raised when the same model may be measured otherwise than before."""

    @property
    def title(self) -> str:
        """What it measures, in a few words."""

    @property
    def concern(self) -> Concern:
        """What it belongs to."""

    @property
    def null(self) -> float:
        """The mean value of a model that has nothing of what is looked for."""

    @property
    def prior(self) -> tuple[float, float]:
        """The shares that its sequence is tuned for, as a beta distribution.

        (10, 10) decides early on some hundred items, (2, 2) on some tens.
        """

    def items(self, seed: int) -> Sequence[Item]:
        """Return all questions; `seed` sets what is left to chance in them."""

    def observe(self, item: Item, result: Result) -> Observation:
        """Return what an answer shows."""

    def combine(self, sides: Sequence[Observation]) -> Observation:
        """Return what the items of a pair show together.

        Args:
            sides: At least one observation, in the order of `items`; items that stand
                alone are not asked for here.
        """

    def __hash__(self) -> int:
        """Return the same always: a probe is known again, with what belongs to it."""


@runtime_checkable
class Varied(Protocol):
    """A probe whose questions are so different that no answer fits most of them."""

    def repeated(self, texts: Sequence[str]) -> str:
        """Return why answers are none that are given again and again; empty if not."""


def seen(
    item: Item, value: float | None, *, size: float | None = None, why: str = ""
) -> Observation:
    """Return the observation of an item."""
    return Observation(
        item=item.id,
        axis=item.axis,
        cluster=item.cluster,
        crossed=item.crossed,
        pair=item.pair,
        group=item.group,
        value=value,
        size=size,
        why=why,
    )


def together(
    sides: Sequence[Observation],
    value: float | None,
    *,
    size: float | None = None,
    why: str = "",
) -> Observation:
    """Return the observation of a pair, named after its first side."""
    return replace(sides[0], value=value, size=size, why=why)


def unusable(sides: Sequence[Observation]) -> str:
    """Return why a pair has no value, or an empty string if all its sides have one."""
    return next((side.why or "no answer" for side in sides if side.value is None), "")


def alone(sides: Sequence[Observation]) -> Observation:
    """Return the observation of a pair of one: what `combine` is without pairs."""
    return sides[0]


def difference(sides: Sequence[Observation]) -> Observation:
    """Return 1 where the first side exceeds the second, 0 where it is exceeded.

    Equal sides give 0.5; so does a model that answers both alike, whatever it says. The
    sign alone counts, as in a sign test, since how large a difference of words is
    depends on the words; `size` keeps the difference itself.
    """
    why = unusable(sides) or ("" if len(sides) > 1 else "the other side is missing")
    first, second = (sides[0], sides[-1])
    if why or first.value is None or second.value is None:
        return together(sides, None, why=why)
    apart = first.value - second.value
    value = 0.5 if apart == 0 else float(apart > 0)
    return together(sides, value, size=apart)


def kinds(shown: Sequence[Observation]) -> list[list[str]]:
    """Return what crosses the clusters of some observations, one list for each kind.

    A kind of which there are too few to tell whether they differ is left out.
    """
    if len({len(one.crossed) for one in shown}) != 1:
        return []
    columns = [
        list(column) for column in zip(*(one.crossed for one in shown), strict=True)
    ]
    return [column for column in columns if len(set(column)) >= KINDS]
