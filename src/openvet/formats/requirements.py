"""What pip is asked to fetch, line by line.

Lines follow pip's requirements file format
(https://pip.pypa.io/en/stable/reference/requirements-file-format/) and PEP 508.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, pairwise
from typing import Final, Literal

from openvet.artifacts import Requirement
from openvet.subject import Gap

MOST: Final = 10_000
SHOWN: Final = 300
LONGEST: Final = 10_000
"""Characters of a line that is split as a shell does it, in quadratic time."""
INDEXES: Final = ("--index-url", "--extra-index-url", "--find-links", "--pypi-url")
SHORT: Final = ("-i", "-f")
ATTACHED: Final = 3
"""Characters from which an option may be cut short: `--f` means `--find-links`."""
NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
VCS: Final = re.compile(r"(?:git|hg|svn|bzr)\+\S+|git@\S+")
URL: Final = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
PINNED: Final = re.compile(r"===?+\s*+[^*\s,;=]++\s*+(?:;.*)?$|--hash[= ]")
COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
COMMIT: Final = re.compile(r"@[0-9a-f]{7,64}(?:#.*)?$")


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without comments, continued lines joined as pip does it.

    A comment ends a line whatever it ends in, and so does the end of the file.
    """
    start, parts = 0, list[str]()
    for number, line in enumerate((*text.splitlines(), ""), 1):
        start = start or number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            parts.append(line[:-1])
            continue
        parts.append(f" {line}" if comment else line)
        whole = "".join(parts)
        plain = (COMMENT.sub("", whole) if "#" in whole else whole).strip()
        if plain:
            yield start, plain
        start, parts = 0, []


def pip_lines(text: str) -> tuple[tuple[Requirement, ...], tuple[Gap, ...]]:
    """Return the requirements of a requirements file, and whether there are more."""
    found = lines(text)
    first = tuple(
        requirement(part, number)
        for number, line in islice(found, MOST)
        for part in _parts(line)
    )
    more = next(found, None)
    if more is None:
        return first, ()
    detail = f"only the first {MOST} lines, up to line {more[0]}"
    return first, (Gap(reason="over-budget", detail=detail, lift="split the file"),)


def _parts(text: str) -> Iterator[str]:
    """Yield each option of a line that holds several, as pip takes them."""
    words = _words(text) if text.startswith("-") else []
    starts = [at for at, word in enumerate(words) if word.startswith("-")]
    if len(starts) <= 1:
        yield text
        return
    for start, stop in pairwise((*starts, len(words))):
        yield shlex.join(words[start:stop])


def _words(text: str) -> list[str]:
    """Return a line split as a shell does it."""
    if len(text) <= LONGEST:
        with suppress(ValueError):
            return shlex.split(text)
    return text.split()


def requirement(text: str, line: int = 0) -> Requirement:
    """Return one line as an installer understands it."""
    text = text.strip()
    if text.startswith("-"):
        return _option(text, line)
    vcs, url = VCS.search(text), URL.search(text)
    name = NAME.match(text)
    named = name.group(1) if name and not text.startswith((".", "/")) else ""
    kind: Literal["vcs", "url", "path", "name"] = "name"
    pinned = bool(PINNED.search(text))
    if vcs:
        kind, pinned = "vcs", bool(COMMIT.search(vcs.group()))
        named = named if "@" in text.partition(vcs.group())[0] else ""
    elif url:
        kind = "url"
        pinned = "--hash" in text or "#sha256=" in text
        named = named if "@" in text.partition(url.group())[0] else ""
    elif text.startswith((".", "/", "~")) or text.endswith((".whl", ".tar.gz", ".zip")):
        kind, pinned = "path", True
    return Requirement(
        text=text[:SHOWN], line=line, name=named[:100], pinned=pinned, kind=kind
    )


def _option(text: str, line: int) -> Requirement:
    """Return an option line; what follows `-e` or `-r` is itself a requirement.

    pip splits the line as a shell does and takes options that are cut short.
    """
    option, _, value = " ".join(_words(text)).replace("=", " ", 1).partition(" ")
    value = value.strip()
    if _follows(option) and (VCS.search(value) or URL.search(value)):
        inner = requirement(value, line)
        return Requirement(
            text=text[:SHOWN], line=line, pinned=inner.pinned, kind=inner.kind
        )
    kind: Literal["index", "option"] = "option"
    if any(_is(option, name) for name in INDEXES) or option[:2] in SHORT:
        kind = "index"  # also `-ihttps://…`, which pip accepts
        value = value if option in SHORT or option[:2] == "--" else option[2:]
        text = text if value in text else f"{text} ({value})"
    return Requirement(text=text[:SHOWN], line=line, pinned=True, kind=kind)


def _follows(option: str) -> bool:
    """Say whether pip fetches what follows: a package, or a list of them."""
    return (
        _is(option, "--editable", "-e")
        or _is(option, "--requirement", "-r")
        or _is(option, "--constraint", "-c")
    )


def _is(option: str, name: str, short: str = "") -> bool:
    """Say whether an option is meant by its name, which may be cut short."""
    cut = len(option) >= ATTACHED and option[:2] == "--" and name.startswith(option)
    return cut or (bool(short) and option == short)
