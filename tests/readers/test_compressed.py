import bz2
import gzip
import lzma
import zlib

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from openvet.readers.compressed import CompressedReader
from openvet.readers.sevenzip import SevenZipReader
from specimens.archives import PICKLE, bomb
from specimens.reading import archive, codes, contents, damaged, read, reasons, survives

PACKED = {
    "gzip": gzip.compress(PICKLE, mtime=0),
    "bzip2": bz2.compress(PICKLE),
    "xz": lzma.compress(PICKLE),
    "lzma": lzma.compress(PICKLE, lzma.FORMAT_ALONE),
    "zlib": zlib.compress(PICKLE),
    "zstd": zstd.compress(PICKLE),
}


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_is_a_file_of_its_own(kind: str) -> None:
    found = read(CompressedReader(), PACKED[kind], name="model.pkl.gz")
    assert contents(found) == {"model.pkl": PICKLE}
    assert (archive(found).format, archive(found).complete) == (kind, True)


def test_a_name_without_a_suffix_of_compression_stays() -> None:
    found = read(CompressedReader(), PACKED["gzip"], name="model.joblib")
    assert contents(found) == {"model.joblib": PICKLE}
    assert contents(read(CompressedReader(), PACKED["gzip"], name="a.tgz")) == {
        "a.tar": PICKLE
    }


@pytest.mark.parametrize("kind", PACKED)
def test_a_broken_stream_is_never_called_whole(kind: str) -> None:
    found = read(CompressedReader(), PACKED[kind][:-3])
    assert reasons(archive(found)) <= {"broken"}
    assert reasons(archive(found)) or kind == "lzma"
    assert PICKLE.startswith(contents(found)["sample"])


def test_a_bomb_is_named() -> None:
    found = archive(read(CompressedReader(), bomb()))
    assert (codes(found), reasons(found)) == ({"bomb-ratio"}, {"over-budget"})


def test_a_program_after_the_stream_is_a_payload() -> None:
    (payload,) = archive(read(CompressedReader(), PACKED["xz"] + PICKLE)).payloads
    assert payload.kind == "pickle"


def test_a_format_without_a_reader_is_said_to_be_unread() -> None:
    found = archive(read(CompressedReader(), b"Rar!\x1a\x07\x01\x00" + bytes(20)))
    assert reasons(found) == {"missing-reader"}


@given(st.binary(min_size=2, max_size=400))
def test_a_header_before_noise_never_raises(data: bytes) -> None:
    survives(CompressedReader(), b"\x78\x9c" + data)


@given(damaged(*PACKED.values()))
def test_damage_never_raises(data: bytes) -> None:
    survives(CompressedReader(), data)
    survives(SevenZipReader(), data)
