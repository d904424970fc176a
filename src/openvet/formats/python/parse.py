"""From Python source to a syntax tree, within bounds that the parser can take."""

import ast
import warnings
from typing import Final

from openvet.subject import Gap

LONGEST: Final = 8 << 20
"""Characters; modules generated to hold data have several million."""
VERSION: Final = "3.11 or later"


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
