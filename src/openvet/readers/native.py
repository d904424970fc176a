"""Native code of a folder, and whether an installed package accounts for it."""

import hashlib
import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from openvet.artifacts import NativeCode, NativeFile
from openvet.check import Context, Reader
from openvet.errors import TargetError
from openvet.formats.families import families
from openvet.formats.text import decode
from openvet.subject import Inventory, Item, Subject

if TYPE_CHECKING:
    from openvet.formats.installed import Listed

LARGEST: Final = 16 << 20
"""Bytes of a record."""
HASHED: Final = 1 << 30
"""Bytes of libraries that are held against records; the smallest come first."""


class NativeReader(Reader[Inventory]):
    """Lists the files that a machine runs as they are."""

    id: ClassVar[str] = "native"
    version: ClassVar[int] = 2
    subject: ClassVar[type[Subject]] = Inventory

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield one list, empty where there is no such file."""
        native = [item for item in subject.items if _kinds(item)]
        recorded = self._recorded(subject) if native else {}
        left = HASHED
        installed: set[str] = set()
        for item in sorted(native, key=lambda item: item.size):
            said = recorded.get(item.name)
            left -= item.size if said else 0
            if said and left > 0 and self._matches(subject, item, said, context):
                installed.add(item.name)
        yield NativeCode(
            origin=subject.origin.aspect(self.id),
            files=tuple(
                NativeFile(name=item.name, kind=kind, installed=item.name in installed)
                for item in native
                for kind in _kinds(item)
            ),
        )

    def _recorded(self, subject: Inventory) -> "dict[str, Listed]":
        """Return what the records of whole packages say, by name in the folder."""
        from openvet.formats.installed import listed, roots

        found: dict[str, Listed] = {}
        for record, root in roots(frozenset(i.name for i in subject.items)).items():
            try:
                source = subject.tree.open(record)
            except TargetError:
                continue
            text, _ = decode(source, LARGEST)
            source.close()
            for name, said in listed(text).items():
                # Programs lie in `../../bin`, or in `bin` of a folder of one's own.
                inside = posixpath.join(root, name.replace("../", ""))
                found.setdefault(inside, said)
                found.setdefault(posixpath.normpath(posixpath.join(root, name)), said)
        return found

    def _matches(
        self, subject: Inventory, item: Item, said: "Listed", context: Context
    ) -> bool:
        """Say whether a file's bytes are those that a record lists."""
        if item.size != said.size:
            return False
        digest = hashlib.sha256()
        try:
            source = subject.tree.open(item.name)
        except TargetError:
            return False
        for chunk in source.chunks():
            context.budget.check_time()
            digest.update(chunk)
        source.close()
        return digest.digest() == said.sha256


def _kinds(item: Item) -> list[str]:
    return [kind for kind in item.formats if families([kind]) == {"native"}]
