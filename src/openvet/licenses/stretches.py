"""Where in a text licenses stand, each as the stretch of words that it explains best.

A file may hold one license, several one after another, or one and terms of somebody's
own. For each reference text the stretches are found in which its pairs of words are
dense (a running sum that a hit raises and a miss lowers, cut where it has fallen too
far below its best); of those that overlap the one that explains most is kept.
"""

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import Final

import msgspec

from openvet.budget import Budget
from openvet.licenses.fingerprints import Fingerprints, Likeness, likeness

_COVERED: Final = 0.2
"""Less of a reference text than this in the whole file is chance."""
_TEXTS: Final = 40
"""Reference texts looked for in one file, those with the most in it."""
_FALL: Final = 60
_FALL_SHARE: Final = 0.12
"""How far the sum may fall before a stretch ends: pairs, or this share of the text."""
_OVERLAP: Final = 0.3
_FEWEST: Final = 20
_TWICE: Final = 1.5
_STRIDE: Final = 20_000
_SQUARE: Final = 128
_WHOLE: Final = 0.9
_MAIN: Final = 0.75
_NEAR: Final = 0.03
_BESIDE: Final = 0.25
_LARGE: Final = 0.6
_RELATED: Final = 0.4

CLOSE: Final = 0.1
"""A license whose score is not less by more than this may be meant as well."""
_ALIKE: Final = 0.85
_MOSTLY: Final = 0.85
_NEARLY: Final = 0.93
_HALF: Final = 0.5
_PART: Final = 0.25

Owned = dict[int, tuple[int, int]]
"""Pairs of one reference text: how often each counts, how often it may be lacking."""


class Stretch(msgspec.Struct, frozen=True):
    """Words `first` to `last` (not included), and what they are of a reference."""

    first: int
    last: int
    number: int
    """Of the reference text."""
    alike: Likeness
    runner_up: int = -1
    """The text of another license that explains the same words next best."""
    runner_up_score: float = 0.0
    rivals: tuple[int, ...] = ()
    """Texts of other licenses that are nearly as much like it, best first."""


def located(
    prints: Fingerprints,
    pairs: list[int],
    whole: list[Likeness],
    budget: Budget,
    without: frozenset[str] = frozenset(),
) -> list[Stretch]:
    """Return the licenses in a text by their place, none overlapping another.

    Args:
        prints: The reference texts.
        pairs: Pairs of words of the text, in order.
        whole: How alike the whole text is to each reference.
        budget: One step a pair and text.
        without: Licenses not to look for.

    Raises:
        OverBudgetError: The text is too long for what is left.
    """
    best = max((alike.score for alike in whole), default=0.0)
    wanted = sorted(
        (
            number
            for number, alike in enumerate(whole)
            if alike.covered >= _COVERED
            and (alike.covered >= _LARGE or alike.score >= _RELATED * best)
            and prints.texts[number].key not in without
        ),
        key=lambda number: -whole[number].covered * prints.texts[number].size,
    )[:_TEXTS]
    owned, hits = _hits(prints, pairs, frozenset(wanted), budget)
    found = []
    for number in wanted:
        size = prints.texts[number].size
        budget.step(len(hits[number]))
        for first, last in _dense(hits[number], size):
            for begin, end in _copies(pairs, hits[number], first, last, size):
                alike = _alike(pairs[begin:end], owned[number], size)
                found.append(Stretch(begin, end + 1, number, alike))
    return [
        one if one.runner_up >= 0 else _next(prints, one, whole)
        for one in _best(prints, found, pairs)
    ]


def _hits(
    prints: Fingerprints, pairs: list[int], wanted: frozenset[int], budget: Budget
) -> tuple[dict[int, Owned], dict[int, list[int]]]:
    """Return what pairs the texts own of those here, and where they hit."""
    owned: dict[int, Owned] = {number: {} for number in wanted}
    # Versions of one license have most pairs in common: what the same texts own is
    # counted once and handed to each of them afterwards.
    shared: dict[tuple[int, ...], list[int]] = {}
    places: dict[int, list[int]] = {}
    for pair in set(pairs):
        having = [one for one in prints.having(pair) if one[0] in wanted]
        for number, count, spare in having:
            owned[number][pair] = (count, spare)
        if having:
            owners = tuple(number for number, _, _ in having)
            places[pair] = shared.setdefault(owners, [])
    for begin in range(0, len(pairs), _STRIDE):
        budget.step(_STRIDE)
        for index, pair in enumerate(pairs[begin : begin + _STRIDE], begin):
            place = places.get(pair)
            if place is not None:
                place.append(index)
    hits: dict[int, list[int]] = {number: [] for number in wanted}
    for owners, found in shared.items():
        for number in owners:
            hits[number] += found
    for found in hits.values():
        found.sort()
    return owned, hits


