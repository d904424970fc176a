"""Ways of running a program that no call of `exec` shows."""

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

STEPS: Final = 1000
RUNNABLE: Final = "PROT_EXEC"
"""Flag of memory that a processor may run."""
PROGRAM: Final = re.compile(
    r"__import__\s*\(|\.__(?:globals|subclasses|builtins)__"
    r"|!!python/(?:object/(?:apply|new)|module|name)[:/]"
)
"""Text that reaches the interpreter, in whatever small language it is written."""
SETTINGS: Final = frozenset({"config", "cfg", "kwargs", "hparams", "metadata"})
SHORTEST: Final = 10
WRITES: Final = frozenset({"write_text", "write_bytes"})


def carries(node: ast.Call) -> bool:
    """Say whether a call is handed a literal that reaches the interpreter.

    `numexpr.evaluate("__import__('os')…")` and a template of Jinja run it as `eval`
    does. Patterns that look for such text escape its dots and brackets.
    """
    return any(
        isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and len(part.value) >= SHORTEST
        and PROGRAM.search(part.value) is not None
        for part in (*node.args, *(pair.value for pair in node.keywords))
    )


def makes_runnable(node: ast.Call) -> bool:
    """Say whether memory is asked for that a processor may run."""
    return any(
        getattr(part, "attr", getattr(part, "id", "")) == RUNNABLE
        for part in islice(ast.walk(node), STEPS)
    )


def obeys(node: ast.expr) -> str:
    """Say that a program is taken out of the settings of a model, if it is."""
    for part in islice(ast.walk(node), STEPS):
        name = getattr(part, "attr", getattr(part, "id", ""))
        plain = isinstance(node, ast.Attribute | ast.Subscript | ast.Call)
        if plain and name in SETTINGS:
            return "a setting"
    return ""


def path_written(node: ast.Call) -> str:
    """Return the path that a method of `Path` writes to, or nothing."""
    target = node.func
    if not isinstance(target, ast.Attribute):
        return ""
    if target.attr == "open":
        modes = [one for one in _literals(node.args) if len(one) < SHORTEST]
        if not any(mode[:1] in ("w", "a", "x") for mode in modes):
            return ""
        if not isinstance(target.value, ast.BinOp):
            return ""
    elif target.attr not in WRITES:
        return ""
    return "/".join(["~", *_literals([target])])


def remade(node: ast.Assign) -> bool:
    """Say whether a function is given another program: `f.__code__ = …`."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == "__code__"
        for part in node.targets
    )


def _literals(nodes: list[ast.expr] | list[ast.Attribute]) -> Iterator[str]:
    for node in nodes:
        for part in islice(ast.walk(node), STEPS):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
