import tarfile
from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.security.archive_slip import ArchiveSlip
from openvet.finding import Finding, Severity
from openvet.subject import Archive, Entry, Origin
from specimens.archives import tar_entry, tarred


def flagged(folder: Path) -> None:
    (folder / "model.nemo").write_bytes(tarred([("../../start.sh", b"true\n")]))


def passed(folder: Path) -> None:
    names = ["./model_config.yaml", "sub/weights.txt", "a..b", "..."]
    inside = tar_entry("sub/latest", tarfile.SYMTYPE, "weights.txt")
    members = [(name, b"x: 1\n") for name in names]
    (folder / "model.nemo").write_bytes(tarred(members, inside))


def run(*entries: Entry) -> list[Finding]:
    origin = Origin(place=("a.tar",), digest="0")
    archive = Archive(origin=origin, format="tar", members=entries)
    return list(ArchiveSlip().run(archive, Context()))


def fails(*entries: Entry) -> bool:
    return any(finding.severity >= Severity.HIGH for finding in run(*entries))


def file(name: str, mode: int = 0o100644) -> Entry:
    return Entry(name=name, kind="file", mode=mode)


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/x",
        "C:\\x",
        "c:x",
        "..\\x",
        "a\\..\\..\\x",
        "\\\\host\\share",
        "a\0b",
    ],
)
def test_a_name_that_leaves_fails(name: str) -> None:
    assert fails(file(name))


@pytest.mark.parametrize("name", ["a", "./a", "a/b", "a..b", "..a/b", "é/x y", "ab:c"])
def test_an_ordinary_name_is_silent(name: str) -> None:
    assert run(file(name)) == []


@pytest.mark.parametrize("name", ["a/../b", "a\\b"])
def test_a_name_unsafe_on_some_systems_is_a_review(name: str) -> None:
    assert [finding.severity for finding in run(file(name))] == [Severity.MEDIUM]


def test_devices_pipes_and_set_user_id_fail() -> None:
    assert fails(Entry(name="d", kind="special"))
    assert fails(file("s", 0o104755))
    assert not fails(file("s", 0o104644))
    assert not fails(Entry(name="shared", kind="folder", mode=0o42755))


def test_a_file_written_through_a_link_fails() -> None:
    link = Entry(name="a", kind="link", link="/etc", link_leaves=True)
    assert len(run(link, file("a/cron.d/x"))) == 2


def test_many_members_of_one_kind_are_one_finding() -> None:
    findings = run(*(file(f"../{number}") for number in range(100)))
    assert len(findings) == 1
    assert "100 members" in findings[0].title
    assert len(findings[0].evidence) == 20
