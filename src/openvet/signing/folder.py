"""What lies in a model's folder, down to the last link, and how it differs.

Everything is listed, version control too, and nothing is opened by a name that came
with a signature: a file is opened only where the listing found it.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from openvet.errors import TargetError
from openvet.signing.hashing import Job, Tell, digests
from openvet.signing.manifest import GIT, WHOLE, Part, is_below
from openvet.source import FileSource, identity
from openvet.target import VERSION_CONTROL

_STORES: Final = frozenset(map(os.fsdecode, VERSION_CONTROL))


class Found(NamedTuple):
    """Something that lies in the folder and is no folder."""

    name: str
    path: bytes
    """Where its bytes are: the end of a link."""
    size: int
    identity: str
    link: str
    """Where it leads, if it is a link."""
    regular: bool
    """Whether it is a file, or a link that ends at one."""

    @property
    def source(self) -> FileSource:
        """The file, to be opened."""
        return FileSource(self.path, self.size)

    def now(self) -> str:
        """Return the identity that it has by now, or nothing where it is gone."""
        try:
            return identity(os.stat(self.path))  # noqa: PTH116 - bytes
        except OSError:
            return ""


def listed(root: Path) -> dict[str, Found]:
    """Return everything below a folder that is no folder, by name; or a file as `.`.

    Raises:
        TargetError: It does not exist, or a folder in it cannot be listed.
    """
    real = os.path.realpath(os.fsencode(root))
    try:
        if not stat.S_ISDIR(os.stat(real).st_mode):  # noqa: PTH116 - bytes
            return {WHOLE: _found(WHOLE, real)}
        found = {item.name: item for item in _walk(real)}
    except OSError as error:
        name = os.fsdecode(error.filename or real)
        raise TargetError(
            f"cannot read {name}: {error.strerror}",
            hint="name the model with --model, and let openvet read all of it",
        ) from None
    return dict(sorted(found.items()))


def _walk(root: bytes) -> Iterator[Found]:
    todo = [root]
    while todo:
        with os.scandir(todo.pop()) as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    todo.append(item.path)
                else:
                    yield _found(os.fsdecode(item.path[len(root) + 1 :]), item.path)


def _found(name: str, path: bytes) -> Found:
    link = os.fsdecode(os.readlink(path)) if os.path.islink(path) else ""  # noqa: PTH114, PTH115 - bytes
    real = os.path.realpath(path) if link else path
    try:
        status = os.stat(real)  # noqa: PTH116 - bytes
    except OSError:
        return Found(name, real, 0, "", link, regular=False)
    regular = stat.S_ISREG(status.st_mode)
    return Found(name, real, status.st_size, identity(status), link, regular)


class Compared(NamedTuple):
    """How a folder compares with what was signed or audited of it."""

    same: int
    """Files whose bytes are those expected."""
    differs: tuple[str, ...]
    """What is not as expected, in words."""
    left_out: tuple[str, ...]
    """Files that nothing covers, version control aside."""
    git: int
    """Files of version control that nothing covers."""


def compare(
    found: Mapping[str, Found],
    expected: Mapping[str, Sequence[Part]],
    *,
    ignores: Callable[[str], bool],
    allow_symlinks: bool,
    tell: Tell | None = None,
) -> Compared:
    """Compare what lies in a folder with what is expected of it, byte by byte.

    Args:
        found: As listed.
        expected: The digests of each file.
        ignores: Tells which files are left out of `expected` on purpose.
        allow_symlinks: Whether a link may stand for the file it ends at.
        tell: Told how many bytes were hashed, as they are.

    Raises:
        TargetError: A file cannot be read.
    """
    differs = [f"{name}: missing" for name in expected if name not in found]
    left_out: list[str] = []
    todo: list[tuple[Found, Sequence[Part]]] = []
    git = 0
    for name, item in found.items():
        parts = expected.get(name)
        if parts is None and not ignores(name):
            differs.append(f"{name}: extra{_as(item)}")
        elif not parts and (is_below(name, GIT) or in_store(name)):
            git += 1
        elif not parts:
            left_out.append(name)
        elif not item.regular or (item.link and not allow_symlinks):
            differs.append(f"{name}: was a file{_as(item)}")
        else:
            todo.append((item, parts))
    changed = list(_changed(todo, tell))
    return Compared(
        same=len(todo) - len(changed),
        differs=(*differs, *changed),
        left_out=tuple(left_out),
        git=git,
    )


def in_store(name: str) -> bool:
    """Tell whether a file is in the store of a version control."""
    return not _STORES.isdisjoint(name.split("/"))


def _as(item: Found) -> str:
    """Return what something is, if it is no file."""
    if item.link:
        return f", and is a link to {item.link}"
    return "" if item.regular else ", and is a device, socket or FIFO"


def _changed(
    todo: Sequence[tuple[Found, Sequence[Part]]], tell: Tell | None
) -> Iterator[str]:
    """Yield what of files is not as expected."""
    jobs = [
        Job(item.source, part.algorithm, part.start, part.stop)
        for item, parts in todo
        for part in parts
    ]
    computed = iter(digests(jobs, tell))
    for item, parts in todo:
        for part, digest in zip(
            parts, tuple(islice(computed, len(parts))), strict=True
        ):
            if part.digest != digest:
                which = "" if part.stop is None else f" from byte {part.start:,} on"
                yield (
                    f"{item.name}: changed{which}: {part.algorithm}"
                    f" {part.digest[:16]}… became {digest[:16]}…"
                )
                break
        else:
            if parts[0].stop is not None and not _covers(parts, item.size):
                yield f"{item.name}: changed: it has {item.size:,} bytes now"


def _covers(parts: Sequence[Part], size: int) -> bool:
    """Tell whether ranges cover a file from end to end."""
    stop = 0
    for part in sorted(parts, key=lambda part: part.start):
        if part.start != stop:
            return False
        stop = part.stop or 0
    return stop == size
