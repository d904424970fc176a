"""A model behind an OpenAI-compatible endpoint: hosted, or a server on this machine.

What it can be asked is tried out and not believed: few servers give the likelihoods of
a question's own tokens (`echo` with `logprobs`), and only those can score. What one
question did wrong is the answer to that question; what is wrong with the endpoint ends
the asking. Which weights answer, in which number format, nobody outside can tell.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from openvet.addresses import without_secrets
from openvet.errors import ModelError
from openvet.models.completions import (
    CHAT,
    TEXT,
    Likely,
    body,
    echo,
    likelihood_of,
    scored,
    text_of,
)
from openvet.models.posting import (
    AGAIN,
    KEY,
    Patience,
    Poster,
    Reply,
    Unanswered,
    api_key,
    said,
)
from openvet.models.protocol import (
    Capability,
    GenerateRequest,
    GenerateResult,
    Message,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.models.replies import OK, Broken, Completion, Usage, completion
from openvet.wire import replace
from openvet.write.escape import visible

Q = TypeVar("Q")
A = TypeVar("A")

AT_ONCE: Final = 4
"""Requests; hosted models allow few more without paying."""
SILENCES: Final = 3
"""Requests in a row without an answer after which the endpoint is given up."""
TRIED: Final = "The sky is blue and the grass is green."
TRIED_TOKENS: Final = 16
NAME: Final = 80
"""Characters shown of a model's name."""
REFUSED: Final[dict[int, tuple[str, str]]] = {
    401: ("the endpoint refuses the key, or wants one", f"set {KEY}"),
    402: ("the endpoint wants to be paid", "see the account of the key"),
    403: ("the endpoint refuses access", f"see what the key in {KEY} may do"),
    404: (
        "the endpoint does not know the model, or there is no such address",
        "name both: openai:https://host/v1#model",
    ),
}
UNWELCOME: Final = frozenset({401, 402, 403, *range(300, 400)})
"""Statuses after which no other question helps."""
MOVED: Final = range(300, 400)
WRONG: Final = frozenset({400, 422})
"""Statuses of requests that a server does not like the form of."""
OTHERWISE: Final = {
    "max_tokens": "max_completion_tokens",
    "seed": "",
    "temperature": "",
}
"""Parameters that servers refuse, and what those that do want instead."""
SEE: Final = "see whether the address is that of an OpenAI-compatible API"
ENGINE: Final = "OpenAI-compatible endpoint"


