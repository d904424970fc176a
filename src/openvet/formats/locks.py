"""What lock files and blocks inside scripts make an installer fetch, and from where.

Written from PEP 751 (`pylock.toml`), from what uv, Poetry and PDM write of their own,
and from PEP 723 (metadata of a script, in comments).
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

from openvet.artifacts import Requirement
from openvet.formats.projects import project
from openvet.formats.requirements import SHOWN, requirement

NAMES: Final = re.compile(r"(?:pylock(?:\.[^.]+)?\.toml|(?:uv|poetry|pdm)\.lock)\Z")
BLOCK: Final = re.compile(
    r"^# /// script[ \t]*\r?\n((?:#(?: [^\r\n]*)?\r?\n)+?)# ///[ \t]*$", re.MULTILINE
)
LARGEST_BLOCK: Final = 1 << 20
FILES: Final = ("wheels", "files", "sdist", "archive")
HOST: Final = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^/\s]+", re.IGNORECASE)


def locked(data: Any) -> Iterator[Requirement]:  # noqa: ANN401 - plain data
    """Yield the places that a lock file takes packages from, each but once."""
    told: set[str] = set()
    for place in _places(data):
        host = HOST.search(place.text)
        key = f"{place.kind} {host.group() if host else place.text}"
        if key not in told:
            told.add(key)
            yield place


def _places(data: Any) -> Iterator[Requirement]:  # noqa: ANN401
    """Yield every place of every package."""
    for key in ("package", "packages"):
        packages = data.get(key) if isinstance(data, dict) else None
        for package in packages if isinstance(packages, list) else ():
            if isinstance(package, dict):
                yield from _package(package)


def _package(package: dict[Any, Any]) -> Iterator[Requirement]:
    name = str(package.get("name", ""))[:100]
    source, control = package.get("source"), package.get("vcs")
    table = source if isinstance(source, dict) else {}
    plain = table.get("type") in ("legacy", None)
    index = table.get("registry", table.get("url") if plain else None)
    for address in (index, package.get("index")):
        if isinstance(address, str) and "://" in address:
            yield Requirement(text=address[:SHOWN], line=0, kind="index")
    git = table.get("git", table.get("url") if table.get("type") == "git" else None)
    fetched = control.get("url") if isinstance(control, dict) else None
    for address in (git, fetched, package.get("git")):
        if isinstance(address, str) and "://" in address:
            yield requirement(f"{name} @ git+{address.removeprefix('git+')}")
    for key in FILES:
        entries = package.get(key)
        for entry in entries if isinstance(entries, list) else [entries]:
            address = entry.get("url") if isinstance(entry, dict) else None
            if isinstance(address, str):
                yield requirement(f"{name} @ {address}")


def of_script(source: str) -> tuple[Requirement, ...]:
    """Return what a script asks an installer for, in a block of its comments."""
    if "# /// script" not in source:
        return ()
    block = BLOCK.search(source)
    if block is None or len(block.group(1)) > LARGEST_BLOCK:
        return ()
    text = "\n".join(line[2:] for line in block.group(1).splitlines())
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError):
        return ()
    tool = told.get("tool")
    known = {"project": {"dependencies": told.get("dependencies")}, "tool": tool}
    return tuple(project(known))
