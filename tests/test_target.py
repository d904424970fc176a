"""Whatever a folder holds, listing it ends, follows no link and loses no file."""

import os
import socket
from pathlib import Path

import pytest

from openvet.errors import NothingToAuditError, TargetError
from openvet.subject import Folder
from openvet.target import local


def names(folder: Folder) -> list[str]:
    return [entry.name for entry in folder.entries if entry.kind == "file"]


def test_a_missing_path_says_what_to_name_instead(tmp_path: Path) -> None:
    with pytest.raises(TargetError) as caught:
        local(tmp_path / "nothing")
    assert "hf:org/name" in caught.value.diagnostics()


def test_an_empty_folder_holds_nothing_to_audit(tmp_path: Path) -> None:
    with pytest.raises(NothingToAuditError, match="holds no files"):
        local(tmp_path)


def test_a_single_file_is_a_target(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_text("x")
    (tmp_path / "other").write_text("x")
    folder = local(tmp_path / "model.bin")
    assert (names(folder), folder.kind) == (["model.bin"], "file")
    assert folder.tree.open("model.bin").read(0, 9) == b"x"


def test_a_device_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NothingToAuditError, match="neither"):
        local(tmp_path / "pipe")


def test_fifos_and_sockets_in_a_folder_are_gaps_and_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        folder = local(tmp_path)
    assert [gap.reason for gap in folder.gaps] == ["special-file"] * 2
    assert names(folder) == []


def test_a_folder_that_links_to_itself_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    folder = local(tmp_path)
    assert names(folder) == ["a"]
    (loop,) = [entry for entry in folder.entries if entry.kind == "link"]
    assert not loop.link_leaves


def test_a_link_out_of_the_folder_is_not_followed_and_said(tmp_path: Path) -> None:
    inside = tmp_path / "model"
    inside.mkdir()
    (tmp_path / "secret").write_text("x")
    (inside / "weights.bin").symlink_to("../secret")
    folder = local(inside)
    (link,) = folder.entries
    assert (link.kind, link.link, link.link_leaves) == ("link", "../secret", True)
    assert "links out of the folder" in folder.gaps[0].detail


def test_a_link_to_a_file_of_the_folder_is_read_under_its_own_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "notes.txt").write_text("content")
    (tmp_path / "config.json").symlink_to("notes.txt")
    folder = local(tmp_path)
    assert names(folder) == ["config.json", "notes.txt"]
    assert folder.tree.open("config.json").read(0, 99) == b"content"
    assert folder.gaps == ()


def test_a_link_that_ends_nowhere_is_listed_and_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("missing")
    (tmp_path / "loop").symlink_to("loop")
    folder = local(tmp_path)
    assert [entry.kind for entry in folder.entries] == ["link", "link"]
    assert folder.gaps == ()


@pytest.mark.parametrize("inner", ["model", "model.pkl"])
def test_a_link_into_version_control_shows_what_would_have_been_left_out(
    tmp_path: Path, inner: str
) -> None:
    store = tmp_path / ".git" / "model"
    store.mkdir(parents=True)
    (store / "model.pkl").write_text("content")
    (tmp_path / "link").symlink_to(
        store if inner == "model" else store / "model.pkl",
        target_is_directory=inner == "model",
    )
    folder = local(tmp_path)
    if inner == "model":
        assert "links into version control" in folder.gaps[0].detail
    else:
        assert folder.tree.open("link").read(0, 99) == b"content"


def test_a_blob_that_a_hub_cache_lacks_is_a_gap_and_no_escape(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--org--name" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to("../../blobs/123")
    folder = local(snapshot)
    assert not folder.entries[0].link_leaves
    assert "the cache does not hold" in folder.gaps[0].detail


def test_a_hub_cache_snapshot_is_read_through_its_links(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--org--name" / "snapshots" / "abc"
    blobs = tmp_path / "models--org--name" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "123").write_text("content")
    (snapshot / "config.json").symlink_to("../../blobs/123")
    (snapshot / "evil").symlink_to("../../../../etc/passwd")
    folder = local(snapshot)
    assert names(folder) == ["config.json"]
    assert folder.tree.open("config.json").read(0, 99) == b"content"
    assert len(folder.gaps) == 1


@pytest.mark.parametrize(
    "name",
    [b"new\nline", b"escape\x1b[31m", b"\xff\xfe", b"a" * 255, "ünïcödé".encode()],
)
def test_any_name_that_a_file_system_holds_is_listed_and_opened(
    tmp_path: Path, name: bytes
) -> None:
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    folder = local(tmp_path)
    (listed,) = names(folder)
    listed.encode("utf-8")
    assert folder.tree.open(listed).read(0, 9) == b"x"


def test_version_control_is_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / "a").write_text("x")
    folder = local(tmp_path)
    assert (names(folder), folder.excluded) == (["a"], (".git",))


def test_a_file_that_vanished_after_listing_is_an_error_of_that_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_text("x")
    source = local(tmp_path).tree.open("a")
    (tmp_path / "a").unlink()
    with pytest.raises(TargetError, match="cannot open"):
        source.read(0, 1)


def test_a_file_replaced_by_a_link_after_listing_is_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("secret")
    source = local(tmp_path).tree.open("a")
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("b")
    with pytest.raises(TargetError):
        source.read(0, 1)
