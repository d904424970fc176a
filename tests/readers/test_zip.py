import io
import struct
import zipfile

import pytest
from hypothesis import given

from openvet.budget import Limits
from openvet.readers.zip import ZipReader
from openvet.source import BytesSource
from openvet.subject import Archive, File
from specimens.archives import (
    ELF,
    PICKLE,
    bomb,
    duplicated,
    overlapping,
    patched,
    torch_zip,
    zipped,
)
from specimens.reading import (
    archive,
    attacks,
    codes,
    contents,
    damaged,
    gaps,
    read,
    reasons,
    survives,
)

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
SAMPLES = [
    torch_zip(PICKLE),
    zipped([("a.txt", b"text" * 99), ("b/", b"")], method=zipfile.ZIP_DEFLATED),
    duplicated("data.pkl", b"first!", PICKLE),
    overlapping(),
]


def listing(data: bytes, limits: Limits | None = None) -> Archive:
    return archive(read(ZipReader(), data, limits=limits))


@pytest.mark.parametrize(
    "method",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
)
def test_every_method_of_python_is_unpacked(method: int) -> None:
    members = {"a.txt": b"text" * 5000, "b/c": PICKLE, "empty": b""}
    found = read(ZipReader(), zipped(members.items(), method=method))
    assert contents(found) == members
    assert archive(found).complete
    assert archive(found).defects == ()


def test_what_torch_writes_is_silent_and_known() -> None:
    found = listing(torch_zip())
    assert (found.format, found.defects, found.gaps) == ("torch", (), ())
    assert found.payloads == ()


def test_streamed_archives_with_data_descriptors_are_silent() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.txt", b"text" * 100)
        out.writestr("b.txt", b"more")
    found = read(ZipReader(), bytes(pipe.data))
    assert contents(found) == {"a.txt": b"text" * 100, "b.txt": b"more"}
    assert archive(found).defects == ()
    assert archive(found).complete


def test_zip64_is_silent() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made, made.open("a", "w", force_zip64=True) as a:
        a.write(b"data")
    found = read(ZipReader(), out.getvalue())
    assert contents(found) == {"a": b"data"}
    assert archive(found).defects == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (patched(torch_zip(), LOCAL, 6, b"\1\0"), "zip-encryption-differs"),
        (patched(torch_zip(), CENTRAL, 8, b"\1\0"), "zip-encryption-differs"),
        (patched(torch_zip(), LOCAL, 6, b"\x20\0"), "zip-flags"),
        (patched(torch_zip(), CENTRAL, 8, b"\x40\0"), "zip-flags"),
        (patched(torch_zip(), CENTRAL, 10, b"\x08\0"), "zip-method-differs"),
        (patched(torch_zip(), CENTRAL, 16, b"\0\0\0\1"), "zip-crc-differs"),
        (patched(torch_zip(), CENTRAL, 20, b"\1\0\0\0"), "zip-size-differs"),
        (patched(torch_zip(), LOCAL, 30, b"ARCHIVE"), "zip-name-differs"),
        (patched(torch_zip(), CENTRAL, 42, b"\3\0\0\0"), "zip-header-missing"),
        (patched(torch_zip(), END, 10, b"\1\0"), "zip-count-differs"),
        (duplicated("data.pkl", b"first!", PICKLE), "zip-duplicate-member"),
        (overlapping(), "bomb-overlap"),
    ],
)
def test_a_contradiction_is_an_attack_and_the_member_is_still_read(
    data: bytes, code: str
) -> None:
    found = read(ZipReader(), data)
    assert code in {defect.code for defect in attacks(archive(found))}
    assert contents(found)


def test_an_encryption_flag_on_plain_data_hides_nothing() -> None:
    data = patched(torch_zip(PICKLE), LOCAL, 6, b"\1\0")
    data = patched(data, CENTRAL, 8, b"\1\0")
    found = read(ZipReader(), data)
    assert contents(found)["archive/data.pkl"] == PICKLE
    assert "zip-false-encryption" in codes(archive(found))


def test_an_encrypted_member_is_a_gap_and_no_finding() -> None:
    # Twelve bytes of key check stand before the data.
    data = zipped([("secret", b"x" * 20)])
    data = patched(data, LOCAL, 6, b"\1\0")
    data = patched(data, CENTRAL, 8, b"\1\0")
    for record, at in ((LOCAL, 22), (CENTRAL, 24)):
        data = patched(data, record, at, struct.pack("<L", 8))
    found = read(ZipReader(), data)
    assert reasons(archive(found)) == {"encrypted"}
    assert attacks(archive(found)) == []


def test_both_of_two_members_with_one_name_are_read() -> None:
    found = read(ZipReader(), duplicated("data.pkl", b"first!", PICKLE))
    data = [s.source.read(0, s.size) for s in found if isinstance(s, File)]
    assert data == [b"first!", PICKLE]
    digests = [subject.origin.digest for subject in found]
    assert len(set(digests)) == len(digests)


def test_a_member_that_the_directory_hides_is_read() -> None:
    first, second = zipped([("hidden", PICKLE)]), zipped([("shown", b"text")])
    found = read(ZipReader(), first + second)
    assert contents(found) == {"hidden": PICKLE, "shown": b"text"}
    assert "zip-member-not-in-directory" in codes(archive(found))


def test_an_archive_without_its_directory_is_read_by_its_headers() -> None:
    data = zipped([("a", b"text"), ("b", PICKLE)])
    found = read(ZipReader(), data[: data.index(CENTRAL)])
    assert contents(found) == {"a": b"text", "b": PICKLE}
    assert codes(archive(found)) == {"zip-no-end-record"}


