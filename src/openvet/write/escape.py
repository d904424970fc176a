"""Names and texts from audited files, made safe to show.

File names and metadata can hold terminal commands, line breaks and characters that
turn the direction of the text. Whatever comes from an audited file is shown through
here, in every format.
"""

import unicodedata
from typing import Final

HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that do not show as themselves."""


def visible(text: str, *, most: int = 2000, newlines: bool = False) -> str:
    """Return text with everything that does not show spelled out.

    Args:
        text: From an audited file.
        most: Characters kept; the rest is counted.
        newlines: Whether line breaks and tabs stay.
    """
    cut = text[:most]
    kept = "\n\t" if newlines else ""
    if not cut.isascii() or not cut.isprintable():
        cut = "".join(
            c if c in kept or unicodedata.category(c) not in HIDDEN else _spelled(c)
            for c in cut
        )
    if len(text) > most:
        cut += f" … ({len(text) - most} more characters)"
    return cut


def safe_json(text: str) -> str:
    """Return JSON text in which characters that do not show are escaped.

    JSON escapes control characters by itself, but not those that turn the direction of
    a text or take no space.
    """
    if text.isascii():
        return text
    return "".join(
        c if c.isascii() or unicodedata.category(c) not in HIDDEN else _utf16(c)
        for c in text
    )


def _utf16(character: str) -> str:
    data = character.encode("utf-16-be", "surrogatepass")
    units = (data[i : i + 2].hex() for i in range(0, len(data), 2))
    return "".join(f"\\u{unit}" for unit in units)


def _spelled(character: str) -> str:
    number = ord(character)
    if number < 0x100:  # noqa: PLR2004 - two hexadecimal digits
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004


def bytes_text(size: int) -> str:
    """Return a size as people read it: `1.5 MiB`."""
    value, units = float(size), ("B", "KiB", "MiB", "GiB", "TiB")
    for unit in units:
        if value < 1024 or unit == units[-1]:  # noqa: PLR2004 - binary units
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{size} B"
