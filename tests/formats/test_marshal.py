"""Stored code is read for its names and never run."""

import marshal

from hypothesis import given
from hypothesis import strategies as st

from openvet.formats.marshal import code_in, names_used

SOURCE = """
def outer(x):
    import os
    def inner():
        return os.system("true") + eval("1")
    return [inner(), 1.5, 2j, 1 << 80, b"raw", "text", {1, 2} & {3}, x in {"a", "b"}]
"""
STORED = marshal.dumps(compile(SOURCE, "made.py", "exec"))


def test_names_of_nested_functions_are_found() -> None:
    code = code_in(STORED)
    assert code is not None
    assert (code.name, code.filename) == ("<module>", "made.py")
    assert {"outer", "os", "system", "eval"} <= set(names_used(code))


def test_other_data_is_no_code() -> None:
    assert code_in(marshal.dumps({"a": (1, 2)})) is None
    assert code_in(b"") is None


def test_code_of_python_2_is_read() -> None:
    before = b"s\2\0\0\0d\0" + b"(\1\0\0\0N" + b"(\1\0\0\0t\6\0\0\0system"
    after = b"(\0\0\0\0" * 3 + b"s\1\0\0\0f" + b"R\0\0\0\0" + bytes(4)
    code = code_in(b"c" + bytes(16) + before + after + b"s\0\0\0\0")
    assert code is not None
    assert (code.name, code.names) == ("system", ("system",))


def test_depth_without_end_is_refused() -> None:
    assert code_in(b"c" + bytes(20) + b")\1" * 100_000) is None


@given(st.integers(0, len(STORED) - 1), st.integers(0, 255))
def test_malformed_code_never_raises(at: int, byte: int) -> None:
    code_in(STORED[:at])
    code_in(STORED[:at] + bytes([byte]) + STORED[at + 1 :])
