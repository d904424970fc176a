"""Folders of a 7z archive: members packed together, each with a chain of coders.

What Python's `lzma`, `bz2` and `zlib` can undo is undone here: copy, LZMA, LZMA2, with
delta and branch filters, bzip2 and deflate. PPMd, BCJ2 and AES are named and left.

Source: `DOC/Methods.txt` of the LZMA SDK (public domain).
"""

import lzma
from dataclasses import dataclass, field
from typing import Final

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.inflate import Codec, Filter, Inflated, inflate
from openvet.source import Source

COPY: Final = b"\0"
LZMA: Final = b"\3\1\1"
LZMA2: Final = b"\x21"
AES: Final = b"\6\xf1\7\1"
_PLAIN: Final[dict[bytes, Codec]] = {b"\4\1\x08": "deflate", b"\4\2\2": "bzip2"}
_BRANCH: Final = {
    b"\3\3\1\3": lzma.FILTER_X86,
    b"\4": lzma.FILTER_X86,
    b"\3\3\2\5": lzma.FILTER_POWERPC,
    b"\5": lzma.FILTER_POWERPC,
    b"\3\3\4\1": lzma.FILTER_IA64,
    b"\6": lzma.FILTER_IA64,
    b"\3\3\5\1": lzma.FILTER_ARM,
    b"\7": lzma.FILTER_ARM,
    b"\3\3\7\1": lzma.FILTER_ARMTHUMB,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\3\3\x08\5": lzma.FILTER_SPARC,
    b"\x09": lzma.FILTER_SPARC,
}
_DELTA: Final = b"\3"
_NAMES: Final = {
    AES: "AES encryption",
    b"\3\4\1": "PPMd",
    b"\3\3\1\x1b": "BCJ2",
    b"\4\1\x09": "Deflate64",
    b"\4\xf7\x11\1": "Zstandard",
    b"\4\xf7\x11\4": "LZ4",
}


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of a folder's chain."""

    method: bytes
    properties: bytes

    @property
    def name(self) -> str:
        """The method in words."""
        return _NAMES.get(self.method, f"method {self.method.hex()}")


@dataclass(slots=True)
class Folder:
    """Members packed together."""

    coders: list[Coder]
    """In the order of decoding; empty where the coders form no chain."""
    size: int = 0
    """Bytes that come out."""
    start: int = 0
    packed: int = 0
    members: int = 1
    sizes: list[int] = field(default_factory=list)

    @property
    def encrypted(self) -> bool:
        """Whether a coder decrypts."""
        return any(coder.method == AES for coder in self.coders)


def unpack(
    source: Source, folder: Folder, budget: Budget, keep: int | None = None
) -> Inflated | None:
    """Return what comes out of a folder, or None where a coder is not known."""
    window = source.window(folder.start, folder.start + folder.packed)
    methods = [coder.method for coder in folder.coders]
    if methods == [COPY]:
        return Inflated(window, window.size)
    if len(methods) == 1 and methods[0] in _PLAIN:
        return inflate(window, _PLAIN[methods[0]], budget, keep=keep)
    if methods == [LZMA]:
        prefix = folder.coders[0].properties[:5] + folder.size.to_bytes(8, "little")
        return inflate(window, "lzma", budget, prefix=prefix, keep=keep)
    filters = _filters(folder.coders, 2 * budget.limits.memory_bytes)
    if filters is None:
        return None
    result = inflate(window, "raw", budget, keep=keep, filters=filters)
    if result.broken and result.source.size >= folder.size:
        # LZMA without an end mark: all came out, and it asks for more.
        return Inflated(result.source.window(0, folder.size), result.stop)
    return result


def _filters(coders: list[Coder], memory: int) -> tuple[Filter, ...] | None:
    """Return a chain as `lzma` wants it: first filter first, compressor last."""
    filters: list[Filter] = []
    for coder in reversed(coders):
        properties = coder.properties
        if coder.method == LZMA2 and len(properties) == 1:
            bits = min(properties[0], 40)
            size = min((2 | bits & 1) << (bits // 2 + 11), (1 << 32) - 1)
            filters.append({"id": lzma.FILTER_LZMA2, "dict_size": size})
        elif coder.method == LZMA and len(properties) >= 5:  # noqa: PLR2004 - lc lp pb, dictionary
            size = max(int.from_bytes(properties[1:5], "little"), 4096)
            rest, lc = divmod(properties[0], 9)
            pb, lp = divmod(rest, 5)
            filters.append(
                {
                    "id": lzma.FILTER_LZMA1,
                    "dict_size": size,
                    "lc": lc,
                    "lp": lp,
                    "pb": pb,
                }
            )
        elif coder.method == _DELTA and len(properties) == 1:
            filters.append({"id": lzma.FILTER_DELTA, "dist": properties[0] + 1})
        elif coder.method in _BRANCH:
            filters.append({"id": _BRANCH[coder.method]})
        else:
            return None
    last = filters[-1] if filters else {}
    if not 0 < last.get("dict_size", 0) <= memory:
        if last:
            raise OverBudgetError("memory_bytes", "asks for too large a dictionary")
        return None
    return tuple(filters)
