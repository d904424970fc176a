"""Models built for onnxruntime-genai, kept by the digest of what they were built from.

Building takes longer than a short audit, and needs the library that opens the model: it
happens in a confined process of its own, aside, and only what is whole gets its name. A
name holds the weights, the tokenizer and the versions of all that had a part in it.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from openvet.models.files import WEIGHTS, Place
from openvet.wire import Record, digest, encode

BUILDERS: Final = ("onnxruntime-genai", "onnxruntime", "onnx", "onnx-ir", "torch")
"""What has to be installed; the first is named."""
WORKER: Final = (sys.executable, "-I", "-B", "-m", "openvet.models.building")
FORMAT: Final = 1
"""Of what is kept; raised when it changes."""
LIST: Final = "openvet.json"
"""Names each file of what was built with its size."""
REFUSED: Final = ".refused"
"""Ends the name of a note on what could not be built."""
KEPT: Final = 4
"""Built models that are kept; those used longest ago go."""
DAY: Final = 24 * 3600
TIMES: Final = 6
"""Bytes that building may take at most for each byte of the weights: they may be of
half precision, and are there twice until it is done."""
QUANTIZED: Final = 24
"""The same for a GGUF file, whose numbers may be of a few bits."""
SPARE: Final = 64 << 20
"""Bytes for tokenizers and settings."""


class Build(Record, frozen=True, kw_only=True):
    """What is to be built, and within which limits."""

    folder: str
    gguf: str = ""
    pickles: bool
    into: str
    """A folder that is there and empty."""
    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    """Of each file that is written."""


class Ready(Record, frozen=True, kw_only=True, tag="ready"):
    """It is built."""


class Refused(Record, frozen=True, kw_only=True, tag="refused"):
    """It cannot be built."""

    reason: str
    again: bool
    """Whether another attempt may go better."""


reports: "msgspec.json.Decoder[Ready | Refused]" = msgspec.json.Decoder(Ready | Refused)


class Built(NamedTuple):
    """Where a built model lies, or why there is none."""

    folder: str = ""
    why: str = ""


class Limits(NamedTuple):
    """What building may take."""

    memory_bytes: int
    cpu_seconds: int
    seconds: float
    pickles: bool = False
    command: tuple[str, ...] = WORKER
    """Starts the process that builds."""


def installed() -> str:
    """Return the version of onnxruntime-genai; empty where it cannot build."""
    try:
        found = [version(name) for name in BUILDERS]
    except PackageNotFoundError:
        return ""
    return found[0]


def builds_folder() -> str:
    """Return where built models are kept."""
    base = os.environ.get("OPENVET_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return str(Path(base or Path(home) / "openvet") / "built")


def built(
    place: Place,
    names: tuple[str, str],
    where: Path,
    limits: Limits,
) -> Built:
    """Return the model of a place as it was built before, or build it.

    Args:
        place: Where the model lies.
        names: Digests of its weights and of its tokenizer.
        where: The folder of built models.
        limits: What building may take.
    """
    if not installed():
        return Built(why="it is not installed: from a checkout, pip install '.[genai]'")
    versions = [version(name) for name in (*BUILDERS, "transformers")]
    name = digest([FORMAT, *names, *versions])[:40]
    kept = where / name
    note = _note(kept)
    try:
        if whole(kept):
            os.utime(kept)
            return Built(folder=str(kept))
        if note.is_file():
            return Built(why=note.read_text(encoding="utf-8")[:300])
        where.mkdir(parents=True, exist_ok=True)
        _tidy(where)
        if why := _short(place, where):
            return Built(why=why)
        part = Path(tempfile.mkdtemp(prefix="part-", dir=where))
        try:
            return _made(place, part, kept, limits)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Built(why=f"{where} cannot be used: {why}")


def whole(folder: Path) -> bool:
    """Tell whether a folder holds every file that was built, in its full size."""
    try:
        sizes = json.loads((folder / LIST).read_bytes())
        return isinstance(sizes, dict) and sizes == _sizes(folder)
    except (OSError, ValueError):
        return False


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.iterdir() if path.name != LIST)
    return {path.name: path.stat().st_size for path in files}


def _weights(place: Place) -> int:
    """Return how many bytes the weights take."""
    folder = Path(place.folder)
    if place.gguf:
        return (folder / place.gguf).stat().st_size
    return sum(p.stat().st_size for p in folder.iterdir() if p.suffix in WEIGHTS)


def _most(place: Place) -> int:
    """Return how many bytes building may take at most."""
    return _weights(place) * (QUANTIZED if place.gguf else TIMES) + SPARE


def _short(place: Place, where: Path) -> str:
    """Return in words that there is too little space on the disk, if there is."""
    needed, free = _most(place), shutil.disk_usage(where).free
    if free >= needed:
        return ""
    return f"{where} has {free / 1e9:.1f} GB left, building may take {needed / 1e9:.1f}"


def _tidy(where: Path) -> None:
    """Remove what is broken, what nobody finished, and what was used longest ago."""
    found = [path for path in where.iterdir() if path.is_dir()]
    parts = [path for path in found if path.name.startswith("part-")]
    models = sorted(
        set(found) - set(parts), key=lambda path: path.stat().st_mtime, reverse=True
    )
    late = [path for path in parts if time.time() - path.stat().st_mtime > DAY]
    broken = [path for path in models if not whole(path)]
    for path in (*late, *broken, *[p for p in models if p not in broken][KEPT - 1 :]):
        shutil.rmtree(path, ignore_errors=True)


def _note(kept: Path) -> Path:
    """Return where it stands why a model cannot be built."""
    return kept.with_name(kept.name + REFUSED)


def _made(place: Place, part: Path, kept: Path, limits: Limits) -> Built:
    """Build a model aside and give it its name; note what refuses for good."""
    from openvet.pipe import Pipe, PipeError

    question = Build(
        folder=place.folder,
        gguf=place.gguf,
        pickles=limits.pickles,
        into=str(part),
        memory_bytes=limits.memory_bytes,
        cpu_seconds=limits.cpu_seconds,
        file_bytes=_most(place),
    )
    worker, deadline = Pipe(limits.command), time.monotonic() + limits.seconds
    try:
        worker.send(encode(question), deadline)
        report = reports.decode(worker.receive(deadline))
    except PipeError as error:
        return Built(why=f"the process that builds it {error.how} (exit {error.code})")
    except msgspec.MsgspecError:
        return Built(why="the process that builds it sent what is no message")
    finally:
        worker.close()
    if isinstance(report, Refused):
        if not report.again:
            _note(kept).write_text(report.reason, encoding="utf-8")
        return Built(why=report.reason)
    folder = part / "built"
    (folder / LIST).write_bytes(encode(_sizes(folder)))
    shutil.rmtree(kept, ignore_errors=True)
    try:
        folder.rename(kept)
    except OSError:
        if not whole(kept):  # somebody else was faster, which is as good
            raise
    return Built(folder=str(kept))
