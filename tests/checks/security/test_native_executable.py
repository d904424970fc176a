from pathlib import Path

from openvet.check import Context
from openvet.checks.security.native_executable import NativeExecutable
from openvet.finding import Finding, Severity
from openvet.source import MemberTree
from openvet.subject import Inventory, Item, Origin
from specimens.archives import ELF, LLAMAFILE


def flagged(folder: Path) -> None:
    (folder / "model.llamafile").write_bytes(LLAMAFILE)
    (folder / "custom_op.so").write_bytes(ELF)


def passed(folder: Path) -> None:
    (folder / "README.md").write_text("MZ is not enough to be a program.\n")


def run(*files: tuple[str, str]) -> list[Finding]:
    items = tuple(
        Item(name=name, size=9, formats=(kind,), digest="0") for name, kind in files
    )
    origin = Origin(place=("model.zip",), digest="0")
    inventory = Inventory(origin=origin, items=items, tree=MemberTree({}))
    return list(NativeExecutable().run(inventory, Context()))


def severity_of(kind: str) -> Severity:
    (finding,) = run(("m", kind))
    return finding.severity


def test_a_finding_stands_at_its_file() -> None:
    (finding,) = run(("README.md", "text"), ("ops/custom.so", "elf"))
    assert finding.place == ("model.zip", "ops/custom.so")


def test_a_library_of_an_installed_package_is_a_review() -> None:
    record = ("lib/a-1.0.dist-info/RECORD", "text")
    assert run(record, ("lib/a/x.so", "elf"))[0].severity is Severity.MEDIUM
    assert run(record, ("model/x.so", "elf"))[0].severity is Severity.HIGH
    assert run(record, ("lib/a/llamafile", "ape"))[0].severity is Severity.HIGH


def test_programs_libraries_and_engines_fail() -> None:
    for kind in ("elf", "pe", "mach-o", "ape", "tensorrt", "dex", "java-class"):
        assert severity_of(kind) is Severity.HIGH


def test_sandboxed_and_left_behind_code_is_a_review() -> None:
    for kind in ("wasm", "pyc"):
        assert severity_of(kind) is Severity.MEDIUM
