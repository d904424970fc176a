import tarfile

import pytest
from hypothesis import given

from openvet.budget import Limits
from openvet.readers.tar import TarReader
from openvet.subject import Archive
from specimens.archives import PICKLE, tar_entry, tarred
from specimens.reading import (
    archive,
    attacks,
    codes,
    contents,
    damaged,
    read,
    reasons,
    survives,
)

FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
PLAIN = tarred([("a.txt", b"text"), ("b/c.pkl", PICKLE)])


def listing(data: bytes, limits: Limits | None = None) -> Archive:
    return archive(read(TarReader(), data, limits=limits))


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_that_python_writes_is_read(form: int) -> None:
    long = "/".join(["folder"] * 13 + ["name"])
    members = {"a.txt": b"text" * 300, long: PICKLE, "empty": b""}
    found = read(TarReader(), tarred(members.items(), format=form))
    assert contents(found) == members
    assert archive(found).complete
    assert archive(found).defects == ()


@pytest.mark.parametrize("form", FORMATS[1:])
def test_names_of_any_length_are_read(form: int) -> None:
    name = "é" * 300
    assert contents(read(TarReader(), tarred([(name, b"x")], format=form))) == {
        name: b"x"
    }


@pytest.mark.parametrize(
    ("kind", "link", "expected"),
    [
        (tarfile.SYMTYPE, "../x", ("link", True)),
        (tarfile.SYMTYPE, "a.txt", ("link", False)),
        (tarfile.LNKTYPE, "/etc/passwd", ("link", True)),
        (tarfile.LNKTYPE, "a.txt", ("link", False)),
        (tarfile.CHRTYPE, "", ("special", False)),
        (tarfile.BLKTYPE, "", ("special", False)),
        (tarfile.FIFOTYPE, "", ("special", False)),
        (tarfile.DIRTYPE, "", ("folder", False)),
    ],
)
def test_what_is_not_a_file_is_listed_as_what_it_is(
    kind: bytes, link: str, expected: tuple[str, bool]
) -> None:
    data = tarred([("a.txt", b"text")], tar_entry("odd", kind, link))
    found = read(TarReader(), data)
    entry = archive(found).members[1]
    assert (entry.kind, entry.link_leaves) == expected
    assert contents(found) == {"a.txt": b"text"}


def test_a_chain_of_links_that_adds_up_to_an_escape_leaves() -> None:
    data = tarred(
        [],
        tar_entry("d/up", tarfile.SYMTYPE, ".."),
        tar_entry("out", tarfile.SYMTYPE, "d/up/.."),
    )
    assert [entry.link_leaves for entry in listing(data).members] == [False, True]


def test_two_members_of_one_name_are_both_read_and_reported() -> None:
    found = read(TarReader(), tarred([("a", b"good"), ("./a", PICKLE)]))
    assert "tar-duplicate-member" in codes(archive(found))
    assert list(contents(found).values()) == [b"good", PICKLE]
    same = listing(tarred([("a", b"good"), ("a", b"good")]))
    assert same.defects == ()
    longer = listing(tarred([("a", b"good and more"), ("a", b"good")]))
    assert codes(longer) == {"tar-duplicate-member"}


def test_a_member_stored_as_a_sparse_file_is_not_called_read() -> None:
    info = tarfile.TarInfo("a")
    info.pax_headers = {"GNU.sparse.name": "weights.bin", "GNU.sparse.major": "1"}
    (gap,) = listing(tarred([], info)).gaps
    assert (gap.reason, "sparse" in gap.detail) == ("unsupported", True)


def test_members_after_the_end_are_read_and_reported() -> None:
    found = read(TarReader(), PLAIN + tarred([("hidden", PICKLE)]))
    assert "tar-member-after-end" in codes(archive(found))
    assert contents(found)["hidden"] == PICKLE


def test_a_size_that_two_headers_tell_differently_is_an_attack() -> None:
    info = tarfile.TarInfo("a")
    info.pax_headers = {"size": "512"}
    made = bytearray(tarred([], info))
    at = made.rindex(b"ustar") - 257
    made[at + 124 : at + 136] = b"00000002000\0"
    made[at + 148 : at + 156] = b" " * 8
    made[at + 148 : at + 156] = b"%06o\0 " % sum(made[at : at + 512])
    found = {defect.code for defect in attacks(listing(bytes(made)))}
    assert found == {"tar-size-differs"}


def test_a_broken_header_does_not_hide_what_follows() -> None:
    data = bytearray(tarred([("a", b"x"), ("b", b"y"), ("c", PICKLE)]))
    data[1024] ^= 0xFF
    found = read(TarReader(), bytes(data))
    assert contents(found)["c"] == PICKLE
    assert codes(archive(found)) == {"tar-broken-header"}


@pytest.mark.parametrize("cut", [600, 1500, len(PLAIN) // 512 * 512 - 10_000])
def test_an_archive_cut_off_is_never_called_whole(cut: int) -> None:
    found = listing(PLAIN[: max(cut, 520)])
    assert found.gaps or found.defects


def test_a_program_after_the_end_is_a_payload() -> None:
    (payload,) = listing(PLAIN + PICKLE).payloads
    assert payload.kind == "pickle"


def test_more_members_than_the_budget_allows_are_a_gap() -> None:
    data = tarred((f"f{n}", b"x") for n in range(50))
    assert reasons(listing(data, Limits(entries_per_file=20))) == {"over-budget"}


def test_the_oldest_torch_files_and_nemo_models_are_known() -> None:
    torch = tarred([("storages", b""), ("tensors", b""), ("pickle", PICKLE)])
    assert listing(torch).format == "torch-tar"
    assert listing(tarred([("./model_config.yaml", b"a: 1")])).format == "nemo"


@given(damaged(PLAIN, tarred([("x" * 200, PICKLE)], format=tarfile.GNU_FORMAT)))
def test_damage_never_raises(data: bytes) -> None:
    survives(TarReader(), data)
