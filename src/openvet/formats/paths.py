"""Whether a name written in a file leads a loader out of the file's own folder.

Both separators count, whatever system the audit runs on: a name is written on one
system and opened on another.
"""

import re
from typing import Final, Literal, NamedTuple

Way = Literal[
    "nul", "url", "unc", "drive", "absolute", "home", "parent", "variable", "backslash"
]

URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/{1,3}|(?:file|data|https?|ftp|s3):")
DRIVE: Final = re.compile(r"[A-Za-z]:")
VARIABLE: Final = re.compile(r"\$\{?[A-Za-z_]|%[A-Za-z_]\w*%")
SEPARATORS: Final = re.compile(r"[/\\]")


class Escape(NamedTuple):
    """How a name leaves its folder."""

    way: Way
    words: str


def escape(name: str) -> Escape | None:
    """Return how `name` leaves the folder it is written in, or None if it stays."""
    if "\0" in name:
        return Escape("nul", "holds a NUL byte, where C code stops reading")
    if URL.match(name):
        return Escape("url", "is a URL")
    if name.startswith(("\\\\", "//")):
        return Escape("unc", "names a network share")
    if DRIVE.match(name):
        return Escape("drive", "names a drive")
    if name.startswith(("/", "\\")):
        return Escape("absolute", "is an absolute path")
    if name.startswith("~"):
        return Escape("home", "starts in a home folder")
    depth = 0
    for part in SEPARATORS.split(name):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return Escape("parent", "climbs out of its folder with '..'")
    if VARIABLE.search(name):
        return Escape("variable", "names an environment variable")
    if "\\" in name:
        return Escape("backslash", "has a backslash, a separator on Windows only")
    return None
