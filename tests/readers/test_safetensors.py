import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import TensorIndex
from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.readers.safetensors import SafetensorsReader
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject
from specimens.tensors import PICKLE, entry, safetensors


def file(data: bytes, name: str = "model.safetensors") -> File:
    return File(origin=Origin(place=(name,), digest="0"), source=BytesSource(data))


def read(data: bytes, limits: Limits | None = None) -> list[Subject]:
    subject = file(data)
    reader = SafetensorsReader()
    if not reader.claims(subject):
        return []
    return list(reader.read(subject, Context(budget=Budget(limits))))


def index(data: bytes) -> TensorIndex:
    first = read(data)[0]
    assert isinstance(first, TensorIndex)
    return first


def attacks(data: bytes) -> set[str]:
    return {d.code for d in index(data).defects if d.weight == "attack"}


def oddities(data: bytes) -> set[str]:
    return {d.code for d in index(data).defects if d.weight == "odd"}


def test_an_honest_file_is_read_whole_and_draws_no_remark() -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "b": entry("BF16", [2, 2], 16, 24),
        "a": entry("F32", [4], 0, 16),
        "empty": entry("F32", [0, 3], 24, 24),
        "scalar": entry("I64", [], 24, 32),
    }
    subject = index(safetensors(header, bytes(32)))
    assert subject.complete
    assert subject.defects == ()
    assert subject.count == 4
    assert subject.parameters == 4 + 4 + 0 + 1
    assert [tensor.name for tensor in subject.tensors][:2] == ["a", "b"]
    assert subject.metadata == {"format": "pt"}


@pytest.mark.parametrize(
    ("dtype", "shape", "size"),
    [
        ("F4", [3, 2], 3), ("F6_E2M3", [4], 3), ("F8_E4M3", [5], 5),
        ("F8_E8M0", [5], 5), ("C64", [2], 16), ("U64", [1], 8), ("BOOL", [3], 3),
    ],
)  # fmt: skip
def test_every_type_of_the_format_has_its_size(
    dtype: str, shape: list[int], size: int
) -> None:
    subject = index(safetensors({"w": entry(dtype, shape, 0, size)}, bytes(size)))
    assert subject.complete
    assert subject.defects == ()


def test_a_file_is_claimed_by_structure_whatever_its_name() -> None:
    reader = SafetensorsReader()
    assert reader.claims(file(safetensors(), "weights.bin"))
    assert not reader.claims(file(b'{"model_type": "llama"}', "config.json"))
    assert not reader.claims(file(b"version https://git-lfs.github.com/spec/v1\n"))
    assert not reader.claims(file(b"PK\x03\x04" + bytes(60)))
    assert not reader.claims(file(b""))


@pytest.mark.parametrize(
    ("header", "data", "code"),
    [
        ({"w": entry("F32", [3], 0, 16)}, 16, "size"),
        ({"w": entry("F32", [1 << 62, 1 << 62], 0, 16)}, 16, "size"),
        ({"a": entry("U8", [8], 0, 8), "b": entry("U8", [8], 4, 12)}, 12, "overlap"),
        ({"w": entry("F32", [4], 1 << 40, (1 << 40) + 16)}, 16, "offset"),
        ({"w": entry("F32", [1 << 40], 0, 1 << 42)}, 16, "size"),
        ({"w": entry("Q9", [4], 0, 16)}, 16, "type"),
        ({"w": entry("F32", [-4], 0, 16)}, 16, "entry"),
        ({"w": entry("F32", [4], 16, 0)}, 16, "overlap"),
        ({"w": {**entry("F32", [4], 0, 16), "x": 1}}, 16, "entry"),
        ({"w": 3}, 0, "entry"),
        ({"__metadata__": {"a": {}}, "w": entry("U8", [1], 0, 1)}, 1, "metadata"),
        ({"__metadata__": [], "w": entry("U8", [1], 0, 1)}, 1, "metadata"),
        ({"../../x": entry("U8", [1], 0, 1)}, 1, "name-is-path"),
        ({"a\0b": entry("U8", [1], 0, 1)}, 1, "name-is-path"),
    ],
)
def test_a_header_that_contradicts_the_file_is_an_attack(
    header: dict[str, object], data: int, code: str
) -> None:
    assert f"safetensors-{code}" in attacks(safetensors(header, bytes(data)))


def test_a_key_that_stands_twice_is_an_attack_at_every_level() -> None:
    one = json.dumps(entry("F32", [4], 0, 16))
    for text in (
        f'{{"w": {one}, "w": {one}}}',
        f'{{"__metadata__": {{"k": "1", "k": "2"}}, "w": {one}}}',
        f'{{"__metadata__": {{}}, "__metadata__": {{}}, "w": {one}}}',
    ):
        assert "safetensors-duplicate-key" in attacks(safetensors(text))
    twice = (
        '{"w": {"dtype": "F32", "dtype": "F64", "shape": [4], "data_offsets": [0, 16]}}'
    )
    assert "safetensors-entry" in attacks(safetensors(twice))


