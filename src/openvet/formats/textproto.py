"""Protocol Buffers in their text form: Caffe networks, TensorFlow graphs.

Source: "Text format specification", protobuf.dev.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from openvet.budget import Budget

TOKEN: Final = re.compile(
    r"\s+|#[^\n]*"
    r"|(?P<string>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')"
    r"|(?P<word>[A-Za-z0-9_.+/-]+|\[[^\]\n]{1,200}\](?=\s*[{<]))"
    r"|(?P<open>[{<])|(?P<close>[}>])|(?P<other>[:;,\[\]])"
)
BLANK: Final = re.compile(r"(?:\s++|#[^\n]*+)*+")
QUOTES: Final = frozenset({"'", '"'})
DEPTH: Final = 200
PIECES: Final = 10_000
"""Strings that are joined to one value."""


class TextProtoError(ValueError):
    """The text is not a text-format message.

    Args:
        message: What is wrong.
        offset: Characters before it.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Part(NamedTuple):
    """A step through the text: into a message, out of it, or a value."""

    step: Literal["enter", "leave", "value"]
    name: str
    """The field."""
    value: str
    offset: int


def parts(text: str, budget: Budget) -> Iterator[Part]:
    """Yield the parts of a message in order.

    Raises:
        TextProtoError: The text does not follow the format.
        OverBudgetError: There are too many tokens.
    """
    path: list[str] = []
    pieces: list[str] = []
    name = ""
    for kind, token, at, end in _tokens(text, budget):
        if kind == "word" and not name:
            name = token
        elif kind in ("word", "string"):
            pieces.append(unquoted(token))
            follows = _follows(text, end)
            # Adjacent strings are one value; the items of a list share a field.
            if kind == "string" and follows in QUOTES and len(pieces) < PIECES:
                continue
            yield Part("value", name, "".join(pieces), at)
            pieces.clear()
            name = name if follows in {",", *QUOTES} else ""
        elif kind == "open":
            if len(path) >= DEPTH:
                raise TextProtoError("messages nest too deep", at)
            path.append(name)
            yield Part("enter", name, "", at)
            name = ""
        elif kind == "close":
            if not path:
                raise TextProtoError("a message ends that never began", at)
            yield Part("leave", path.pop(), "", at)
            name = ""
    if path:
        raise TextProtoError("a message never ends", len(text))


def _tokens(text: str, budget: Budget) -> Iterator[tuple[str, str, int, int]]:
    """Yield kind, text, start and end of the tokens that matter."""
    at = count = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise TextProtoError(f"unexpected {text[at : at + 20]!r}", at)
        count += 1
        if count % 1000 == 0:
            budget.step(1000)
        if found.lastgroup not in (None, "other"):
            yield str(found.lastgroup), found.group(), at, found.end()
        at = found.end()


def _follows(text: str, at: int) -> str:
    """Return the first character after blanks and comments."""
    blank = BLANK.match(text, at)
    at = blank.end() if blank else at
    return text[at : at + 1]


def unquoted(token: str) -> str:
    """Return what a quoted string stands for; a bare word stands for itself."""
    if token[:1] not in "\"'":
        return token
    body = token[1:-1]
    if "\\" not in body:
        return body
    data = body.encode("latin-1", "backslashreplace")
    return data.decode("unicode_escape", "replace")
