"""An honest file of any format is read whole, known by its bytes, and does not fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.report import Report
from specimens.formats import every

NATIVE = {"library.so", "program.exe"}
"""Honest, but no part of a model: a rule says so."""
BY_NAME = {
    "text",
    "tensor-data",
    "markdown",
    "card",
    "license-text",
    "template-file",
    "yaml",
    "python",
    "python-site",
    "pip",
}
"""What a name adds: only where the bytes have no form of their own."""
FILES = sorted(every().keys() - NATIVE - {"pointer.bin"})


@pytest.mark.parametrize("name", FILES)
def test_an_honest_file_is_read_whole_and_does_not_fail(
    name: str, tmp_path: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / name).write_bytes(every()[name])
    report = audit(tmp_path)
    failing = [j.finding for j in report.findings if j.disposition == "failing"]
    assert [(finding.rule, finding.title) for finding in failing] == []
    assert [item.gap.detail for item in report.not_examined] == []
    assert report.verdict == "passed"


@pytest.mark.parametrize("name", FILES)
def test_another_name_hides_nothing_of_an_honest_file(
    name: str, tmp_path: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "named").mkdir()
    (tmp_path / "hidden").mkdir()
    (tmp_path / "named" / name).write_bytes(every()[name])
    (tmp_path / "hidden/data").write_bytes(every()[name])
    named, hidden = audit(tmp_path / "named"), audit(tmp_path / "hidden")
    assert set(named.files[0].formats) - BY_NAME <= set(hidden.files[0].formats)


def test_a_pointer_is_not_taken_for_the_file(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "model.bin").write_bytes(every()["pointer.bin"])
    report = audit(tmp_path)
    assert [item.gap.reason for item in report.not_examined] == ["pointer"]
    assert report.verdict == "incomplete"