@pytest.mark.parametrize(
    "text",
    [
        '{"w": NaN}', '{"w": Infinity}', '{"w": 1} x', '{"a": "\\ud800"}',
        '{"a": "\n"}', "[1]", '{"a":' + "1" * 5000 + "}", '{"a"}',
    ],
)  # fmt: skip
def test_json_that_the_reference_refuses_is_refused(text: str) -> None:
    subject = index(safetensors(text))
    assert not subject.complete
    assert subject.defects


def test_a_deep_header_is_refused_without_recursion() -> None:
    text = '{"__metadata__":' * 1 + '{"a":' * 100_000
    assert "safetensors-header-depth" in attacks(safetensors(text))


def test_a_length_over_the_limit_and_a_length_that_lies_are_attacks() -> None:
    assert attacks(safetensors(length=1 << 60)) == {"safetensors-header-length"}
    assert attacks(safetensors(length=5000)) == {"safetensors-header-length"}


def test_a_download_that_broke_off_is_odd_and_incomplete_and_no_attack() -> None:
    names = (f"model.layers.{number}.weight" for number in range(200))
    header = {
        name: entry("F32", [10], at * 40, at * 40 + 40) for at, name in enumerate(names)
    }
    whole = safetensors(header, bytes(8000))
    for cut in (5000, 8192, len(whole) - 1, len(whole) - 3000):
        subject = index(whole[:cut])
        assert not subject.complete
        assert attacks(whole[:cut]) == set()
        assert oddities(whole[:cut]) == {"safetensors-truncated"}


def test_a_file_too_short_to_have_broken_off_announces_what_is_not_there() -> None:
    header = {"w": entry("F32", [100], 0, 400)}
    assert attacks(safetensors(header, bytes(64))) == {"safetensors-truncated"}
    assert attacks(safetensors(header)[:40]) == {"safetensors-truncated"}


def test_bytes_that_no_tensor_claims_are_named_and_opened() -> None:
    header = {
        "a": entry("U8", [4], 0, 4),
        "b": entry("U8", [4], 4 + len(PICKLE), 8 + len(PICKLE)),
    }
    found = read(safetensors(header, b"aaaa" + PICKLE + b"bbbb"))
    assert [payload.kind for payload in found[0].payloads] == ["pickle"]
    assert isinstance(found[1], File)
    assert found[1].source.read(0, len(PICKLE)) == PICKLE
    assert "safetensors-hole" in {d.code for d in found[0].defects}
    trailing = safetensors() + PICKLE
    assert attacks(trailing) == {"safetensors-trailing"}
    assert index(trailing).payloads[0].kind == "pickle"
    assert oddities(safetensors() + bytes(64)) == {"safetensors-trailing"}


def test_a_file_inside_a_tensor_is_a_payload() -> None:
    script = b"#!/bin/sh\ntrue\n".ljust(32)
    subject = index(safetensors({"w": entry("U8", [32], 0, 32)}, script))
    assert [p.kind for p in subject.payloads] == ["script"]
    assert subject.payloads[0].carrier == "tensor w"


def test_a_type_of_a_later_version_is_not_examined_and_no_attack() -> None:
    data = safetensors({"w": entry("F2_E1M0", [16], 0, 4)}, bytes(4))
    assert attacks(data) == set()
    assert [gap.reason for gap in index(data).gaps] == ["unsupported"]


def test_a_header_larger_than_the_memory_allowed_is_a_gap() -> None:
    data = safetensors({"a" * 1000: entry("F32", [4], 0, 16)})
    found = read(data, Limits(memory_bytes=1000))
    assert [gap.reason for gap in found[0].gaps] == ["over-budget"]


def test_an_encoded_pickle_in_metadata_becomes_a_member() -> None:
    header = {"__metadata__": {"note": PICKLE.hex()}, "w": entry("F32", [4], 0, 16)}
    found = read(safetensors(header))
    assert found[0].payloads[0].carrier == "hex text of note"
    assert isinstance(found[1], File)
    assert found[1].source.read(0, 100) == PICKLE


HONEST = safetensors(
    {
        "__metadata__": {"format": "pt", "note": "é"},
        "a": entry("F32", [4], 0, 16),
        "b": entry("U8", [2, 3], 16, 22),
    },
    bytes(range(22)),
)


@given(st.integers(0, len(HONEST) - 1))
def test_a_cut_file_is_never_complete(cut: int) -> None:
    for subject in read(HONEST[:cut])[:1]:
        assert not subject.complete


@given(st.text(max_size=200), st.integers(0, (1 << 64) - 1))
def test_no_header_makes_it_raise(text: str, length: int) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    read(struct.pack("<Q", length) + b'{"' + raw)
    read(struct.pack("<Q", len(raw) + 2) + b'{"' + raw)


def test_a_mark_of_byte_order_before_the_header_is_an_attack() -> None:
    header = b"\xef\xbb\xbf{}"
    found = attacks(struct.pack("<Q", len(header)) + header)
    assert found == {"safetensors-header-json"}
