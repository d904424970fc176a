"""Which parts of a syntax tree can matter: most nodes only say how a name is used."""

import ast
from typing import Final

_BARE: Final = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
INERT: Final = frozenset(
    {ast.Constant, *(kind for base in _BARE for kind in base.__subclasses__())}
)
"""Nodes that hold no name and no other node."""
LEARNED: Final = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.Assign, ast.NamedExpr, ast.AnnAssign, ast.AugAssign, ast.Lambda, ast.Call,
    ast.For, ast.comprehension, ast.Match,
)  # fmt: skip
"""Nodes that can give a name a meaning."""
HOLDING: Final = frozenset(
    {ast.Assign, ast.AnnAssign, ast.Return, ast.Yield, ast.List, ast.Tuple, ast.Set,
     ast.Dict, ast.arguments, ast.Lambda}
)  # fmt: skip
"""Nodes that can keep a value for later."""


def below(node: ast.AST) -> list[ast.AST]:
    """Return the children of a node that are not inert, in document order."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [
                one
                for one in value
                if type(one) not in INERT and isinstance(one, ast.AST)
            ]
        elif isinstance(value, ast.AST) and type(value) not in INERT:
            found.append(value)
    return found
