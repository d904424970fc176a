from pathlib import Path

from openvet.check import Context
from openvet.checks.license.license_modified import LicenseModified
from openvet.finding import Finding, Quote, Severity
from specimens.dossiers import dossier

APACHE = (Path(__file__).parents[3] / "LICENSE").read_text("utf-8")
CLAUSE = (
    "You may not use the Work, or any Derivative Work, to train a model that competes"
    " with the products of the Licensor, and must not use it in agriculture.\n\n"
)
MARK = "   3. Grant of Patent License."


def flagged(folder: Path) -> None:
    (folder / "LICENSE").write_text(APACHE.replace(MARK, CLAUSE + MARK))


def passed(folder: Path) -> None:
    (folder / "LICENSE").write_text(" ".join(APACHE.split()))
    (folder / "NOTICE").write_text("Sparrow\nCopyright 2026 The Sparrow Authors\n")


def run(text: str) -> list[Finding]:
    subject = dossier({"LICENSE": text.encode()})
    return list(LicenseModified().run(subject, Context()))


def test_an_added_sentence_is_quoted_with_its_line() -> None:
    text = APACHE.replace(MARK, CLAUSE + MARK)
    (found,) = run(text)
    assert found.severity is Severity.MEDIUM
    assert "like Apache-2.0 and not it" in found.title
    line = text.split("You may not use the Work, or")[0].count("\n") + 1
    added = [q for q in found.evidence if isinstance(q, Quote) and "agri" in q.text]
    assert [q.line for q in added] == [line]


def test_another_layout_year_and_holder_change_nothing() -> None:
    assert run(APACHE.upper().replace("2026", "1999")) == []


def test_a_text_of_a_part_below_is_noted_only() -> None:
    changed = APACHE.replace(MARK, CLAUSE + MARK).encode()
    files = {"LICENSE": APACHE.encode(), "lib/a/LICENSE": changed}
    (found,) = LicenseModified().run(dossier(files), Context())
    assert found.severity is Severity.LOW
