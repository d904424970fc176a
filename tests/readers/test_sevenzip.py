import io
from collections.abc import Mapping
from typing import Any

import py7zr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Limits
from openvet.readers.sevenzip import SevenZipReader
from specimens.archives import PICKLE
from specimens.reading import archive, contents, damaged, read, reasons, survives

CHAINS: dict[str, list[dict[str, Any]]] = {
    "lzma2": [{"id": py7zr.FILTER_LZMA2, "preset": 1}],
    "lzma": [{"id": py7zr.FILTER_LZMA}],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}],
    "copy": [{"id": py7zr.FILTER_COPY}],
    "delta": [
        {"id": py7zr.FILTER_DELTA},
        {"id": py7zr.FILTER_LZMA2, "preset": 1},
    ],
    "x86": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 1}],
}
MEMBERS = {"a.txt": b"text" * 999, "b/data.pkl": PICKLE}


def packed(
    chain: str = "lzma2",
    password: str | None = None,
    members: Mapping[str, bytes] = MEMBERS,
) -> bytes:
    out = io.BytesIO()
    filters = CHAINS.get(chain)
    with py7zr.SevenZipFile(out, "w", filters=filters, password=password) as made:
        for name, data in members.items():
            made.writestr(data, name)
    return out.getvalue()


SAMPLE = packed()


@pytest.mark.parametrize("chain", CHAINS)
def test_every_chain_that_python_can_undo_is_unpacked(chain: str) -> None:
    found = read(SevenZipReader(), packed(chain))
    assert contents(found) == MEMBERS
    assert archive(found).complete
    assert archive(found).defects == ()


def test_encrypted_members_are_a_gap() -> None:
    found = read(SevenZipReader(), packed("none", password="x"))  # noqa: S106 - of a sample
    assert reasons(archive(found)) == {"encrypted"}
    assert contents(found) == {}


def test_an_archive_cut_off_is_never_called_whole() -> None:
    for cut in range(8, len(SAMPLE), 7):
        assert reasons(archive(read(SevenZipReader(), SAMPLE[:cut]))) == {"broken"}


def test_a_program_after_the_end_is_a_payload() -> None:
    (payload,) = archive(read(SevenZipReader(), SAMPLE + PICKLE)).payloads
    assert payload.kind == "pickle"


def test_more_members_than_the_budget_allows_are_a_gap() -> None:
    data = packed(members={f"f{n}": b"x" for n in range(30)})
    found = read(SevenZipReader(), data, limits=Limits(entries_per_file=20))
    assert reasons(archive(found)) == {"over-budget"}


@given(damaged(SAMPLE, packed("copy")))
def test_damage_never_raises(data: bytes) -> None:
    survives(SevenZipReader(), data)


@given(st.binary(max_size=200))
def test_a_listing_of_noise_never_raises(noise: bytes) -> None:
    start = b"7z\xbc\xaf\x27\x1c\0\4" + bytes(4) + bytes(8)
    survives(
        SevenZipReader(), start + len(noise).to_bytes(8, "little") + bytes(4) + noise
    )
