"""What libraries that run models raise, said in a line of our own.

A loader is given files of strangers: what it raises says what is wrong with them, in
words of many lines and many classes. Runs in the model worker and its builder only.
"""

import sys
from pickle import UnpicklingError
from typing import Final

from openvet.errors import ModelError
from openvet.models.scoring import BREAKS
from openvet.write.escape import visible

STRICT: Final = "huggingface_hub.errors"
SHOWN: Final = 300
"""Characters of what a library says."""
TELLING: Final = " "
"""Is in every error that says something; others are a key or a number alone."""


def breaks() -> tuple[type[Exception], ...]:
    """Return what libraries raise when they are given what they do not take.

    Those that check settings have a class of their own. Where nobody has imported it,
    nobody has raised it.
    """
    strict = getattr(sys.modules.get(STRICT), "StrictDataclassError", RuntimeError)
    return (
        *BREAKS,
        AssertionError,
        ImportError,
        MemoryError,
        OSError,
        strict,
        UnpicklingError,
    )


def memory_error() -> ModelError:
    """Return the error of a model that does not fit."""
    return ModelError(
        "the model needs more memory than it may have",
        hint="allow more memory, or use a smaller or quantized model",
    )


def reason(error: BaseException) -> ModelError:
    """Return what a library raised while it opened a model as an error of ours."""
    return _short_of_memory(error) or ModelError(
        f"the model cannot be opened: {line(error)}",
        hint="see whether transformers opens the folder on its own",
    )


def refused(name: str, error: BaseException) -> ModelError:
    """Return the same where it is known which file says what cannot be.

    Args:
        name: Of the file.
        error: What was raised.
    """
    return _short_of_memory(error) or ModelError(
        f"no model can be opened as {name} says: {line(error)}",
        hint=f"mend {name}, or get it again",
    )


def unanswered(error: BaseException) -> ModelError:
    """Return what a library raised while it answered as an error of ours."""
    return _short_of_memory(error) or ModelError(
        f"the model cannot answer: {line(error)}",
        hint="see whether tokenizer, settings and weights belong to the same model,"
        " and whether transformers runs it on its own",
    )


def ended(error: BaseException) -> ModelError:
    """Return what nobody expected, and ends the process, as an error of ours."""
    return _short_of_memory(error) or ModelError(
        f"the model's process ended: {line(error)}",
        hint="see whether transformers runs the model on its own",
    )


def _short_of_memory(error: BaseException) -> ModelError | None:
    text = line(error).lower()
    short = isinstance(error, MemoryError) or ("memory" in text and "alloc" in text)
    return memory_error() if short else None


def line(error: BaseException) -> str:
    """Return the first line of an error that says something."""
    lines = [" ".join(one.split()) for one in str(error).strip().splitlines()]
    text = next(iter(lines), "")
    if text.endswith(":"):  # what follows is what it is about
        text = " ".join(lines)
    if TELLING not in text:
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return visible(text, most=SHOWN)