def _dense(hits: list[int], size: int) -> list[tuple[int, int]]:
    """Return the stretches of pairs, first and after last, in which hits are dense."""
    found = []
    fall = max(_FALL, int(size * _FALL_SHARE))
    first, best, end, total = -1, 0, -1, 0
    before = -1
    for place in hits:
        total += 1 - (place - before - 1) if first >= 0 else 1
        before = place
        if first >= 0 and (total <= 0 or total < best - fall):
            found.append((first, end, best))
            first = -1
            total = 1
        if first < 0:
            first, best, end = place, 0, place
        if total > best:
            best, end = total, place
    if first >= 0:
        found.append((first, end, best))
    return [(first, end + 1) for first, end, best in found if best >= _FEWEST]


def _copies(
    pairs: list[int], hits: list[int], first: int, last: int, size: int
) -> list[tuple[int, int]]:
    """Return the copies of one text that follow each other in a stretch."""
    begin, end = bisect_left(hits, first), bisect_left(hits, last)
    if end - begin < _TWICE * size:
        return [(first, last)]
    # What a copy begins with tells where the next one does.
    often = Counter(pairs[first:last])
    copies = (end - begin) / size
    near = range(first, min(first + _FEWEST, last))
    start = min(near, key=lambda place: abs(often[pairs[place]] - copies))
    cuts = [i for i in range(start, last) if pairs[i] == pairs[start]][1:]
    edges = [first, *(cut - (start - first) for cut in cuts), last]
    found = []
    for one, other in pairwise(edges):
        part = hits[bisect_left(hits, one) : bisect_left(hits, other)]
        found += _dense(part, size)
    return found


def _alike(pairs: list[int], owned: Owned, size: int) -> Likeness:
    shared = hits = free = 0
    for pair, here in Counter(pairs).items():
        known = owned.get(pair)
        if known is not None:
            there, spare = known
            more = min(max(0, here - there), spare)
            free += more
            shared += min(here, there)
            hits += here - more
    return likeness(shared, hits, len(pairs) - free, size)


def _best(
    prints: Fingerprints, found: list[Stretch], pairs: list[int]
) -> list[Stretch]:
    """Return what explains most, without what overlaps it; by place."""
    kept: list[Stretch] = []
    board = _Board(found)
    for one in sorted(found, key=lambda one: -one.alike.gain):
        rivals = board.beside(one)
        if one not in rivals:
            continue
        rivals.sort(key=lambda rival: -rival.alike.gain)
        best = _chosen(prints, rivals, pairs)
        board.remove(best)
        if probable(best.alike):
            kept.append(_beside(prints, best, rivals))
    kept.sort(key=lambda one: one.first)
    return _standing(_apart(kept), len(pairs) + 1)


def _apart(kept: list[Stretch]) -> list[Stretch]:
    """Return stretches without the few words that two neighbors both have.

    They go to the one that has more of its own license.
    """
    found = kept[:1]
    for one in kept[1:]:
        before = found[-1]
        if one.first < before.last < one.last:
            if one.alike.score > before.alike.score and before.first < one.first:
                found[-1] = msgspec.structs.replace(before, last=one.first)
            else:
                one = msgspec.structs.replace(one, first=before.last)  # noqa: PLW2901 - the same one, cut
        found.append(one)
    return found


