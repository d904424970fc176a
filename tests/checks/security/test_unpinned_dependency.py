from pathlib import Path

import pytest

from openvet.artifacts import Requirement, Requirements
from openvet.check import Context
from openvet.checks.security.unpinned_dependency import UnpinnedDependency
from openvet.finding import Quote, Severity
from openvet.readers.requirements import RequirementsFileReader
from openvet.subject import Origin
from specimens.reading import read


def flagged(folder: Path) -> None:
    (folder / "requirements.txt").write_text("numpy>=1.0\n")


def passed(folder: Path) -> None:
    (folder / "requirements.txt").write_text("numpy==2.1.0\n")


def loose(text: str) -> list[str]:
    (found,) = read(RequirementsFileReader(), text.encode(), name="requirements.txt")
    assert isinstance(found, Requirements)
    return [
        evidence.text
        for finding in UnpinnedDependency().run(found, Context())
        for evidence in finding.evidence
        if isinstance(evidence, Quote)
    ]


def test_only_an_exact_version_or_a_hash_is_a_pin() -> None:
    lines = "a==1.0\nb>=1\nc\nd~=1.0\ne===1\nf==1.*\ng --hash=sha256:aa\nh[x]==2 ; a\n"
    assert loose(lines) == ["b>=1", "c", "d~=1.0", "f==1.*"]


@pytest.mark.parametrize(
    ("form", "severity"), [("project", Severity.INFO), ("pip", Severity.LOW)]
)
def test_what_a_project_declares_is_meant_to_be_loose(
    form: str, severity: Severity
) -> None:
    subject = Requirements(
        origin=Origin(place=("a",), digest="0"),
        format=form,
        requirements=(Requirement(text="numpy", line=1, name="numpy"),),
    )
    (finding,) = UnpinnedDependency().run(subject, Context())
    assert finding.severity is severity
