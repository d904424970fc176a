"""Answers of a model, kept so that no question is asked twice.

A file of JSON lines that only grows. A line is complete or ignored, and lines are
written and flushed batch by batch: whoever kills the process loses a batch at most.
What a batch has cost stands before its answers: an audit that goes on counts it too.
The key of an answer names the model, its tokenizer, the engine and the number format,
because each of them changes answers.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import overload

import msgspec

from openvet.errors import OpenvetError
from openvet.models.metering import Cost
from openvet.models.protocol import (
    ClassifyRequest,
    ClassifyResult,
    EmbedRequest,
    EmbedResult,
    ExplainRequest,
    ExplainResult,
    ModelInfo,
)
from openvet.probes.probe import Request, Result
from openvet.probes.stored import Answer, Question, Stored, stored
from openvet.wire import decode, digest, encode


class Line(Stored, frozen=True, kw_only=True):
    """A line of the file: an answer, or what the answers after it have cost."""

    key: str = ""
    cost: Cost | None = None
    answers: int = 0
    """After it, that are the batch which has this cost."""


class _Batch:
    """Answers of an earlier audit that were asked for together."""

    def __init__(self, cost: Cost) -> None:
        self.cost = cost
        self.counted = False


def key(info: ModelInfo, request: Question) -> str:
    """Return what an answer depends on, as SHA-256."""
    return digest(
        {
            "model": info.digest,
            "tokenizer": info.tokenizer_digest,
            "engine": info.engine,
            "dtype": info.dtype,
            "kind": type(request).__name__,
            "request": request,
        }
    )


class Answers:
    """Answers that were given before, and a place for those to come.

    Args:
        info: The model that answers. Without a digest nobody can tell whether it is
            the same one tomorrow, and its answers are kept in memory alone.
        path: Of the file; None keeps answers in memory alone.

    Raises:
        OpenvetError: The file cannot be read.
    """

    def __init__(self, info: ModelInfo, path: Path | None = None) -> None:
        self._info = info
        self._path = path if info.digest else None
        self._known: dict[str, Answer] = {}
        self._names: dict[Question, str] = {}
        """Keys of questions, which take longer to make than to look up."""
        self._batches: dict[str, _Batch] = {}
        self._costs: list[Cost] = []
        if self._path is not None and self._path.exists():
            self._load(self._path)

    def _load(self, path: Path) -> None:
        """Read complete lines; drop what follows the last of them."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _useless("read", error, path) from None
        whole = data.rfind(b"\n") + 1
        batch, left = None, 0
        for raw in data[:whole].splitlines():
            try:
                line = decode(raw, Line)
            except (msgspec.DecodeError, msgspec.ValidationError):
                continue
            if line.result is not None:
                self._known[line.key] = line.result
                if batch is not None and left > 0:
                    self._batches[line.key] = batch
                left -= 1
            if line.cost is not None:
                batch, left = _Batch(line.cost), line.answers
        if whole < len(data):
            try:
                os.truncate(path, whole)
            except OSError as error:
                raise _useless("mended", error, path) from None

    @overload
    def of(self, request: Request) -> Result | None: ...
    @overload
    def of(self, request: EmbedRequest) -> EmbedResult | None: ...
    @overload
    def of(self, request: ClassifyRequest) -> ClassifyResult | None: ...
    @overload
    def of(self, request: ExplainRequest) -> ExplainResult | None: ...
    def of(self, request: Question) -> Answer | None:
        """Return the answer to a request, or None if it was not given yet."""
        name = self._name(request)
        batch = self._batches.pop(name, None)
        if batch is not None and not batch.counted:
            batch.counted = True
            self._costs.append(batch.cost)
        return self._known.get(name)

    def _name(self, request: Question) -> str:
        """Return the key of a question to this model."""
        name = self._names.get(request)
        if name is None:
            name = self._names[request] = key(self._info, request)
        return name

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What the answers that were used have cost, batch by batch.

        A batch that an earlier audit asked counts as soon as one of its answers is
        used: nobody can tell what a single answer has cost.
        """
        return tuple(self._costs)

    def keep(
        self, given: Iterable[tuple[Question, Answer]], cost: Cost | None = None
    ) -> None:
        """Remember answers and what they have cost together, in the file too.

        Raises:
            OpenvetError: The file cannot be written.
        """
        lines = []
        for request, result in given:
            name = self._name(request)
            self._known[name] = result
            kept = Line(key=name, **msgspec.structs.asdict(stored(result)))
            lines.append(encode(kept) + b"\n")
        if cost is not None:
            self._costs.append(cost)
            if lines:
                head = encode(Line(cost=cost, answers=len(lines))) + b"\n"
                lines.insert(0, head)
        if self._path is None or not lines:
            return
        try:
            with self._path.open("ab") as file:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _useless("kept", error, self._path) from None


def _useless(what: str, error: OSError, path: Path) -> OpenvetError:
    """Return the error of a file of answers that is of no use."""
    return OpenvetError(
        f"answers cannot be {what}: {error}",
        hint=f"make {path.name} a file that can be read and written, on a disk with"
        " room; or move it away, and everything is asked again",
    )
