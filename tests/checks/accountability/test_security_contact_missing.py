from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.accountability.security_contact_missing import (
    SecurityContactMissing,
)
from openvet.finding import Finding, Severity
from specimens.releases import CARD, WEIGHTS, dossier_of, write


def flagged(folder: Path) -> None:
    write(folder, {"README.md": CARD, "model.safetensors": WEIGHTS})


def passed(folder: Path) -> None:
    flagged(folder)
    (folder / "SECURITY.md").write_text("# Security\nWrite to safe@acme.example\n")


def test_a_release_without_an_address_for_flaws_is_noted() -> None:
    (found,) = run(CARD)
    assert found.severity is Severity.INFO


@pytest.mark.parametrize(
    "line",
    [
        "Please report vulnerabilities to safe@acme.example.",
        "For security questions contact safe@acme.example.",
        "Report misuse of the model here: https://acme.example",
    ],
)
def test_words_of_the_card_are_enough(line: str) -> None:
    assert run(f"{CARD}\n{line}\n") == []


def test_a_report_on_scores_is_no_address() -> None:
    assert len(run(f"{CARD}\nWe report accuracy on two sets.\n")) == 1


def run(card: str) -> list[Finding]:
    files = {"README.md": card, "model.safetensors": WEIGHTS}
    return list(SecurityContactMissing().run(dossier_of(files), Context()))
