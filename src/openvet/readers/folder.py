"""Folders: a listing becomes the files below it."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.digests import Content
from openvet.errors import TargetError
from openvet.subject import File, Folder, Gap, Origin, Subject

PERMIT: Final = "make the file readable for the user who runs the audit"


class FolderReader(Reader[Folder]):
    """Yields the regular files of a folder, in the order of its listing."""

    id: ClassVar[str] = "folder"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Folder

    def read(self, subject: Folder, context: Context) -> Iterator[Subject]:
        """Yield one `File` an entry; links and special files are not followed."""
        for entry in subject.entries:
            if entry.kind != "file":
                continue
            context.budget.next_file()
            source = subject.tree.open(entry.name)
            gaps: tuple[Gap, ...] = ()
            try:
                content = entry.content or context.digests.of(source, entry.identity)
            except TargetError as error:
                content = Content(identity=entry.identity)
                gaps = (Gap(reason="unreadable", detail=error.message, lift=PERMIT),)
            yield File(
                origin=Origin.of(entry.name, content),
                source=source,
                content=content,
                executable_bit=bool(entry.mode & 0o111),
                gaps=gaps,
            )
