"""The ledger: what was seen, in order, so that nothing is lost or altered unseen.

One canonical JSON line per fact. Each line carries the SHA-256 of the line before it,
so a changed, dropped or moved line breaks the chain. The lines of one file of the
target end with the line of the file itself; a killed audit loses at most the file in
flight, and the next one with the same ledger goes on from there.
"""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self, TypeAlias

import msgspec

from openvet.bundle import NAME_ONE, content
from openvet.digests import Content
from openvet.errors import LedgerError
from openvet.finding import Outcome
from openvet.fit import Fit
from openvet.heritage import Heritage
from openvet.readout import Part, Readout
from openvet.stated import Stated
from openvet.subject import Gap
from openvet.wire import Plain, Record, decode, encode

SCHEMA: Final = 1
GENESIS: Final = "0" * 64


class Start(Record, frozen=True, kw_only=True, tag="start"):
    """The first line: who looked at what, and how."""

    schema: int
    tool: Plain
    """Name and version."""
    target: str
    """As the person named it."""
    kind: Plain
    """`folder`, `file`, `remote`, `endpoint`."""
    settings: str
    """Digest of the settings; part of every key."""
    started: Plain
    """UTC, ISO 8601."""
    zone: tuple[str, ...] = ()
    """What protected the reading, in words."""
    hashing: Plain = "blake3"
    excluded: tuple[str, ...] = ()


class Step(Record, frozen=True, kw_only=True, tag="step"):
    """One subject: what was read from it and how every check on it ended.

    The key of each outcome is (check and version, subject digest, settings digest);
    `passed` holds the first part for those that ended in PASS.
    """

    kinds: tuple[str, ...]
    """The subject's type and its bases."""
    digest: str
    place: tuple[str, ...]
    plan: str
    """Digest of the readers that were asked."""
    size: int = 0
    formats: tuple[str, ...] = ()
    content: Content | None = None
    """Of a file of the target."""
    gaps: tuple[Gap, ...] = ()
    passed: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """Those that are not PASS."""
    children: tuple[str, ...] = ()
    """Digests of the subjects that readers found in it."""
    stated: Stated | None = None
    """What it says of the model, where that is what it is there for."""
    readout: Readout | None = None
    """What asking the model showed."""
    fit: Fit | None = None
    """How a model and a machine go together."""
    work: tuple[Part, ...] = ()
    """What asking the model has cost."""
    heritage: Heritage | None = None
    """What asking its base showed beside it."""


class End(Record, frozen=True, kw_only=True, tag="end"):
    """The last line of an audit that was not interrupted."""

    ended: Plain
    steps: int
    zone: tuple[str, ...] = ()
    """What protected the worker, in its own words; empty if none was needed."""


Fact: TypeAlias = Start | Step | End


class Line(Record, frozen=True, kw_only=True):
    """A fact and the hash of the line before it."""

    previous: str
    fact: Fact


class _Key(msgspec.Struct):
    """The few fields by which a line is found again."""

    digest: str = ""
    content: Content | None = None


class _KeyLine(msgspec.Struct):
    fact: _Key


_keys = msgspec.json.Decoder(_KeyLine)


def lines(path: Path) -> Iterator[tuple[bytes, str]]:
    """Yield every whole line and its hash, checking the chain.

    Raises:
        LedgerError: A line does not continue the one before it.
    """
    previous = GENESIS
    data = content(path)
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line:
            continue
        if not line.startswith(b'{"fact":') or not line.endswith(
            f'"previous":"{previous}"}}'.encode()
        ):
            if number == 1 and not line.startswith(b'{"fact":'):
                raise LedgerError(f"{path} is not a ledger", hint=NAME_ONE)
            if number == data.count(b"\n") + 1:
                return  # the torn last line of a killed audit
            raise LedgerError(
                f"{path}: line {number} does not follow from the line before it",
                hint="the ledger was altered after it was written; audit again",
            )
        previous = hashlib.sha256(line).hexdigest()
        yield line, previous


def facts_and_head(path: Path) -> tuple[list[Fact], str]:
    """Return every fact of a ledger and the hash of its last line.

    Args:
        path: A ledger, or a bundle (a zip that holds `ledger.jsonl`).

    Raises:
        LedgerError: The chain is broken or a line is no fact.
    """
    found: list[Fact] = []
    head = GENESIS
    for line, head in lines(path):  # noqa: B007 - the last one is returned
        try:
            found.append(decode(line, Line).fact)
        except msgspec.MsgspecError as error:
            raise LedgerError(f"{path}: {error}") from error
    return found, head


