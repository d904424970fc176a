"""The walker sees what CPython's pickle machine would do."""

import pytest

from openvet.budget import Budget
from openvet.formats.pickle.program import (
    Global,
    Items,
    Persistent,
    Result,
    Span,
    Unknown,
)
from openvet.formats.pickle.walker import Walk, walk
from openvet.source import BytesSource
from specimens import pickles as p


def walked(data: bytes, start: int = 0) -> Walk:
    return walk(BytesSource(data), start, Budget())


def names(data: bytes) -> list[str]:
    return [entry.path for entry in walked(data).imports]


@pytest.mark.parametrize(
    "data",
    [
        b"Vos\np0\n0Vsystem\np1\n0g0\ng1\n\x93.",
        p.text("os") + p.text("system") + b"\x93.",
        p.text("wrong") + b"\x940" + p.text("os") + b"q\x000h\x00" + p.text("system")
        + b"\x93.",
        p.text("os") + b"20" + p.text("system") + b"\x93.",
        b"V\\u006fs\nVs\\u0079stem\n\x93.",
        b"S'\\x6fs'\nS'sys\\164em'\n\x93.",
        b"(ios\nsystem\n.",
        b"(((10(0" + p.stack_name("os", "system") + b".",
        b"\x80\x02\x80\x04" + p.stack_name("os", "system") + b".",
    ],
    ids=lambda data: repr(data)[:40],
)  # fmt: skip
def test_no_spelling_hides_an_import(data: bytes) -> None:
    assert names(data) == ["os.system"]


@pytest.mark.parametrize(
    ("code", "opcode"),
    [(b"\x82\xf0", "EXT1"), (b"\x83\xf0\x00", "EXT2"), (b"\x84\xf0\0\0\0", "EXT4")],
)
def test_an_extension_registered_in_the_same_stream_is_resolved(
    code: bytes, opcode: str
) -> None:
    register = p.call(
        p.name("copyreg", "add_extension"), p.text("os"), p.text("system"), b"K\xf0"
    )
    found = walked(register + b"0" + code + b".")
    assert (found.imports[-1].path, found.imports[-1].opcode) == ("os.system", opcode)


def test_an_extension_set_in_the_table_of_codes_is_resolved() -> None:
    table = p.name("copyreg", "_inverted_registry")
    names_of = p.text("os") + p.text("system") + b"\x86"
    data = table + b"K\xf0" + names_of + b"s0\x82\xf0."
    assert names(data)[-1] == "os.system"


def test_an_unregistered_extension_is_a_computed_import() -> None:
    assert walked(b"\x82\x01.").imports[0].computed


def test_names_from_calls_are_computed_imports() -> None:
    made = p.call(p.name("builtins", "str"), p.text("os"))
    (_, entry) = walked(made + p.text("system") + b"\x93.").imports
    assert (entry.computed, entry.module, entry.name) == (True, "", "system")


def test_an_import_can_yield_the_name_of_another() -> None:
    data = p.name("numpy", "a") + p.name("numpy", "b") + b"\x93."
    assert walked(data).imports[-1].computed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"c__builtin__\neval\n.", "builtins.eval"),
        (b"ccommands\ngetoutput\n.", "subprocess.getoutput"),
        (b"c__builtin__\nxrange\n.", "builtins.range"),
        (b"curllib2\nurlopen\n.", "urllib.request.urlopen"),
    ],
)
def test_old_names_are_those_that_python_3_imports(old: bytes, new: str) -> None:
    (entry,) = walked(old).imports
    assert (entry.path, entry.python2) == (new, True)
    (kept,) = walked(p.proto(3) + old).imports
    assert not kept.python2


def test_a_dotted_name_is_marked() -> None:
    assert walked(p.name("os", "path.os.system") + b".").imports[0].dotted


