"""Names that hide what they are, are told; names in any language are not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.checks.security.name_disguised import NameDisguised
from openvet.report import Report
from openvet.subject import Identity, Origin

Audit = Callable[..., Report]


def flagged(folder: Path) -> None:
    (folder / "model\u202esrotnesefas.txt").write_text("hello")


def passed(folder: Path) -> None:
    (folder / "обзор модели.txt").write_text("hello")
    (folder / "Icon\r").write_bytes(b"")


def told(name: str) -> list[str]:
    """Return what is said of a name."""
    subject = Identity(
        origin=Origin(place=("x",), digest="0"), name=name, size=1, formats=("text",)
    )
    return [one.title for one in NameDisguised().run(subject, None)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/model\u202elkp.safetensors", "turns"),
        ("a\u2066b\u2069.bin", "turns"),
        ("model.p\u200bkl", "nobody sees"),
        ("\ufeffconfig.json", "nobody sees"),
        ("model.\U000e0070kl", "nobody sees"),
        ("model.\u0440kl", "another alphabet"),
        ("model.\uff50kl", "another alphabet"),
        ("a\nPASSED.bin", "control"),
        ("\x1b[2J.bin", "control"),
        ("\x9b2J.bin", "control"),
    ],
)
def test_a_name_that_nobody_needs_is_told(name: str, why: str) -> None:
    (title,) = told(name)
    assert why in title


@pytest.mark.parametrize(
    "name",
    [
        "a\nfolder/model.bin",
        "می‌خواهم.txt",
        "क्‍ष.md",
        "👩‍💻 1️⃣.png",
        "Größe.txt",
        "模型.safetensors",
        "Ζεύς.gguf",
        "v1.0-финал",
        "файл.тхт",
        "Icon\r",
        "\udcff.bin",
    ],
)
def test_names_in_any_language_pass(name: str) -> None:
    assert told(name) == []


def test_what_is_told_shows_no_turned_letters(tmp_path: Path, audit: Audit) -> None:
    flagged(tmp_path)
    report = audit(tmp_path)
    (found,) = [j for j in report.findings if j.finding.rule == "name-disguised"]
    assert found.disposition == "review"
    assert "\\u202e" in str(found.finding.evidence)
    assert "\u202e" not in str(found.finding.evidence)
