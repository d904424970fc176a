"""What an OpenAI-compatible server is sent, and what its answers mean.

Servers differ in what they leave out and add. Fields that nobody needs are ignored;
what is needed is checked, so that no answer is taken for more than it says.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from openvet.models.protocol import GenerateRequest, GenerateResult, ScoreResult
from openvet.models.replies import Broken, Completion, Likelihoods, Usage

CHAT: Final = "chat/completions"
TEXT: Final = "completions"
LONGEST_TOKEN: Final = 128
"""Characters; runs of spaces are the longest tokens there are."""
LEAST: Final = -1e6
"""Nats of a token that nobody believes; sums of such are no numbers any more."""
SEEDS: Final = range(-(1 << 63), 1 << 63)
"""Those that servers take: questions make others of the first, which wrap around."""
ROUNDED: Final = 1e-3
"""Nats by which a likelihood may be above that of certainty."""


class Likely(msgspec.Struct, frozen=True):
    """How likely a server finds a text."""

    value: float
    """In nats, over all tokens that have a likelihood."""
    tokens: int
    first: str
    """The token that has none, because nothing stands before it; or empty."""


def body(request: GenerateRequest) -> dict[str, Any]:
    """Return a request as the server wants it, without the name of the model."""
    asked: dict[str, Any] = {
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed if request.seed in SEEDS else request.seed % SEEDS.stop,
    }
    if isinstance(request.prompt, str):
        return {"prompt": request.prompt, **asked}
    turns = [{"role": m.role, "content": m.content} for m in request.prompt]
    return {"messages": turns, **asked}


def text_of(
    found: Completion, request: GenerateRequest, clean: Callable[[str], str]
) -> GenerateResult:
    """Return an answer.

    Raises:
        Broken: There is none, or more than was asked for.
    """
    one = found.choices[0]
    text = one.text
    if not isinstance(request.prompt, str):
        turn = one.message
        text = (turn.content or turn.refusal or "") if turn is not None else None
    if text is None:
        raise Broken(one.wrong or "the endpoint sent a completion without a text")
    if len(text) > LONGEST_TOKEN * request.max_tokens:
        raise Broken(
            f"the answer has {len(text):,} characters, more than"
            f" {request.max_tokens} tokens can hold"
        )
    if one.finish_reason == "content_filter" and not text:
        raise Broken("a filter of the endpoint withheld the answer")
    return GenerateResult(
        text=clean(text),
        tokens=(found.usage or Usage()).written,
        finish="length" if one.finish_reason == "length" else "stop",
    )


def echo(text: str) -> dict[str, Any]:
    """Return the request for the likelihoods of a text.

    One token is written as well: not every server takes a request for none.
    """
    return {
        "prompt": text,
        "max_tokens": 1,
        "temperature": 0,
        "echo": True,
        "logprobs": 1,
    }


def likelihood_of(found: Completion, text: str) -> Likely:
    """Return how likely the endpoint finds a text that it was to echo.

    Raises:
        Broken: It did not echo it, or gave no likelihoods of its tokens.
    """
    one = found.choices[0]
    given = one.logprobs or Likelihoods()
    tokens, values = given.tokens or [], given.token_logprobs or []
    if not (one.text or "").startswith(text):
        raise Broken("the endpoint does not echo what it is asked")
    if not tokens or len(tokens) != len(values):
        raise Broken("the endpoint gives no likelihoods of what it is asked")
    own = _own(found.usage, given.text_offset or [], text)
    if not 1 <= own <= len(tokens) <= own + 1:
        raise Broken("the endpoint does not say which likelihood is which token's")
    whole = _letters("".join(tokens[:own]))
    if text.isascii() and not whole.endswith(_letters(text)):
        raise Broken("the endpoint gives likelihoods of another text")
    first, rest = values[0], values[1:own]
    numbers = [value for value in (first, *rest) if value is not None]
    if None in rest or any(not LEAST < n <= ROUNDED for n in numbers):
        raise Broken("the endpoint gives likelihoods that are none")
    return Likely(
        value=math.fsum(numbers),
        tokens=len(numbers),
        first=tokens[0] if first is None else "",
    )


def _own(usage: Usage | None, offsets: Sequence[int], text: str) -> int:
    """Return how many tokens are the text's, the one that was written left out.

    The server's count goes first: offsets of some servers count marks that are not in
    the text, as that of its beginning.
    """
    if usage is not None and usage.prompt_tokens is not None:
        return usage.prompt_tokens
    return sum(offset < len(text) for offset in offsets)


def _letters(text: str) -> str:
    """Return a text without spaces, which servers leave out of single tokens."""
    return "".join(text.split())


def scored(likely: Sequence[Likely]) -> ScoreResult:
    """Return the likelihoods of texts that are to be compared.

    A server gives none for a first token with nothing before it. Where it is the same
    for all texts it cancels; where not, there is no comparison.
    """
    fair = len({one.first for one in likely}) == 1
    return ScoreResult(
        log_likelihoods=tuple(one.value if fair else math.nan for one in likely),
        tokens=tuple(one.tokens for one in likely),
    )
