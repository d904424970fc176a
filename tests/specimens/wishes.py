"""A model worker whose model does what its prompts say; needs no library."""

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)


def _write() -> str:
    Path("/tmp/openvet-escaped").write_text("out")  # noqa: S108 - must be refused
    return "written"


def _connect() -> str:
    socket.create_connection(("127.0.0.1", 9), timeout=1).close()
    return "connected"


def _run() -> str:
    subprocess.run([sys.executable, "-c", ""], check=True)
    return "run"


def _load() -> str:
    return str(ctypes.CDLL("libm.so.6"))


def _spin() -> str:
    while True:
        pass


def _refuse() -> str:
    raise KeyError("no such layer")


def _give_up() -> str:
    raise Exception("nothing is\nknown \x1b[31m of it" + "!" * 999)  # noqa: TRY002 - as libraries do


def _hang() -> str:
    time.sleep(600)
    return "awake"


WISHES: dict[str, Callable[[], str]] = {
    "write": _write,
    "connect": _connect,
    "run": _run,
    "load a library": _load,
    "allocate": lambda: str(len(bytearray(4 << 30))),
    "environment": lambda: " ".join(sorted(os.environ)),
    "devices": lambda: " ".join(name for _, name in socket.if_nameindex()),
    "process": lambda: str(os.getpid()),
    "spin": _spin,
    "crash": lambda: sys.exit(1),
    "hang": _hang,
    "refuse": _refuse,
    "give up": _give_up,
}


class Wishing:
    """Does what it is told and says what came of it."""

    opened = SimpleNamespace(native="")
    info = ModelInfo(
        id="wishes",
        digest="",
        tokenizer_digest="",
        engine="wishes 1",
        dtype="none",
        device="cpu",
        parameters=None,
        capabilities=("generate",),
    )

    def __init__(self) -> None:
        self.alive = lambda: None
        self.written = 0

    @property
    def spent(self) -> Spent:
        return Spent(tokens_written=self.written)

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        raise NotImplementedError

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        for request in requests:
            try:
                text = WISHES[str(request.prompt)]()
            except (OSError, MemoryError) as error:
                text = type(error).__name__
            self.written += 1
            yield GenerateResult(text=text, tokens=1, finish="stop")


def main() -> None:
    """Serve as the model worker does, with this model in the place of a real one."""
    from openvet.models import causal, worker

    setattr(causal, "open_model", lambda *_, **__: Wishing())  # noqa: B010 - a stand-in
    worker.main()


HERE = str(Path(__file__).parents[1])
SERVE = f"""
import sys
sys.path.append({HERE!r})
from openvet.models import worker
worker.load_libraries = lambda: None
from specimens.wishes import main
main()
"""
WORKER = (sys.executable, "-I", "-B", "-c", SERVE)
