"""Where reports go: standard output, files, folders; never half-written."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import click

from openvet.errors import OpenvetError
from openvet.report import Report
from openvet.write import formats, writer
from openvet.write.escape import visible
from openvet.write.text import Terminal

COLORS: Final = ("auto", "always", "never")
ANY_PATH: Final = click.Path(readable=False)
"""For shells, which complete it; whoever opens it says better what is wrong."""


def wants_color(choice: str) -> bool:
    """Tell whether standard output gets colors (no-color.org, FORCE_COLOR)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def format_names(
    context: click.Context, option: click.Parameter, start: str
) -> list[str]:
    """Return the formats that begin so, for a shell that completes one."""
    del context, option
    return [name for name in formats() if name.startswith(start)]


def emit(
    report: Report, names: tuple[str, ...], outputs: tuple[str, ...], color: str
) -> None:
    """Write a report in each format to its output.

    The first format goes to the first `--output`, and so on; a folder takes every
    format that has no output of its own; one format without output is printed.

    Raises:
        OpenvetError: Two formats would share standard output, or a file cannot be
            written.
    """
    places = destinations(names, outputs)
    for name, place in zip(names, places, strict=True):
        if place is None:
            if name == "text":
                text = Terminal(color=wants_color(color)).write(report)
            else:
                text = writer(name)(report)
            _print(text)
        else:
            save(place, writer(name)(report))
            click.echo(f"wrote {visible(str(place))}", err=True)


def deliver(text: str, output: str | None) -> None:
    """Print a text, or write it to a file whole or not at all.

    Raises:
        OpenvetError: It cannot be written.
    """
    if output in (None, "-"):
        _print(text)
        return
    save(Path(output or ""), text)
    click.echo(f"wrote {visible(str(output))}", err=True)


def destinations(names: tuple[str, ...], outputs: tuple[str, ...]) -> list[Path | None]:
    """Return a path for each format, or None for standard output.

    Raises:
        OpenvetError: Standard output would get more than one format.
    """
    for name in names:
        writer(name)
    if "" in outputs:
        raise OpenvetError(
            "an --output is empty", hint="name a file or folder, or - to print"
        )
    places: list[Path | None] = []
    folder = next((Path(o) for o in outputs if _is_folder(o)), None)
    files = [Path(o) if o != "-" else None for o in outputs if not _is_folder(o)]
    printed = 0
    for name in names:
        if files:
            place = files.pop(0)
        elif folder is not None and not (name == "text" and len(names) > 1):
            place = folder / f"openvet{formats()[name][1]}"
        else:
            place = None
        printed += place is None
        places.append(place)
    if printed > 1:
        raise OpenvetError(
            "two formats would be mixed on standard output",
            hint="give each --format its --output, or one folder for all",
        )
    if files:
        raise OpenvetError(
            "there are more --output than --format",
            hint="each --output takes the --format at the same position",
        )
    return places


def _is_folder(name: str) -> bool:
    return name.endswith(("/", os.sep)) or Path(name).is_dir()


def save(path: Path, text: str) -> None:
    """Write a file whole or not at all; a device or pipe is written to as it is.

    Raises:
        OpenvetError: It cannot be written.
    """
    if path.exists() and not path.is_file():
        with _explained(path, "--output"):
            path.write_text(text, "utf-8", newline="")
        return
    with replacing(path, "--output") as file:
        file.write(text.encode())


@contextmanager
def replacing(path: Path, option: str) -> Iterator[IO[bytes]]:
    """Yield a file beside `path` that takes its place once it is written whole.

    Its name is new and cannot be guessed: a folder that came from elsewhere may hold
    links that wait for the name of a temporary file.

    Raises:
        OpenvetError: It cannot be written.
    """
    import tempfile

    with _explained(path, option):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".openvet-")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


@contextmanager
def _explained(path: Path, option: str) -> Iterator[None]:
    """Turn a system error into one that says what to do."""
    try:
        yield
    except OSError as error:
        raise OpenvetError(
            f"cannot write {path}: {error.strerror}",
            hint=f"name another place with {option}; nothing was half-written",
        ) from error


def _print(text: str) -> None:
    """Print text; what the terminal's encoding lacks is escaped, not fatal."""
    encoding = sys.stdout.encoding or "utf-8"
    data = text.encode(encoding, "backslashreplace")
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has gone (`| head`); the exit code still has to tell the verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
