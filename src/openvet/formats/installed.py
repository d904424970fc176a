"""What the record of an installed Python package says of its files.

Written from the specification of recorded installed packages: `RECORD` is CSV of path,
`sha256=` with the digest in unpadded URL-safe base64, and size.
"""

import base64
import binascii
import csv
from typing import Final, NamedTuple

MOST: Final = 200_000
"""Lines of a record."""
LINE: Final = 4096
RECORD: Final = ".dist-info/RECORD"
BESIDE: Final = ("METADATA", "WHEEL")
"""What every installer writes next to a record."""
COLUMNS: Final = 3


class Listed(NamedTuple):
    """What a record says of one file."""

    sha256: bytes
    size: int


def listed(text: str) -> dict[str, Listed]:
    """Return the files that a record lists with digest and size."""
    found: dict[str, Listed] = {}
    lines = [line for line in text.splitlines()[:MOST] if len(line) < LINE]
    try:
        for row in csv.reader(lines):
            if len(row) != COLUMNS or not row[1].startswith("sha256="):
                continue
            digest = _digest(row[1].removeprefix("sha256="))
            if digest and row[2].isdecimal() and len(row[2]) < 20:  # noqa: PLR2004 - 64 bits
                found[row[0].replace("\\", "/")] = Listed(digest, int(row[2]))
    except csv.Error:
        return {}
    return found


def _digest(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return b""


def roots(names: frozenset[str]) -> dict[str, str]:
    """Return the folder that each whole package is installed in, by its record."""
    found: dict[str, str] = {}
    for name in names:
        folder = name.removesuffix("RECORD")
        if name.endswith(RECORD) and all(f"{folder}{one}" in names for one in BESIDE):
            found[name] = folder.rstrip("/").rpartition("/")[0]
    return found
