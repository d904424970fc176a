"""Pickles are found in any file, and read as their loader reads them."""

import base64
import pickle
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.formats.pickle.program import PickleProgram
from openvet.readers.pickle import PickleReader
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject
from specimens import pickles as p

READER = PickleReader()


def subjects(data: bytes, file: str = "model.pkl", **limits: int) -> Iterator[Subject]:
    subject = File(
        origin=Origin(place=("target", file), digest="0"), source=BytesSource(data)
    )
    context = Context(budget=Budget(Limits(**limits)))
    if READER.claims(subject):
        yield from READER.read(subject, context)


def programs(data: bytes, file: str = "model.pkl") -> list[PickleProgram]:
    return [one for one in subjects(data, file) if isinstance(one, PickleProgram)]


def members(data: bytes) -> list[File]:
    return [one for one in subjects(data) if isinstance(one, File)]


def paths(found: list[PickleProgram]) -> list[str]:
    return [entry.path for program in found for entry in program.imports]


@pytest.mark.parametrize(
    "file", ["README.md", "vocab.txt", "config.json", "model.bin", "weights", "a.png"]
)
@pytest.mark.parametrize(
    "data",
    [
        p.hostile(),
        p.hostile(2),
        b"cos\nsystem\n(S'true'\ntR.",
        b"(S'true'\nios\nsystem\n.",
        b"cos\nsystem\n(S'true'\ntR0I1\nunfinished",
        b"N0cos\nsystem\n(S'true'\ntR.",
        b"cantigravity\nfly\n.",
    ],
    ids=lambda part: repr(part)[:30],
)
def test_a_hostile_pickle_is_found_under_any_name(data: bytes, file: str) -> None:
    assert len(paths(programs(data, file))) == 1


@pytest.mark.parametrize(
    "text",
    [
        b"cos\nsin\ntan\ncosh\n",
        b"cat\ndog\nRabbit\n.\n..\n",
        b"(italic\nnone\nbold\n",
        b"Introduction\n\nThis model\n",
        b"N.B. this card is short.\n",
        b"Version 1\nPatches\n.\n",
        b"I am a model.\n",
        b"cast\niron\n" + b"some word\n" * 200,
        b'{"a": 1}\n',
        b"Pretty\nPlain\nb\n",
        b"",
        b".",
    ],
    ids=repr,
)  # fmt: skip
def test_text_is_no_pickle_by_accident(text: bytes) -> None:
    assert programs(text) == []


@given(st.binary(min_size=8, max_size=64), st.sampled_from(b"cN(}])KMJGXBTUCI"))
def test_raw_weights_are_no_pickle_by_their_first_byte(data: bytes, first: int) -> None:
    found = programs(bytes([first]) + b"\xfe\xff\xfe" + data)
    assert paths(found) == []


def test_plain_data_is_a_program_that_imports_nothing() -> None:
    (program,) = programs(p.flat())
    assert (program.imports, program.calls, program.complete) == ((), (), True)


def test_every_stream_is_judged_and_only_the_first_is_loaded() -> None:
    found = programs(p.flat() + p.hostile() + p.flat())
    assert [(one.index, one.loads) for one in found] == [
        (0, True),
        (1, False),
        (2, False),
    ]
    assert paths(found) == ["os.system"]


def test_zeros_after_the_end_are_padding_and_programs_are_not() -> None:
    assert programs(p.flat() + bytes(64))[0].payloads == ()
    (payload,) = programs(p.flat() + bytes(3) + p.hostile())[0].payloads
    assert (payload.kind, payload.low_confidence) == ("pickle", False)
    (unknown,) = programs(p.flat() + b"\x01\x02\x03")[0].payloads
    assert unknown.low_confidence


def test_a_broken_stream_is_not_complete() -> None:
    (program,) = programs(p.hostile()[:-1])
    assert (bool(program.broken), program.complete) == (True, False)


