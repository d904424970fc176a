"""Targets: what a person names becomes the first subject of an audit."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openvet.errors import NothingToAuditError, TargetError
from openvet.source import FileSource, Source, Tree, identity
from openvet.subject import Entry, Folder, Gap, Origin
from openvet.wire import digest, replace

VERSION_CONTROL: Final = frozenset({b".git", b".hg", b".svn"})


def shown(path: bytes) -> str:
    """Return a path as text; bytes that are no UTF-8 are spelled in hexadecimal."""
    return path.decode("utf-8", "backslashreplace")


class LocalTree(Tree):
    """A folder on this machine.

    Args:
        root: The folder, or the parent of a single file.
    """

    def __init__(self, root: bytes) -> None:
        self.root = root
        self.paths: dict[str, tuple[bytes, int]] = {}

    def open(self, name: str) -> Source:
        """Return the file listed under `name`."""
        try:
            path, size = self.paths[name]
        except KeyError:
            raise TargetError(f"there is no file {name!r} in the folder") from None
        return FileSource(path, size)


def local(path: Path) -> Folder:
    """Return a file or folder of this machine as a subject, listed but not read.

    Raises:
        TargetError: It does not exist or cannot be listed.
        NothingToAuditError: It is an empty folder, or neither file nor folder.
    """
    try:
        real = os.path.realpath(os.fsencode(path), strict=True)
        status = os.stat(real)  # noqa: PTH116 - bytes paths keep names that are no UTF-8
    except OSError as error:
        raise TargetError(
            f"cannot open {path}: {error.strerror}",
            hint="name an existing file or folder, hf:org/name, or an https:// URL",
        ) from error
    title, address = shown(os.fsencode(path)), shown(real)
    if stat.S_ISDIR(status.st_mode):
        return replace(_folder(real, path), title=title, address=address)
    if stat.S_ISREG(status.st_mode):
        tree = LocalTree(os.path.dirname(real))  # noqa: PTH120 - bytes
        name = shown(os.path.basename(os.fsencode(path)) or real)  # noqa: PTH119
        tree.paths[name] = (real, status.st_size)
        entry = Entry(
            name=name,
            kind="file",
            size=status.st_size,
            mode=status.st_mode,
            identity=identity(status),
        )
        subject = _subject(tree, [entry], [], [])
        return replace(subject, kind="file", title=title, address=address)
    raise NothingToAuditError(
        f"{path} is neither a file nor a folder",
        hint="devices, sockets and FIFOs are not opened; name a file or folder",
    )


def _folder(root: bytes, path: Path) -> Folder:
    tree = LocalTree(root)
    listing = _Listing(tree)
    entries = sorted(listing.walk(), key=lambda entry: entry.name)
    if not entries and not listing.gaps:
        raise NothingToAuditError(
            f"{path} holds no files",
            hint="name the folder that holds the model's files",
        )
    return _subject(tree, entries, listing.excluded, listing.gaps)


def _subject(
    tree: LocalTree, entries: list[Entry], excluded: list[str], gaps: list[Gap]
) -> Folder:
    return Folder(
        origin=Origin(place=(), digest=digest([entries, excluded])),
        entries=tuple(entries),
        tree=tree,
        excluded=tuple(excluded),
        gaps=tuple(gaps),
    )


class _Listing:
    """Lists a tree, each folder once; a link never leads out of it."""

    def __init__(self, tree: LocalTree) -> None:
        self.tree = tree
        self.excluded: list[str] = []
        self.gaps: list[Gap] = []
        self._hub_blobs = _hub_blobs(tree.root)

    def walk(self) -> Iterator[Entry]:
        """Yield every entry below the root."""
        todo = [self.tree.root]
        while todo:
            folder = todo.pop()
            try:
                with os.scandir(folder) as found:
                    items = list(found)
            except OSError as error:
                self.gaps.append(
                    Gap(
                        reason="unreadable",
                        detail=f"folder {self._name(folder)}: {error.strerror}",
                        lift="make the folder readable and audit again",
                    )
                )
                continue
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    if item.name in VERSION_CONTROL:
                        self.excluded.append(self._name(item.path))
                    else:
                        todo.append(item.path)
                    continue
                yield self._entry(item)

    def _name(self, path: bytes) -> str:
        return shown(path[len(self.tree.root) :].lstrip(b"/")) or "."

    def _entry(self, item: os.DirEntry[bytes]) -> Entry:
        name = self._name(item.path)
        try:
            status = item.stat(follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                return self._link(name, item.path)
        except OSError as error:
            detail = f"{name}: {error.strerror}"
            self.gaps.append(Gap(reason="unreadable", detail=detail))
            return Entry(name=name, kind="special")
        if not stat.S_ISREG(status.st_mode):
            self.gaps.append(
                Gap(
                    reason="special-file",
                    detail=f"{name} is a device, socket or FIFO",
                    lift="remove it: no model needs one",
                )
            )
            return Entry(name=name, kind="special", mode=status.st_mode)
        self.tree.paths[name] = (item.path, status.st_size)
        return Entry(
            name=name,
            kind="file",
            size=status.st_size,
            mode=status.st_mode,
            identity=identity(status),
        )

    def _link(self, name: str, path: bytes) -> Entry:
        """List a link: as the file it ends at, where that is ours to read.

        A loader opens the name, not the file: `config.json` is a configuration even
        where it is a link to `notes.txt`.
        """
        written = os.readlink(path)  # noqa: PTH115 - bytes
        real = os.path.realpath(path)
        inside = real == self.tree.root or real.startswith(self.tree.root + b"/")
        stored = bool(self._hub_blobs) and real.startswith(self._hub_blobs)
        try:
            status = os.stat(real) if inside or stored else None  # noqa: PTH116 - bytes
        except OSError:
            status = None  # it ends nowhere, so nothing opens it
        if status is not None and stat.S_ISREG(status.st_mode):
            self.tree.paths[name] = (real, status.st_size)
            return Entry(
                name=name,
                kind="file",
                size=status.st_size,
                mode=status.st_mode & 0o111,
                identity=identity(status),
            )
        problem = ""
        if stored:
            problem = "links to a blob that the cache does not hold"
        elif not inside:
            problem = f"links out of the folder, to {shown(written)}"
        elif VERSION_CONTROL.intersection(real[len(self.tree.root) :].split(b"/")):
            problem = f"links into version control, to {shown(written)}"
        if problem:
            self.gaps.append(
                Gap(
                    reason="special-file",
                    detail=f"{name} {problem}",
                    lift="replace the link by the file it stands for",
                )
            )
        return Entry(
            name=name,
            kind="link",
            link=shown(written),
            link_leaves=not (inside or stored),
        )


def _hub_blobs(root: bytes) -> bytes:
    """Return the blob store of a hub cache's snapshot folder, or empty bytes.

    `models--org--name/snapshots/REVISION/` holds links into `../../blobs/`: the one
    layout in which links that leave the folder are how the files are stored.
    """
    parts = root.split(b"/")
    if len(parts) > 3 and parts[-2] == b"snapshots" and b"--" in parts[-3]:  # noqa: PLR2004
        return b"/".join(parts[:-2]) + b"/blobs/"
    return b""
