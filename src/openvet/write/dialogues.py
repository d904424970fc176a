"""Dialogues, both sides of a pair beside each other, with what differs marked."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from openvet.finding import Dialogue, Likelihood
from openvet.listing import first_of
from openvet.patterns import pattern
from openvet.wire import Record, replace
from openvet.write.escape import visible

SHOWN: Final = 3
"""Pairs that are not folded: all of an axis, with the one against it."""
FOLDED: Final = 24
"""Pairs that are; the others are counted."""
LONG: Final = 320
"""Characters after which an answer is folded."""
MOST: Final = 2000
"""Characters of a text that are shown."""
SIDES: Final = 4
NAMED: Final = 4
"""Axes that one pair counts toward."""
TEXTS: Final = 6
_WORD = pattern(r"\s+|[^\s]+")


class Piece(Record, frozen=True, kw_only=True):
    """A part of a text that differs in one way, or not at all."""

    text: str
    inside: bool = False
    """Whether the texts of one side differ here."""
    across: bool = False
    """Whether the two sides differ here."""


class Weighed(Record, frozen=True, kw_only=True):
    """A text and how likely it is."""

    pieces: tuple[Piece, ...]
    nats: str
    likelier: str
    """By how much it is likelier than the other; empty where it is not."""


class Side(Record, frozen=True, kw_only=True):
    """What was asked about one group, and what came back."""

    about: str
    prompt: tuple[Piece, ...]
    texts: tuple[Weighed, ...]
    answer: str
    brief: str
    """The beginning of a long answer; empty where all of it is short."""


class Pair(Record, frozen=True, kw_only=True):
    """One question, or two that were compared."""

    axis: str
    """What it counts toward, or all of that."""
    speaks: str
    """Whether it is a case of what is looked for."""
    apart: str
    sides: tuple[Side, ...]


class Shown(Record, frozen=True, kw_only=True):
    """The dialogues of a finding."""

    first: tuple[Pair, ...]
    folded: tuple[Pair, ...]
    rest: int
    weighed: bool
    """Whether likelihoods are among them."""


def lines(text: str) -> Markup:
    """Return a text as HTML of one line, so that none of its own begins a line."""
    return Markup("<br>").join(text.split("\n"))


def shown(dialogues: Iterable[Dialogue]) -> Shown:
    """Return dialogues by pairs, the first of them open and the others folded.

    What counts toward several axes alike is shown once, with all their names.
    """
    alike: dict[tuple[Dialogue, ...], list[list[Dialogue]]] = {}
    for _, sides in groupby(enumerate(dialogues), key=lambda one: _key(*one)):
        pair = [one for _, one in sides]
        bare = tuple(replace(one, axis="", pair="") for one in pair)
        alike.setdefault(bare, []).append(pair)
    pairs = list(alike.values())
    made = [_pair(pair[0], _axes(pair)) for pair in pairs[: SHOWN + FOLDED]]
    return Shown(
        first=tuple(made[:SHOWN]),
        folded=tuple(made[SHOWN:]),
        rest=max(0, len(pairs) - len(made)),
        weighed=any(side.texts for one in made for side in one.sides),
    )


def _key(number: int, one: Dialogue) -> tuple[str, str]:
    """Return what the sides of a pair share; a dialogue without a pair has its own."""
    return (one.axis, one.pair) if one.pair else (one.axis, f"\n{number}")


def _axes(pairs: Sequence[Sequence[Dialogue]]) -> str:
    """Return what the same questions and answers count toward."""
    names = dict.fromkeys(visible(pair[0].axis, most=80) for pair in pairs)
    return first_of(tuple(names), NAMED)


def _pair(dialogues: Sequence[Dialogue], axes: str) -> Pair:
    first = dialogues[0]
    sides = dialogues[:SIDES]
    return Pair(
        axis=axes,
        speaks=_speaks(first.shows),
        apart=_apart(first, sides),
        sides=tuple(
            _side(one, _other(number, sides)) for number, one in enumerate(sides)
        ),
    )


def _speaks(value: float | None) -> str:
    if value is None:
        return ""
    if value == 0.5:  # noqa: PLR2004 - the middle of the scale
        return "both sides alike"
    return "a case of it" if value > 0.5 else "a case against it"  # noqa: PLR2004


def _apart(one: Dialogue, sides: Sequence[Dialogue]) -> str:
    """Return how far the sides, or two texts, are apart.

    Of likelihoods alone it has a unit; among many texts each probe means another
    difference by it, and the numbers themselves stand there. Sides about the same were
    not held against each other, but asked in two orders.
    """
    if one.apart is None or not 1 <= len(one.texts) <= len("AB"):
        return ""
    who = "the sides differ by"
    if len(sides) == 1:
        who = "the texts differ by"
    elif one.about and len({side.about for side in sides}) == 1:
        who = "over both orders, the texts differ by"
    return f"{who} {abs(one.apart):.2f} nats"


def _other(number: int, sides: Sequence[Dialogue]) -> Dialogue | None:
    """Return the side that another one is compared with."""
    if len(sides) == 1:
        return None
    return sides[1] if number == 0 else sides[0]


def _side(one: Dialogue, other: Dialogue | None) -> Side:
    answer = visible(one.answer, most=MOST, newlines=True)
    return Side(
        about=visible(one.about, most=80),
        prompt=() if one.texts else tuple(_pieces(one.prompt, (), _prompts(other))),
        texts=tuple(_weighed(one.texts[:TEXTS], other)),
        answer="" if one.texts else answer,
        brief="" if one.texts or len(answer) <= LONG else f"{answer[:LONG]}…",
    )


def _prompts(other: Dialogue | None) -> tuple[str, ...]:
    return (other.prompt,) if other is not None else ()


def _weighed(texts: Sequence[Likelihood], other: Dialogue | None) -> Iterator[Weighed]:
    """Yield the texts of a side, in the order in which they were asked."""
    ranked = sorted((one.log_likelihood for one in texts), reverse=True)
    for number, one in enumerate(texts):
        beside = [t.text for n, t in enumerate(texts) if n != number][:1]
        across = [t.text for t in other.texts[number : number + 1]] if other else []
        ahead = len(ranked) > 1 and one.log_likelihood == ranked[0] > ranked[1]
        yield Weighed(
            pieces=tuple(_pieces(one.text, beside, across)),
            nats=f"{one.log_likelihood:.2f}",
            likelier=f"likelier by {ranked[0] - ranked[1]:.2f} nats" if ahead else "",
        )


def _pieces(text: str, inside: Sequence[str], across: Sequence[str]) -> Iterator[Piece]:
    """Yield a text, cut where it begins or ceases to differ from others."""
    words = _words(text)
    here = [_differing(words, _words(one)) for one in inside]
    there = [_differing(words, _words(one)) for one in across]
    marks = [
        (any(n in one for one in here), any(n in one for one in there))
        for n in range(len(words))
    ]
    for mark, run in groupby(zip(marks, words, strict=True), key=lambda one: one[0]):
        yield Piece(
            text="".join(word for _, word in run), inside=mark[0], across=mark[1]
        )


def _words(text: str) -> list[str]:
    return _WORD.findall(visible(text, most=MOST, newlines=True))


def _differing(words: Sequence[str], others: Sequence[str]) -> set[int]:
    """Return the places of words that differ: one by one, or all of the middle.

    As many words are compared place by place; of others the beginning and the end that
    they share are left out. Either is linear, whatever a model wrote.
    """
    if len(words) == len(others):
        return {
            n
            for n, pair in enumerate(zip(words, others, strict=True))
            if pair[0] != pair[1]
        }
    least = min(len(words), len(others))
    begin = next((n for n in range(least) if words[n] != others[n]), least)
    left = least - begin
    end = next((n for n in range(left) if words[-1 - n] != others[-1 - n]), left)
    return set(range(begin, len(words) - end))
