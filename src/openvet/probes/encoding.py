"""Put texts to a model that labels them or turns them into vectors.

As `openvet.probes.questions` does for models that score and write: each text gets a
result or the reason why there is none, and what was answered is kept batch by batch.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from openvet.errors import OpenvetError
from openvet.models.metering import Meter
from openvet.models.protocol import (
    ClassifyRequest,
    ClassifyResult,
    EmbedRequest,
    EmbedResult,
    Encoder,
)
from openvet.probes.answers import Answers
from openvet.probes.questions import FAILED, PATIENCE

R = TypeVar("R", ClassifyResult, EmbedResult)

BATCH: Final = 64
"""Texts of which none is lost, or all."""
LARGEST: Final = 3e38
"""Single precision holds no more, and models that run here compute in it."""
LONGEST: Final = 200
"""Characters of the name of a label."""

Told = Callable[[int, int], None]
"""Is told after each batch how many texts of how many were answered."""


def _quiet(_: int, __: int) -> None:
    """Tell nobody."""


class Texts:
    """Asks an encoder, and remembers.

    Args:
        model: Whom to ask.
        answers: What was answered before.
        told: Is told how far it is.
    """

    def __init__(self, model: Encoder, answers: Answers, told: Told = _quiet) -> None:
        self._model = model
        self._answers = answers
        self._told = told
        self._meter = Meter(model)

    def classify(self, texts: Sequence[str]) -> dict[str, ClassifyResult | str]:
        """Return the scores of each text, or why there are none."""

        def ask(part: Sequence[str]) -> Iterator[ClassifyResult]:
            return map(_named, self._model.classify(part))

        def keep(found: Sequence[tuple[str, ClassifyResult]]) -> None:
            given = [(ClassifyRequest(text=text), result) for text, result in found]
            self._answers.keep(given, self._meter.take("classify"))

        kept = {text: self._answers.of(ClassifyRequest(text=text)) for text in texts}
        return self._all(kept, ask, keep, lambda one: one.scores)

    def embed(self, texts: Sequence[str]) -> dict[str, EmbedResult | str]:
        """Return the vector of each text, or why there is none."""

        def keep(found: Sequence[tuple[str, EmbedResult]]) -> None:
            given = [(EmbedRequest(text=text), result) for text, result in found]
            self._answers.keep(given, self._meter.take("embed"))

        kept = {text: self._answers.of(EmbedRequest(text=text)) for text in texts}
        return self._all(kept, self._model.embed, keep, lambda one: one.vector)

    def _all(
        self,
        known: dict[str, R | None],
        ask: Callable[[Sequence[str]], Iterator[R]],
        keep: Callable[[Sequence[tuple[str, R]]], None],
        numbers: Callable[[R], Sequence[float]],
    ) -> dict[str, R | str]:
        """Return a result, or why there is none, for each text."""
        given: dict[str, R | str] = {
            text: one for text, one in known.items() if one is not None
        }
        missing = [text for text in known if text not in given]
        failed, why = 0, ""
        for at in range(0, len(missing), BATCH):
            part = missing[at : at + BATCH]
            results: list[R] = []
            if failed < PATIENCE:
                why = _collect(part, ask, results)
                failed = 0 if results else failed + 1
            pairs = list(zip(part, results, strict=False))
            keep([pair for pair in pairs if not _broken(numbers(pair[1]))])
            for text, result in pairs:
                given[text] = _broken(numbers(result)) or result
            for text in part[len(results) :]:
                given[text] = why or "the model gave no answer"
            self._told(len(given), len(known))
        return given


def _collect(
    part: Sequence[str],
    ask: Callable[[Sequence[str]], Iterator[R]],
    results: list[R],
) -> str:
    """Fill `results` as far as the model goes; return what stopped it, if any."""
    try:
        for result in ask(part):
            results.append(result)
            if len(results) == len(part):
                break
    except OpenvetError as error:
        return f"{FAILED}: {error.message}"
    return ""


def _broken(numbers: Sequence[float]) -> str:
    """Return why a result is none, or an empty string."""
    if not numbers:
        return "the model gave no numbers"
    # What is no number compares as false with all numbers.
    if all(abs(value) <= LARGEST for value in numbers):
        return ""
    return "the model gave what is no number"


def _named(result: ClassifyResult) -> ClassifyResult:
    """Return a result whose labels are no longer than anybody reads."""
    if all(len(label) <= LONGEST for label in result.labels):
        return result
    labels = tuple(label[:LONGEST] for label in result.labels)
    return ClassifyResult(labels=labels, scores=result.scores)