class _Board:
    """Stretches that are not yet decided on, by where they stand."""

    def __init__(self, found: list[Stretch]) -> None:
        self._left: dict[int, dict[Stretch, None]] = {}
        for one in found:
            for square in self._squares(one):
                self._left.setdefault(square, {})[one] = None

    def beside(self, one: Stretch) -> list[Stretch]:
        """Return a stretch, if it is left, and what overlaps it."""
        left = (other for square in self._squares(one) for other in self._at(square))
        return [other for other in dict.fromkeys(left) if _overlap(one, other)]

    def remove(self, one: Stretch) -> None:
        """Take away a stretch and what overlaps it."""
        for other in self.beside(one):
            for square in self._squares(other):
                del self._left[square][other]

    def _at(self, square: int) -> dict[Stretch, None]:
        return self._left.get(square, {})

    @staticmethod
    def _squares(one: Stretch) -> range:
        return range(one.first // _SQUARE, one.last // _SQUARE + 1)


def _chosen(
    prints: Fingerprints,
    rivals: list[Stretch],
    pairs: list[int],
) -> Stretch:
    """Return the best of several; of a part of a license, what the part itself says.

    Where the end of a license is cut off, its length says nothing: only what is
    missing between the first and the last sentence that are there counts.
    """
    top = rivals[0]
    if top.alike.covered >= _WHOLE:
        return top
    near = [one for one in rivals if one.alike.within >= top.alike.within - _NEAR]

    def worth(one: Stretch) -> tuple[int, int]:
        mine = prints.pairs(one.number)
        here = set(pairs[one.first : one.last - 1]) & mine.keys()
        said = Counter(mine[pair][1] for pair in here)
        sizes = Counter(sentence for _, sentence in mine.values())
        there = [n for n, count in said.items() if count * 2 > sizes[n]]
        inside = range(min(there, default=0), max(there, default=0) + 1)
        lacking = sum(
            count
            for pair, (count, sentence) in mine.items()
            if sentence in inside and pair not in here
        )
        misses = round((1 - one.alike.within) * (one.last - one.first))
        return len(here) - 2 * misses - lacking, one.alike.gain

    return max(near, key=worth)


def _beside(prints: Fingerprints, best: Stretch, rivals: list[Stretch]) -> Stretch:
    """Return a stretch with the text of another license that explains it next best."""
    key = prints.texts[best.number].key
    others = [one for one in rivals if prints.texts[one.number].key != key]
    if not others:
        return best
    others.sort(key=lambda one: -one.alike.score)
    return msgspec.structs.replace(
        best,
        runner_up=others[0].number,
        runner_up_score=others[0].alike.score,
        rivals=tuple(
            one.number for one in others if one.alike.score >= best.alike.score - CLOSE
        ),
    )


def _next(prints: Fingerprints, best: Stretch, whole: list[Likeness]) -> Stretch:
    """Return a stretch that nothing else explains with what is next in the file."""
    key = prints.texts[best.number].key
    others = (n for n in range(len(whole)) if prints.texts[n].key != key)
    other = max(others, key=lambda number: whole[number].score)
    score = min(whole[other].score, best.alike.score)
    return msgspec.structs.replace(best, runner_up=other, runner_up_score=score)


def _standing(kept: list[Stretch], words: int) -> list[Stretch]:
    """Return what is no passage that a text of another kind shares with a license.

    A copy of a part of a license stands alone: its file, or what is between two other
    licenses, is little else.
    """
    found = []
    for index, one in enumerate(kept):
        begin = kept[index - 1].last if index else 0
        end = kept[index + 1].first if index + 1 < len(kept) else words
        beside = max(0, one.first - begin) + max(0, end - one.last)
        whole = one.alike.covered >= _MAIN
        if whole or beside <= _BESIDE * (one.last - one.first):
            found.append(one)
    return found


def _overlap(one: Stretch, other: Stretch) -> bool:
    both = min(one.last, other.last) - max(one.first, other.first)
    return both > _OVERLAP * min(one.last - one.first, other.last - other.first)


def probable(alike: Likeness) -> bool:
    """Say whether a stretch this much like a reference is a copy of it, or of a part.

    Texts of different publishers share boilerplate. What is a copy is either mostly
    the reference's words, a good part of them, or has almost all of them.
    """
    return (
        alike.score >= _ALIKE
        or (alike.within >= _NEARLY and alike.covered >= _PART)
        or (alike.covered >= _MOSTLY and alike.within >= _HALF)
    )
