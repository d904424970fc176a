"""The size of a numpy array's items, from how its dtype was pickled.

A dtype is `numpy.dtype('f8', False, True)` and a BUILD of its state: version, byte
order, sub-array, names, fields, item size, alignment, flags (numpy
`arraydescr_reduce`). Structured types name further dtypes in their fields.
"""

from typing import Final, NamedTuple

from openvet.formats.pickle.program import Call, Import, Items, Result, Value
from openvet.patterns import pattern

_CODE: Final = pattern(r"[<>|=]?([biufcSaUVOmM])(\d*)(\[[^\]]*\])?")
_LETTERS: Final = {
    **dict.fromkeys("?bB", 1),
    **dict.fromkeys("hHe", 2),
    **dict.fromkeys("iIf", 4),
    **dict.fromkeys("lLqQdFmM", 8),
    **dict.fromkeys("gD", 16),
    **dict.fromkeys("SaUV", 0),
    "G": 32,
}
"""Bytes of the types that one letter names, on 64-bit Linux and macOS."""
_OBJECT: Final = 8
_TIME: Final = 8
_UNICODE: Final = 4
_DEPTH: Final = 32
_SUBARRAY: Final = 2
_FIELDS: Final = 4
_ITEM_SIZE: Final = 5


class Dtype(NamedTuple):
    """What decides how an array's data is stored."""

    item_size: int
    objects: bool
    """Whether items refer to Python objects, so that the data is a pickle."""


def code_of(code: str) -> Dtype | None:
    """Return the type that a type string such as `<f8` or `O` stands for."""
    letter = _LETTERS.get(code.lstrip("<>|="))
    if letter is not None:
        return Dtype(letter, objects=False)
    match = _CODE.fullmatch(code)
    if match is None or len(match[2]) > 9:  # noqa: PLR2004 - below 2**31
        return None
    kind, digits = match[1], match[2]
    if kind == "O":
        return Dtype(_OBJECT, objects=True)
    if kind in "mM":
        return Dtype(_TIME, objects=False)
    size = int(digits or 0)
    if kind == "U":
        size *= _UNICODE
    return Dtype(size, objects=False)


class Dtypes:
    """Evaluates dtypes from the calls of a program.

    Args:
        imports: The imports, as far as they were read.
        calls: The calls, as far as they were read.
    """

    def __init__(self, imports: list[Import], calls: list[Call]) -> None:
        self.imports = imports
        self.calls = calls
        self._states: dict[int, Value] = {}
        self._seen = 0

    def of(self, value: Value, depth: int = 0) -> Dtype | None:
        """Return the type that a value stands for, or None where it is not known."""
        if not isinstance(value, Result) or depth > _DEPTH:
            return None
        made = self.calls[value.index]
        code = made.arguments[0] if made.arguments else None
        if made.opcode != "REDUCE" or not isinstance(code, str):
            return None
        plain = code_of(code)
        state = self._state(value.index)
        if plain is None or not isinstance(state, Items):
            return plain
        return self._with_state(plain, state, depth)

    def _state(self, index: int) -> Value:
        """Return what the dtype made by call `index` was last built with."""
        for call in self.calls[self._seen :]:
            if call.opcode == "BUILD" and isinstance(call.callee, Result):
                self._states[call.callee.index] = call.arguments[0]
        self._seen = len(self.calls)
        return self._states.get(index)

    def _with_state(self, plain: Dtype, state: Items, depth: int) -> Dtype | None:
        values = state.values
        if len(values) <= _ITEM_SIZE:
            return plain
        size = values[_ITEM_SIZE]
        item_size = size if isinstance(size, int) and size >= 0 else plain.item_size
        objects = plain.objects
        subarray, fields = values[_SUBARRAY], values[_FIELDS]
        parts: list[Value] = []
        if isinstance(subarray, Items) and subarray.values:
            parts.append(subarray.values[0])
        if isinstance(fields, Items):
            if not fields.whole:
                return None
            parts.extend(
                field.values[0]
                for field in fields.values[1::2]
                if isinstance(field, Items) and field.values
            )
        for part in parts:
            inner = self.of(part, depth + 1)
            if inner is None:
                return None
            objects = objects or inner.objects
        return Dtype(item_size, objects)
