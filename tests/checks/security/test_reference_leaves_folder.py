from pathlib import Path
from typing import Literal

import pytest

from openvet.check import Context
from openvet.checks.security.reference_leaves_folder import ReferenceLeavesFolder
from openvet.finding import Finding, Severity
from openvet.subject import Document, Origin, Reference
from specimens.graphs import onnx, onnx_external, onnx_node

Kind = Literal["path", "url", "repository", "import"]


def flagged(folder: Path) -> None:
    tensor = onnx_external(location="../../etc/passwd")
    (folder / "model.onnx").write_bytes(onnx(onnx_node("Relu"), tensors=(tensor,)))


def passed(folder: Path) -> None:
    tensor = onnx_external(location="weights/../model.onnx_data")
    (folder / "model.onnx").write_bytes(onnx(onnx_node("Relu"), tensors=(tensor,)))
    (folder / "model.onnx_data").write_bytes(bytes(range(256)))


def run(value: str, kind: Kind = "path") -> list[Finding]:
    reference = Reference(kind=kind, value=value, key="a.b", opens="opens it")
    subject = Document(
        origin=Origin(place=("model",), digest="0"),
        format="json",
        references=(reference,),
    )
    return list(ReferenceLeavesFolder().run(subject, Context()))


@pytest.mark.parametrize(
    "value",
    [
        "../x",
        "a/../../x",
        "..\\x",
        "a\\..\\..\\x",
        "/etc/passwd",
        "\\windows\\x",
        "C:\\x",
        "c:x",
        "\\\\host\\share",
        "//host/share",
        "~/x",
        "https://example.invalid/x",
        "file:/etc/passwd",
        "s3://bucket/x",
        "$HOME/x",
        "%TEMP%\\x",
        "a\0b",
    ],
)
def test_a_name_that_leaves_fails(value: str) -> None:
    (finding,) = run(value)
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    "value",
    [
        "weights.bin",
        "./weights.bin",
        "a/b/weights.bin",
        "a/../weights.bin",
        "a..b",
        "...",
        "",
        "model.layers.0.weight",
        "onnx::MatMul_12",
        "100%.bin",
    ],
)
def test_a_name_that_stays_is_silent(value: str) -> None:
    assert run(value) == []


def test_a_lone_backslash_is_a_review() -> None:
    (finding,) = run("a\\b.bin")
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize("kind", ["repository", "import"])
def test_names_of_other_kinds_have_rules_of_their_own(kind: Kind) -> None:
    assert run("../x", kind) == []
