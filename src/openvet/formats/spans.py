"""Tensors in a flat file, seen from outside: they lie apart and fill it.

A hole between tensors or bytes after the last are where things are hidden; an overlap
or a span past the file's end is what a careless native reader falls for. A file that
merely stops early is a download that broke off, which is said in other words.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from openvet.formats.notes import Notes, is_zero
from openvet.source import Source

LYING_RATIO: Final = 10_000
"""A download that stopped still has its header, so no tensor is this much larger."""
PAGE: Final = 4096
"""Writers that align pad to a page at most."""


class Span(NamedTuple):
    """Where a tensor lies, in offsets of the file."""

    start: int
    stop: int
    name: str
    known: bool = True
    """Whether the size of its type is known, so that `stop` can be believed."""


class Layout:
    """The rules of one format about where tensors lie.

    Args:
        source: The file.
        notes: Where deviations are written.
        prefix: Of the defects' codes, as `gguf`.
        alignment: Bytes to which starts are padded; 1 where there is no padding.
    """

    def __init__(
        self, source: Source, notes: Notes, prefix: str, alignment: int = 1
    ) -> None:
        self.source = source
        self.notes = notes
        self.prefix = prefix
        self.alignment = alignment

    def check(self, spans: Iterable[Span], begin: int) -> None:
        """Check that spans follow one another from `begin` to the file's end."""
        end, known, empty = begin, True, True
        for span in sorted(spans):
            if span.stop < span.start or span.start < end:
                self.notes.attack(
                    f"{self.prefix}-overlap",
                    f"tensor {span.name!r} overlaps what stands before it",
                    span.start,
                )
            elif known:
                self._before(end, span)
            self._claim(span)
            end, known, empty = max(end, span.stop), span.known, False
        if known:
            self._after(end, empty=empty)

    def _before(self, end: int, span: Span) -> None:
        """Check the bytes before a tensor: padding, or something nobody claims."""
        if span.start == end or span.start - end < self.alignment:
            return
        if span.start > self.source.size:
            self.notes.attack(
                f"{self.prefix}-offset",
                f"tensor {span.name!r} starts at {span.start}, apart from the one "
                f"before it and past the file's end at {self.source.size}",
                span.start,
                live="readers that map a tensor without checking its offset",
            )
            return
        self._unclaimed(end, span.start, "hole", "between tensors")

    def _claim(self, span: Span) -> None:
        """Check how much of the file a tensor claims."""
        length = span.stop - span.start
        if length > LYING_RATIO * self.source.size:
            self.notes.attack(
                f"{self.prefix}-size",
                f"tensor {span.name!r} claims {length} bytes of a file of "
                f"{self.source.size}",
                span.start,
                live="readers that allocate or read what the shape asks for "
                "(CVE-2026-7482)",
            )

    def _after(self, end: int, *, empty: bool) -> None:
        """Check that the file ends where the last tensor does."""
        size = self.source.size
        if end < size:
            self._unclaimed(end, size, "trailing", "after the last tensor")
        elif end > size and not empty:
            missing = f"the file ends {end - size} bytes before its tensors do"
            self.notes.cut_off(self.prefix, missing, self.source)

    def _unclaimed(self, start: int, stop: int, code: str, place: str) -> None:
        """Note bytes that no tensor claims, unless they are padding."""
        detail = f"{stop - start} bytes {place} belong to no tensor"
        padded = self.alignment > 1
        if is_zero(self.source, start, stop):
            if not padded or stop - start > max(self.alignment, PAGE):
                self.notes.odd(
                    f"{self.prefix}-{code}", f"{detail}; all are zero", start
                )
            return
        kind = self.notes.rest(self.source, start, stop, f"bytes {place}")
        if kind or not padded:
            shown = f" and hold {kind}" if kind else ""
            self.notes.attack(f"{self.prefix}-{code}", f"{detail}{shown}", start)
        else:
            self.notes.odd(f"{self.prefix}-{code}", detail, start)
