"""A folder is compared down to the last link, and nothing outside it is opened."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from openvet import mapped
from openvet.errors import TargetError
from openvet.signing.folder import Compared, compare, listed
from openvet.signing.hashing import Job, digests
from openvet.signing.manifest import Part
from openvet.source import FileSource


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder with two files, one of them in a folder."""
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"first")
    (folder / "sub" / "b.bin").write_bytes(b"second")
    return folder


def part(name: str, data: bytes, start: int = 0, stop: int | None = None) -> Part:
    digest = hashlib.sha256(data).hexdigest()
    return Part(name=name, algorithm="sha256", digest=digest, start=start, stop=stop)


EXPECTED = {
    "a.bin": [part("a.bin", b"first")],
    "sub/b.bin": [part("sub/b.bin", b"second")],
}


def seen(
    model: Path,
    expected: Mapping[str, Sequence[Part]] | None = None,
    *,
    ignores: Callable[[str], bool] = lambda _: False,
    allow_symlinks: bool = False,
) -> Compared:
    return compare(
        listed(model),
        EXPECTED if expected is None else expected,
        ignores=ignores,
        allow_symlinks=allow_symlinks,
    )


def test_a_folder_as_it_was_signed_is_the_same(model: Path) -> None:
    assert seen(model) == Compared(same=2, differs=(), left_out=(), git=0)


def test_a_changed_a_missing_and_an_extra_file_are_named(model: Path) -> None:
    (model / "a.bin").write_bytes(b"First")
    (model / "sub" / "b.bin").rename(model / "c.bin")
    found = seen(model).differs
    assert found[:2] == ("sub/b.bin: missing", "c.bin: extra")
    assert found[2].startswith("a.bin: changed: sha256 a7937b64b8caa58f… became ")


def test_an_empty_folder_misses_every_file(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert len(seen(tmp_path / "empty").differs) == 2


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="cannot read"):
        listed(tmp_path / "absent")


def test_a_link_in_place_of_a_file_is_no_file(model: Path, tmp_path: Path) -> None:
    (model / "a.bin").rename(tmp_path / "elsewhere")
    (model / "a.bin").symlink_to(tmp_path / "elsewhere")
    assert seen(model).differs == (
        f"a.bin: was a file, and is a link to {tmp_path}/elsewhere",
    )
    assert seen(model, allow_symlinks=True).differs == ()


@pytest.mark.parametrize("end", ["nowhere", "/dev/null", ".", "/", "a.bin"])
def test_an_extra_link_is_named_with_its_end(model: Path, end: str) -> None:
    (model / "link").symlink_to(end)
    for allow in (False, True):
        found = seen(model, allow_symlinks=allow).differs
        assert found == (f"link: extra, and is a link to {end}",)


def test_a_pipe_is_not_opened(model: Path) -> None:
    (model / "a.bin").unlink()
    os.mkfifo(model / "a.bin")
    os.mkfifo(model / "pipe")
    assert seen(model).differs == (
        "a.bin: was a file, and is a device, socket or FIFO",
        "pipe: extra, and is a device, socket or FIFO",
    )


def test_what_is_left_out_is_named_and_version_control_counted(model: Path) -> None:
    for name in (".git/config", "sub/.hg/x", ".gitattributes", "notes.txt"):
        (model / name).parent.mkdir(exist_ok=True)
        (model / name).write_text("x")
    found = seen(model, ignores=lambda name: name not in EXPECTED)
    assert (found.differs, found.left_out, found.git) == ((), ("notes.txt",), 3)


def test_what_is_left_out_and_yet_known_is_compared(model: Path) -> None:
    (model / "a.bin").write_bytes(b"other")
    found = seen(model, ignores=lambda _: True)
    assert [line.partition(":")[0] for line in found.differs] == ["a.bin"]


def test_a_file_of_which_no_digest_is_known_is_not_called_the_same(
    model: Path,
) -> None:
    found = seen(model, {**EXPECTED, "a.bin": []})
    assert (found.same, found.left_out) == (1, ("a.bin",))


def test_a_name_that_is_no_unicode_is_extra(model: Path) -> None:
    (model / os.fsdecode(b"\xff.bin")).write_bytes(b"")
    assert seen(model).differs == ("\udcff.bin: extra",)


def test_a_name_with_dots_opens_nothing_outside(model: Path) -> None:
    (model.parent / "secret").write_bytes(b"first")
    expected = {**EXPECTED, "../secret": [part("../secret", b"first")]}
    assert seen(model, expected).differs == ("../secret: missing",)


def test_a_file_stands_for_itself(model: Path) -> None:
    assert seen(model / "a.bin", {".": [part(".", b"first")]}).same == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"first", ()),
        (b"firsT", ("a.bin: changed from byte 3 on",)),
        (b"firstly", ("a.bin: changed: it has 7 bytes now",)),
        (b"fir", ("a.bin: changed from byte 3 on",)),
    ],
)
def test_ranges_of_a_file_have_to_cover_it(
    model: Path, data: bytes, said: tuple[str, ...]
) -> None:
    (model / "a.bin").write_bytes(data)
    ranges = [part("a.bin", b"fir", 0, 3), part("a.bin", b"st", 3, 5)]
    found = seen(model, {**EXPECTED, "a.bin": ranges}).differs
    assert len(found) == len(said)
    for line, start in zip(found, said, strict=True):
        assert line.startswith(start)


@pytest.mark.parametrize("algorithm", ["sha256", "blake2b", "blake3"])
@pytest.mark.parametrize("workers", [1, 2, 9])
def test_many_files_are_hashed_as_one_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, algorithm: str, workers: int
) -> None:
    monkeypatch.setattr(mapped, "LEAST", 100)
    monkeypatch.setattr(os, "cpu_count", lambda: workers)
    jobs: list[Job] = []
    expected: list[str] = []
    told: list[int] = []
    for number in range(12):
        data = bytes([number]) * (number * 37)
        path = tmp_path / str(number)
        path.write_bytes(data)
        jobs.append(Job(FileSource(os.fsencode(path), len(data)), algorithm))
        expected.append(digests([Job(jobs[-1].source.window(0), algorithm)])[0])
    assert digests(jobs, told.append) == expected
    assert sum(told) == sum(job.source.size for job in jobs)


def test_an_error_leaves_no_process_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapped, "LEAST", 100)
    (tmp_path / "large").write_bytes(bytes(200))
    sources = [FileSource(os.fsencode(tmp_path / n), 200) for n in ("large", "gone")]
    with pytest.raises(TargetError):
        digests([Job(source, "sha256") for source in sources])
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
