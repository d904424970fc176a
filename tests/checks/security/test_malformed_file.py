from pathlib import Path

from openvet.check import Context
from openvet.checks.security.malformed_file import MalformedFile
from openvet.finding import Finding, Severity
from openvet.subject import Defect, Document, Origin
from specimens.archives import patched, torch_zip


def flagged(folder: Path) -> None:
    # The local header says "encrypted", the directory does not.
    data = patched(torch_zip(), b"PK\3\4", 6, b"\1\0")
    (folder / "model.pt").write_bytes(data)


def passed(folder: Path) -> None:
    (folder / "model.pt").write_bytes(torch_zip())


def run(*defects: Defect) -> list[Finding]:
    origin = Origin(place=("m",), digest="0")
    document = Document(origin=origin, format="zip", defects=defects)
    return list(MalformedFile().run(document, Context()))


def test_a_deliberate_contradiction_fails_and_a_careless_one_is_a_review() -> None:
    found = run(
        Defect(code="zip-flags", detail="a"),
        Defect(code="zip-crc-wrong", detail="b", weight="odd"),
    )
    assert sorted(finding.severity for finding in found) == [
        Severity.MEDIUM,
        Severity.HIGH,
    ]


def test_defects_of_a_kind_are_one_finding_that_says_who_is_fooled() -> None:
    defects = [
        Defect(code="zip-flags", detail=f"m{n}", offset=n, live="torch reads it")
        for n in range(12)
    ]
    (finding,) = run(*defects)
    assert finding.title == "zip flags: m0 (and 11 more)"
    assert finding.live == "torch reads it"
    assert len(finding.evidence) == 10


def test_growth_is_left_to_its_own_rule() -> None:
    assert run(Defect(code="bomb-ratio", detail="x")) == []
