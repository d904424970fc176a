from pathlib import Path

from openvet.check import Context
from openvet.checks.accountability.version_unstated import VersionUnstated
from openvet.finding import Finding, Severity
from specimens.releases import CARD, WEIGHTS, dossier_of, write


def flagged(folder: Path) -> None:
    write(folder, {"README.md": CARD, "model.safetensors": WEIGHTS})


def passed(folder: Path) -> None:
    flagged(folder)
    (folder / "CHANGELOG.md").write_text("# 1.0\nFirst.\n")


def test_a_release_of_no_version_is_noted() -> None:
    (found,) = run(CARD)
    assert found.severity is Severity.INFO


def test_a_version_in_the_header_is_enough() -> None:
    assert run(CARD.replace("language: en", "version: 1.2\nlanguage: en")) == []


def run(card: str) -> list[Finding]:
    files = {"README.md": card, "model.safetensors": WEIGHTS}
    return list(VersionUnstated().run(dossier_of(files), Context()))
