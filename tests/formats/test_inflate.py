import bz2
import gzip
import lzma
import random
import zlib
from functools import cache

import lz4.frame  # type: ignore[import-untyped]
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.errors import OverBudgetError
from openvet.formats.inflate import Codec, InflatedSource, inflate
from openvet.source import BytesSource

COMPRESS = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE, preset=0),
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
}
CODECS: list[Codec] = ["gzip", "zlib", "bzip2", "xz", "lzma", "lz4", "zstd"]
SMALL = Limits(memory_bytes=1 << 20)
codecs = pytest.mark.parametrize("codec", CODECS)


@cache
def mixed(size: int) -> bytes:
    """Bytes that compress somewhat, the same on every run."""
    source = random.Random(7)  # noqa: S311 - not for secrets
    words = [source.randbytes(97) for _ in range(64)]
    return b"".join(source.choice(words) for _ in range(size // 97 + 1))[:size]


def whole(codec: Codec, data: bytes, limits: Limits | None = None) -> bytes:
    result = inflate(BytesSource(data), codec, Budget(limits))
    return result.source.read(0, result.source.size)


@codecs
def test_a_stream_comes_out_whole(codec: Codec) -> None:
    data = mixed(200_000)
    result = inflate(BytesSource(COMPRESS[codec](data)), codec, Budget())
    assert result.source.read(0, result.source.size) == data
    assert (result.broken, result.over) == ("", None)


@codecs
def test_bytes_after_the_stream_are_left_where_they_are(codec: Codec) -> None:
    packed = COMPRESS[codec](b"model")
    result = inflate(BytesSource(packed + b"#!/bin/sh"), codec, Budget())
    assert result.stop == len(packed)
    assert result.source.read(0, 9) == b"model"


@codecs
def test_what_came_out_before_the_break_is_kept(codec: Codec) -> None:
    packed = COMPRESS[codec](mixed(3_000_000))
    result = inflate(BytesSource(packed[: len(packed) * 9 // 10]), codec, Budget())
    assert result.broken
    assert result.source.size > 900_000
    assert mixed(3_000_000).startswith(result.source.read(0, result.source.size))


@pytest.mark.parametrize("codec", ["gzip", "xz", "bzip2"])
def test_a_wrong_checksum_does_not_hide_the_content(codec: Codec) -> None:
    packed = bytearray(COMPRESS[codec](b"payload" * 9))
    packed[{"gzip": -8, "xz": -33, "bzip2": 11}[codec]] ^= 0xFF
    result = inflate(BytesSource(bytes(packed)), codec, Budget())
    assert result.broken
    # The last byte and the checksum come in one step.
    assert result.source.read(0, 99) == (b"payload" * 9)[:-1]


@pytest.mark.parametrize("codec", ["gzip", "bzip2", "xz"])
def test_streams_one_after_another_are_one(codec: Codec) -> None:
    packed = COMPRESS[codec](b"one") + b"\0" * 8 + COMPRESS[codec](b"two")
    assert whole(codec, packed) == b"onetwo"


@codecs
def test_a_long_stream_is_read_through_a_window(codec: Codec) -> None:
    data = mixed(2_500_000)
    source = inflate(BytesSource(COMPRESS[codec](data)), codec, Budget(SMALL)).source
    assert isinstance(source, InflatedSource)
    assert source.size == len(data)
    for offset in (0, 2_400_000, 70_000, 2_000_000, 1_999_990, 2_499_999):
        assert source.read(offset, 1000) == data[offset : offset + 1000]
    assert source.read(2_500_000, 10) == b""


def test_a_step_back_starts_at_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openvet.formats.inflate.CHECKPOINT", 1 << 20)
    data = mixed(4_000_000)
    source = inflate(BytesSource(gzip.compress(data)), "gzip", Budget(SMALL)).source
    for offset in (3_000_000, 1_500_000, 70_000, 3_999_000, 500_000):
        assert source.read(offset, 5000) == data[offset : offset + 5000]


@codecs
def test_a_bomb_is_stopped_and_what_came_out_is_kept(codec: Codec) -> None:
    limits = Limits(inflated_bytes_per_file=1 << 20)
    packed = COMPRESS[codec](bytes(4 << 20))
    result = inflate(BytesSource(packed), codec, Budget(limits))
    assert isinstance(result.over, OverBudgetError)
    assert 1 << 20 <= result.source.size < 2 << 20


def test_growing_a_thousandfold_is_over_the_ratio() -> None:
    result = inflate(BytesSource(zlib.compress(bytes(40 << 20))), "zlib", Budget())
    assert result.over is not None
    assert result.over.limit == "ratio"


def test_a_dictionary_larger_than_memory_is_refused() -> None:
    packed = lzma.compress(
        b"x" * 100, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 64 << 20}]
    )
    result = inflate(BytesSource(packed), "xz", Budget(SMALL))
    assert result.over is not None
    assert result.over.limit == "memory_bytes"


def test_lz4_frames_of_every_kind_are_read() -> None:
    data = mixed(700_000) + bytes(300_000)
    for linked in (True, False):
        for size in (4, 5, 6, 7):
            packed = lz4.frame.compress(
                data,
                block_size=size,
                block_linked=linked,
                content_checksum=linked,
                block_checksum=not linked,
                store_size=linked,
            )
            assert whole("lz4", packed) == data


@pytest.mark.parametrize("level", [-7, 1, 3, 9, 19])
def test_zstandard_frames_of_every_kind_are_read(level: int) -> None:
    numbers = b"".join(b"%d," % number for number in range(25_000))
    leveled: dict[int, int] = {zstd.CompressionParameter.compression_level: level}
    checked = {**leveled, zstd.CompressionParameter.checksum_flag: 1}
    for data in (b"", b"a", mixed(150_000) + bytes(150_000), numbers):
        known = zstd.compress(data, options=leveled)
        piece = zstd.ZstdCompressor(options=checked)
        unknown = piece.compress(data) + piece.flush()
        assert whole("zstd", known) == data
        assert whole("zstd", unknown + known) == data * 2


def test_a_zstandard_frame_that_reaches_too_far_back_is_over_the_limit() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    piece = zstd.ZstdCompressor(options=options)
    packed = piece.compress(mixed(3000)) + piece.flush()
    result = inflate(BytesSource(packed), "zstd", Budget(SMALL))
    assert result.over is not None
    assert result.over.limit == "memory_bytes"


def test_a_zstandard_frame_that_needs_a_dictionary_is_broken() -> None:
    named = b"\x28\xb5\x2f\xfd\x21\x07\x01\x01\0\0a"
    result = inflate(BytesSource(named), "zstd", Budget())
    assert "dictionary" in result.broken


@given(st.binary(max_size=400), st.integers(0, 2))
def test_no_damaged_zstandard_frame_raises_or_runs_on(data: bytes, kind: int) -> None:
    header = b"\x28\xb5\x2f\xfd\x20\xff"
    block = (len(data) << 3 | kind << 1 | 1).to_bytes(3, "little")
    result = inflate(BytesSource(header + block + data), "zstd", Budget(SMALL))
    assert result.source.size <= 1 << 17


@given(
    st.sampled_from(CODECS),
    st.binary(max_size=300),
    st.integers(0, 400),
    st.integers(0, 255),
    st.integers(0, 400),
)
def test_no_damage_raises_or_hangs(
    codec: Codec, data: bytes, at: int, byte: int, cut: int
) -> None:
    packed = bytearray(COMPRESS[codec](data * 3))
    if at < len(packed):
        packed[at] = byte
    result = inflate(BytesSource(bytes(packed[:cut])), codec, Budget())
    assert result.source.read(0, result.source.size + 1) is not None


@given(st.sampled_from(CODECS), st.binary(max_size=200))
def test_noise_is_broken_or_empty(codec: Codec, data: bytes) -> None:
    result = inflate(BytesSource(data), codec, Budget())
    assert result.broken or result.over or result.stop <= len(data)
