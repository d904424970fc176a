import zipfile
from pathlib import Path

from openvet.check import Context
from openvet.checks.security.decompression_bomb import DecompressionBomb
from openvet.finding import Severity
from openvet.subject import Defect, Document, Origin
from specimens.archives import bomb, overlapping, zipped


def flagged(folder: Path) -> None:
    (folder / "weights.gz").write_bytes(bomb())
    (folder / "shared.zip").write_bytes(overlapping())


def passed(folder: Path) -> None:
    text = b"the quick brown fox " * 50_000
    data = zipped([("a.txt", text)], method=zipfile.ZIP_DEFLATED)
    (folder / "notes.zip").write_bytes(data)


def test_each_kind_of_growth_is_one_finding() -> None:
    defects = tuple(
        Defect(code=code, detail=f"{number}", offset=number)
        for code in ("bomb-ratio", "bomb-overlap", "zip-flags")
        for number in range(30)
    )
    origin = Origin(place=("a.zip",), digest="0")
    document = Document(origin=origin, format="zip", defects=defects)
    findings = list(DecompressionBomb().run(document, Context()))
    assert [finding.severity for finding in findings] == [Severity.HIGH] * 2
    assert all(len(finding.evidence) == 10 for finding in findings)
