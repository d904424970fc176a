"""Progress on standard error: files and bytes, then what a model is asked."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from openvet.check import Progress
from openvet.policy import spell
from openvet.subject import Folder
from openvet.write.escape import visible

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from openvet.askable import Endpoint

WIDE: Final = 90
"""Columns of a terminal from which on the file's name is shown as well."""


def progress_over(
    folder: "Folder | Endpoint", *, wanted: bool
) -> AbstractContextManager[Progress | None]:
    """Show a bar over the files of a target; see `progress_bar`."""
    entries = folder.entries if isinstance(folder, Folder) else ()
    sizes = [entry.size for entry in entries if entry.kind == "file"]
    return progress_bar(wanted=wanted, files=len(sizes), size=sum(sizes))


@contextmanager
def progress_bar(*, wanted: bool, files: int, size: int) -> Iterator[Progress | None]:
    """Show a bar on a terminal; yield what the engine calls.

    Args:
        wanted: Whether the person wants one.
        files: How many files the target has.
        size: Their bytes.
    """
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    shown = _Shown(files, size)
    try:
        yield shown.tell
    finally:
        shown.end()


class _Shown:
    """One line: files while they are read, questions while a model is asked.

    Args:
        files: How many files the target has.
        size: Their bytes.
    """

    def __init__(self, files: int, size: int) -> None:
        from rich import progress
        from rich.console import Console

        console = Console(stderr=True)
        wide = console.width >= WIDE
        self.bars = {
            asking: progress.Progress(*columns, console=console, transient=True)
            for asking, columns in (
                (False, _columns(wide=wide)),
                (True, _asking_columns()),
            )
        }
        self.size = max(size, 1)
        self.tasks = {
            False: self.bars[False].add_task(
                "", total=self.size, done=0, files=files, name=""
            ),
            True: self.bars[True].add_task("", total=None, said=""),
        }
        self.done = self.seen = self.hashed = 0
        self.asking: bool | None = None
        self._show(asking=False)

    def _show(self, *, asking: bool) -> None:
        """Put one of the two lines onto the terminal, where it is not yet."""
        if asking is self.asking:
            return
        self.end()
        self.asking = asking
        self.bars[asking].start()

    def end(self) -> None:
        """Clear the line."""
        if self.asking is not None:
            self.bars[self.asking].stop()
        self.asking = None

    def tell(self, event: str, place: tuple[str, ...], count: int) -> None:
        """Show what the engine says."""
        if event == "asked":
            self._show(asking=True)
            # What changes stands first: the end of a long line is cut.
            said = visible(" · ".join(reversed(place)), most=200)
            self.bars[True].update(self.tasks[True], said=said)
        elif event == "hashed":
            self.hashed += count
            self._advance(count)  # while a model is asked its files are named again
        elif event == "file":
            self._show(asking=False)
            name = visible(spell(place), most=200)
            self.bars[False].update(self.tasks[False], name=name)
        elif place:
            self.done += 1
            self._advance(max(count - self.hashed, 0))
            self.bars[False].update(self.tasks[False], done=self.done)
            self.hashed = 0

    def _advance(self, count: int) -> None:
        """Count bytes, no more than there are: some are read twice."""
        count = min(count, self.size - self.seen)
        self.seen += count
        self.bars[False].update(self.tasks[False], advance=count)


def _asking_columns() -> "list[ProgressColumn]":
    """Return what the line shows while a model is asked."""
    from rich import progress
    from rich.table import Column

    text = Column(no_wrap=True, overflow="ellipsis")
    return [
        progress.SpinnerColumn("line"),
        progress.TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
        progress.TextColumn("{task.fields[said]}", markup=False, table_column=text),
    ]


def _columns(*, wide: bool) -> "list[ProgressColumn]":
    """Return what the bar shows; a narrow terminal has no room for names."""
    from rich import progress
    from rich.table import Column

    one_line = Column(no_wrap=True, overflow="ellipsis")
    columns: list[ProgressColumn] = [
        progress.TextColumn(
            "{task.fields[done]}/{task.fields[files]} files", table_column=one_line
        ),
        progress.BarColumn(bar_width=40 if wide else 10),
        progress.DownloadColumn(binary_units=True, table_column=one_line),
        progress.TransferSpeedColumn(table_column=one_line),
        progress.TimeRemainingColumn(compact=True, table_column=one_line),
    ]
    if wide:
        columns.append(
            progress.TextColumn(
                "{task.fields[name]}", markup=False, table_column=one_line
            )
        )
    return columns
