import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.errors import OverBudgetError
from openvet.formats.messages import DEPTH, fits, walk
from openvet.formats.protobuf import BYTES, VARINT, ProtobufError, Wire
from openvet.source import BytesSource
from specimens.graphs import number, proto


def wire(data: bytes, budget: Budget | None = None) -> Wire:
    return Wire(BytesSource(data), budget or Budget())


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(-(2**63), 2**63 - 1))))
def test_numbers_come_back_as_written(fields: list[tuple[int, int]]) -> None:
    seen = [(one.number, one.signed) for one in wire(proto(*fields)).fields()]
    assert seen == fields


@given(st.lists(st.tuples(st.integers(1, 20), st.binary(max_size=50))))
def test_bytes_come_back_as_written(fields: list[tuple[int, bytes]]) -> None:
    walker = wire(proto(*fields))
    seen = [(one.number, walker.content(one)) for one in walker.fields()]
    assert seen == fields


def test_a_field_of_a_gigabyte_costs_a_few_bytes() -> None:
    class Huge(BytesSource):
        size = 0

        def __init__(self) -> None:
            super().__init__(number(1 << 3 | 2) + number(1 << 30))
            self.size = len(self.data) + (1 << 30) + 2
            self.given = 0

        def read(self, offset: int, length: int) -> bytes:
            if offset >= self.size - 2:
                data = number(2 << 3) + b"\x07"
                self.given += len(data)
                return data[offset - self.size + 2 :][:length]
            data = self.data[offset : offset + length]
            self.given += len(data)
            return data

    source = Huge()
    fields = list(Wire(source, Budget()).fields())
    assert [one.number for one in fields] == [1, 2]
    assert fields[1].value == 7
    assert source.given < 100


@pytest.mark.parametrize(
    "data",
    [
        b"\x08",
        b"\x0a\x05ab",
        b"\x0d\x01\x02",
        b"\x00\x01",
        b"\x0e\x01",
        b"\x0c",
        b"\x0b\x08\x01",
        b"\x0b\x14",
        b"\x08" + b"\xff" * 10,
    ],
    ids=[
        "cut number",
        "cut bytes",
        "cut fixed value",
        "field zero",
        "wire type six",
        "end without group",
        "group without end",
        "group ended by another",
        "endless number",
    ],
)
def test_malformed_fields_are_told(data: bytes) -> None:
    with pytest.raises(ProtobufError):
        list(wire(data).fields())


def test_a_group_is_one_field_and_can_be_entered() -> None:
    data = b"\x0b" + proto((2, 5)) + b"\x13\x14" + b"\x0c" + proto((3, 1))
    walker = wire(data)
    group, after = list(walker.fields())
    assert (group.number, after.number) == (1, 3)
    assert [one.number for one in walker.inside(group)] == [2, 2]


def test_packed_and_plain_numbers_read_alike() -> None:
    walker = wire(proto((1, number(3) + number(-1)), (1, 4)))
    assert [n for one in walker.fields() for n in walker.varints(one)] == [3, -1, 4]


def test_too_many_fields_are_over_the_budget() -> None:
    with pytest.raises(OverBudgetError):
        list(wire(proto(*[(1, 1)] * 5000), Budget(Limits(steps=2000))).fields())


def test_messages_nested_beyond_the_runtimes_limit_are_not_followed() -> None:
    data = b""
    for _ in range(DEPTH + 50):
        data = proto((1, data))
    steps = [event.step for event in walk(wire(data), {"M": {1: "M"}}, "M")]
    assert steps.count("enter") == DEPTH - 1
    assert steps.count("too-deep") == 1


def test_the_first_fields_count_whatever_follows() -> None:
    data = proto((1, 5), (2, "a")) + b"\xff\xff"
    fields = fits(wire(data), {1: VARINT, 2: BYTES}, 0, len(data))
    assert [one.number for one in fields] == [1, 2]
