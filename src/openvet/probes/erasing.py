"""What is left of a text when words are erased, and what that says of an attribution.

An attribution puts the words of a text in an order, the most important first. It is
comprehensive where the outcome is lost without its first words, and sufficient where it
is kept with these alone: DeYoung et al., "ERASER: A Benchmark to Evaluate Rationalized
NLP Models", ACL 2020 (arXiv 1911.03429). Both say something only beside random orders
of the same words: any text falls apart when words are taken from it.

Words are erased, not replaced: a model has no word that means nothing.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Final, TypeAlias

from openvet.patterns import pattern
from openvet.wire import Record

WORD: Final = pattern(r"\s*\S+")
LEAST: Final = 3
"""Words of a text of which an order can be judged."""
PARTS: Final = (0.2, 0.5)
"""Of the words, that count as the first ones; two of the five parts of ERASER, since
the others are less than a word of a sentence."""
SEVERAL: Final = 2
"""Words that are erased at once at least where an order is judged."""

Order: TypeAlias = tuple[int, ...]
"""Places of words, the most important first."""
Erased: TypeAlias = frozenset[int]
"""Places of words that are gone."""
Outcome: TypeAlias = Callable[[Erased], float]
"""What a text without some words leads to."""


class Judged(Record, frozen=True, kw_only=True):
    """How an order of words does on one text."""

    comprehensiveness: float
    """What the outcome loses without the first words; more is better."""
    sufficiency: float
    """What it loses where they alone are left; less is better."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text with the space before each; joined, they are it."""
    words = [found[0] for found in WORD.finditer(text)]
    rest = text[sum(map(len, words)) :]
    if words and rest:
        words[-1] += rest
    return tuple(words)


def without(words: Sequence[str], gone: Erased) -> str:
    """Return a text without some of its words; it begins as it began."""
    kept = "".join(word for place, word in enumerate(words) if place not in gone)
    if 0 in gone:
        first = words[0]
        kept = first[: len(first) - len(first.lstrip())] + kept.lstrip()
    return kept


def order_of(weights: Sequence[float]) -> Order:
    """Return the places of words by their weight, the largest first."""
    return tuple(sorted(range(len(weights)), key=lambda at: (-weights[at], at)))


def orders_by_chance(count: int, most: int, seed: str) -> list[Order]:
    """Return random orders of so many words: all there are, where these are few."""
    if math.factorial(count) <= most:
        return list(permutations(range(count)))
    draw = Random(seed)  # noqa: S311 - reproducible, not secret
    return [tuple(draw.sample(range(count), count)) for _ in range(most)]


def _firsts(count: int) -> list[int]:
    """Return how many words count as the first ones."""
    return [math.ceil(part * count) for part in PARTS]


def _without_first(order: Order) -> Iterator[Erased]:
    """Yield what is erased to see whether an order is comprehensive.

    Never one word alone: that is what occlusion itself looks at, which would judge it
    by its own measure.
    """
    for count in sorted({max(first, SEVERAL) for first in _firsts(len(order))}):
        yield frozenset(order[:count])


def _without_last(order: Order) -> Iterator[Erased]:
    """Yield what is erased to see whether an order is sufficient; as above."""
    most = len(order) - SEVERAL
    for count in sorted({min(first, most) for first in _firsts(len(order))}):
        yield frozenset(order[count:])


def asked_for(order: Order) -> Iterator[Erased]:
    """Yield every erasure that judging an order takes."""
    yield from _without_first(order)
    yield from _without_last(order)


def judged(order: Order, outcome: Outcome) -> Judged:
    """Return how an order does.

    Args:
        order: Of at least `LEAST` words.
        outcome: Knows the text as a whole and every erasure that is asked for.
    """
    whole = outcome(frozenset())

    def lost(erasures: Iterator[Erased]) -> float:
        found = [whole - outcome(gone) for gone in erasures]
        return math.fsum(found) / len(found)

    return Judged(
        comprehensiveness=lost(_without_first(order)),
        sufficiency=lost(_without_last(order)),
    )
