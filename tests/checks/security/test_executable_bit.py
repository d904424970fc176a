"""Data that is marked as a program is noted; programs are not."""

from collections.abc import Callable
from pathlib import Path

from openvet.report import Report


def flagged(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text("{}")
    path.chmod(0o755)


def passed(folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    script = folder / "convert.sh"
    script.write_text("#!/bin/sh\necho converting\n")
    script.chmod(0o755)


def test_it_only_informs_and_never_fails(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    report = audit(tmp_path)
    (note,) = [j for j in report.findings if j.finding.rule == "executable-bit"]
    assert note.disposition == "note"
    assert note.finding.title == "a file of format json is marked as a program"
    assert report.exit_code == 0
