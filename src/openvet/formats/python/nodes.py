"""Which parts of a syntax tree can matter: most nodes only say how a name is used."""

import ast
from collections.abc import Iterator
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


CONFIGURED: Final = frozenset({"_base_", "custom_imports", "default_scope"})
"""Variables that only a configuration of OpenMMLab has."""


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


def held(node: ast.AST) -> Iterator[ast.expr]:
    """Yield names that a node keeps for later: in variables, containers, defaults."""
    kept: list[ast.AST | None] = []
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Yield):
        kept = [node.value]
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        kept = [*node.elts]
    elif isinstance(node, ast.Dict):
        kept = [*node.values]
    elif isinstance(node, ast.arguments):
        kept = [*node.defaults, *node.kw_defaults]
    elif isinstance(node, ast.Lambda):
        kept = [node.body]
    yield from (part for part in kept if isinstance(part, ast.Attribute | ast.Name))


def defined(node: ast.stmt) -> str:
    """Return what a statement offers to whoever imports the file; empty for nothing.

    Configurations of OpenMMLab are Python that a loader runs for such assignments:
    `_base_ = [...]`, `model = dict(type="FasterRCNN")`.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return ""
    name, value = node.targets[0].id, node.value
    if name in CONFIGURED:
        return name
    typed = isinstance(value, ast.Call) and any(
        pair.arg == "type" for pair in value.keywords
    )
    made = typed and getattr(getattr(value, "func", None), "id", "") == "dict"
    return name if made else ""


def is_main(test: ast.expr) -> bool:
    """Recognize `__name__ == "__main__"`, alone or as one of several conditions."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(is_main(part) for part in test.values)
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )
