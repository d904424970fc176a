"""Reads word vectors in word2vec's binary form."""

import re
from collections.abc import Iterable
from typing import ClassVar, Final

from openvet.artifacts import Tensor, TensorIndex
from openvet.budget import Budget
from openvet.check import Context, Reader
from openvet.formats.notes import Notes
from openvet.source import Source
from openvet.subject import File, Subject

FIRST_LINE: Final = re.compile(rb"(\d{1,10}) (\d{1,5})\n")
LONGEST_WORD: Final = 4096
WINDOW: Final = 1 << 20
FLOAT: Final = 4


class Word2vecReader(Reader[File]):
    """Walks the words of a word2vec file; the vectors are passed over."""

    id: ClassVar[str] = "word2vec"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by two numbers that the file's size bears out, and binary after a word."""
        match = FIRST_LINE.match(subject.source.head)
        if match is None:
            return False
        count, width = int(match.group(1)), int(match.group(2))
        least = match.end() + count * (width * FLOAT + 2)
        most = least + count * LONGEST_WORD
        if width == 0 or not least <= subject.source.size <= most:
            return False
        head = subject.source.head[match.end() :]
        space = head.find(b" ")
        vector = head[space + 1 : space + 1 + FLOAT * min(width, 8)]
        return space >= 0 and not all(byte in b" \n.-+e0123456789" for byte in vector)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield the matrix, and what follows its last row."""
        source, notes = subject.source, Notes()
        match = FIRST_LINE.match(source.head)
        if match is None:
            return
        count, width = int(match.group(1)), int(match.group(2))
        end = _end(source, match.end(), count, width * FLOAT, context.budget)
        if end is None:
            notes.cut_off("word2vec", "the file ends before its last word", source)
        elif source.size - end > 1:
            kind = notes.rest(source, end, source.size, "bytes after the last word")
            note = notes.attack if kind else notes.odd
            note("word2vec-trailing", f"{source.size - end} bytes follow", end)
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="word2vec",
                count=1,
                parameters=count * width,
                tensors=(
                    Tensor(
                        name="vectors",
                        dtype="F32",
                        shape=(count, width),
                        start=match.end(),
                        stop=source.size if end is None else end,
                    ),
                ),
            )
        )
        yield from notes.files(subject.origin)


def _end(source: Source, at: int, count: int, width: int, budget: Budget) -> int | None:
    """Return where the last vector ends, or None if the file ends before."""
    left = count
    while left:
        data = source.read(at, WINDOW)
        start, before = 0, left
        while left:
            space = data.find(b" ", start, start + LONGEST_WORD)
            if space < 0 or space + 1 + width > len(data):
                break
            start = space + 1 + width
            if data[start : start + 1] == b"\n":
                start += 1
            left -= 1
        if before == left:
            return None
        budget.step(before - left)
        at += start
    return at
