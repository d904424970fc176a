from pathlib import Path

from openvet.check import Context
from openvet.checks.security.link_leaves_folder import LinkLeavesFolder
from openvet.target import local


def flagged(folder: Path) -> None:
    (folder / "vocab.txt").symlink_to("/etc/hostname")


def passed(folder: Path) -> None:
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").symlink_to("a.txt")


def test_a_link_is_named_with_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "keys").symlink_to("../../keys")
    (finding,) = LinkLeavesFolder().run(local(tmp_path), Context())
    assert finding.place == ("keys",)
    assert "../../keys" in repr(finding.evidence)
