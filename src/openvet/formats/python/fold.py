"""What text an expression yields, as far as constants decide it; nothing is run.

`getattr(os, 'sys' + 'tem')`, `bytes.fromhex('…')`, `''.join(map(chr, […]))`: so source
hides a name. Each operation here is imitated on constants of bounded length.
"""

import ast
import base64
import binascii
import codecs
import zlib
from collections.abc import Callable, Mapping
from typing import Final

LONGEST: Final = 1 << 20
DEEPEST: Final = 40
INFLATED: Final = 1 << 20

Known = Mapping[str, str | bytes]
"""Variables that hold one known text."""
Folded = str | bytes | None


def fold(node: ast.AST, known: Known, depth: int = 0) -> Folded:
    """Return the text or bytes that an expression yields, or None if not known."""
    if depth > DEEPEST:
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str | bytes) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    for kind, folded in _KINDS:
        if isinstance(node, kind):
            return folded(node, known, depth + 1)
    return None


def text(node: ast.AST, known: Known) -> str | None:
    """Return what an expression yields, bytes read as Latin-1."""
    value = fold(node, known)
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _sum(node: ast.BinOp, known: Known, depth: int) -> Folded:
    left = fold(node.left, known, depth)
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        return _percent(left, node.right, known, depth)
    if not isinstance(node.op, ast.Add):
        return None
    return _added(left, fold(node.right, known, depth))


def _added(left: Folded, right: Folded) -> Folded:
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= LONGEST else None
    if isinstance(left, bytes) and isinstance(right, bytes):
        return left + right if len(left) + len(right) <= LONGEST else None
    return None


def _percent(left: str, right: ast.expr, known: Known, depth: int) -> Folded:
    parts = right.elts if isinstance(right, ast.Tuple) else [right]
    values = [fold(part, known, depth) for part in parts]
    pieces = left.split("%s")
    if len(pieces) != len(values) + 1 or "%" in "".join(pieces):
        return None
    out = pieces[0]
    for value, piece in zip(values, pieces[1:], strict=True):
        if not isinstance(value, str):
            return None
        out += value + piece
    return out[:LONGEST]


def _joined(node: ast.JoinedStr, known: Known, depth: int) -> Folded:
    out = ""
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = fold(inner, known, depth)
        if not isinstance(value, str) or len(out) + len(value) > LONGEST:
            return None
        out += value
    return out


def _sliced(node: ast.Subscript, known: Known, depth: int) -> Folded:
    value = fold(node.value, known, depth)
    if value is None:
        return None
    part = node.slice
    if isinstance(part, ast.Slice):
        bounds = [_number(bound) for bound in (part.lower, part.upper, part.step)]
        unknown = any(
            bound is not None and number is None
            for bound, number in zip(
                (part.lower, part.upper, part.step), bounds, strict=True
            )
        )
        return None if unknown or bounds[2] == 0 else value[slice(*bounds)]
    at = _number(part)
    if at is None or not -len(value) <= at < len(value):
        return None
    return value[at] if isinstance(value, str) else None


def _number(node: ast.AST | None, depth: int = 0) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand, depth + 1) if depth < DEEPEST else None
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if not isinstance(node, ast.BinOp) or depth > DEEPEST:
        return None
    operate = _ARITHMETIC.get(type(node.op))
    left, right = _number(node.left, depth + 1), _number(node.right, depth + 1)
    if operate is None or left is None or right is None:
        return None
    return operate(left, right)


