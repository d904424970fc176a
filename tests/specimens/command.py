"""The command line, run as a person would run it."""

import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TypeAlias
from unittest.mock import patch

from openvet.cli import main

Done: TypeAlias = subprocess.CompletedProcess[str]


def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Done:
    """Run openvet in `cwd`, with its cache there and nothing else of a user's.

    In this process, for one of its own takes longer to begin than most audits do.
    """
    words = ["openvet", *map(str, arguments)]
    given = patch.dict(os.environ, _environment(cwd, environment), clear=True)
    out, err = _stream(), _stream()
    with (
        given,
        chdir(cwd or Path.cwd()),
        redirect_stdout(out),
        redirect_stderr(err),
        patch.multiple(sys, argv=words, stdin=_stream(), excepthook=sys.excepthook),
        _collecting_as_before(),
    ):
        code = _exit_code()
    return Done(words, code, _text(out), _text(err))


def run_apart(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> Done:
    """Do the same in a process of its own, for what only such a one shows."""
    return subprocess.run(
        [sys.executable, "-m", "openvet", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=60,
        env=_environment(cwd, environment),
    )


def _exit_code() -> int:
    """Return the code that the command ends with."""
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            return ended.code
    raise AssertionError("the command ends with a code")


def _environment(cwd: Path | None, more: dict[str, str]) -> dict[str, str]:
    """Return the variables of somebody without any settings."""
    base = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    cache = {"OPENVET_CACHE_DIR": str((cwd or Path.cwd()) / ".openvet-cache")}
    return {**base, **cache, **more}


def _stream() -> io.TextIOWrapper:
    """Return what stands for a pipe."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    """Return what was written."""
    stream.seek(0)
    return stream.read()


@contextmanager
def _collecting_as_before() -> Iterator[None]:
    """Take back how often the command looks for cycles."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
