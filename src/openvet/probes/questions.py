"""Put requests to a model, whatever it does in return.

A model may raise, answer with fewer results than it was asked for, or not be able to do
what is asked at all. Each request gets a result or the reason why there is none; what
was answered is kept before anything else happens.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar, cast

from openvet.errors import OpenvetError
from openvet.finding import Dialogue, Likelihood
from openvet.models.metering import Meter
from openvet.models.protocol import (
    Capability,
    GenerateRequest,
    GenerateResult,
    LanguageModel,
    Message,
    ScoreRequest,
    ScoreResult,
)
from openvet.probes.answers import Answers
from openvet.probes.probe import Request, Result
from openvet.wire import replace

Q = TypeVar("Q", ScoreRequest, GenerateRequest)

FAILED: Final = "the model failed"
"""Begins why there is no answer, where another time there may be one."""
PATIENCE: Final = 3
"""Batches in a row in which the model raises before it answers anything."""
LONGEST: Final = 1 << 16
"""Characters of an answer that are kept; a model that ignores its limit says more."""
QUOTED: Final = 600
"""Characters of an answer that a report quotes."""


class Questioner:
    """Asks a model, and remembers.

    Args:
        model: Whom to ask.
        answers: What was answered before.
    """

    def __init__(self, model: LanguageModel, answers: Answers) -> None:
        self._model = model
        self._answers = answers
        self.meter = Meter(model)
        """Whoever asks the model something else meanwhile takes from it what that
        cost: it would count as that of the next questions."""
        self._failed = 0
        self._why = ""

    def ask(self, requests: Sequence[Request]) -> list[Result | str]:
        """Return a result, or why there is none, for each request in order."""
        given: dict[Request, Result | str] = {}
        wanted = dict.fromkeys(requests)  # those of many items are the same
        for request in wanted:
            kept = self._answers.of(request)
            if kept is not None:
                given[request] = kept
        if given:  # as if it had just answered: resumed or not, it is given up alike
            self._failed = 0
        missing = [one for one in wanted if one not in given]
        scores = [one for one in missing if isinstance(one, ScoreRequest)]
        texts = [one for one in missing if isinstance(one, GenerateRequest)]
        given.update(self._asked(scores, self._model.score))
        given.update(self._asked(texts, self._model.generate))
        return [given[request] for request in requests]

    def _asked(
        self, requests: list[Q], verb: Callable[[Sequence[Q]], Iterator[Result]]
    ) -> Iterator[tuple[Request, Result | str]]:
        """Yield requests with their results, after keeping those that can be kept."""
        able = []
        for one in requests:
            if self._able(one):
                able.append(one)
            else:
                yield one, f"the model cannot {verb_of(one)}"
        if not able:
            return
        results: list[Result] = []
        why = self._why
        if self._failed < PATIENCE:
            why = self._collect(able, verb, results)
        answered = list(zip(able, results, strict=False))
        self._answers.keep(
            [(one, result) for one, result in answered if not broken(result)],
            self.meter.take(verb_of(able[0])),
        )
        for one, result in answered:
            yield one, broken(result) or result
        for one in able[len(results) :]:
            yield one, why or "the model gave no answer"

    def _collect(
        self,
        requests: list[Q],
        verb: Callable[[Sequence[Q]], Iterator[Result]],
        results: list[Result],
    ) -> str:
        """Fill `results` as far as the model goes; return what stopped it, if any."""
        try:
            for result in verb(requests):
                results.append(_bounded(result))
                if len(results) == len(requests):
                    break
        except OpenvetError as error:
            self._failed = 0 if results else self._failed + 1
            self._why = f"{FAILED}: {error.message}"
            return self._why
        self._failed = 0
        return ""

    def _able(self, request: Request) -> bool:
        """Say whether the model says that it can answer such a request."""
        able = self._model.info.capabilities
        shared = isinstance(request, ScoreRequest) and request.shared
        return verb_of(request) in able and (not shared or "fill" in able)


def verb_of(request: Request) -> Capability:
    """Return the capability that a request needs."""
    if isinstance(request, ScoreRequest):
        return "score"
    return "generate" if isinstance(request.prompt, str) else "chat"


def _bounded(result: Result) -> Result:
    """Return a result whose text is no longer than anybody will read.

    Half characters are spelled out, as they are in the file of answers: what is read
    from it must be what was seen.
    """
    if not isinstance(result, GenerateResult):
        return result
    text = result.text[:LONGEST].encode("utf-8", "backslashreplace").decode()
    return result if text == result.text else replace(result, text=text)


def broken(result: Result) -> str:
    """Return why a result is none, or an empty string."""
    if isinstance(result, GenerateResult):
        return result.error or "error" if result.finish == "error" else ""
    finite = all(math.isfinite(value) for value in result.log_likelihoods)
    return "" if finite else "the model gave likelihoods that are no numbers"


def dialogue(request: Request, result: Result) -> Dialogue:
    """Return what was asked and answered, for people."""
    if isinstance(request, GenerateRequest):
        prompt = request.prompt
        if not isinstance(prompt, str):
            prompt = "\n".join(_turn(message) for message in prompt)
        answer = cast("GenerateResult", result).text
        return Dialogue(prompt=prompt, answer=answer[:QUOTED])
    values = cast("ScoreResult", result).log_likelihoods
    best = max(values, default=0.0)
    ranked = sorted(zip(values, request.continuations, strict=False), reverse=True)
    lines = [
        f"{value - best:+.2f} nats: {request.context}{text}" for value, text in ranked
    ]
    texts = tuple(
        Likelihood(text=f"{request.context}{text}", log_likelihood=round(value, 4))
        for text, value in zip(request.continuations, values, strict=False)
    )
    return Dialogue(
        prompt="Which text is likelier?", answer="\n".join(lines), texts=texts
    )


def _turn(message: Message) -> str:
    """Return a turn of a conversation as a line."""
    return f"{message.role}: {message.content}"
