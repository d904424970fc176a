"""fastText models: arguments, dictionary, an input and an output matrix.

Everything after the header is sized by numbers in the file, so the walk has to end
exactly at the file's end. Source: facebookresearch/fastText, `src/fasttext.cc`,
`dictionary.cc`, `densematrix.cc`, `quantmatrix.cc`, `productquantizer.cc`.
"""

from dataclasses import dataclass, field
from typing import Final

from openvet.artifacts import Tensor
from openvet.budget import Budget
from openvet.formats.cursor import WINDOW, Cursor, CutOffError
from openvet.formats.notes import Notes
from openvet.source import Source

MAGIC: Final = (793_712_314).to_bytes(4, "little")
NEWEST: Final = 12
ARGUMENTS: Final = 12
BATCH: Final = 4096
LONGEST_WORD: Final = 1 << 16
LARGEST: Final = 1 << 48
CENTROIDS: Final = 256
AFTER_WORD: Final = 9
"""Bytes after a word's NUL: its count and its kind."""


class StopError(ValueError):
    """The rest cannot be read; why is in the notes."""


@dataclass
class Model:
    """What a model says it holds."""

    notes: Notes = field(default_factory=Notes)
    words: int = 0
    tensors: list[Tensor] = field(default_factory=list)


def read(source: Source, budget: Budget) -> Model:
    """Return what a model holds and what contradicts the file's length.

    Raises:
        OverBudgetError: It has more words than may be read.
    """
    walk = _Walk(source, budget)
    try:
        walk.run()
    except CutOffError:
        walk.notes.cut_off("fasttext", "the file ends early", source)
    except StopError as error:
        walk.notes.gap("broken", str(error), walk.cursor.at)
    return walk.model


class _Walk:
    """One pass over a model.

    Args:
        source: The file.
        budget: What may still be spent; a step is a word.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.model = Model()
        self.notes = self.model.notes
        self.cursor = Cursor(source, len(MAGIC))
        self.budget = budget

    def run(self) -> None:
        """Read the whole model."""
        version = self.cursor.integer("i")
        if not 0 < version <= NEWEST:
            self.notes.gap("unsupported", f"fastText version {version}", 4)
            return
        self.cursor.skip(4 * ARGUMENTS + 8)
        self._dictionary()
        quantized = self._flag()
        self._matrix("input", quantized=quantized)
        self._matrix("output", quantized=self._flag() and quantized)
        if self.cursor.left:
            start, size = self.cursor.at, self.cursor.source.size
            kind = self.notes.rest(self.cursor.source, start, size, "bytes after")
            note = self.notes.attack if kind else self.notes.odd
            note("fasttext-trailing", f"{size - start} bytes follow the model", start)

    def _lie(self, what: str, count: int) -> StopError:
        """Note a number the file cannot hold, and return the error to raise."""
        self.notes.attack(
            "fasttext-length",
            f"{what} of {count} with {self.cursor.left} bytes left",
            self.cursor.at,
            live="fastText's native loader, which allocates it",
        )
        return StopError(f"{what} cannot be true")

    def _dictionary(self) -> None:
        size = self.cursor.integer("i")
        self.cursor.skip(4 + 4 + 8)
        pruned = self.cursor.integer("q")
        if size < 0 or size * (AFTER_WORD + 1) > self.cursor.left:
            raise self._lie("a dictionary", size)
        self.model.words = size
        self._words(size)
        if pruned > 0:
            if pruned * 8 > self.cursor.left:
                raise self._lie("a list of pruned words", pruned)
            self.cursor.skip(pruned * 8)

    def _words(self, count: int) -> None:
        """Pass over words, each ended by NUL and followed by nine bytes."""
        source, at = self.cursor.source, self.cursor.at
        left = count
        while left:
            data = source.read(at, WINDOW)
            start, before = 0, left
            while left:
                end = data.find(b"\0", start)
                if end < 0 or end + AFTER_WORD >= len(data):
                    break
                start = end + 1 + AFTER_WORD
                left -= 1
            if before == left:
                if len(data) < LONGEST_WORD:
                    raise CutOffError
                raise self._lie("a word", len(data))
            self.budget.step(before - left)
            at += start
        self.cursor.at = at

    def _flag(self) -> bool:
        return self.cursor.take(1) != b"\0"

    def _matrix(self, name: str, *, quantized: bool) -> None:
        """Pass over a matrix, dense or product-quantized."""
        begin = self.cursor.at
        normed = quantized and self._flag()
        rows, columns = self.cursor.integer("q"), self.cursor.integer("q")
        if not (0 <= rows < LARGEST and 0 <= columns < LARGEST):
            raise self._lie(f"an {name} matrix", max(rows, columns, -rows, -columns))
        if quantized:
            self._skip(f"codes of the {name} matrix", self.cursor.integer("i"))
            self._quantizer(name)
            if normed:
                self._skip(f"norms of the {name} matrix", rows)
                self._quantizer(name)
        else:
            self._skip(f"an {name} matrix", rows * columns * 4)
        self.model.tensors.append(
            Tensor(
                name=name,
                dtype="PQ8" if quantized else "F32",
                shape=(rows, columns),
                start=begin,
                stop=self.cursor.at,
            )
        )

    def _quantizer(self, name: str) -> None:
        dimensions = self.cursor.integer("i")
        self.cursor.skip(12)
        size = dimensions * CENTROIDS * 4
        self._skip(f"centroids of the {name} matrix", size)

    def _skip(self, what: str, length: int) -> None:
        if length < 0 or length > 10_000 * self.cursor.source.size:
            raise self._lie(what, length)
        self.cursor.skip(length)
