"""What text an expression of a template yields, as far as that can be known.

A name is hidden by building it: `'__cl' ~ 'ass__'`, `'%c' % 95`, `['a', 'b']|join`.
Folding such expressions undoes that without evaluating anything of the template:
only the operations listed here are imitated, on constants of bounded length.
"""

from collections.abc import Callable
from typing import Final

from jinja2 import nodes

LONGEST: Final = 4096
"""Characters beyond which a text is no name and is not followed."""
DEEPEST: Final = 40

Constants = dict[str, str | None]
"""Variables that hold one known text; None where they hold several."""

_METHODS: Final[dict[str, Callable[[str], str]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "trim": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "title": str.title,
    "capitalize": str.capitalize,
    "reverse": lambda text: text[::-1],
    "string": str,
    "safe": str,
    "e": str,
    "escape": str,
}


def fold(node: nodes.Node | None, known: Constants, depth: int = 0) -> str | None:
    """Return the text that an expression yields, or None where that is not known."""
    if depth > DEEPEST or node is None:
        return None
    if isinstance(node, nodes.Concat | nodes.Add):
        terms = (
            node.nodes if isinstance(node, nodes.Concat) else [node.left, node.right]
        )
        return _joined([fold(part, known, depth + 1) for part in terms], "")
    for kind, folded in _FOLDS:
        if isinstance(node, kind):
            return folded(node, known, depth)
    return None


def _constant(node: nodes.Const, known: Constants, depth: int) -> str | None:  # noqa: ARG001 - as the others
    return str(node.value) if isinstance(node.value, str | int) else None


def _data(node: nodes.TemplateData, known: Constants, depth: int) -> str | None:  # noqa: ARG001 - as the others
    return node.data


def _variable(node: nodes.Name, known: Constants, depth: int) -> str | None:  # noqa: ARG001 - as the others
    return known.get(node.name)


def _joined(parts: list[str | None], separator: str) -> str | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or sum(map(len, known)) > LONGEST:
        return None
    return separator.join(known)


def _items(node: nodes.Node | None, known: Constants, depth: int) -> list[str | None]:
    if isinstance(node, nodes.List | nodes.Tuple):
        return [fold(item, known, depth + 1) for item in node.items]
    text = fold(node, known, depth + 1)
    return [None] if text is None else list(text)


def _filter(node: nodes.Filter, known: Constants, depth: int) -> str | None:
    arguments = [fold(argument, known, depth + 1) for argument in node.args]
    if node.name == "join":
        return _joined(_items(node.node, known, depth), (arguments or [""])[0] or "")
    if node.name in ("first", "last"):
        items = _items(node.node, known, depth)
        return items[0 if node.name == "first" else -1] if items else None
    text = fold(node.node, known, depth + 1)
    if text is None:
        return None
    if node.name == "replace":
        return _replaced(text, arguments)
    if node.name == "format":
        return _substituted(text, arguments)
    method = _METHODS.get(node.name)
    return method(text) if method else None


def _call(node: nodes.Call, known: Constants, depth: int) -> str | None:
    if not isinstance(node.node, nodes.Getattr):
        return None
    name = node.node.attr
    text = fold(node.node.node, known, depth + 1)
    if text is None:
        return None
    if name == "join" and len(node.args) == 1:
        return _joined(_items(node.args[0], known, depth), text)
    arguments = [fold(argument, known, depth + 1) for argument in node.args]
    if name in ("replace", "format"):
        build = _replaced if name == "replace" else _formatted
        return build(text, arguments)
    method = _METHODS.get(name)
    return method(text) if method and not arguments else None


def _replaced(text: str, arguments: list[str | None]) -> str | None:
    if len(arguments) < 2 or arguments[0] is None or arguments[1] is None:  # noqa: PLR2004
        return None
    if len(text) * (len(arguments[1]) + 1) > LONGEST:
        return None
    return text.replace(arguments[0], arguments[1])


def _percent(node: nodes.Mod, known: Constants, depth: int) -> str | None:
    text = fold(node.left, known, depth + 1)
    if text is None or (
        isinstance(node.left, nodes.Const) and isinstance(node.left.value, int)
    ):
        return None
    right = node.right
    arguments = (
        [fold(item, known, depth + 1) for item in right.items]
        if isinstance(right, nodes.Tuple | nodes.List)
        else [fold(right, known, depth + 1)]
    )
    return _substituted(text, arguments)


def _times(node: nodes.Mul, known: Constants, depth: int) -> str | None:
    """Imitate `'_' * 2`."""
    for text, times in ((node.left, node.right), (node.right, node.left)):
        count = _integer(times)
        if count is not None and _integer(text) is None:
            repeated = fold(text, known, depth + 1)
            if repeated is None or len(repeated) * count > LONGEST:
                return None
            return repeated * count
    return None


def _substituted(text: str, arguments: list[str | None]) -> str | None:
    """Imitate `%s`, `%d` and `%c`; widths are not followed, they only add spaces."""
    out, left = [], list(arguments)
    pieces = text.split("%")
    out.append(pieces[0])
    for piece in pieces[1:]:
        if not piece[:1] or piece[0] not in "scd" or not left:
            return None
        argument = left.pop(0)
        if argument is None:
            return None
        if piece[0] == "c" and argument.isdigit() and len(argument) <= 6:  # noqa: PLR2004
            code = int(argument)
            argument = chr(code) if code < 0x110000 else ""  # noqa: PLR2004
        out.append(argument + piece[1:])
    return _joined(list(out), "")


def _formatted(text: str, arguments: list[str | None]) -> str | None:
    """Imitate `{}` and `{0}`; attributes inside braces are found by other means."""
    for number, argument in enumerate(arguments):
        if argument is None:
            return None
        text = text.replace("{}", argument, 1).replace(f"{{{number}}}", argument)
        text = text.replace(
            f"{{{number}:c}}",
            chr(int(argument)) if argument.isdigit() and len(argument) < 6 else "",  # noqa: PLR2004
        )
        if len(text) > LONGEST:
            return None
    return text


def _slice(node: nodes.Getitem, known: Constants, depth: int) -> str | None:
    """Imitate `text[::-1]` and `text[i]`."""
    text = fold(node.node, known, depth + 1)
    if text is None:
        return None
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int):
        at = node.arg.value
        return text[at] if -len(text) <= at < len(text) else None
    if not isinstance(node.arg, nodes.Slice):
        return None
    bounds: list[int | None] = []
    for part in (node.arg.start, node.arg.stop, node.arg.step):
        value = _integer(part)
        if part is not None and value is None:
            return None
        bounds.append(value)
    start, stop, step = bounds
    return None if step == 0 else text[start:stop:step]


