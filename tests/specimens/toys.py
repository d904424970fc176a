"""Tiny readers and checks that show what the engine does with good and bad ones."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from openvet.catalog import Plugin
from openvet.check import Check, Context, Reader
from openvet.errors import OverBudgetError, TargetError
from openvet.finding import Bytes, Finding, Severity
from openvet.source import BytesSource
from openvet.subject import Document, File, Gap, Subject, Text


class Words(Reader[File]):
    """Reads files that start with `words`; a line `cut` means the rest is missing."""

    id: ClassVar[str] = "words"

    def claims(self, subject: File) -> bool:
        return subject.head.startswith(b"words")

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        data = subject.source.read(0, 4096)
        gaps = (Gap(reason="broken", detail="cut"),) if b"cut" in data else ()
        yield Document(origin=subject.origin.aspect("words"), format="words", gaps=gaps)
        for number, line in enumerate(data.split(b"\n")):
            if line.startswith(b"inner "):
                yield File(
                    origin=subject.origin.at(f"inner-{number}"),
                    source=BytesSource(b"words " + line[6:]),
                )
        if b"crash" in data:
            raise RuntimeError("this reader has a bug")
        if b"endless" in data:
            raise OverBudgetError("steps", "too many words")
        if b"gone" in data:
            raise TargetError("the disk is gone", hint="look for it")


class Nest(Reader[File]):
    """Reads files that start with `nest`: each holds itself."""

    id: ClassVar[str] = "nest"

    def claims(self, subject: File) -> bool:
        return subject.head.startswith(b"nest")

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        yield File(origin=subject.origin.at("again"), source=subject.source)


class Zoned(Reader[File]):
    """Reads files that start with `zone` inside it, and does what they say."""

    id: ClassVar[str] = "zoned"
    isolated: ClassVar[bool] = True

    def claims(self, subject: File) -> bool:
        return subject.head.startswith(b"zone")

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        words = subject.source.read(0, 100).split()
        yield File(
            origin=subject.origin.at("inner"), source=BytesSource(b"words " + words[1])
        )
        yield Document(
            origin=subject.origin.aspect("zoned"),
            format="zoned",
            texts=(Text(key="answer", value=answer(words[1].decode())),),
        )
        if words[1] == b"inflate":
            context.budget.inflate(1000)
        if words[1] == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        while words[1] == b"hang":
            time.sleep(0.01)
        if words[1] == b"endless":
            raise OverBudgetError("steps", "too many words")


def answer(wish: str) -> str:
    """Try something that a reader has no reason to do; return what came of it."""
    wishes: dict[str, Callable[[], object]] = {
        "process": os.getpid,
        "write": lambda: Path("/tmp/openvet-wrote").write_text("x"),  # noqa: S108
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "run": lambda: subprocess.run(["/bin/true"], check=False),
        "allocate": lambda: len(bytes(8 << 30)),
        "environment": lambda: sorted(os.environ),
        "status": lambda: Path("/proc/self/status").read_text(),
        "limits": lambda: Path("/proc/self/limits").read_text(),
    }
    try:
        return str(wishes.get(wish, str)())
    except (OSError, MemoryError) as error:
        return type(error).__name__


class Bad(Check[Document]):
    """Flags documents at a place called `bad.txt`."""

    id: ClassVar[str] = "bad"
    title: ClassVar[str] = "the file is called bad"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Document,)

    def run(self, subject: Document, context: Context) -> Iterator[Finding]:
        if subject.place[-1] == "bad.txt":
            yield self.finding(
                subject, "it is bad", Bytes(offset=0, shows="words"), fix="rename it"
            )


class Crashes(Check[Document]):
    """Fails on every document."""

    id: ClassVar[str] = "crashes"
    title: ClassVar[str] = "never works"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Document,)

    def run(self, subject: Document, context: Context) -> Iterator[Finding]:
        raise KeyError(subject.place[-1])


def line(kind: type[Reader[File]] | type[Check[Document]], version: int = 1) -> Plugin:
    """Return the catalog line of a toy."""
    subjects = ("File",) if issubclass(kind, Reader) else ("Document",)
    return Plugin(
        id=kind.id,
        version=version,
        subjects=subjects,
        where=f"specimens.toys:{kind.__name__}",
    )


HERE = str(Path(__file__).parents[1])
SERVE = f"""
import sys
sys.path.append({HERE!r})
from openvet.worker import main
main()
"""
WORKER = (sys.executable, "-I", "-B", "-c", SERVE)
"""A worker that finds these toys."""

FOLDER = Plugin(
    id="folder",
    version=1,
    subjects=("Folder",),
    where="openvet.readers.folder:FolderReader",
)
