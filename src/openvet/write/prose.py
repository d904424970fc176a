"""The Markdown of rules' documentation as HTML: paragraphs, lists and code."""

import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup, escape

CODE: Final = re.compile(r"`([^`]+)`")
ITEM: Final = re.compile(r"^- ", re.MULTILINE)


def prose(text: str) -> Markup:
    """Return a section of documentation as HTML, everything in it escaped."""
    return Markup("\n").join(_blocks(text))


def _blocks(text: str) -> Iterator[Markup]:
    for block in re.split(r"\n\s*\n", text.strip()):
        before, *items = ITEM.split(block)
        if before.strip():
            yield Markup("<p>{}</p>").format(_words(before))
        if items:
            lines = (Markup("<li>{}</li>").format(_words(item)) for item in items)
            yield Markup("<ul>{}</ul>").format(Markup("").join(lines))


def _words(text: str) -> Markup:
    """Return running text; every second piece between backticks is code."""
    pieces = CODE.split(" ".join(text.split()))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )
