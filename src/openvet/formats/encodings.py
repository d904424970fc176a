"""Encodings around bytes: text spellings, compression, reversal, one over another.

Whoever carries a program past a reader wraps it: base64, base64 of zlib, hexadecimal
of base64, the whole backwards. `reveal` takes such layers off until a program shows,
and `encoded_in` finds where in a text they begin. Nothing is believed because it
decodes, only because of what comes out (see `openvet.formats.programs`).
"""

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from openvet.formats.magic import MAGIC, kind_of
from openvet.formats.programs import code, is_stage, program
from openvet.formats.unpack import LOOK, SHORTEST, decompressed, deflated
from openvet.patterns import pattern

LAYERS: Final = 4
WAYS: Final = 16
"""Ways of reading one run that are followed at each depth."""
RUNS: Final = 10_000
"""Encoded runs of one text that are examined closely."""
UNREAD: Final = ""
"""The kind of what stands for the runs that were not examined."""
_GLANCE: Final = 40
"""Characters that show whether a run is worth a closer look."""
PEEK: Final = 120
"""Characters that show whether more is worth decoding; whole groups of any kind."""

_BASE64: Final = pattern(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX: Final = pattern(rb"(?:[0-9a-fA-F]{2}){12,}")
_SPACED_HEX: Final = pattern(
    rb"(?:(?:\\x|0x)?[0-9a-fA-F]{2}[ ,:]{0,2}){12,}", re.IGNORECASE
)
_BASE32: Final = pattern(rb"(?:[A-Z2-7]{8}){3,}[A-Z2-7]{0,7}={0,6}", re.IGNORECASE)
_BASE85: Final = pattern(rb"[0-9A-Za-z!#-&(-+\-;-@^-`{-~]{24,}")
_ASCII85: Final = pattern(rb"<~[!-uz\s]{20,}~>|[!-uz]{24,}")
_QUOTED: Final = pattern(rb"[!-$&-~ ]*(?:%[0-9a-fA-F]{2}[!-$&-~ ]*)+")
_MAILED: Final = pattern(rb"[!-<>-~\s]*=[0-9A-F]{2}[!-<>-~\s]*=[0-9A-F]{2}[!-~\s]*")
_NUMBERS: Final = pattern(rb"[\[(]?\s?(?:\d{1,3},\s?){15,}\d{1,3}\s?[\])]?")
_UU: Final = pattern(rb"begin [0-7]{3} [^\n]{1,80}\n[\s!-`]+(?:end\s*)?")
_LETTERS: Final = pattern(rb"[A-Za-z0-9+/_=-]+")
_MIXED: Final = pattern(rb"[^0-9A-Z]*[0-9A-Z]")
"""What every encoding of a program has, and a long word of a vocabulary has not."""
_RUN: Final = pattern(
    # Lines of base64 as mail wraps them, then any one run, then the other spellings.
    rb"(?:[A-Za-z0-9+/]{60,100}(?:\r?\n|\\n))+[A-Za-z0-9+/]{1,100}={0,2}"
    rb"|={0,6}[A-Za-z0-9+/_-]{20,}={0,6}"
)
_MARKS: Final = (b"\\x", b"0x", b"%", b"begin ", b"<~", b"[")
_PAIRS: Final = pattern(rb"[0-9a-fA-F]{2}([ :])(?:[0-9a-fA-F]{2}\1){14}")
_SHAPE: Final = bytes(
    0x61 if (chr(byte).isalnum() and byte < 128) or byte in b"+/_-" else 0x20  # noqa: PLR2004 - ASCII
    for byte in range(256)
)
"""Turns the letters of a run into `a`, the rest into blanks, to be found fast."""
_LONG: Final = b"a" * 20
_OTHER: Final = pattern(
    rb"(?:(?:\\x|0x)[0-9a-fA-F]{2}[ ,]{0,2}){12,}"
    rb"|(?:[0-9a-fA-F]{2}[ :]){15,}[0-9a-fA-F]{2}"
    rb"|%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2}|[\w.~+/-]){15,}"
    rb"|begin [0-7]{3} [^\n]{1,80}\n(?:[ -`]{1,62}\r?\n)+"
    rb"|<~[!-uz\s]{20,}?~>"
    rb"|\[\s?(?:\d{1,3},\s{0,2}){15,}\d{1,3}\s?\]"
)
_TOKEN: Final = pattern(rb"(?<![!-~])[!-~]{24,65536}(?![!-~])")
"""What may be base85, whose alphabet ordinary words and links have too."""
_TOKENS: Final = 1000
_QUOTING: Final = "url quoting"
_READABLE: Final = bytes({*range(32, 127), 9, 10, 13})
_OPENS: Final = frozenset(b"(c]}l)i\x80#")
"""Bytes with which a program without a magic of its own begins."""
_MAGIC: Final = frozenset(
    {0x5D, 0x78, *(magic[0] for offset, magic, _ in MAGIC if not offset), 0x80}
)
"""Bytes with which a format begins."""
_BLOCKS: Final = frozenset({3, 5})
"""How bare deflate begins that is one block."""
_BEGINS: Final = frozenset(bytes((byte,)) for byte in (*_OPENS, *b"MP\x7fifw"))
"""The same of what bare deflate gives, whose own beginning says nothing."""
_PACKED: Final = frozenset({"gzip", "zlib", "bzip2", "xz", "lzma", "deflate"})
_OPAQUE: Final = _PACKED | {
    *("base64", "hex", "base32", "base85", "ascii85", "decimal", "uuencode"),
    "url escapes",
}
"""Encodings that hide words; quoting, as links have it, leaves them readable."""


class Revealed(NamedTuple):
    """What bytes are below their encodings."""

    kind: str
    """A format, or `code`: readable text that runs commands."""
    layers: tuple[str, ...]
    """The encodings, outermost first."""
    data: bytes
    """The bytes without them, or without those before one that gives too much."""

    @property
    def words(self) -> str:
        """The kind and its layers: `pickle in zlib in base64`."""
        return " in ".join([self.kind, *reversed(self.layers)])


class Encoded(NamedTuple):
    """A run of a text that encodes something."""

    found: Revealed
    offset: int
    """Where the run begins, in the unit of the text."""
    length: int


class _Node(NamedTuple):
    """A way of reading the bytes."""

    layers: tuple[str, ...]
    data: bytes
    whole: bytes | None = None
    """What is handed on instead, where `data` is only the first of it."""


def reveal(
    data: bytes, *, readable: bool = False, stages: bool = False
) -> Revealed | None:
    """Return the program that `data` starts with, below at most four encodings.

    Args:
        data: Any bytes.
        readable: Whether text that runs commands counts, if an encoding hides it.
        stages: Whether any whole pickle counts: one of plain data may hold the next.
    """
    level = [_Node((), data)]
    for _ in range(LAYERS + 1):
        below: list[_Node] = []
        for node in level:
            kind = program(node.data)
            if not kind and readable and not _OPAQUE.isdisjoint(node.layers):
                kind = code(node.data)
            if not kind and stages and is_stage(node.data):
                kind = "pickle"
            if kind:
                whole = node.data if node.whole is None else node.whole
                return Revealed(kind, node.layers, whole)
            for name, inner in _peeled(node.data, node.layers):
                cut = node.whole
                if cut is None and name in _PACKED and len(inner) >= LOOK:
                    cut = node.data
                below.append(_Node((*node.layers, name), inner, cut))
        level = below[:WAYS]
    return None


def encoded_in(text: str | bytes, *, stages: bool = False) -> Iterator[Encoded]:
    """Yield the runs of a text that are programs below their encodings.

    Keys, hashes and pictures are not. Of a text with more than `RUNS` runs the rest is
    yielded as one of the kind `UNREAD`.

    Args:
        text: Any text.
        stages: Whether whole pickles of plain data count too.
    """
    data = text if isinstance(text, bytes) else _one_byte_each(text)
    if len(data) < SHORTEST:
        return
    number = 0
    for match in chain(_letters(data), _others(data)):
        at = match.start()
        run = match.group()
        if _LETTERS.fullmatch(run) and not (_MIXED.match(run) and _promising(run)):
            continue
        number += 1
        if number > RUNS:
            yield Encoded(Revealed(UNREAD, (), b""), at, len(data) - at)
            return
        run = run.replace(b"\\n", b"\n")
        found = reveal(run, readable=True, stages=stages)
        if found is not None and found.layers:
            yield Encoded(found, at, match.end() - at)
    for offset, run in _dense(data):
        found = reveal(run, readable=True, stages=stages)
        if found is not None and found.layers:
            yield Encoded(found, offset, len(run))


def _one_byte_each(text: str) -> bytes:
    """Return a text with what no encoding uses replaced, so that offsets agree."""
    return text.encode("ascii", "replace")


def _letters(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the long runs of letters, in lines or not."""
    shape = data.translate(_SHAPE)
    at = shape.find(_LONG)
    while at >= 0:
        # Text that was turned around begins with its padding.
        padding = data[max(0, at - 6) : at]
        start = at - len(padding) + len(padding.rstrip(b"="))
        found = _RUN.match(data, start)
        if found is not None:
            yield found
        at = shape.find(_LONG, found.end() if found is not None else at + 1)


def _others(data: bytes) -> Iterator[re.Match[bytes]]:
    """Yield the runs that need a closer look to be told, where there may be any."""
    if any(mark in data for mark in _MARKS) or _PAIRS.search(data):
        yield from _OTHER.finditer(data)


def _promising(run: bytes) -> bool:
    """Say whether a run of letters is worth its decoders: most are names and hashes."""
    start, end = run[:_GLANCE], run[: -_GLANCE - 1 : -1]
    for head in (start, end, _rot13(start)):
        core = head.strip(b"=")
        if _worth(_from_base64(core)):
            return True
        if _HEX.fullmatch(core) and _worth(_from_hex(core)):
            return True
        if _BASE32.fullmatch(core) and _worth(_from_base32(core)):
            return True
    if len(run) > LOOK:
        return False
    inner = _from_hex(run) if _HEX.fullmatch(run) else _from_base64(run.strip(b"="))
    return _worth(inner[: -PEEK - 1 : -1])


def _dense(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield what looks like no run, but is in an encoding that uses every sign."""
    text = data.strip()
    if len(text) <= LOOK and any(one.fullmatch(text) for one in (_MAILED, _NUMBERS)):
        yield 0, text
    for match, _ in zip(_TOKEN.finditer(data), range(_TOKENS), strict=False):
        token = match.group()
        if _RUN.fullmatch(token) or _OTHER.fullmatch(token):
            continue
        if any(one.fullmatch(token) for one in (_BASE85, _ASCII85, _QUOTED)):
            yield match.start(), token


def _peeled(data: bytes, layers: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield what is below one encoding, for each that could be the outermost."""
    kind = kind_of(data)
    if kind in _PACKED:
        inner = decompressed(data, kind)
        if inner:
            yield kind, inner
        return
    if layers and (inner := deflated(data)):
        yield "deflate", inner
    start = data[:PEEK]
    text = b"" if start.translate(None, _READABLE) else data.strip()
    if not text or text.translate(None, _READABLE):
        if layers and _worth(data[: -PEEK - 1 : -1]):
            yield "reverse", data[::-1]
        return
    if layers and code(text[::-1]):
        yield "reverse", text[::-1]
    yield from _spelled(text)
    if "reverse" not in layers and "rot13" not in layers:
        for name, other in (("reverse", text[::-1]), ("rot13", _rot13(text))):
            if any(_spelled(other)):
                yield name, other


def _spelled(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what text stands for, in each spelling whose result is worth a look."""
    joined = b"".join(text.split())
    bare = _LETTERS.fullmatch(joined) is not None
    for name, shape, plain, decode in _SPELLINGS:
        run = joined if plain else text
        if (bare and name not in _BARE) or not shape.fullmatch(run):
            continue
        try:
            # The slow decoders are asked for the beginning first.
            if plain and not _worth(decode(run[:PEEK])) and not _backwards(run, decode):
                continue
            inner = decode(run)
        except (ValueError, binascii.Error, OverflowError):
            continue
        if inner and (plain or _worth(inner[:PEEK])):
            whole = name == _QUOTING and 6 * run.count(b"%") > len(run)
            yield ("url escapes" if whole else name), inner


def _backwards(run: bytes, decode: Callable[[bytes], bytes]) -> bool:
    """Say whether the end of what a run encodes is the beginning, reversed."""
    if decode not in (_from_base64, _from_hex) or len(run) > LOOK:
        return False
    return _worth(decode(run)[: -PEEK - 1 : -1])


def _worth(start: bytes) -> bool:
    """Say whether bytes could begin a program, or be encoded once more."""
    if not start:
        return False
    first = start[0]
    if first in _OPENS or start[:2] == b"MZ" or (first in _MAGIC and kind_of(start)):
        return True
    if first in _READABLE and not start.translate(None, _READABLE):
        return True
    return first & 7 in _BLOCKS and deflated(start, whole=False)[:1] in _BEGINS


def _from_base64(run: bytes) -> bytes:
    core = run.rstrip(b"=").translate(_STANDARD)
    core = core[: len(core) - (len(core) % 4 == 1)]
    return binascii.a2b_base64(core + b"=" * (-len(core) % 4))


_STANDARD: Final = bytes.maketrans(b"-_", b"+/")


def _from_hex(run: bytes) -> bytes:
    return binascii.unhexlify(run[: len(run) & ~1])


def _from_spaced_hex(run: bytes) -> bytes:
    digits = re.sub(rb"\\x|0x|[ ,:]", b"", run, flags=re.IGNORECASE)
    return binascii.unhexlify(digits)


def _from_base32(run: bytes) -> bytes:
    core = run.rstrip(b"=").upper().translate(_DIGITS)
    size = 5 * len(core) // 8
    # Far faster than `base64.b32decode`, which is Python's and goes by eight letters.
    return (int(core or b"0", 32) >> 5 * len(core) % 8).to_bytes(size, "big")


_DIGITS: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHIJKLMNOPQRSTUV"
)
"""From the alphabet of RFC 4648 to the digits of a number in base 32."""


def _from_ascii85(run: bytes) -> bytes:
    framed = run.removeprefix(b"<~").removesuffix(b"~>")
    return base64.a85decode(framed)


def _from_quoted(run: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), run)


_ESCAPE: Final = pattern(rb"%([0-9a-fA-F]{2})")


def _from_numbers(run: bytes) -> bytes:
    return bytes(int(digits) for digits in re.findall(rb"\d+", run))


def _from_uu(text: bytes) -> bytes:
    lines = text.split(b"\n")[1:]
    out = bytearray()
    for line in lines:
        if not line.strip() or line.startswith(b"end"):
            break
        out += binascii.a2b_uu(line)
    return bytes(out)


def _rot13(text: bytes) -> bytes:
    return text.translate(_ROT13)


_ROT13: Final = bytes.maketrans(
    *(
        "".join(map(chr, range(128))).translate(table).encode()
        for table in ({}, {n: codecs.encode(chr(n), "rot13") for n in range(128)})
    )
)
_BARE: Final = frozenset({"hex", "base32", "base64"})
"""Spellings in letters alone; the others use signs before long."""
_SPELLINGS: Final[
    tuple[tuple[str, re.Pattern[bytes], bool, Callable[[bytes], bytes]], ...]
] = (
    ("hex", _HEX, True, _from_hex),
    ("base32", _BASE32, True, _from_base32),
    ("base64", _BASE64, True, _from_base64),
    ("base85", _BASE85, True, base64.b85decode),
    ("ascii85", _ASCII85, True, _from_ascii85),
    ("hex", _SPACED_HEX, False, _from_spaced_hex),
    (_QUOTING, _QUOTED, False, _from_quoted),
    ("quoted printable", _MAILED, False, binascii.a2b_qp),
    ("decimal", _NUMBERS, False, _from_numbers),
    ("uuencode", _UU, False, _from_uu),
)
"""Name, shape, whether blanks are dropped first, decoder."""
