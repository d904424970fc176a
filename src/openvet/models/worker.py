"""The process that runs a model: `python -I -m openvet.models.worker`.

It gives up the network before it imports a library that runs models, and processes,
sockets, native libraries and writing before it opens the model. What it cannot answer
it says in words; whatever else happens ends it, with what it was as its last words.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from openvet.confine import isolate, limit, refuse
from openvet.errors import ModelError
from openvet.models.messages import (
    NOT_BUILT,
    Alive,
    Asking,
    Classified,
    Classify,
    Embed,
    Embedded,
    Explain,
    Explained,
    Failed,
    Finished,
    Generate,
    Generated,
    Open,
    Opened,
    Question,
    Result,
    Score,
    Scored,
    questions,
)
from openvet.pipe import hear, tell
from openvet.wire import Record, encode, replace

if TYPE_CHECKING:
    from openvet.models.engine import Engine

FILES: Final = 256
BEAT: Final = 1.0
"""Seconds between two signs of life at least."""
ENVIRONMENT: Final = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HOME": "/nonexistent",
    "HF_DEACTIVATE_ASYNC_LOAD": "1",  # no threads
    "TOKENIZERS_PARALLELISM": "false",
    "TORCHINDUCTOR_CACHE_DIR": "/",  # it is made when it is not there
    "TQDM_DISABLE": "1",
}


class Process:
    """Answers the core's questions, one after the other."""

    def __init__(self) -> None:
        self.model: Engine | None = None
        self.opened_at = 0.0
        self.beat = 0.0

    def open(self, question: Open) -> Record:
        """Confine the process, open the model, and say what is in force."""
        words = confine(question)
        # Libraries ask for one when they are imported, and would not get it.
        tempfile.tempdir = "/nonexistent"
        os.environ.update(ENVIRONMENT, OMP_NUM_THREADS=str(question.threads))
        try:
            load_libraries()
        except ImportError as error:
            name = error.name or str(error)
            return Failed(
                message=f"what runs models is not installed: {name}",
                hint="from a checkout, pip install '.[models]'",
            )
        except MemoryError:
            return Failed(message="too little memory", hint="allow more memory")
        from openvet.models.causal import open_model
        from openvet.models.failing import breaks, reason
        from openvet.models.files import Place

        missing = load_writer() if question.built else ""
        words = (*words, refuse())
        place = Place(folder=question.folder, gguf=question.gguf)
        try:
            self.model = open_model(
                place, pickles=question.pickles, threads=question.threads
            )
        except ModelError as error:
            return _failed(error)
        except breaks() as error:
            return _failed(reason(error))
        native = filter(None, (self.model.opened.native,))
        words = (*words, *native, *self._sped_up(question, missing))
        self.model.alive = self.alive
        self.opened_at = time.process_time()
        return Opened(info=replace(self.model.info, id=question.name), zone=words)

    def _sped_up(self, question: Open, missing: str) -> tuple[str, ...]:
        """Have texts written by the built model, if there is one; say if it cannot."""
        from openvet.models.causal import CausalModel

        if not question.built or not isinstance(self.model, CausalModel):
            return ()
        why = missing or self.model.speed_up(question.built, question.threads)
        return (NOT_BUILT + why,) if why else ()

    def answer(self, question: Question) -> Record:
        """Return the last answer to a question, after the results were sent."""
        if isinstance(question, Open):
            return self.open(question)
        if self.model is None:
            return Failed(message="no model is open")
        from openvet.models.failing import breaks, unanswered

        try:
            for result in self._results(self.model, question):
                tell(encode(result))
        except ModelError as error:
            return _failed(error)
        except breaks() as error:
            return _failed(unanswered(error))
        spent = replace(
            self.model.spent,
            cpu_seconds=time.process_time() - self.opened_at,
            peak_bytes=peak(),
        )
        return Finished(spent=spent)

    def _results(self, model: "Engine", question: Asking) -> Iterator[Result]:
        match question:
            case Score():
                yield from (Scored(result=r) for r in model.score(question.requests))
            case Generate():
                answers = model.generate(question.requests)
                yield from (Generated(result=r) for r in answers)
            case Embed():
                yield from (Embedded(result=r) for r in model.embed(question.requests))
            case Classify():
                found = model.classify(question.requests)
                yield from (Classified(result=r) for r in found)
            case Explain():
                told = model.explain(question.requests)
                yield from (Explained(result=r) for r in told)

    def alive(self) -> None:
        """Tell the core, not too often, that the model is at work."""
        now = time.monotonic()
        if now - self.beat >= BEAT:
            self.beat = now
            tell(encode(Alive()))


def _failed(error: ModelError, *, over: bool = False) -> Failed:
    """Return an error as the core is told of it."""
    return Failed(message=error.message, hint=error.hint or "", over=over)


def last_words(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Say what ends the process, where nobody expected it.

    Libraries that are not written in Python raise `Exception` itself, or panic.
    """
    from openvet.models.failing import ended

    del trace
    if not issubclass(kind, KeyboardInterrupt):
        tell(encode(_failed(ended(error), over=True)))


def load_libraries() -> None:
    """Import what runs models, before native libraries and folders are refused.

    Raises:
        ImportError: The extra is not installed.
    """
    import accelerate  # noqa: F401 - asked for when a model is loaded
    import gguf  # noqa: F401 - as above
    import torch  # noqa: F401 - as above
    from transformers import (  # noqa: F401 - each name imports more
        AutoModelForCausalLM,
        AutoTokenizer,
        GenerationConfig,
        GgufConfig,
        PreTrainedModel,
    )


def load_writer() -> str:
    """Import onnxruntime-genai, as above; return why that fails, if it does."""
    try:
        import onnxruntime_genai  # noqa: F401 - it loads native parts
    except ImportError as error:
        return f"{error.name or error} cannot be imported"
    return ""


def peak() -> int:
    """Return the most bytes of memory that the process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def confine(question: Open) -> tuple[str, ...]:
    """Give up what a model does not need; return in words what is now in force."""
    memory, seconds = question.memory_bytes, question.cpu_seconds
    limits = limit(
        # Counts what is written to; a file that is only read from may be larger.
        (resource.RLIMIT_DATA, memory, f"at most {memory / 2**30:.1f} GiB of memory"),
        (resource.RLIMIT_FSIZE, 0, "no file can be written"),
        (resource.RLIMIT_NOFILE, FILES, f"at most {FILES} open files"),
        (resource.RLIMIT_CPU, seconds, f"at most {seconds} CPU seconds"),
        (resource.RLIMIT_CORE, 0, ""),
    )
    if question.threads == 1:
        limit((resource.RLIMIT_NPROC, 0, ""))  # counts threads; not held against root
    return (*limits, *isolate())


def main() -> None:
    """Answer questions until standard input ends."""
    sys.excepthook = last_words
    process = Process()
    while True:
        tell(encode(process.answer(questions.decode(hear()))))


if __name__ == "__main__":
    main()
