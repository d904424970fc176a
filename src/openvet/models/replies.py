"""What fields of an OpenAI-compatible server's answer hold, whatever form they have.

Servers write counts as `12.0`, texts as lists of parts, and halves of characters. What
nobody needs, or has the wrong form and can be done without, counts as not told; where
the answer itself is missing, the field that should hold it is named.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from openvet.models.posting import Reply, complaint, plain, said, whole

OK: Final = 200
MANY: Final = 1 << 24
"""Tokens of one request that nobody believes."""
NONE: Final = "what the endpoint sent is no completion"
FIRST: Final = "choices[0]"
CONTENT: Final = f"{FIRST}.message.content"
TEXTS: Final = ("text", "output_text")
"""Kinds of parts of an answer that are said; thoughts and pictures are not."""
FORMS: Final[dict[type, str]] = {
    type(None): "missing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}


class Broken(ValueError):  # noqa: N818 - what the answer is
    """An answer is no completion, or says less than it has to."""


class Usage(msgspec.Struct, frozen=True):
    """What a request has cost."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def read(self) -> int:
        """Tokens of the question; 0 where that is not said."""
        return _believed(self.prompt_tokens)

    @property
    def written(self) -> int:
        """Tokens of the answer; 0 where that is not said."""
        return _believed(self.completion_tokens)


class Likelihoods(msgspec.Struct, frozen=True):
    """Of each token; those of a chat have another form, and are not used."""

    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None
    text_offset: list[int] | None = None


class Turn(msgspec.Struct, frozen=True):
    """What a chat answers."""

    content: str | None = None
    refusal: str | None = None


class Choice(msgspec.Struct, frozen=True):
    """An answer."""

    text: str | None = None
    message: Turn | None = None
    finish_reason: str | None = None
    logprobs: Likelihoods | None = None
    wrong: str = ""
    """Why it holds no text where it should, in words."""


class Completion(msgspec.Struct, frozen=True):
    """What a server sends back."""

    choices: list[Choice]
    """The first of them."""
    usage: Usage | None = None
    model: str | None = None
    """What the server calls the model that answered."""


def completion(reply: Reply, clean: Callable[[str], str]) -> Completion:
    """Return what a successful reply says.

    Raises:
        Broken: It is no success, or no completion.
    """
    if reply.status != OK:
        raise Broken(f"the endpoint refuses: {said(reply, clean)}")
    found = plain(reply)
    words = complaint(found, clean)
    told = f" ({words})" if words else ""
    if not isinstance(found, dict):
        raise Broken(f"{NONE}, which is JSON with choices{told}")
    choices = found.get("choices")
    if not isinstance(choices, list):
        raise Broken(_wrong("choices", choices) + told)
    if not choices:
        raise Broken(f"the endpoint sent a completion without an answer{told}")
    if not isinstance(choices[0], dict):
        raise Broken(_wrong(FIRST, choices[0]) + told)
    return Completion(
        choices=[_choice(choices[0])],
        usage=_usage(found.get("usage")),
        model=_text(found.get("model")),
    )


def _choice(found: dict[str, Any]) -> Choice:
    """Return an answer, and which field is wrong if it holds none."""
    wrong, message, text = "", None, found.get("text")
    if text is not None and not isinstance(text, str):
        wrong = _wrong(f"{FIRST}.text", text)
    try:
        message = _turn(found.get("message"))
    except Broken as error:
        wrong = wrong or str(error)
    return Choice(
        text=_text(text),
        message=message,
        finish_reason=_text(found.get("finish_reason")),
        logprobs=_likelihoods(found.get("logprobs")),
        wrong=wrong,
    )


def _turn(found: object) -> Turn | None:
    """Return what a chat answers.

    Raises:
        Broken: It is there, and no text.
    """
    if found is None:
        return None
    if not isinstance(found, dict):
        raise Broken(_wrong(f"{FIRST}.message", found))
    content, refusal = found.get("content"), _text(found.get("refusal"))
    if isinstance(content, list):
        texts = [_part(part, f"{CONTENT}[{at}]") for at, part in enumerate(content)]
        refused = [part.refusal for part in texts if part.refusal is not None]
        return Turn(
            content="".join(part.content or "" for part in texts),
            refusal=refusal or "".join(refused) or None,
        )
    if content is not None and not isinstance(content, str):
        raise Broken(_wrong(CONTENT, content))
    return Turn(content=_text(content), refusal=refusal)


def _part(found: object, name: str) -> Turn:
    """Return a part of an answer that comes as a list of parts.

    Raises:
        Broken: It is no part, or one that is said and holds no text.
    """
    if isinstance(found, str):
        return Turn(content=whole(found))
    if not isinstance(found, dict):
        raise Broken(_wrong(name, found))
    if found.get("type", TEXTS[0]) not in TEXTS:
        return Turn(refusal=_text(found.get("refusal")))
    if not isinstance(found.get("text"), str):
        raise Broken(_wrong(f"{name}.text", found.get("text")))
    return Turn(content=_text(found["text"]))


def _usage(found: object) -> Usage | None:
    if not isinstance(found, dict):
        return None
    return Usage(
        prompt_tokens=_count(found.get("prompt_tokens")),
        completion_tokens=_count(found.get("completion_tokens")),
    )


def _likelihoods(found: object) -> Likelihoods | None:
    if not isinstance(found, dict):
        return None
    tokens = _list(found.get("tokens"))
    values = _list(found.get("token_logprobs"))
    offsets = [_count(offset) for offset in _list(found.get("text_offset"))]
    numbers = [value for value in values if value is None or _is_number(value)]
    counts = [offset for offset in offsets if offset is not None]
    texts = [whole(token) for token in tokens if isinstance(token, str)]
    return Likelihoods(
        tokens=texts if len(texts) == len(tokens) else None,
        token_logprobs=numbers if len(numbers) == len(values) else None,
        text_offset=counts if len(counts) == len(offsets) else None,
    )


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _text(found: object) -> str | None:
    return whole(found) if isinstance(found, str) else None


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _count(found: object) -> int | None:
    """Return a whole number, also one that is written as 12.0."""
    if isinstance(found, float):
        return int(found) if found.is_integer() else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _believed(count: int | None) -> int:
    """Return a number of tokens, or 0 where it cannot be one."""
    return count if count is not None and 0 <= count < MANY else 0


def _wrong(name: str, found: object) -> str:
    """Return which field is none of a completion; nothing that the server wrote."""
    return f"{NONE}: {name} is {FORMS.get(type(found), 'no text')}"
