"""What a model knows of language and of the world, by questions of our own.

A text is begun, and one of two ends is right: a verb that agrees, the capital of a
country, where something was put two sentences before. It is a small yardstick made for
one use: whether a smaller model does as well as a larger one on the same questions. It
is no benchmark, and its shares are to be compared with each other and with nothing
else. What a model is good for shows on texts of its use.

Forced choices between minimal pairs are how the knowledge of language models is tested
without training or a judge: Warstadt et al., "BLiMP: The benchmark of linguistic
minimal pairs for English", TACL 8 (2020). Whoever guesses is right in half of the
cases; the share that is known follows from p = known + (1 - known) / 2.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import ClassVar, Final, Literal

from openvet.check import Concern
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    Message,
    ScoreRequest,
)
from openvet.patterns import pattern
from openvet.probes.contrast import between, signed, swapped, two_ends
from openvet.probes.probe import (
    Item,
    Observation,
    Result,
    alone,
    seen,
    together,
    unusable,
)
from openvet.probes.suites import opened
from openvet.wire import Record

Kind = Literal["grammar", "knowledge", "meaning", "reading"]
GUESSED: Final = 0.5
"""The share of whoever knows nothing."""
TOKENS: Final = 24
"""Of an answer: enough for an end and a few words around it."""
WORD: Final = pattern(r"[^\W_]+")


class Endings(Record, frozen=True, kw_only=True):
    """Texts of one wording with their ends."""

    id: str
    kind: Kind
    form: str
    """`{0}` is what a text is about, `{1}` its end."""
    rows: tuple[tuple[str, ...], ...]
    """What it is about, the right end and the wrong one; the right end of the next row
    where no wrong one is named."""


class Quality(Record, frozen=True, kw_only=True):
    """The shipped questions as they are stored."""

    version: int
    license: str
    as_of: str
    sets: tuple[Endings, ...]


class Ending(Record, frozen=True, kw_only=True):
    """A text that can end in two ways."""

    id: str
    kind: Kind
    wording: str
    begin: str
    right: str
    wrong: str
    rest: str
    """What follows either end, without the full stop."""


@cache
def quality() -> Quality:
    """Return the shipped questions."""
    return opened("quality", Quality)


def endings() -> Iterator[Ending]:
    """Yield every text, in the order in which it is written."""
    for group in quality().sets:
        before, _, rest = group.form.partition("{1}")
        for number, row in enumerate(group.rows):
            after = group.rows[(number + 1) % len(group.rows)]
            about, right, *others = row
            yield Ending(
                id=f"{group.id}-{number + 1}",
                kind=group.kind,
                wording=group.id,
                begin=before.format(about).rstrip(),
                right=right,
                wrong=others[0] if others else after[1],
                rest=rest.rstrip(".?"),
            )


class RightEndings:
    """Which end a model finds likelier, the right or the wrong one."""

    id: ClassVar[str] = "right-endings"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "right ends of texts held likelier than wrong ones"
    concern: ClassVar[Concern] = "environment"
    null: ClassVar[float] = GUESSED
    prior: ClassVar[tuple[float, float]] = (10, 10)

    def items(self, seed: int) -> Sequence[Item]:
        """Return an item for each text; nothing in them is left to chance."""
        return [
            Item(
                id=one.id,
                request=_ends(one),
                axis=one.kind,
                cluster=one.wording,
            )
            for one in endings()
        ]

    def observe(self, item: Item, result: Result) -> Observation:
        """Return whether the right end is the likelier."""
        places = (1, 0) if swapped(item.id) else (0, 1)
        return signed(item, between(result, places))

    combine = staticmethod(alone)


def _ends(one: Ending) -> ScoreRequest:
    ends = f"{one.right}{one.rest}", f"{one.wrong}{one.rest}"
    return two_ends(one.begin, ends, swap=swapped(one.id))


class RightChoices:
    """Which end a model names when it is asked, with either of them named first.

    For models that give no likelihoods. Who names one end whatever the order is right
    in one of two cases, as whoever guesses.

    Args:
        chat: Whether the model answers messages.
    """

    id: ClassVar[str] = "right-choices"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "right ends of texts named when asked"
    concern: ClassVar[Concern] = "environment"
    null: ClassVar[float] = GUESSED
    prior: ClassVar[tuple[float, float]] = (10, 10)

    def __init__(self, *, chat: bool) -> None:
        self._chat = chat
        self._ends = {one.id: (one.right, one.wrong) for one in endings()}

    def items(self, seed: int) -> Sequence[Item]:
        """Return two items for each text: one for each order of the ends."""
        return [
            Item(
                id=f"{one.id}/{place + 1}",
                request=self._request(one, place),
                axis=one.kind,
                cluster=one.wording,
                pair=one.id,
            )
            for one in endings()
            for place in range(2)
        ]

    def _request(self, one: Ending, place: int) -> GenerateRequest:
        first, second = (one.right, one.wrong)[:: -1 if place else 1]
        text = (
            f'How does this go on: "{one.begin} ..."? Write "{first}" or "{second}",'
            " and nothing else."
        )
        if self._chat:
            turn = (Message(role="user", content=text),)
            return GenerateRequest(prompt=turn, max_tokens=TOKENS)
        return GenerateRequest(prompt=f"{text}\nAnswer:", max_tokens=TOKENS)

    def observe(self, item: Item, result: Result) -> Observation:
        """Return whether the right end is the one that is named first."""
        if not isinstance(result, GenerateResult):
            return seen(item, None, why="the model gave no text")
        said = _words(result.text)
        places = [_place(said, _words(end)) for end in self._ends[item.pair]]
        if places[0] == places[1]:
            return seen(item, None, why="the answer names neither end")
        return seen(item, float(places[0] < places[1]))

    def combine(self, sides: Sequence[Observation]) -> Observation:
        """Return the mean of both orders."""
        values = [side.value for side in sides if side.value is not None]
        if len(values) < len(sides):
            return together(sides, None, why=unusable(sides))
        return together(sides, sum(values) / len(values))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.group().casefold() for word in WORD.finditer(text))


def _place(said: Sequence[str], end: Sequence[str]) -> int:
    """Return where an end is named first; beyond the answer if nowhere."""
    size = len(end)
    for start in range(len(said) - size + 1):
        if tuple(said[start : start + size]) == tuple(end):
            return start
    return len(said)