class Memory:
    """Steps of earlier audits, found by subject digest."""

    def __init__(self) -> None:
        self._lines: dict[str, bytes] = {}
        self.contents: dict[str, Content] = {}
        self.settings = ""

    def load(self, path: Path, settings: str) -> None:
        """Remember a ledger's steps if it was made under the same settings."""
        if not path.exists():
            return
        same = False
        try:
            for number, (line, _) in enumerate(lines(path)):
                if number == 0:
                    start = decode(line, Line).fact
                    if not isinstance(start, Start) or start.schema != SCHEMA:
                        return
                    same = start.settings == settings
                    continue
                key = _keys.decode(line).fact
                if key.content is not None and key.content.identity:
                    self.contents[key.content.identity] = key.content
                if same and key.digest:
                    self._lines[key.digest] = line
        except (LedgerError, msgspec.MsgspecError, UnicodeDecodeError):
            # A broken memory is no memory; the audit reads everything again.
            self._lines.clear()
            self.contents.clear()

    def step(self, digest: str) -> Step | None:
        """Return what an earlier audit recorded of a subject."""
        line = self._lines.get(digest)
        if line is None:
            return None
        try:
            fact = decode(line, Line).fact
        except msgspec.MsgspecError:
            return None  # written by a version that had other words for it
        return fact if isinstance(fact, Step) else None


class Ledger:
    """Writes one audit's facts to a new file.

    Args:
        path: Where.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = GENESIS
        self._pending: list[bytes] = []
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with _explained(path):
            self._file = os.open(path, flags, 0o600)

    def append(self, fact: Fact) -> None:
        """Add a fact; it reaches the disk when `flush` is called."""
        line = encode(Line(previous=self.head, fact=fact))
        self.head = hashlib.sha256(line).hexdigest()
        self._pending.append(line)

    def flush(self) -> None:
        """Write what was added, in one piece.

        Raises:
            LedgerError: The disk is full or the file is gone.
        """
        if self._pending:
            data = b"\n".join(self._pending) + b"\n"
            self._pending.clear()
            with _explained(self.path):
                while data:
                    data = data[os.write(self._file, data) :]

    def close(self) -> None:
        """Flush and release the file.

        Raises:
            LedgerError: As `flush`.
        """
        try:
            self.flush()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Release the file without what was not flushed; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Store:
    """The folder that keeps the ledgers of one target, so that audits continue.

    `last.jsonl` is the last finished audit, `current.jsonl` the one being written.
    What a killed audit left is set aside as `partial-N.jsonl`, remembered, and removed
    once an audit finishes. As a context it releases the folder at the end, however the
    audit ended.

    Args:
        folder: Where; made if it does not exist.
        settings: Digest of the settings; steps made under others are not remembered.
        forget: Whether to ignore what earlier audits learned.

    Raises:
        LedgerError: It cannot be made, or another audit is writing there.
    """

    def __init__(self, folder: Path, settings: str, *, forget: bool = False) -> None:
        self.folder = folder
        self.memory = Memory()
        current = folder / "current.jsonl"
        self._lock = _lock(folder)
        try:
            with _explained(folder):
                if current.exists():
                    current.rename(folder / f"partial-{self._next_partial():04}.jsonl")
            if not forget:
                for path in (folder / "last.jsonl", *self._partials()):
                    self.memory.load(path, settings)
            self.ledger = Ledger(current)
        except LedgerError:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _next_partial(self) -> int:
        """Return the number after the last one, which nothing else has."""
        partials = self._partials()
        return int(partials[-1].stem.removeprefix("partial-")) + 1 if partials else 0

    def _partials(self) -> list[Path]:
        return sorted(self.folder.glob("partial-[0-9][0-9][0-9][0-9].jsonl"))

    def finish(self) -> Path:
        """Close the ledger, make it the last finished one, and return its path."""
        self.ledger.close()
        last = self.folder / "last.jsonl"
        with _explained(self.folder):
            self.ledger.path.replace(last)
            for path in self._partials():
                path.unlink()
        self.release()
        return last

    def release(self) -> None:
        """Let another audit write here; a second time does nothing."""
        self.ledger.abandon()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep audits out of a folder while answers are added there.

    Raises:
        LedgerError: It cannot be made, or an audit is writing there.
    """
    lock = _lock(folder)
    try:
        yield
    finally:
        os.close(lock)


def _lock(folder: Path) -> int:
    """Make a folder and take its lock; whoever closes it lets go."""
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise LedgerError(
            f"another audit of this target is writing to {folder}",
            hint="wait for it to end, or name another folder with --ledger",
        ) from None
    return lock


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn a system error into one that says what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        hint = "free some space or" if full else "let openvet write there, or"
        raise LedgerError(
            f"cannot write to {path}: {error.strerror}",
            hint=f"{hint} name another folder with --ledger",
        ) from error
