"""A model behind glass: the core asks, a confined process answers.

`ZonedModel` is the language model that the rest of openvet sees for files on this
machine. It opens its process on the first question, gets results as they are made, and
turns whatever goes wrong over there into an error with a reason.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from openvet.energy import memory_here
from openvet.errors import ModelError
from openvet.models.files import Place, digests_of, place_of
from openvet.models.protocol import (
    ClassifyResult,
    EmbedResult,
    ExplainRequest,
    ExplainResult,
    GenerateRequest,
    GenerateResult,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.wire import Record, encode, replace

if TYPE_CHECKING:
    from openvet.digests import Digests
    from openvet.models.built import Built
    from openvet.models.messages import Answer, Asking
    from openvet.pipe import Pipe, PipeError

WORKER: Final = (sys.executable, "-I", "-B", "-m", "openvet.models.worker")
SCORED_AT_ONCE: Final = 256
GENERATED_AT_ONCE: Final = 64
DEATHS: Final = 3
"""After so many a model is not started again."""
OUT_OF_TIME: Final = -24
"""Exit code of a process that used up its processor time."""
LOADER: Final = 127
"""Exit code of one whose loader of shared libraries gives up: glibc ends a process with
it that has no memory left for the data of a thread."""
A = TypeVar("A")
T = TypeVar("T")


class ZoneLimits(Record, frozen=True, kw_only=True):
    """What a model may take."""

    threads: int = 1
    """Of the processor."""
    memory_bytes: int = 0
    """0 for nine tenths of what this machine has left."""
    cpu_seconds: int = 24 * 3600
    open_seconds: float = 900
    """Until it can be asked."""
    silent_seconds: float = 300
    """Between two signs of life."""
    pickles: bool = False
    """Also open weights that are pickles, with torch's own restricted unpickler."""
    builds: str = ""
    """A folder for models built for onnxruntime-genai, which then writes texts; empty
    to have transformers write them."""


