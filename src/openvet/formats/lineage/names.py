"""Names of models and data sets, in the many ways in which they are written."""

import re
from typing import Final

from openvet.patterns import pattern

HUB: Final = pattern(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:(datasets|models)/)?"
    r"([\w.-]{1,96}/[\w.-]{1,96})(?:[/?#].*)?\Z",
    re.IGNORECASE,
)
REPOSITORY: Final = pattern(r"[\w][\w.-]{0,95}/[\w][\w.-]{0,95}\Z")
SPECIAL: Final = frozenset({"blog", "docs", "papers", "spaces", "collections", "join"})


def repository(address: str) -> str:
    """Return `owner/name` from an address of the Hub; empty for any other."""
    found = HUB.match(address.strip()) if len(address) < 500 else None  # noqa: PLR2004 - an address
    name = found.group(2) if found else ""
    return "" if name.partition("/")[0].lower() in SPECIAL else name


def is_repository(name: str) -> bool:
    """Say whether a name is `owner/name` and no path of somebody's disk."""
    return bool(REPOSITORY.match(name)) and not name.startswith(("./", "../"))


def is_path(name: str) -> bool:
    """Say whether a name is a path of somebody's disk."""
    return name.startswith(("/", "./", "../", "~", ".\\", "\\\\")) or (
        name[1:3] in (":\\", ":/") or name in (".", "..") or name.count("/") > 1
    )


def plain(name: str) -> str:
    """Return what is left of a name to compare: no address, owner, case or marks.

    Two names with the same rest may still be of two owners; names that differ here
    are of two models.
    """
    name = repository(name) or name
    last = name.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return re.sub(r"[^a-z0-9]", "", last.partition("@")[0].lower())