def test_a_name_longer_than_any_window_is_kept_in_part_and_reported() -> None:
    long = "path.os." * 2000 + "system"
    found = walked(p.proto() + p.name("os", long) + b")R.")
    assert (found.broken, found.imports[0].computed) == ("", True)
    assert [defect.code for defect in found.defects] == ["pickle-long-name"]


def test_calls_carry_their_arguments() -> None:
    found = walked(p.hostile())
    (call,) = found.calls
    assert (call.opcode, call.callee, call.arguments) == (
        "REDUCE",
        Global(index=0),
        ("true",),
    )


def test_containers_are_shown_as_they_stand_when_they_are_used() -> None:
    data = (
        p.name("a.b", "C") + b")\x81](K\x01e\x94b0h\x00(K\x02K\x03e."
    )  # the list grows after BUILD has used it
    build = walked(data).calls[1]
    assert build.arguments == (Items(kind="list", values=(1,)),)


def test_items_added_to_objects_are_facts_and_to_containers_are_not() -> None:
    made = p.name("a", "B") + b")R"
    found = walked(made + b"(K\x01K\x02u](K\x03e0.")
    added = found.calls[1]
    assert (added.opcode, added.callee) == ("SETITEMS", Result(index=0))
    assert added.arguments == (Items(kind="dict", values=(1, 2)),)
    assert len(found.calls) == 2


def test_an_import_beyond_the_kept_items_is_kept() -> None:
    many = b"K\x01" * 500 + p.name("os", "system") + b"K\x01" * 500
    call = walked(p.name("a", "B") + b"(](" + many + b"etR.").calls[0]
    (items,) = call.arguments
    assert isinstance(items, Items)
    assert not items.whole
    assert Global(index=1) in items.values


def test_arguments_that_are_computed_are_said_to_be() -> None:
    made = p.call(p.name("builtins", "tuple"), p.text("ab"))
    call = walked(p.name("os", "system") + made + b"R.").calls[1]
    assert call.arguments == (Unknown(why="computed arguments"), Result(index=0))


def test_persistent_ids_are_facts_and_values() -> None:
    found = walked(b"Pkey\nK\x05Q\x86.")
    assert [call.arguments for call in found.calls] == [("key",), (5,)]
    assert found.value == (Persistent(identifier="key"), Persistent(identifier=5))


def test_long_payloads_are_passed_over_by_their_length() -> None:
    class Counting(BytesSource):
        total = 0

        def read(self, offset: int, length: int) -> bytes:
            Counting.total += length
            return super().read(offset, length)

    data = p.proto() + p.binary(bytes(50 << 20)) + b"0" + p.payload() + b"."
    found = walk(Counting(data), 0, Budget())
    assert [entry.path for entry in found.imports] == ["os.system"]
    assert Counting.total < 1 << 20


def test_a_long_argument_is_kept_by_its_place() -> None:
    data = p.proto() + p.call(p.name("a", "b"), p.text("x" * 5000)) + b"."
    (span,) = walked(data).calls[0].arguments
    assert span == Span(offset=data.index(b"xxx"), length=5000, text=True)


@pytest.mark.parametrize(
    "spelled",
    [
        b"I010\n",
        b"I" + b" " * 5000 + b"1\n",
        b"F" + b"1" * 5000 + b"\n",
        b"Np+1\ng 1\n",
        b"Np" + b" " * 5000 + b"1\ng1\n",
    ],
    ids=lambda spelled: repr(spelled)[:20],
)
def test_numbers_spelled_as_loaders_read_them_do_not_end_the_walk(
    spelled: bytes,
) -> None:
    assert "os.system" in names(spelled + p.payload() + b".")


@pytest.mark.parametrize("arguments", [b"](Vtrue\ne", b"Vtrue\n", b"\x8f(Vtrue\n\x90"])
def test_arguments_that_only_the_reader_in_python_unpacks_are_a_call(
    arguments: bytes,
) -> None:
    found = walked(p.name("os", "system") + arguments + b"R.")
    assert [call.callee for call in found.calls] == [Global(index=0)]