def test_what_follows_the_arrays_of_joblib_is_read() -> None:
    (program,) = programs(p.joblib(after=p.payload()))
    assert (program.consumer, program.broken) == ("joblib", "")
    assert paths([program])[-1] == "os.system"


def test_the_data_of_arrays_is_no_program_to_joblib() -> None:
    (program,) = programs(p.joblib())
    assert program.complete
    assert "os.system" not in paths([program])


def test_data_that_pickle_itself_would_run_is_shown_as_that() -> None:
    raw = p.payload() + b"0"
    raw += b"N0" * ((64 - len(raw)) // 2)
    data = p.proto() + p.wrapper(p.dtype("i1"), (len(raw),), alignment=False)
    first, second = programs(data + raw + b".")
    assert (first.consumer, second.consumer) == ("joblib", "pickle")
    assert "os.system" in paths([second])
    assert "os.system" not in paths([first])


def test_structured_arrays_have_the_size_of_their_state() -> None:
    field = b"(" + p.dtype("f8") + b"K\x00t"
    fields = b"(" + p.text("a") + b"t}" + p.text("a") + field + b"s"
    record = p.dtype("V24", size=24, fields=fields)
    data = p.proto() + b"](" + p.wrapper(record, (2,)) + b"\x00" + bytes(48)
    (program,) = programs(data + p.payload() + b"e.")
    assert program.complete
    assert paths([program])[-1] == "os.system"


def test_an_array_of_objects_is_a_pickle_of_its_own() -> None:
    data = p.proto() + b"](" + p.wrapper(p.dtype("O"), (1,)) + p.hostile() + b"e."
    outer, inner = programs(data)
    assert (outer.broken, "os.system" in paths([outer])) == ("", False)
    assert (inner.consumer, paths([inner])) == ("joblib", ["os.system"])


@pytest.mark.parametrize("code", ["Q99999999999", "nonsense", "(2,3)f8"])
def test_an_array_of_unknown_type_ends_the_reading(code: str) -> None:
    data = p.proto() + p.wrapper(p.dtype(code), (2,)) + bytes(20) + b"."
    (program,) = programs(data)
    assert not program.complete


def test_an_array_longer_than_the_file_is_not_complete() -> None:
    data = p.proto() + p.wrapper(p.dtype("f8"), (200, 200)) + b"\0" + bytes(20)
    (program,) = programs(data)
    assert not program.complete


def test_side_files_of_old_joblib_are_references() -> None:
    made = p.name("joblib.numpy_pickle", "NDArrayWrapper") + b")\x81"
    state = b"}" + p.text("filename") + p.text("../x.npy") + b"s"
    (program,) = programs(p.proto() + made + state + b"b.")
    assert [reference.value for reference in program.references] == ["../x.npy"]


@pytest.mark.parametrize("slot", range(5))
def test_each_of_the_five_legacy_pickles_is_loaded(slot: int) -> None:
    found = programs(p.torch_legacy(slot=slot, storages=False))
    assert [one.loads for one in found] == [True] * 5
    assert {one.consumer for one in found} == {"torch-legacy"}
    assert "os.system" in paths(found)


def test_a_legacy_checkpoint_is_complete_to_its_last_byte() -> None:
    found = programs(p.torch_legacy())
    assert all(one.complete and not one.payloads for one in found)


def test_a_sixth_pickle_is_not_loaded() -> None:
    data = p.torch_legacy(storages=False).replace(p.text("0"), p.text("1"))
    assert not programs(data + p.hostile())[-1].loads


def test_bytes_after_the_storages_are_reported() -> None:
    (payload,) = programs(p.torch_legacy(after=p.hostile()))[-1].payloads
    assert payload.kind == "pickle"


def test_cut_storages_are_a_gap() -> None:
    last = programs(p.torch_legacy()[:-3])[-1]
    assert [gap.reason for gap in last.gaps] == ["broken"]


def member(data: bytes, file: str) -> list[PickleProgram]:
    subject = File(
        origin=Origin(place=("model.tar", file), digest="0"), source=BytesSource(data)
    )
    found = READER.read(subject, Context())
    return [one for one in found if isinstance(one, PickleProgram)]


def test_the_members_of_the_tar_form_are_sequences_of_pickles() -> None:
    parts = p.torch_tar()
    storages = member(parts["storages"], "storages")
    assert [one.broken for one in storages] == ["", "", ""]
    assert [one.broken for one in member(parts["tensors"], "tensors")] == ["", ""]
    (last,) = member(parts["pickle"], "pickle")
    assert {one.consumer for one in [*storages, last]} == {"torch-tar"}


NESTED = p.hostile() + bytes(40)
CARRIERS = {
    "plain": NESTED,
    "zlib": zlib.compress(NESTED),
    "base64": base64.b64encode(NESTED),
    "zlib in base64": base64.b64encode(zlib.compress(NESTED)),
}


@pytest.mark.parametrize("way", CARRIERS)
def test_a_pickle_carried_as_bytes_is_a_member(way: str) -> None:
    data = p.proto() + b"}" + p.text("a") + p.binary(CARRIERS[way]) + b"s."
    (carried,) = members(data)
    inner = carried.source.read(0, carried.size)
    assert NESTED in (inner, zlib.decompress(inner) if inner[:1] == b"x" else b"")
    assert carried.place[-1].startswith("bytes at ")


def test_a_long_carried_pickle_is_a_window_of_the_file() -> None:
    nested = p.hostile() + bytes(1 << 20)
    data = p.proto() + p.binary(nested) + b"."
    (carried,) = members(data)
    assert carried.size == len(nested)


def test_a_carried_pickle_of_protocol_2_is_decoded_from_its_text() -> None:
    data = pickle.dumps({"blob": NESTED}, protocol=2)
    (carried,) = members(data)
    assert carried.source.read(0, carried.size) == NESTED


@pytest.mark.parametrize(
    "loader",
    [
        p.name("torch.storage", "_load_from_bytes"),
        p.name("numba.core.serialize", "_unpickle__CustomPickled"),
    ],
)
def test_what_a_loader_is_given_is_read_whatever_it_is(loader: bytes) -> None:
    given_to = p.call(loader, p.binary(b"noise" * 9))
    (carried,) = members(p.proto() + given_to + b".")
    assert carried.source.read(0, 5) == b"noise"


def test_a_program_carried_as_bytes_is_a_payload() -> None:
    elf = b"\x7fELF\x02\x01\x01" + bytes(60)
    (program,) = programs(p.proto() + p.binary(elf) + b".")
    assert [payload.kind for payload in program.payloads] == ["elf"]


def test_numbers_carried_as_bytes_are_nothing_else() -> None:
    data = pickle.dumps([struct.pack("<8d", *range(8))] * 3, protocol=4)
    assert members(data) == []


WHOLE = st.sampled_from(
    [p.hostile(), p.joblib(), p.torch_legacy(), p.flat(), p.torch_tar()["storages"]]
)


@given(WHOLE, st.integers(0, 400), st.integers(0, 255), st.integers(0, 30))
def test_malformed_files_end_in_facts(
    data: bytes, at: int, byte: int, count: int
) -> None:
    at %= len(data)
    for broken in (
        data[:at],
        data[:at] + bytes([byte]) + data[at + 1 :],
        data[:at] + data[at : at + 1] * count + data[at:],
        data[:at] + data + data[at:],
    ):
        list(subjects(broken, "storages"))


@given(st.sampled_from([p.joblib(), p.hostile(), p.flat()]), st.integers(1, 400))
def test_a_truncated_pickle_is_never_called_complete(data: bytes, cut: int) -> None:
    for program in programs(data[: -(cut % len(data)) or -1]):
        assert not program.complete
