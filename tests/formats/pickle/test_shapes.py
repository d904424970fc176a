"""Breaks, frames and shapes that exhaust a loader."""

import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from openvet.budget import Budget, Limits
from openvet.formats.pickle.second import second_reading
from openvet.formats.pickle.walker import Walk, walk
from openvet.report import Report
from openvet.source import BytesSource
from specimens import pickles as p


def walked(data: bytes, start: int = 0) -> Walk:
    return walk(BytesSource(data), start, Budget())


@pytest.mark.parametrize(
    "tail",
    [b"", b"\xff", b"B\xff\xff\xff\x7f", b"cnot\xffutf8\nx\n", b"R", b"h\x77", b"t"],
    ids=repr,
)
def test_what_ran_before_a_break_is_kept(tail: bytes) -> None:
    found = walked(p.hostile()[:-1] + b"0" + tail)
    assert [entry.path for entry in found.imports][:1] == ["os.system"]
    assert (len(found.calls), bool(found.broken)) == (1, True)
    assert [gap.reason for gap in found.gaps] == ["broken"]


def test_a_cut_download_is_odd_and_no_attack() -> None:
    data = pickle.dumps([list(range(1000)), {"a": Decimal(1)}], protocol=4)
    for at in range(2, len(data), 37):
        found = walked(data[:at])
        assert found.truncated
        assert {defect.weight for defect in found.defects} == {"odd"}


def test_protocols_that_do_not_exist_are_refused() -> None:
    assert walked(b"\x80\xff" + p.payload() + b".").calls == []


def codes(data: bytes) -> list[str]:
    return [defect.code for defect in walked(data).defects]


def laughs(levels: int) -> bytes:
    body = b"(lp0\n" + b"I1\na" * 10
    for level in range(1, levels):
        body += b"0(lp%d\n" % level + b"g%d\na" % (level - 1) * 10
    return body + b"."


ZEROS = (10**12).to_bytes(6, "little") + b"\x85R."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x80\x04Nr\xff\xff\xff\x7f.", "pickle-memo-bomb"),
        (b"Np2147483647\n.", "pickle-memo-bomb"),
        (laughs(10), "pickle-expansion-bomb"),
        (b"\x80\x04K\x01" + b"2\x86" * 60 + b".", "pickle-expansion-bomb"),
        (b"\x80\x04)" + b"\x85" * 200_000 + b".", "pickle-deep-nesting"),
        (b"\x80\x04" + b"]" * 5000 + b"a" * 4999 + b".", "pickle-deep-nesting"),
        (b"\x80\x04" + b"(" * 100_000 + b".", "pickle-deep-nesting"),
        (b"\x80\x04\x8e\0\0\0\0\0\x01\0\0.", "pickle-length-bomb"),
        (b"\x80\x04\x96\0\0\0\0\0\x01\0\0.", "pickle-length-bomb"),
        (b"\x80\x05cbuiltins\nbytes\n\x8a\x06" + ZEROS, "pickle-allocation-bomb"),
        (b"\x80\x05cbuiltins\nbytearray\n\x8a\x06" + ZEROS, "pickle-allocation-bomb"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_shape_that_exhausts_a_loader_is_an_attack(data: bytes, code: str) -> None:
    assert code in codes(data)


@pytest.mark.parametrize("opcode", [b"\x8d", b"\x8e", b"\x96"])
def test_a_length_that_is_not_there_is_an_attack_from_the_first_opcode_on(
    opcode: bytes, tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(b"\x80\x05" + opcode + (1 << 40).to_bytes(8, "little") + b"x.")
    assert audit(path).verdict == "not-passed"


def test_bytes_made_of_what_they_hold_are_no_bomb() -> None:
    for value in (bytearray(b"abc"), bytearray(), bytes(3), b"x" * 3000):
        for protocol in range(6):
            assert codes(pickle.dumps(value, protocol)) == []


def test_tables_of_shared_rows_are_no_bomb() -> None:
    row = list(range(1000))
    table = [[row] * 1000] * 100
    assert codes(pickle.dumps(table, protocol=4)) == []


def test_a_program_that_holds_too_much_is_cut_off() -> None:
    limits = Limits(memory_bytes=1 << 20)
    found = walk(BytesSource(b"\x80\x04" + b"N" * 500_000), 0, Budget(limits))
    assert [gap.reason for gap in found.gaps] == ["over-budget"]


def test_a_program_that_makes_too_many_calls_is_cut_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("openvet.formats.pickle.machine.CALLS", 100)
    loop = b"(cos\nsystem\n)R0" * 100_000
    found = walk(BytesSource(loop + b"N."), 0, Budget())
    assert [gap.reason for gap in found.gaps] == ["over-budget"]
    assert len(found.calls) < 100_000


def test_a_spent_budget_keeps_what_was_found() -> None:
    data = p.hostile()[:-1] + b"0N" * 500_000
    found = walk(BytesSource(data), 0, Budget(Limits(steps=50_000)))
    assert found.over is not None
    assert [entry.path for entry in found.imports] == ["os.system"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (p.proto(5) + p.frame(b"Vhello\n.", 5), "pickle-frame-straddle"),
        (p.proto() + p.frame(b"N.", 1 << 40), "pickle-frame-length"),
        (p.proto() + p.frame(b"N.", 9) + b"1234567", "pickle-frame-unfinished"),
        (p.proto() + p.frame(b"N0" + p.frame(b"N.")), "pickle-frame-in-frame"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_frames_that_readers_take_differently_are_attacks(
    data: bytes, code: str
) -> None:
    assert code in codes(data)


@pytest.mark.parametrize("size", [10, 70_000, 300_000])
@pytest.mark.parametrize("protocol", [4, 5])
def test_frames_of_honest_picklers_are_in_order(size: int, protocol: int) -> None:
    tree = [b"x" * size, "y" * size, list(range(size // 10))]
    assert codes(pickle.dumps(tree, protocol=protocol)) == []


def test_the_reading_that_drops_the_rest_of_a_frame_is_followed_too() -> None:
    data = p.proto(5) + p.frame(b"cmacos\nsystem\n.", 4)
    source = BytesSource(data)
    first = walk(source, 0, Budget())
    second = second_reading(source, first, Budget())
    assert second is not None
    assert [entry.path for entry in first.imports] == ["macos.system"]
    assert [entry.path for entry in second.imports] == ["os.system"]
