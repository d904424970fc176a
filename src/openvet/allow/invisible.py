"""Text that people do not see and programs read."""

import re
from typing import Final

TAGS: Final = re.compile("[\U000e0020-\U000e007f]{4,}")
"""Letters of the tag block; four are more than slip in by accident."""
SELECTORS: Final = re.compile("[\U000e0100-\U000e01ef]{4,}")
"""Variation selectors one after the other: each stands for a byte."""
TURNED: Final = re.compile("[\u202d\u202e\u2066-\u2068]")
"""Marks that show the text after them in another order."""
WIDTHLESS: Final = re.compile("[\u200b-\u200d\u2060\u2061-\u2064]{8,}")
"""Characters without width one after the other: each stands for a bit."""
FLAG: Final = "\U0001f3f4"
"""What the flags of England, Scotland and Wales begin with, spelled in tags."""
_TAG: Final = 0xE0000
_SELECTOR: Final = 0xE0100 - 16


def unseen(text: str, *, turned: bool = True) -> str:
    """Return what is spelled or hidden in a text by characters nobody sees.

    Args:
        text: Any text.
        turned: Whether to look for marks that change the order too.
    """
    if text.isascii():
        return ""
    for match in TAGS.finditer(text):
        if text[match.start() - 1 : match.start()] != FLAG:
            return "".join(chr(ord(one) - _TAG) for one in match.group())
    found = SELECTORS.search(text)
    if found:
        return "".join(chr(ord(one) - _SELECTOR) for one in found.group())
    found = WIDTHLESS.search(text) or (TURNED.search(text) if turned else None)
    return found.group().encode("ascii", "backslashreplace").decode() if found else ""
