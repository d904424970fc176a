"""Progress on standard error: files, bytes, rate and time left."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from openvet.check import Progress
from openvet.policy import spell
from openvet.write.escape import visible


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
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.fields[done]}/{task.fields[files]} files"),
        progress.BarColumn(),
        progress.DownloadColumn(binary_units=True),
        progress.TransferSpeedColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[name]}", markup=False),
    )
    console = Console(stderr=True)
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=max(size, 1), done=0, files=files, name="")
        done = hashed = 0

        def tell(event: str, place: tuple[str, ...], count: int) -> None:
            nonlocal done, hashed
            if event == "hashed":
                hashed += count
                bar.update(task, advance=count)
            elif event == "file":
                bar.update(task, name=visible(spell(place), most=40))
            elif place:
                done += 1
                bar.update(task, advance=max(count - hashed, 0), done=done)
                hashed = 0

        yield tell