def test_two_descriptions_of_the_data_are_both_read() -> None:
    data = patched(zipped([("a", PICKLE)]), CENTRAL, 20, b"\4\0\0\0")
    found = read(ZipReader(), data)
    data_read = {s.source.read(0, s.size) for s in found if isinstance(s, File)}
    assert data_read == {PICKLE[:4], PICKLE}


def test_programs_before_and_after_the_archive_are_payloads() -> None:
    data = zipped([("a", b"text")])
    payloads = {p.kind: p.carrier for p in listing(data + PICKLE).payloads}
    assert payloads == {"pickle": "bytes after the end"}
    payloads = {p.kind: p.carrier for p in listing(ELF + data).payloads}
    assert payloads == {"elf": "bytes before the first member"}


def test_a_member_cut_off_is_never_called_whole() -> None:
    data = zipped([("a", b"text" * 100)])
    found = listing(data[:100])
    assert not found.complete


def test_an_unknown_method_is_a_gap_unless_the_data_is_plain() -> None:
    data = zipped([("a", PICKLE)])
    for record, at in ((LOCAL, 8), (CENTRAL, 10)):
        data = patched(data, record, at, b"\x63\0")
    found = read(ZipReader(), data)
    assert contents(found) == {"a": PICKLE}
    assert reasons(archive(found)) == {"unsupported"}
    assert "zip-unknown-method" in codes(archive(found))


def test_a_bomb_inside_is_stopped_and_named() -> None:
    data = zipped([("zeros", bytes(30 << 20))], method=zipfile.ZIP_DEFLATED)
    found = listing(data)
    assert "bomb-ratio" in codes(found)
    assert reasons(found) == {"over-budget"}


def test_thousands_of_empty_members_are_a_bomb() -> None:
    found = read(ZipReader(), zipped((f"f{n}", b"") for n in range(10_001)))
    assert codes(archive(found)) == {"bomb-entries"}
    assert contents(found) == {}


def test_more_members_than_the_budget_allows_are_a_gap() -> None:
    data = zipped((f"f{n}", b"x") for n in range(50))
    found = listing(data, limits=Limits(entries_per_file=20))
    assert reasons(found) == {"over-budget"}
    assert (codes(found), found.payloads) == (set(), ())


def test_the_members_that_a_budget_allows_are_read_all_the_same() -> None:
    data = zipped((f"f{n}", b"%d" % n) for n in range(50))
    found = read(ZipReader(), data, limits=Limits(entries_per_file=20))
    assert list(contents(found)) == [f"f{n}" for n in range(20)]


def test_a_crowd_of_gaps_between_members_hides_no_program() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(300):
            made.writestr(f"m{number}", b"text")
            assert made.fp is not None
            made.fp.write(ELF if number == 250 else b"\1\2\3\4" * 8)
            made.start_dir = made.fp.tell()
    assert "elf" in {payload.kind for payload in listing(out.getvalue()).payloads}


def test_after_a_spent_limit_no_other_member_is_unpacked() -> None:
    data = zipped(
        ((f"m{n}", bytes(1000)) for n in range(9)), method=zipfile.ZIP_DEFLATED
    )
    found = read(ZipReader(), data, limits=Limits(inflated_bytes_per_file=3500))
    assert len(contents(found)) == 4
    (gap,) = gaps(found)
    assert gap.reason == "over-budget"


def test_a_link_is_followed_by_name_only() -> None:
    info = zipfile.ZipInfo("out")
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, "../../etc")
    (entry,) = listing(out.getvalue()).members
    assert (entry.kind, entry.link, entry.link_leaves) == ("link", "../../etc", True)


def test_many_deflated_members_do_not_stay_in_memory() -> None:
    data = zipped(
        ((f"m{n}", bytes(range(256)) * 4096) for n in range(8)),
        method=zipfile.ZIP_DEFLATED,
    )
    limits = Limits(memory_bytes=4 << 20)
    found = read(ZipReader(), data, limits=limits)
    sources = [subject.source for subject in found if isinstance(subject, File)]
    held = sum(
        len(source.data) for source in sources if isinstance(source, BytesSource)
    )
    assert held <= 1 << 20
    assert set(contents(found).values()) == {bytes(range(256)) * 4096}


def test_noise_with_the_magic_is_no_archive_and_says_so() -> None:
    assert reasons(listing(b"PK\3\4" + b"\xff" * 100)) == {"broken"}
    assert read(ZipReader(), bomb(1000)) == []


@given(damaged(*SAMPLES))
def test_damage_never_raises_and_never_looks_whole(data: bytes) -> None:
    for subject in survives(ZipReader(), data):
        if isinstance(subject, Archive) and not subject.members:
            assert data in SAMPLES or subject.gaps or subject.defects or len(data) < 99


def test_whole_archives_one_after_another_are_all_read_and_named() -> None:
    parts = [zipped([("data.pkl", bytes((n,)) * n)]) for n in (3, 5, 9)]
    found = read(ZipReader(), b"".join(parts))
    assert len([subject for subject in found if isinstance(subject, File)]) == 3
    (defect,) = archive(found).defects
    assert (defect.code, defect.weight) == ("zip-joined", "odd")
    assert archive(found).payloads == ()


def test_members_of_a_broken_archive_before_the_last_are_hidden() -> None:
    one, two = (zipped([("data.pkl", bytes((n,)) * n)]) for n in (3, 5))
    found = listing(one[: one.rindex(END)] + two)
    assert "zip-member-not-in-directory" in codes(found)