class EndpointModel:
    """A model that is asked over HTTP.

    Args:
        url: Of the API, as checked by `openvet.endpoint`: `https://host/v1`.
        model: What the server calls the model.
        key: Sent with every request; the environment's if None.
        patience: How long to wait.
        at_once: How many requests are under way at the same time.

    Raises:
        OpenvetError: The key of the environment cannot be sent.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None = None,
        patience: Patience | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self.spent = Spent()
        self.url = without_secrets(url)
        """Of the API, as it may be stored."""
        self._model = model
        self._host = urlsplit(self.url).netloc
        self._http = Poster(
            url, api_key() if key is None else key, patience, kept=at_once
        )
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="endpoint")
        self._lock = Lock()
        self._info: ModelInfo | None = None
        self._lost: ModelError | None = None
        """Why the endpoint is not asked anymore."""
        self._silences = 0
        self._renamed: dict[str, str] = {}
        """Parameters that this server knows by another name, or not at all."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ask no more."""
        self._http.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def protections(self) -> tuple[str, ...]:
        """What held between the model and this machine, in words."""
        left_out = [name for name, other in self._renamed.items() if not other]
        free = f"; it sets {' and '.join(left_out)} by itself" if left_out else ""
        return (
            f"asked over HTTP, so that nothing of the model ran here: {self._host}"
            + free,
        )

    @property
    def lost(self) -> bool:
        """Whether the endpoint was given up."""
        return self._lost is not None

    @property
    def info(self) -> ModelInfo:
        """Which model this is, as far as it can be told; tries out what it can do.

        Raises:
            ModelError: The endpoint does not answer, or not as one.
        """
        if self._info is None:
            self._info = self._met()
        return self._info

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: The endpoint stopped answering, or cannot score.
        """
        if "score" not in self.info.capabilities:
            raise ModelError("the endpoint gives no likelihoods of texts")
        texts = [r.context + end for r in requests for end in r.continuations]
        found = self._each(self._likelihood, texts)
        for request in requests:
            yield scored([next(found) for _ in request.continuations])

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: The endpoint stopped answering.
        """
        yield from self._each(self._answer, requests)

    def _each(self, verb: Callable[[Q], A], questions: Sequence[Q]) -> Iterator[A]:
        """Yield what a verb makes of each question, several at once, in order."""
        futures = [self._pool.submit(verb, question) for question in questions]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    def _answer(self, request: GenerateRequest) -> GenerateResult:
        path = TEXT if isinstance(request.prompt, str) else CHAT
        try:
            found = self._asked(path, body(request))
            return text_of(found, request, self._http.clean)
        except (Broken, Unanswered) as error:
            return GenerateResult(text="", tokens=0, finish="error", error=str(error))

    def _likelihood(self, text: str) -> Likely:
        try:
            return likelihood_of(self._asked(TEXT, echo(text)), text)
        except (Broken, Unanswered):
            return Likely(value=math.nan, tokens=0, first="")

    def _asked(self, path: str, question: dict[str, Any]) -> Completion:
        """Return a completion.

        Raises:
            Broken: What came is none.
            Unanswered: Nothing came.
            ModelError: There is no use in asking on.
        """
        reply = self._replied(path, question)
        if reply.status in REFUSED or reply.status in MOVED:
            raise self._given_up(_refusal(reply, self._http.clean))
        found = completion(reply, self._http.clean)
        usage = found.usage or Usage()
        with self._lock:
            self.spent = replace(
                self.spent,
                tokens_read=self.spent.tokens_read + usage.read,
                tokens_written=self.spent.tokens_written + usage.written,
            )
        return found

    def _replied(self, path: str, question: dict[str, Any]) -> Reply:
        """Return a reply; an endpoint that is silent too often is given up."""
        if self._lost is not None:
            raise self._lost
        named = {
            self._renamed.get(name, name): value for name, value in question.items()
        }
        named.pop("", None)
        try:
            reply = self._http.post(path, {"model": self._model, **named})
        except Unanswered as error:
            with self._lock:
                self._silences += 1
                if self._silences < SILENCES:
                    raise
            raise self._given_up(ModelError(error.message, hint=AGAIN)) from None
        except ModelError as error:
            raise self._given_up(error) from None
        with self._lock:
            self._silences = 0
        return reply

    def _given_up(self, why: ModelError) -> ModelError:
        """Return the reason why the endpoint is not asked anymore: the first one."""
        with self._lock:
            self._lost = self._lost or why
            return self._lost

    def _met(self) -> ModelInfo:
        """Try out what the endpoint can do."""
        able: list[Capability] = []
        named = ""
        refusals = []
        for path, capability in ((CHAT, "chat"), (TEXT, "generate")):
            found = self._tried(path)
            if isinstance(found, Completion):
                able.append("chat" if capability == "chat" else "generate")
                named = named or found.model or ""
            else:
                refusals.append(found)
        if not able:
            own = (refusal for refusal in refusals if refusal.hint == SEE)
            raise self._given_up(next(own, refusals[0]))
        if "generate" in able and math.isfinite(self._likelihood(TRIED).value):
            able.append("score")
        answered = visible(self._http.clean(named), most=NAME)
        other = f", which calls the model {answered}" if named != self._model else ""
        return ModelInfo(
            id=self._model,
            digest="",
            tokenizer_digest="",
            engine=ENGINE + (other if named else ""),
            dtype="unknown",
            device=self._host,
            parameters=None,
            capabilities=tuple(able),
        )

    def _tried(self, path: str) -> Completion | ModelError:
        """Return the answer to a first question, or why there is none.

        Raises:
            ModelError: The endpoint answers nothing at all.
        """
        turn = (Message(role="user", content=TRIED),)
        asked = GenerateRequest(
            prompt=turn if path == CHAT else TRIED, max_tokens=TRIED_TOKENS
        )
        while True:
            try:
                reply = self._replied(path, body(asked))
                if reply.status in WRONG and self._adapts(
                    said(reply, self._http.clean)
                ):
                    continue
                if reply.status != OK:
                    refusal = _refusal(reply, self._http.clean)
                    if reply.status in UNWELCOME:
                        raise self._given_up(refusal)
                    return refusal
                found = completion(reply, self._http.clean)
                text_of(found, asked, self._http.clean)
            except Broken as error:
                return ModelError(str(error), hint=SEE)
            except Unanswered as error:
                raise self._given_up(ModelError(error.message, hint=AGAIN)) from None
            return found

    def _adapts(self, refusal: str) -> bool:
        """Tell whether a parameter that the endpoint refuses can be left out."""
        for name, other in OTHERWISE.items():
            if name not in self._renamed and (other or name) in refusal:
                self._renamed[name] = other
                return True
        return False


def _refusal(reply: Reply, clean: Callable[[str], str]) -> ModelError:
    """Return what a reply that is no success means for the model as a whole."""
    if reply.status in MOVED:
        return ModelError(
            f"the endpoint redirects to another address (HTTP {reply.status}), which"
            " is not followed",
            hint="name the address that it redirects to",
        )
    why, hint = REFUSED.get(reply.status, ("the endpoint refuses to answer", SEE))
    return ModelError(f"{why} ({said(reply, clean)})", hint=hint)
