"""Which program a call of `subprocess` starts, as far as its text says."""

import ast
from typing import Final

from openvet.formats.python.fold import Known, text

TELLING: Final = frozenset(
    {"**=", "args=", "cwd=", "env=", "executable=", "preexec_fn="}
)
"""Keywords that change which program is started."""
COMPUTED: Final = "<computed>"


def telling(node: ast.Call, known: Known) -> tuple[str, ...]:
    """Return what decides about the program besides the literals of its command."""
    words = sorted({f"{pair.arg or '**'}=" for pair in node.keywords} & TELLING)
    command = node.args[0] if len(node.args) == 1 else None
    parts: list[ast.expr | None] = [command]
    if isinstance(command, ast.List | ast.Tuple):
        parts = [*command.elts]
    if not all(part and text(part, known) for part in parts):
        words.append(COMPUTED)
    return tuple(words)
