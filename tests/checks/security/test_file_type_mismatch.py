from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.security.file_type_mismatch import FileTypeMismatch
from openvet.finding import Finding, Severity
from openvet.subject import Identity, Origin
from specimens.archives import ELF, PNG, zipped


def flagged(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(ELF)


def passed(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG)
    (folder / "README.md").write_text("# A model\n")
    (folder / "arrays.npz").write_bytes(zipped([("a.txt", b"text")]))


def run(name: str, *formats: str) -> list[Finding]:
    identity = Identity(
        origin=Origin(place=(name,), digest="0"), name=name, size=9, formats=formats
    )
    return list(FileTypeMismatch().run(identity, Context()))


def severities(name: str, *formats: str) -> list[Severity]:
    return [finding.severity for finding in run(name, *formats)]


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("a.safetensors", ["pickle"]),
        ("a.png", ["pe"]),
        ("a.npy", ["pickle"]),
        ("a.json", ["pickle"]),
        ("notes.txt", ["pickle", "text"]),
        ("A.GGUF", ["elf"]),
    ],
)
def test_a_program_under_a_name_of_data_fails(name: str, formats: list[str]) -> None:
    assert severities(name, *formats) == [Severity.HIGH]


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("a.safetensors", ["torch"]),
        ("a.safetensors", ["text"]),
        ("a.png", ["zip"]),
        ("a.json", ["png"]),
    ],
)
def test_another_mismatch_is_a_review(name: str, formats: list[str]) -> None:
    assert severities(name, *formats) == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("a.safetensors", ["safetensors"]),
        ("a.png", ["jpeg"]),
        ("a.json", ["json", "text"]),
        ("a.xml", ["openvino", "text"]),
        ("a.keras", ["keras"]),
        ("a.keras", ["hdf5"]),
        ("a.npz", ["npz"]),
        ("a.pt", ["png"]),
        ("a.bin", ["pickle"]),
        (".json", ["pickle"]),
        ("a.safetensors", []),
    ],
)
def test_a_kept_or_missing_promise_is_silent(name: str, formats: list[str]) -> None:
    assert run(name, *formats) == []