_ARITHMETIC: Final[dict[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: int.__add__,
    ast.Sub: int.__sub__,
    ast.BitXor: int.__xor__,
}


def _call(node: ast.Call, known: Known, depth: int) -> Folded:
    name = spelled(node.func)
    arguments = node.args
    if name == "chr" and len(arguments) == 1:
        code = _number(arguments[0])
        return chr(code) if code is not None and 0 <= code < 0x110000 else None  # noqa: PLR2004
    if name in ("bytes", "bytearray") and arguments:
        numbers = _numbers(arguments[0])
        if numbers is None or not all(0 <= n < 256 for n in numbers):  # noqa: PLR2004
            return fold(arguments[0], known, depth)
        return bytes(numbers)
    if name.endswith(("path.expanduser", "path.join", "path.expandvars")):
        return _path(arguments, known, depth)
    if name in ("str", "reversed", "list", "tuple") and len(arguments) == 1:
        value = fold(arguments[0], known, depth)
        return value[::-1] if name == "reversed" and value is not None else value
    decode = DECODERS.get(name.rpartition(".")[2])
    value = None
    if decode is not None and arguments:
        value = _decoded(decode, fold(arguments[0], known, depth))
    elif isinstance(node.func, ast.Attribute):
        value = _method(node.func, arguments, known, depth)
    return value


def _path(arguments: list[ast.expr], known: Known, depth: int) -> Folded:
    """Return a path as it is written, `~` and variables left in."""
    parts = [fold(argument, known, depth) for argument in arguments]
    texts = [part for part in parts if isinstance(part, str)]
    whole = texts and len(texts) == len(parts) and sum(map(len, texts)) < LONGEST
    return "/".join(texts) if whole else None


def _method(
    target: ast.Attribute, arguments: list[ast.expr], known: Known, depth: int
) -> Folded:
    value = fold(target.value, known, depth)
    if value is None:
        return None
    if target.attr == "join" and isinstance(value, str) and len(arguments) == 1:
        return _join(value, arguments[0], known, depth)
    if target.attr in ("decode", "encode"):
        return _coded(value, arguments, known, depth)
    changed: Folded = None
    if target.attr == "replace" and len(arguments) == 2:  # noqa: PLR2004
        old, new = (fold(argument, known, depth) for argument in arguments)
        if isinstance(value, str) and isinstance(old, str) and isinstance(new, str):
            grows = len(value) * (len(new) + 1) > LONGEST
            changed = None if grows else value.replace(old, new)
    elif target.attr == "format" and isinstance(value, str):
        changed = _formatted(value, arguments, known, depth)
    elif target.attr in ("lower", "upper", "strip") and not arguments:
        changed = getattr(value, target.attr)()
    return changed


def _formatted(
    value: str, arguments: list[ast.expr], known: Known, depth: int
) -> Folded:
    """Return `"{}{}".format("a", "b")`; fields with a name are not known."""
    pieces = value.split("{}")
    parts = [fold(argument, known, depth) for argument in arguments]
    if len(pieces) != len(parts) + 1 or "{" in "".join(pieces):
        return None
    out = pieces[0]
    for part, piece in zip(parts, pieces[1:], strict=True):
        if not isinstance(part, str) or len(out) + len(part) > LONGEST:
            return None
        out += part + piece
    return out


def _coded(
    value: str | bytes, arguments: list[ast.expr], known: Known, depth: int
) -> Folded:
    name = fold(arguments[0], known, depth) if arguments else "utf-8"
    if name in ("rot13", "rot_13") and isinstance(value, str):
        return codecs.encode(value, "rot13")
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.encode("utf-8", "backslashreplace")


def _join(separator: str, node: ast.expr, known: Known, depth: int) -> Folded:
    if isinstance(node, ast.Call) and spelled(node.func) == "map":
        numbers = _numbers(node.args[1]) if len(node.args) == 2 else None  # noqa: PLR2004
        if numbers is None or spelled(node.args[0]) != "chr":
            return None
        return separator.join(chr(n) for n in numbers if 0 <= n < 0x110000)  # noqa: PLR2004
    if isinstance(node, ast.GeneratorExp | ast.ListComp) and len(node.generators) == 1:
        numbers = _numbers(node.generators[0].iter)
        made = isinstance(node.elt, ast.Call) and spelled(node.elt.func) == "chr"
        if numbers is None or not made:
            return None
        return separator.join(chr(n) for n in numbers if 0 <= n < 0x110000)  # noqa: PLR2004
    if isinstance(node, ast.List | ast.Tuple):
        parts = [fold(part, known, depth) for part in node.elts]
        texts = [part for part in parts if isinstance(part, str)]
        whole = len(texts) == len(parts) and sum(map(len, texts)) < LONGEST
        return separator.join(texts) if whole else None
    value = fold(node, known, depth)
    return separator.join(value) if isinstance(value, str) else None


def _numbers(node: ast.AST) -> list[int] | None:
    if not isinstance(node, ast.List | ast.Tuple) or len(node.elts) > LONGEST:
        return None
    found = [_number(part) for part in node.elts]
    numbers = [number for number in found if number is not None]
    return numbers if len(numbers) == len(found) else None


def _decoded(decode: Callable[[bytes], bytes], value: Folded) -> Folded:
    if value is None:
        return None
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    try:
        return decode(data)
    except (ValueError, binascii.Error, zlib.error, EOFError):
        return None


def _inflate(data: bytes) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, INFLATED)


def _rot13(data: bytes) -> bytes:
    return codecs.encode(data.decode("latin-1"), "rot13").encode("latin-1", "replace")


DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "b64decode": lambda data: base64.b64decode(data + b"=="),
    "standard_b64decode": lambda data: base64.b64decode(data + b"=="),
    "decodebytes": lambda data: base64.b64decode(data + b"=="),
    "urlsafe_b64decode": lambda data: base64.urlsafe_b64decode(data + b"=="),
    "b32decode": base64.b32decode,
    "b16decode": base64.b16decode,
    "b85decode": base64.b85decode,
    "a85decode": base64.a85decode,
    "unhexlify": binascii.unhexlify,
    "a2b_hex": binascii.unhexlify,
    "a2b_base64": binascii.a2b_base64,
    "fromhex": lambda data: bytes.fromhex(data.decode("ascii", "replace")),
    "decompress": _inflate,
}
"""Functions that undo an encoding, by the last part of their name."""

_KINDS: Final[tuple[tuple[type[ast.AST], Callable[..., Folded]], ...]] = (
    (ast.BinOp, _sum),
    (ast.JoinedStr, _joined),
    (ast.Subscript, _sliced),
    (ast.Call, _call),
)


def spelled(node: ast.AST) -> str:
    """Return a dotted name as written, or an empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    elif not parts:
        return ""
    return ".".join(reversed(parts))
