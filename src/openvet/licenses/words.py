"""A license text as words, so that layout, numbering and names change nothing.

Two copies of one license differ in line breaks, bullets, the year, the holder, the
name in "neither the name of …" and the party that disclaims. None of these is a term,
so none of them is a word here. Everything keeps its place in the text: what is left
out is blanked, so that a word's offset still leads to its line.
"""

import zlib
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from openvet.patterns import pattern

_WORD = pattern(r"[A-Za-z0-9]+|[^\W\d_\x00-\u024f\u1e00-\u1eff]")
"""Latin words; of other scripts each letter, so that no clause in one goes unseen."""
_TAG = pattern(
    r"</?(?:a|b|i|p|h[1-6]|br|hr|li|ul|ol|dl|dt|dd|em|div|pre|tr|td|th|span|font|html"
    r"|head|body|code|table|thead|tbody|strong|center|section|meta|link|title|main"
    r"|article|nav|button|header|footer|script|style|img|sup|sub|u|tt|small|label"
    r"|input|form|svg|path|devsite-[a-z-]{1,40})(?:[\s/][^<>]{0,2000})?>",
)
_ENTITY = pattern(r"&(?:[a-z]{2,8}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6});")
_HOLDER = pattern(
    r"(?im)^[^\S\n]*(?:[#*/;%>-]{1,4}[^\S\n]*)?(?:(?:portions|parts|modifications)"
    r"[^\S\n]+)?(?:spdx-filecopyrighttext:|copyright[^\S\n]*(?:\(c\)|©|:|[0-9]{4}"
    r"|[\[{<(]?yy|<year>|\[year\]|\{year\})|\(c\)[^\S\n]*(?:copyright[^\S\n]*)?[0-9]{4}"
    r"|©)[^\n]*|^[^\S\n]*all rights reserved\W{0,3}$"
)
_NUMBER = pattern(
    r"(?<![A-Za-z0-9.])(?:\(?(?:[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}|[A-Za-z]|[ivxIVX]{2,4})"
    r"[.)])(?=\s)"
)
_END = pattern(r"[.;:?!][\"'\u201d\u2019)\]]{0,3}\s|\n[^\S\n]*\n|[\u3002\uff1b\uff1a]")
_TERMS = pattern(
    r"(?i)\b(?:non-?commercial|may not|must not|shall not|can ?not|prohibited"
    r"|forbidden|not permitted|not allowed|(?:only for|use only|purposes? only"
    r"|research only|only in)\b)"
)
"""What no line has that only tells who holds the rights."""
_BLANK = pattern(r"[^\n]")
_LONG_HOLDER: Final = 200
"""A line this long, in characters, holds more than the name of a holder."""
_PLACES: Final = {
    "neither": (("nor",), 25),
    "by": (("as", "is"), 8),
    "shall": (("be", "liable"), 14),
}
"""Where names of parties stand: before "the" and the name, behind them, the most words
between."""
_SHORT: Final = 4
"""Fewer words than these are no sentence of their own."""


class Words:
    """The words of a text that count, and where they stand.

    Args:
        text: The text as it is.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.clean = _blanked(text)
        found = [(m.group().lower(), m.start()) for m in _WORD.finditer(self.clean)]
        kept = _without_parties([word for word, _ in found])
        self.words = [found[index][0] for index in kept]
        """Lower case, in order."""
        self.starts = [found[index][1] for index in kept]
        """Offset of each word in the text."""
        self._breaks: list[int] | None = None

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        if self._breaks is None:
            self._breaks = [i for i, mark in enumerate(self.text) if mark == "\n"]
        return bisect_right(self._breaks, offset - 1) + 1

    def pairs(self) -> list[int]:
        """Return a 32-bit hash of each two neighboring words, in order."""
        pairs = list(pairwise(self.words))
        known = {pair: pair_of(*pair) for pair in set(pairs)}
        return [known[pair] for pair in pairs]

    def sentences(self, first: int = 0, last: int | None = None) -> list[range]:
        """Return the sentences among the words `first` to `last`, as word indices."""
        last = len(self.words) if last is None else last
        if first >= last:
            return []
        stop = self.starts[last] if last < len(self.starts) else len(self.clean)
        ends = (m.end() for m in _END.finditer(self.clean, self.starts[first], stop))
        return list(_grouped(self.starts, ends, first, last))

    def quote(self, words: range, most: int = 300) -> str:
        """Return what the text has from the first to the last of some words.

        Without markup, numbers of clauses and holders.
        """
        return " ".join(self.said(words)[: most * 4].split())[:most]

    def said(self, words: range) -> str:
        """Return the text from the first to the last of some words, as `quote`."""
        start, end = self.starts[words[0]], self.starts[words[-1]]
        return self.clean[start : end + len(self.words[words[-1]])]


def pair_of(one: str, two: str) -> int:
    """Return the hash that stands for two neighboring words."""
    return zlib.crc32(f"{one} {two}".encode())


def _grouped(
    starts: list[int], ends: Iterator[int], first: int, last: int
) -> Iterator[range]:
    """Cut words at ends of sentences; what is too short goes with the next."""
    begun = index = first
    for end in ends:
        while index < last and starts[index] < end:
            index += 1
        if index - begun >= _SHORT:
            yield range(begun, index)
            begun = index
    if begun < last:
        yield range(begun, last)


def _blanked(text: str) -> str:
    """Return a text of the same length without markup, numbers of clauses, holders."""
    if "<" in text:
        text = _TAG.sub(lambda m: _BLANK.sub(" ", m.group()), text)
    if "&" in text:
        text = _ENTITY.sub(lambda m: " " * len(m.group()), text)
    text = _HOLDER.sub(lambda m: _without_holder(m.group()), text)
    return _NUMBER.sub(lambda m: " " * len(m.group()), text)


def _without_holder(line: str) -> str:
    """Blank a copyright line, or its first sentence where it goes on, up to terms."""
    said = _TERMS.search(line)
    if said is not None:
        start = line.rfind(".", 0, said.start()) + 1
        return " " * start + line[start:]
    if len(line) <= _LONG_HOLDER:
        return " " * len(line)
    end = line.find(". ", 0, _LONG_HOLDER) + 1 or len(line[:80].rpartition(" ")[0])
    return " " * end + line[end:]


def _without_parties(words: list[str]) -> list[int]:
    """Return the indices of the words that name no party."""
    kept: list[int] = []
    index = 0
    while index < len(words):
        kept.append(index)
        index += 1
        if words[index - 1] == "the" and index > 1 and words[index - 2] in _PLACES:
            index = _after_party(words, index, *_PLACES[words[index - 2]])
    return kept


def _after_party(
    words: list[str], index: int, after: tuple[str, ...], most: int
) -> int:
    """Return where the words after a party's name begin, `index` where none do."""
    for place in range(index, min(index + most, len(words))):
        if words[place] == after[0] and tuple(words[place : place + len(after)]) == (
            after
        ):
            return place
    return index