def _integer(node: nodes.Node | None) -> int | None:
    if isinstance(node, nodes.Neg):
        inner = _integer(node.node)
        return None if inner is None else -inner
    if isinstance(node, nodes.Const) and isinstance(node.value, int):
        return node.value
    return None


def integer(node: nodes.Node | None) -> int | None:
    """Return the whole number an expression of constants yields, if it is known.

    Products and powers are bounded: what passes 10**18 is returned as 10**18.
    """
    if isinstance(node, nodes.Const | nodes.Neg):
        return _integer(node)
    if not isinstance(node, nodes.BinExpr):
        return None
    left, right = integer(node.left), integer(node.right)
    if left is None or right is None:
        return None
    most = 10**18
    if isinstance(node, nodes.Pow):
        huge = right < 0 or right * max(abs(left), 1).bit_length() > 60  # noqa: PLR2004
        return most if huge else int(min(left**right, most))
    results: dict[type, int] = {
        nodes.Mul: left * right,
        nodes.Add: left + right,
        nodes.Sub: left - right,
    }
    total = results.get(type(node))
    return None if total is None else max(-most, min(total, most))


_FOLDS: Final[tuple[tuple[type[nodes.Node], Callable[..., str | None]], ...]] = (
    (nodes.Const, _constant),
    (nodes.TemplateData, _data),
    (nodes.Name, _variable),
    (nodes.Filter, _filter),
    (nodes.Call, _call),
    (nodes.Mod, _percent),
    (nodes.Mul, _times),
    (nodes.Getitem, _slice),
)
