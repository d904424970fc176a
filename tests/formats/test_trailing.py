import base64
import gzip
import os
import pickle
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.formats.trailing import (
    after_end,
    payload_in,
    payloads_in_text,
    program_kind,
)
from openvet.source import BytesSource


class Touch:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.getenv, ("HOME",)


PICKLES = [pickle.dumps(Touch(), protocol) for protocol in range(6)]
ELF = b"\x7fELF\x02\x01\x01" + bytes(57)
PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(20)
SCRIPT = b"#!/bin/sh\ntrue\n"
ZIP = b"PK\x03\x04\x14\0\0\0\0\0" + bytes(16) + b"\x01\0\0\0a"


@pytest.mark.parametrize("data", PICKLES)
def test_a_pickle_that_calls_is_known_at_every_protocol(data: bytes) -> None:
    assert program_kind(data) == "pickle"


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_of_plain_data_is_not_a_program(protocol: int) -> None:
    data = pickle.dumps({"os": ["system", 1, 2.5, b"x" * 300]}, protocol)
    assert program_kind(data) == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (ELF, "elf"),
        (PE, "pe"),
        (SCRIPT, "script"),
        (ZIP, "zip"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(24), "mach-o"),
        (b"\0asm\1\0\0\0", "wasm"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
    ],
)
def test_programs_are_known_by_their_headers(data: bytes, kind: str) -> None:
    assert program_kind(data) == kind


def test_layers_of_encoding_are_taken_off() -> None:
    data = base64.b64encode(zlib.compress(PICKLES[4]))
    assert program_kind(data) == "pickle in zlib in base64"
    assert program_kind(gzip.compress(ELF)) == "elf in gzip"
    assert program_kind(PICKLES[2].hex().encode()) == "pickle in hex"
    assert program_kind(base64.b64encode(base64.b64encode(PE))) == (
        "pe in base64 in base64"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"MZ is two letters",
        b"#!note",
        b"BM\0\0",
        b"\x1f\x8b\x08random",
        b"\xca\xfe\xba\xbe\0\0\0\x41",
    ],
)
def test_two_letters_are_not_believed(data: bytes) -> None:
    assert program_kind(data) == ""


def test_random_tensors_hold_no_program() -> None:
    source = random.Random(1)  # noqa: S311 - not for secrets
    for _ in range(3000):
        assert program_kind(source.randbytes(256)) == ""
        payload = after_end(BytesSource(source.randbytes(2000)), 0)
        assert payload is not None
        assert payload.low_confidence


def test_zero_padding_after_the_end_is_nothing() -> None:
    assert after_end(BytesSource(b"weights" + bytes(4096)), 7) is None
    assert after_end(BytesSource(b"weights"), 7) is None


def test_a_program_after_the_end_is_found_past_padding_and_junk() -> None:
    for gap in (b"", bytes(100), b"\xffjunk"):
        payload = after_end(BytesSource(b"weights" + gap + PICKLES[4]), 7)
        assert payload is not None
        assert (payload.kind, payload.offset) == ("pickle", 7 + len(gap))
        assert not payload.low_confidence


def test_other_bytes_after_the_end_are_a_hint_only() -> None:
    payload = after_end(BytesSource(b"weightsmore weights"), 7)
    assert payload is not None
    assert payload.low_confidence


def test_a_window_is_reported_at_its_place_in_the_file() -> None:
    source = BytesSource(bytes(64) + ELF)
    payload = payload_in(source.window(64), "tensor x", base=64)
    assert payload is not None
    assert (payload.offset, payload.length, payload.kind) == (64, len(ELF), "elf")


@pytest.mark.parametrize("program", [*PICKLES, ELF, PE, SCRIPT, ZIP])
def test_a_program_amid_small_data_is_found_where_it_stands(program: bytes) -> None:
    chance = random.Random(2)  # noqa: S311 - not for secrets
    before, after = chance.randbytes(4096), chance.randbytes(4096)
    payload = payload_in(BytesSource(before + program + after), "tensor x")
    assert payload is not None
    assert payload.offset == len(before)


def test_megabytes_of_noise_and_of_words_hold_no_program() -> None:
    chance = random.Random(3)  # noqa: S311 - not for secrets
    assert payload_in(BytesSource(chance.randbytes(4 << 20)), "tensor x") is None
    words = b"cat\ncow\nRat\ncab\ncod\npig\nRob\nquiz\nRay\n" * 20_000
    assert payload_in(BytesSource(words), "tensor x") is None


@pytest.mark.slow
@pytest.mark.parametrize("mark", [b"MZ", b"\x80\x04a", b"#!/bin/", b"PK\x03\x04\x14\0"])
def test_a_mark_that_repeats_does_not_take_long(mark: bytes) -> None:
    assert payload_in(BytesSource(mark * 100_000), "tensor x") is None


def test_blobs_in_text_are_decoded() -> None:
    blob = base64.b64encode(PICKLES[3]).decode()
    found = list(payloads_in_text(f'{{"a": "{blob}", "b": "hello"}}', "metadata"))
    assert [(item.kind, item.offset) for item in found] == [("pickle in base64", 7)]


def test_ordinary_text_holds_no_program() -> None:
    words = "the quick brown fox antidisestablishmentarianism 0123456789abcdef" * 50
    assert list(payloads_in_text(words, "readme")) == []


@given(st.binary(max_size=400), st.integers(0, 400))
def test_any_bytes_get_an_answer(data: bytes, end: int) -> None:
    program_kind(data)
    after_end(BytesSource(data), end)
    list(payloads_in_text(data, "x"))


@given(st.sampled_from(PICKLES), st.integers(0, 80), st.integers(0, 255))
def test_a_damaged_pickle_gets_an_answer(data: bytes, at: int, byte: int) -> None:
    damaged = bytearray(data)
    damaged[at % len(data)] = byte
    program_kind(bytes(damaged))
