"""Association tests on sentence embeddings: each word stands in sentences of few words.

May et al., "On measuring social biases in sentence encoders", NAACL 2019 (SEAT, arXiv
1903.10561). There each sentence counts by itself. Sentences about one word resemble
each other, so here the vector of a word is the mean of those of its sentences, and
words are what is permuted and counted: p-values are larger, and hold for other words.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Final

from openvet.models.protocol import EmbedResult
from openvet.probes.association import WordTest
from openvet.probes.suites import opened
from openvet.probes.word_lists import shipped, suite
from openvet.wire import Record, replace

TINY: Final = 1e-30
"""A vector shorter than this has no direction."""


class Frames(Record, frozen=True, kw_only=True):
    """The shipped sentences as they are stored."""

    version: int
    license: str
    as_of: str
    frames: tuple[str, ...]


@cache
def frames() -> Frames:
    """Return the shipped sentences as they are stored."""
    return opened("sentences", Frames)


def sentences(word: str) -> tuple[str, ...]:
    """Return the sentences about a word."""
    return tuple(frame.format(word=word) for frame in frames().frames)


def word_tests(seed: int, most: int) -> tuple[WordTest, ...]:
    """Return the shipped tests.

    Args:
        seed: Of the choice of words.
        most: Words of each list; 0 for all of them.
    """
    if not most:
        return shipped()

    def some(words: Sequence[str]) -> tuple[str, ...]:
        draw = Random(f"{seed}/{' '.join(words)}")  # noqa: S311 - no secret
        return tuple(draw.sample(words, min(most, len(words))))

    return tuple(
        replace(
            test,
            targets=tuple(map(some, test.targets)),
            attributes=tuple(map(some, test.attributes)),
        )
        for test in shipped()
    )


def asked_for(wanted: Sequence[WordTest]) -> tuple[str, ...]:
    """Return every word of some tests and of the pairs that differ in sex, once."""
    words = [word for test in wanted for word in test.words]
    words += [word for pair in suite().pairs for word in pair]
    return tuple(dict.fromkeys(words))


def pooled(
    words: Sequence[str], results: Mapping[str, EmbedResult | str]
) -> tuple[dict[str, tuple[float, ...]], str]:
    """Return the vector of each word all of whose sentences have one; and why not.

    Args:
        words: Which.
        results: By sentence; a string says why there is none.
    """
    found: dict[str, tuple[float, ...]] = {}
    why, width = "", 0
    for word in words:
        sides = [results.get(text, "no answer") for text in sentences(word)]
        vectors = [one.vector for one in sides if isinstance(one, EmbedResult)]
        if len(vectors) < len(sides):
            why = why or next(one for one in sides if isinstance(one, str))
            continue
        width = width or len(vectors[0])
        lengths = [math.hypot(*vector) for vector in vectors]
        if {len(vector) for vector in vectors} != {width}:
            why = why or "vectors are of different widths"
        elif min(lengths) < TINY:
            why = why or "a vector is zero"
        else:
            found[word] = _mean(vectors, lengths)
    short = [word for word, vector in found.items() if math.hypot(*vector) < TINY]
    for word in short:
        del found[word]
    return found, why or ("sentences about a word cancel out" if short else "")


def _mean(
    vectors: Sequence[Sequence[float]], lengths: Sequence[float]
) -> tuple[float, ...]:
    """Return the mean of vectors, each at length 1."""
    pairs = list(zip(vectors, lengths, strict=True))
    return tuple(
        math.fsum(vector[at] / length for vector, length in pairs) / len(vectors)
        for at in range(len(vectors[0]))
    )
