import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.allow.objects import judge
from openvet.artifacts import Made, ObjectTree
from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.errors import OverBudgetError
from openvet.finding import Severity
from openvet.readers.r import RReader
from openvet.source import BytesSource
from openvet.subject import File, Origin
from specimens.objects import (
    R_GLOBAL,
    R_HEADER,
    R_NULL,
    R_UNBOUND,
    r_call,
    r_list,
    r_promise,
    r_strings,
    r_symbol,
    r_variables,
)

RUNS = r_promise(R_UNBOUND, r_call("system", r_strings("true")))
CLOSURE = struct.pack(">I", 3 | 0x400) + R_GLOBAL + R_NULL + r_call("print")


def tree(data: bytes) -> ObjectTree | None:
    subject = File(
        origin=Origin(place=("x.rds",), digest="0"), source=BytesSource(data)
    )
    reader = RReader()
    if not reader.claims(subject):
        return None
    context = Context(budget=Budget(Limits(steps=1_000_000)))
    (found,) = reader.read(subject, context)
    assert isinstance(found, ObjectTree)
    return found


def made(data: bytes) -> tuple[Made, ...]:
    found = tree(data)
    assert found is not None
    assert found.complete
    return found.made


def frame(*variables: bytes) -> bytes:
    """Return an environment that holds these values."""
    cells = b"".join(
        struct.pack(">I", 2 | 0x400) + r_symbol(f"v{n}") + value
        for n, value in enumerate(variables)
    )
    locked = struct.pack(">II", 4, 0)
    return locked + R_GLOBAL + cells + R_NULL + R_NULL + R_NULL


def test_a_promise_with_a_call_is_kept_with_its_words() -> None:
    (promise,) = made(R_HEADER + RUNS)
    assert (promise.kind, promise.module, promise.detail) == (
        "reduce", "", "system true",
    )  # fmt: skip


@pytest.mark.parametrize(
    "around", [lambda p: r_list(r_strings("a"), p), lambda p: r_variables(x=p)]
)
def test_a_promise_is_found_inside_other_objects(around: object) -> None:
    assert callable(around)
    assert [one.name for one in made(R_HEADER + around(RUNS))] == ["promise"]


def test_a_promise_of_a_frame_is_told_apart() -> None:
    (promise,) = made(R_HEADER + frame(RUNS))
    assert promise.module == "environment"


def test_a_promise_that_has_its_value_runs_nothing() -> None:
    forced = r_promise(r_strings("done"), r_call("system"))
    assert made(R_HEADER + forced) == ()


def test_a_promise_of_a_mere_name_runs_nothing() -> None:
    assert made(R_HEADER + r_promise(R_UNBOUND, r_symbol("x"))) == ()


def test_plain_data_and_stored_calls_are_silent() -> None:
    model = r_list(r_strings("a", "b"), r_call("lm", r_symbol("formula")))
    (one,) = made(R_HEADER + model)
    assert (one.kind, one.name) == ("method", "lm")
    assert judge("r", one) is None


def test_functions_are_counted_and_what_they_call_is_named() -> None:
    one, call = made(R_HEADER + r_list(CLOSURE, CLOSURE))
    assert (one.kind, one.detail) == ("lambda", "2 functions written in R")
    assert call.name == "print"


@pytest.mark.parametrize("command", ["system", "system2", "pipe"])
def test_a_function_or_stored_call_that_starts_programs_fails(command: str) -> None:
    (call,) = made(R_HEADER + r_list(r_call(command, r_strings("true"))))
    found = judge("r", call)
    assert found is not None
    assert found.severity == Severity.HIGH


def test_a_promise_inside_one_that_has_its_value_is_found() -> None:
    around = r_promise(RUNS, r_call("sum"))
    assert [one.name for one in made(R_HEADER + around)] == ["promise"]


def test_many_promises_that_run_nothing_hide_none_that_does() -> None:
    forced = r_promise(r_strings("x"), r_call("sum"))
    found = made(R_HEADER + r_list(*[forced] * 1100, RUNS))
    assert [one.name for one in found] == ["promise"]


def test_a_function_that_r_starts_by_itself_is_named() -> None:
    workspace = b"RDX2\n" + R_HEADER + r_variables(**{".First": CLOSURE})
    assert ".First" in {one.name for one in made(workspace)}


def test_the_text_form_is_read_like_the_binary_one() -> None:
    words = ["A", 2, 262147, 131840, 1029, 253, 252, 6, 1, 262153, 6, "system", 2]
    words += [16, 1, 262153, 4, "tr\\165e", 254]
    text = "\n".join(map(str, words)) + "\n"
    (promise,) = made(text.encode())
    assert promise.detail == "system true"


def test_the_native_form_is_read() -> None:
    data = R_HEADER + r_list(r_strings())
    swapped = b"B\n" + b"".join(
        data[at : at + 4][::-1] for at in range(2, len(data), 4)
    )
    assert made(swapped) == ()


def test_bytes_after_the_object_are_a_payload() -> None:
    found = tree(R_HEADER + R_NULL + b"cos\nsystem\n(S'true'\ntR.")
    assert found is not None
    assert found.payloads[0].kind == "pickle"


def test_other_files_are_not_claimed() -> None:
    assert tree(b"X\nhello") is None
    assert tree(b"") is None


def test_deep_nesting_ends_in_a_gap() -> None:
    one = struct.pack(">II", 19, 1)
    found = tree(R_HEADER + one * 200_000)
    assert found is not None
    assert not found.complete


MODEL = R_HEADER + r_list(RUNS, CLOSURE, frame(RUNS), r_strings("a", "bc"))


@given(st.integers(14, len(MODEL) - 1))
def test_a_truncated_object_is_never_complete(length: int) -> None:
    found = tree(MODEL[:length])
    assert found is not None
    assert not found.complete


@given(st.lists(st.tuples(st.integers(0, len(MODEL)), st.binary(max_size=4))))
def test_changed_bytes_end_in_facts(changes: list[tuple[int, bytes]]) -> None:
    image = bytearray(MODEL)
    for at, value in changes:
        image[at : at + len(value)] = value
    with suppress(OverBudgetError):
        tree(bytes(image))


@given(st.sampled_from([b"X\n", b"A\n", b"B\n"]), st.binary(max_size=300))
def test_any_bytes_after_a_header_end_in_facts(form: bytes, data: bytes) -> None:
    starts = {b"X\n": R_HEADER[2:], b"A\n": b"2\n1\n1\n"}
    with suppress(OverBudgetError):
        tree(form + starts.get(form, b"\2\0\0\0" + bytes(8)) + data)
