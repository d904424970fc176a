"""Folders: a listing becomes the files below it."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.digests import Content
from openvet.errors import OverBudgetError, TargetError
from openvet.source import Source
from openvet.subject import Entry, File, Folder, Gap, Origin, Subject

PERMIT: Final = "make the file readable for the user who runs the audit"


class FolderReader(Reader[Folder]):
    """Yields the regular files of a folder, in the order of its listing."""

    id: ClassVar[str] = "folder"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Folder

    def read(self, subject: Folder, context: Context) -> Iterator[Subject]:
        """Yield one `File` an entry; special files are not opened."""
        learned: dict[str, Content] = {}
        for entry in subject.entries:
            if entry.kind != "file":
                continue
            context.budget.listed()
            source = subject.tree.open(entry.name)
            gaps: tuple[Gap, ...] = ()
            try:
                content = _content(entry, source, context, learned)
            except OverBudgetError as error:
                content = Content(identity=entry.identity)
                hint = error.hint or ""
                gaps = (Gap(reason="over-budget", detail=error.message, lift=hint),)
            except TargetError as error:
                content = Content(identity=entry.identity)
                gaps = (Gap(reason="unreadable", detail=error.message, lift=PERMIT),)
            # Hashing a large file takes its time, which is not that of the readers.
            context.budget.next_file()
            yield File(
                origin=Origin.of(entry.name, content),
                source=source,
                content=content,
                executable_bit=bool(entry.mode & 0o111),
                gaps=gaps,
            )


def _content(
    entry: Entry, source: Source, context: Context, learned: dict[str, Content]
) -> Content:
    """Return the content of a file; one that has several names is hashed once."""
    known = entry.content or learned.get(entry.identity)
    if known is None:
        context.budget.check_audit()
        known = context.digests.of(source, entry.identity)
        learned[entry.identity] = known
    return known
