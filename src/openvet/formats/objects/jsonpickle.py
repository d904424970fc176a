"""jsonpickle: `py/...` keys in any JSON document.

Written from `jsonpickle/tags.py` and `unpickler.py` (4.x). `jsonpickle.decode` imports
the named module, and calls what `py/reduce` names with the arguments that follow it.
"""

from collections.abc import Iterator
from typing import Any, Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import Objects, join, nodes, preview, split

NAMED: Final = {
    "py/object": "class",
    "py/type": "type",
    "py/class": "type",
    "py/function": "function",
    "py/mod": "type",
    "py/method": "method",
    "py/property": "type",
    "py/newobj": "reduce",
}
REPR: Final = "py/repr"
REDUCE: Final = "py/reduce"
MARKS: Final = frozenset({*NAMED, REPR, REDUCE})


def jsonpickle_objects(data: object, budget: Budget) -> Objects:
    """Return what `jsonpickle.decode` would build from `data`.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    called: set[int] = set()
    for key, node in nodes(data, budget):
        if isinstance(node, dict) and not found.full:
            if REDUCE in node:
                found.made.extend(_reduce(join(key, REDUCE), node[REDUCE], called))
            if id(node) not in called:
                found.made.extend(_named(key, node))
    return found


def _reduce(key: str, parts: object, called: set[int]) -> Iterator[Made]:
    """Yield the function that a reduction calls."""
    if isinstance(parts, dict):
        parts = parts.get("py/tuple")
    if not isinstance(parts, list) or not parts or not isinstance(parts[0], dict):
        return
    for tag in NAMED:
        target = parts[0].get(tag)
        if isinstance(target, str):
            called.add(id(parts[0]))
            module, name = _split(target)
            yield Made(
                kind="reduce",
                module=module,
                name=name,
                key=f"{key}[0]",
                detail=preview(parts[1:]),
            )


def _split(target: str) -> tuple[str, str]:
    """Return module and name of `os.system`, or of `os/os.system` as modules are."""
    module, slash, path = target.partition("/")
    if not slash:
        return split(target)
    return module, path.removeprefix(module).lstrip(".")


def _named(key: str, node: dict[str, Any]) -> Iterator[Made]:
    for tag, kind in NAMED.items():
        value = node.get(tag)
        if not isinstance(value, str) or not ("." in value or "/" in value):
            continue
        module, name = _split(value)
        detail = preview([part for other, part in node.items() if other != tag])
        place = join(key, tag)
        if kind == "class":
            yield Made(kind="class", module=module, name=name, key=place, detail=detail)
        elif kind == "function":
            yield Made(kind="function", module=module, name=name, key=place)
        else:
            yield Made(kind="type", module=module, name=name, key=place)
    expression = node.get(REPR)
    if isinstance(expression, str):
        module, _, code = expression.partition("/")
        yield Made(
            kind="reduce",
            module="builtins",
            name="eval",
            key=join(key, REPR),
            detail=f"{module}: {code}"[:1024],
        )
