"""skops: `schema.json`, node by node.

Written from `skops/io/_general.py`, `_numpy.py` and `_sklearn.py` (0.16). A node names
the type it builds (`__module__`, `__class__`) and the loader that builds it
(`__loader__`). Loaders that build something else than they name are what
CVE-2025-54412 and CVE-2025-54413 are about.
"""

from collections.abc import Iterator
from typing import Any, Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import Objects, join, nodes, preview
from openvet.subject import Defect

MARKS: Final = frozenset({"__loader__"})
EXPECTED: Final = {
    "DictNode": None,
    "ListNode": ("builtins", "list"),
    "SetNode": ("builtins", "set"),
    "TupleNode": None,
    "BytesNode": ("builtins", "bytes"),
    "BytearrayNode": ("builtins", "bytearray"),
    "SliceNode": ("builtins", "slice"),
    "FunctionNode": None,
    "PartialNode": ("functools", "partial"),
    "DefaultDictNode": ("collections", "defaultdict"),
    "MaskedArrayNode": ("numpy.ma", "MaskedArray"),
    "DatetimeNode": None,
}
"""The type that a loader always builds, where it is always the same."""
OPERATORS: Final = frozenset({"attrgetter", "itemgetter", "methodcaller"})


def skops_objects(data: object, budget: Budget) -> Objects:
    """Return what skops would build from `data`; nothing if it is no skops schema.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    if not isinstance(data, dict) or not _is_node(data):
        return found
    for key, node in nodes(data, budget):
        if isinstance(node, dict) and _is_node(node) and not found.full:
            found.made.extend(_made(key, node))
            found.defects.extend(_inconsistent(key, node))
    return found


def _is_node(node: dict[str, Any]) -> bool:
    return all(
        isinstance(node.get(name), str)
        for name in ("__class__", "__module__", "__loader__")
    )


def _made(key: str, node: dict[str, Any]) -> Iterator[Made]:
    loader, module, name = (
        node[field] for field in ("__loader__", "__module__", "__class__")
    )
    content = node.get("content")
    content = content if isinstance(content, dict) else {}
    if loader == "FunctionNode":
        yield Made(
            kind="function",
            module=str(content.get("module_path", module)),
            name=str(content.get("function", name)),
            key=key,
            detail=loader,
        )
        return
    if loader == "TypeNode":
        yield Made(
            kind="type",
            module=str(content.get("__module__", module)),
            name=str(content.get("__class__", name)),
            key=key,
            detail=loader,
        )
        return
    if loader == "MethodNode":
        owner = _owner(node)
        method = f"{owner.get('__class__', name)}.{content.get('func', '')}"
        module = str(owner.get("__module__", module))
        yield Made(kind="method", module=module, name=method, key=key, detail=loader)
        return
    if loader == "OperatorFuncNode":
        detail = preview(node.get("attrs"))
        yield Made(kind="function", module=module, name=name, key=key, detail=detail)
        return
    yield Made(kind="class", module=module, name=name, key=key, detail=loader)


def _inconsistent(key: str, node: dict[str, Any]) -> Iterator[Defect]:
    """Yield where a loader builds something else than its node names."""
    loader, module, name = (
        node[field] for field in ("__loader__", "__module__", "__class__")
    )
    expected = EXPECTED.get(loader)
    if expected is not None and expected != (module, name):
        yield _defect(key, f"{loader} names {module}.{name}")
    if loader == "OperatorFuncNode" and (
        module not in {"operator", "_operator"} or name not in OPERATORS
    ):
        yield _defect(key, f"OperatorFuncNode names {module}.{name}", "CVE-2025-54412")
    if loader == "MethodNode":
        owner = _owner(node)
        # The module named is the method's own, which a base class may define.
        actual = str(owner.get("__module__")), owner.get("__class__")
        if actual[1] != name or _root(actual[0]) != _root(module):
            detail = f"MethodNode names {module}.{name}, but its object is {actual}"
            yield _defect(join(key, "content"), detail, "CVE-2025-54413")


def _owner(node: dict[str, Any]) -> dict[str, Any]:
    """Return the object whose method a `MethodNode` binds."""
    content = node.get("content")
    owner = content.get("obj") if isinstance(content, dict) else None
    return owner if isinstance(owner, dict) else {}


def _root(module: str) -> str:
    return module.partition(".")[0]


def _defect(key: str, detail: str, cve: str = "") -> Defect:
    live = f"skops before 0.12 builds it without asking ({cve})" if cve else ""
    return Defect(code="skops-inconsistent", detail=f"{key}: {detail}", live=live)