class ZonedModel:
    """A model of a folder or a GGUF file that runs in a process of its own.

    Args:
        path: The folder or the file.
        limits: What it may take.
        name: How reports name it; the name of the folder or file if empty.
        digests: Names its files.
        command: Starts the process.

    Raises:
        ModelError: There is no model at `path`.
    """

    def __init__(
        self,
        path: Path,
        limits: ZoneLimits | None = None,
        *,
        name: str = "",
        digests: "Digests | None" = None,
        command: tuple[str, ...] = WORKER,
    ) -> None:
        self.limits = limits or ZoneLimits()
        self.command = command
        self.protections: tuple[str, ...] = ()
        self._spent = Spent()
        self._earlier = Spent()
        self._place: Place = place_of(path.resolve())
        self._name = name or path.resolve().name
        self._digests = digests
        self._names: tuple[str, str] | None = None
        self._info: ModelInfo | None = None
        self._worker: Pipe | None = None
        self._owed = False
        self._deaths = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def info(self) -> ModelInfo:
        """Which model this is; opens it if it is not open.

        Raises:
            ModelError: It cannot be opened.
        """
        if self._info is None:
            self._running()
        if self._info is None:
            raise ModelError("the model did not say what it is")
        return self._info

    @property
    def spent(self) -> Spent:
        """What asking has cost so far, answers that nobody waited for included."""
        from openvet.pipe import PipeError

        if self._worker is not None and self._owed:
            try:
                self._drain(self._worker)
            except PipeError as error:
                self._dead(error)
        return self._spent

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: The model cannot be opened, or stopped answering.
        """
        from openvet.models.messages import Score, Scored

        for part in _parts(requests, SCORED_AT_ONCE):
            for answer in self._ask(Score(requests=part), Scored, len(part)):
                yield answer.result

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: The model cannot be opened, or stopped answering.
        """
        from openvet.models.messages import Generate, Generated

        for part in _parts(requests, GENERATED_AT_ONCE):
            for answer in self._ask(Generate(requests=part), Generated, len(part)):
                yield answer.result

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield a vector for each text, in order.

        Raises:
            ModelError: The model cannot be opened, stopped answering, or makes none.
        """
        from openvet.models.messages import Embed, Embedded

        for part in _parts(texts, SCORED_AT_ONCE):
            for answer in self._ask(Embed(requests=part), Embedded, len(part)):
                yield answer.result

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield the labels of each text, in order.

        Raises:
            ModelError: The model cannot be opened, stopped answering, or gives none.
        """
        from openvet.models.messages import Classified, Classify

        for part in _parts(texts, SCORED_AT_ONCE):
            for answer in self._ask(Classify(requests=part), Classified, len(part)):
                yield answer.result

    def explain(self, requests: Sequence[ExplainRequest]) -> Iterator[ExplainResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: The model cannot be opened, stopped answering, or cannot tell.
        """
        from openvet.models.messages import Explain, Explained

        for part in _parts(requests, GENERATED_AT_ONCE):
            for answer in self._ask(Explain(requests=part), Explained, len(part)):
                yield answer.result

    def _ask(self, question: "Asking", kind: type[A], count: int) -> Iterator[A]:
        """Send a question and yield its `count` results as they come."""
        from openvet.models.messages import Finished
        from openvet.pipe import PipeError

        try:
            worker = self._running()
            worker.send(encode(question), time.monotonic() + self.limits.silent_seconds)
            self._owed = True
            for _ in range(count):
                answer = self._next(worker, self.limits.silent_seconds)
                if not isinstance(answer, kind):
                    raise self._failed(answer)
                yield answer
            last = self._next(worker, self.limits.silent_seconds)
            if not isinstance(last, Finished):
                raise self._failed(last)
            self._settle(last.spent)
        except PipeError as error:
            raise self._dead(error) from None

    def _failed(self, answer: "Answer") -> ModelError:
        """Return the error of an answer that is none."""
        from openvet.models.messages import Failed

        if not isinstance(answer, Failed):
            return self._nonsense()
        self._owed = False
        if answer.over:
            self._deaths += 1
            self.close()
        return ModelError(answer.message, hint=answer.hint or None)

    def _nonsense(self) -> ModelError:
        self.close()
        return ModelError("the model's process sent what is no answer")

    def _settle(self, spent: Spent) -> None:
        """Take note of what asking has cost, over all processes there were."""
        self._owed = False
        before = self._earlier
        self._spent = Spent(
            cpu_seconds=before.cpu_seconds + spent.cpu_seconds,
            tokens_read=before.tokens_read + spent.tokens_read,
            tokens_written=before.tokens_written + spent.tokens_written,
            peak_bytes=max(before.peak_bytes, spent.peak_bytes),
        )

    def _next(self, worker: "Pipe", seconds: float) -> "Answer":
        """Return the next answer that is more than a sign of life."""
        import msgspec

        from openvet.models.messages import Alive, answers

        while True:
            data = worker.receive(time.monotonic() + seconds)
            try:
                answer = answers.decode(data)
            except msgspec.MsgspecError:
                raise worker.useless("sent what is no message") from None
            if not isinstance(answer, Alive):
                return answer

    def _running(self) -> "Pipe":
        """Return the process, free for the next question."""
        from openvet.pipe import PipeError

        try:
            if self._worker is not None and self._owed:
                self._drain(self._worker)
            if self._worker is None or self._worker.returncode is not None:
                return self._start()
        except PipeError as error:
            raise self._dead(error) from None
        return self._worker

    def _drain(self, worker: "Pipe") -> None:
        """Let the process finish what nobody waits for anymore."""
        from openvet.models.messages import Failed, Finished

        answer = self._next(worker, self.limits.silent_seconds)
        while not isinstance(answer, Failed | Finished):
            answer = self._next(worker, self.limits.silent_seconds)
        if isinstance(answer, Finished):
            self._settle(answer.spent)
        self._owed = False

    def _named(self) -> tuple[str, str]:
        """Return the digests of the weights and of the tokenizer."""
        if self._names is None:
            self._names = digests_of(self._place, self._digests)
        return self._names

    def _built(self, memory: int) -> "Built":
        """Return the model as it was built to write fast, if that is wanted."""
        from openvet.models.built import Built, Limits, built

        limits = self.limits
        if not limits.builds:
            return Built()
        most = Limits(memory, limits.cpu_seconds, limits.open_seconds, limits.pickles)
        return built(self._place, self._named(), Path(limits.builds), most)

    def _start(self, fast: "Built | None" = None) -> "Pipe":
        """Start the process and open the model; without what was built if that dies."""
        from openvet.models.built import Built
        from openvet.models.messages import NOT_BUILT, Open, Opened
        from openvet.pipe import Pipe, PipeError

        if self._deaths >= DEATHS:
            raise ModelError(
                f"the model's process died {self._deaths} times",
                hint="allow more memory, or use a smaller model",
            )
        limits, place = self.limits, self._place
        memory = limits.memory_bytes or memory_here() // 10 * 9
        fast = self._built(memory) if fast is None else fast
        question = Open(
            folder=place.folder,
            gguf=place.gguf,
            name=self._name,
            pickles=limits.pickles,
            threads=limits.threads,
            built=fast.folder,
            memory_bytes=memory,
            cpu_seconds=limits.cpu_seconds,
        )
        if self._worker is not None:  # ended by itself
            self._worker.close()
        worker = self._worker = Pipe(self.command)
        self._owed, self._earlier = False, self._spent
        worker.send(encode(question), time.monotonic() + limits.open_seconds)
        try:
            answer = self._next(worker, limits.open_seconds)
        except PipeError as error:
            if not fast.folder:
                raise
            return self._start(Built(why=f"opening what was built, it {error.how}"))
        if not isinstance(answer, Opened):
            failed = self._failed(answer)
            self.close()
            raise failed
        self.protections = (*answer.zone, *((NOT_BUILT + fast.why,) * bool(fast.why)))
        if self._info is None:
            weights, tokenizer = self._named()
            self._info = replace(
                answer.info, digest=weights, tokenizer_digest=tokenizer
            )
        return worker

    def _dead(self, error: "PipeError") -> ModelError:
        """Return the reason why the process is no more."""
        self._worker = None
        self._deaths += 1
        if error.code == OUT_OF_TIME:
            return ModelError(
                f"the model used up its {self.limits.cpu_seconds} seconds of processor "
                "time",
                hint="allow more, or ask a smaller model",
            )
        code = error.code or 0
        if error.how == "ended" and (code < 0 or code == LOADER):
            by = f"signal {-code}" if code < 0 else "the loader of libraries"
            return ModelError(
                f"the model's process was ended by {by}, most often for want of memory",
                hint="allow more memory, or use a smaller or quantized model",
            )
        return ModelError(
            f"the model's process {error.how} (exit {error.code})",
            hint="allow more time, or see whether transformers runs the model",
        )

    def close(self) -> None:
        """End the process, if there is one."""
        worker, self._worker = self._worker, None
        self._owed = False
        if worker is not None:
            worker.close()


def _parts(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield the items in parts, so that little is asked that nobody waits for."""
    for at in range(0, len(items), size):
        yield tuple(items[at : at + size])
