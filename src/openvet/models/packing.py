"""Lay texts out so that a model reads what they share only once.

The continuations of a request differ from some token on. What stands before it adds
the same to the likelihood of each, so it is read once, as the prefix, and never
scored. A row holds several such trees without padding, and where trees of a row begin
alike, that is read once for all of them::

    token     <s>  The  nurse  said  he  ran   she  ran   man ...
    parent     -    0     1     2     3    4     3    6     1
    position   0    1     2     3     4    5     4    5     2

A token sees its parent, its parent's parent and so on, and nothing else. The last token
of a tail is a target only and is never read.

The idea is that of tree attention in speculative decoding (Miao et al., SpecInfer,
arXiv:2305.09781), used here to score instead of to guess.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from openvet.wire import Record


class Tree(Record, frozen=True, kw_only=True):
    """Token ids of a prefix and of everything that may follow it."""

    prefix: tuple[int, ...]
    """At least one: something has to predict the first token of a tail."""
    tails: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """Tokens that are read."""
        return len(self.prefix) + sum(max(len(tail) - 1, 0) for tail in self.tails)

    @property
    def depth(self) -> int:
        """Positions that the longest text takes."""
        return len(self.prefix) + max((len(tail) - 1 for tail in self.tails), default=0)


def tree_of(texts: Sequence[Sequence[int]], context: Sequence[int] = ()) -> Tree:
    """Return the tree of several texts, given as token ids that start alike.

    Args:
        texts: At least one; all start with the same token, which is never scored.
        context: What a single text continues. Several texts need none: what they have
            in common is left out whether it is context or not.
    """
    others = texts[1:] or [context]
    shared = min(len(text) for text in texts) - 1
    for other in others:
        pairs = zip(texts[0], other, strict=False)
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        shared = min(shared, alike)
    shared = max(shared, 1)
    return Tree(
        prefix=tuple(texts[0][:shared]),
        tails=tuple(tuple(text[shared:]) for text in texts),
    )


def fitted(tree: Tree, window: int) -> Tree:
    """Return a tree that fits a model's window, its prefix cut after its start.

    Raises:
        ValueError: A tail alone is longer than the window.
    """
    over = tree.depth - window
    if over <= 0:
        return tree
    if over >= len(tree.prefix):
        raise ValueError(f"a text of {tree.depth} tokens; the model takes {window}")
    kept = tree.prefix[:1] + tree.prefix[1 + over :]
    return Tree(prefix=kept, tails=tree.tails)


class Row:
    """Several trees in one sequence, and where their scores will be found."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.positions: list[int] = []
        self.parents: list[int] = []
        """For each token, the place of the one before it; -1 for the first."""
        self.keep: list[int] = []
        """Places in the row whose predictions are wanted, each once."""
        self.sources: list[int] = []
        """For each target, which of `keep` predicts it."""
        self.targets: list[int] = []
        """Token ids, tail after tail, tree after tree."""
        self.lengths: list[list[int]] = []
        """Of each tree: how many targets each tail has."""
        self._places: dict[tuple[int, int], int] = {}
        self._kept: dict[int, int] = {}

    def more(self, tree: Tree) -> int:
        """Return how many tokens the row would grow by."""
        fresh: set[tuple[int, ...]] = set()
        for tail in tree.tails or ((),):
            text, place = (*tree.prefix, *tail[:-1]), -1
            for at, token in enumerate(text):
                known = self._places.get((place, token))
                if known is None:
                    fresh.update(text[: end + 1] for end in range(at, len(text)))
                    break
                place = known
        return len(fresh)

    def add(self, tree: Tree) -> None:
        """Append a tree; what the row already reads is not read again."""
        trunk = self._read(tree.prefix, -1)
        for tail in tree.tails:
            place = trunk
            for at, token in enumerate(tail):
                self.sources.append(self._wanted(place))
                self.targets.append(token)
                if at < len(tail) - 1:
                    place = self._read((token,), place)
        self.lengths.append([len(tail) for tail in tree.tails])

    def read(self, ids: Sequence[int]) -> list[int]:
        """Have a whole text read, and return the places of its tokens in order."""
        path = [self._read(ids, -1)]
        while (parent := self.parents[path[-1]]) >= 0:
            path.append(parent)
        return path[::-1]

    def _wanted(self, place: int) -> int:
        """Return where in `keep` the prediction of a place is."""
        if place not in self._kept:
            self._kept[place] = len(self.keep)
            self.keep.append(place)
        return self._kept[place]

    def _read(self, ids: Sequence[int], place: int) -> int:
        """Have tokens read after a place, and return the place of the last."""
        for token in ids:
            known = self._places.get((place, token))
            if known is None:
                known = self._places[place, token] = len(self.ids)
                self.ids.append(token)
                self.parents.append(place)
                self.positions.append(self.positions[place] + 1 if place >= 0 else 0)
            place = known
        return place

    def sums(self, values: Sequence[float]) -> Iterator[tuple[float, ...]]:
        """Yield for each tree the sum of each tail, from one value per target."""
        at = 0
        for lengths in self.lengths:
            found = []
            for length in lengths:
                found.append(sum(values[at : at + length]))
                at += length
            yield tuple(found)


def rows(trees: Iterable[Tree], budget: int) -> Iterator[Row]:
    """Yield rows of whole trees in their order, each of at most `budget` tokens.

    A tree that is larger has a row of its own.
    """
    row = Row()
    for tree in trees:
        if row.ids and len(row.ids) + row.more(tree) > budget:
            yield row
            row = Row()
        row.add(tree)
    if row.ids:
        yield row
