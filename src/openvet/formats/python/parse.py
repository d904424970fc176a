"""From Python source to a syntax tree, within bounds that the parser can take."""

import ast
import codecs
import re
import warnings
from typing import Final

from openvet.formats.text import decode
from openvet.source import Source
from openvet.subject import Gap

LONGEST: Final = 8 << 20
"""Characters; modules generated to hold data have several million."""
VERSION: Final = "3.11 or later"

COOKIE: Final = re.compile(
    rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?"
    rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
"""The encoding that one of the first two lines names (PEP 263)."""
ESCAPED: Final = frozenset({"utf-7", "raw-unicode-escape", "unicode-escape"})
"""Encodings in which a comment may hold a line break, and so a program."""


def source_text(source: Source, limit: int) -> tuple[str, tuple[Gap, ...]]:
    """Return the text of Python source as the interpreter decodes it."""
    cookie = COOKIE.match(source.head)
    plain, gaps = decode(source, limit)
    if cookie is None:
        return plain, gaps
    try:
        name = codecs.lookup(cookie.group(1).decode("ascii", "replace")).name
        if name in ESCAPED:
            data = source.read(0, min(source.size, limit))
            return str(codecs.decode(data, name, "replace")), gaps
    except (ValueError, LookupError):
        pass  # the interpreter refuses it too
    return plain, gaps


def parse(source: str) -> tuple[ast.Module | None, tuple[Gap, ...]]:
    """Return the syntax tree of a module, or why there is none.

    CPython's parser guards its own stack, at 200 brackets and 6,000 levels, and raises
    beyond (`tokenizer.c`, MAXLEVEL; `parser.c`, MAXSTACK).
    """
    if len(source) > LONGEST:
        return None, (Gap(reason="over-budget", detail=f"{len(source)} characters"),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.replace("\0", "\\x00")), ()
    except SyntaxError as error:
        detail = f"not Python {VERSION}: line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        detail = f"not Python that can be parsed: {error}"
    return None, (Gap(reason="broken", detail=detail[:300]),)
