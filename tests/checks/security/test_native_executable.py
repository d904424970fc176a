import base64
import hashlib
from pathlib import Path

import pytest

from openvet.artifacts import NativeCode
from openvet.check import Context
from openvet.checks.security.native_executable import NativeExecutable
from openvet.finding import Finding, Severity
from openvet.readers.native import NativeReader
from openvet.source import BytesSource, MemberTree, Source
from openvet.subject import Inventory, Item, Origin
from specimens.archives import ELF, LLAMAFILE


def flagged(folder: Path) -> None:
    (folder / "model.llamafile").write_bytes(LLAMAFILE)
    (folder / "custom_op.so").write_bytes(ELF)


def passed(folder: Path) -> None:
    (folder / "README.md").write_text("MZ is not enough to be a program.\n")


def run(*files: tuple[str, str], **contents: bytes) -> list[Finding]:
    items = tuple(
        Item(name=name, size=len(contents.get(name, b"")), formats=(kind,), digest="0")
        for name, kind in files
    )
    origin = Origin(place=("model.zip",), digest="0")
    members: dict[str, Source] = {n: BytesSource(d) for n, d in contents.items()}
    inventory = Inventory(origin=origin, items=items, tree=MemberTree(members))
    (native,) = NativeReader().read(inventory, Context())
    assert isinstance(native, NativeCode)
    return list(NativeExecutable().run(native, Context()))


def package(line: str = "") -> dict[str, bytes]:
    """Return the files of an installed package with one library."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(ELF).digest()).rstrip(b"=")
    line = line or f"a/x.so,sha256={digest.decode()},{len(ELF)}"
    return {
        "lib/a-1.0.dist-info/RECORD": f"a/__init__.py,,\n{line}\n".encode(),
        "lib/a-1.0.dist-info/METADATA": b"Name: a\n",
        "lib/a-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\n",
        "lib/a/x.so": ELF,
    }


def severity_in(contents: dict[str, bytes], library: str = "lib/a/x.so") -> Severity:
    files = [(name, "elf" if name == library else "text") for name in contents]
    (finding,) = run(*files, **contents)
    assert finding.place[-1] == library
    return finding.severity


def severity_of(kind: str) -> Severity:
    (finding,) = run(("m", kind))
    return finding.severity


def test_a_finding_stands_at_its_file() -> None:
    (finding,) = run(("README.md", "text"), ("ops/custom.so", "elf"))
    assert finding.place == ("model.zip", "ops/custom.so")


def test_a_library_that_a_whole_package_records_is_a_review() -> None:
    assert severity_in(package()) is Severity.MEDIUM


@pytest.mark.parametrize("name", ["RECORD", "METADATA", "WHEEL"])
def test_a_package_without_one_of_its_files_accounts_for_nothing(name: str) -> None:
    contents = package()
    del contents[f"lib/a-1.0.dist-info/{name}"]
    assert severity_in(contents) is Severity.HIGH


@pytest.mark.parametrize(
    "line",
    [
        "a/x.so,,",
        "a/other.so,sha256=AA,9",
        f"a/x.so,sha256={'A' * 43},{len(ELF)}",
        f"a/x.so,sha256=!,{len(ELF)}",
        "a/x.so,sha256=AA",
        '"',
    ],
)
def test_a_record_that_does_not_list_these_bytes_accounts_for_nothing(
    line: str,
) -> None:
    assert severity_in(package(line)) is Severity.HIGH


@pytest.mark.parametrize("name", ["bin/tool", "lib/bin/tool"])
def test_a_program_that_a_package_installs_is_a_review(name: str) -> None:
    digest = base64.urlsafe_b64encode(hashlib.sha256(ELF).digest()).rstrip(b"=")
    contents = package(f"../bin/tool,sha256={digest.decode()},{len(ELF)}")
    del contents["lib/a/x.so"]
    assert severity_in({**contents, name: ELF}, name) is Severity.MEDIUM


def test_a_library_outside_its_package_fails() -> None:
    assert severity_in({**package(), "x.so": ELF}, "x.so") is Severity.HIGH


def test_programs_libraries_and_engines_fail() -> None:
    for kind in ("elf", "pe", "mach-o", "ape", "tensorrt", "dex", "java-class"):
        assert severity_of(kind) is Severity.HIGH


def test_sandboxed_and_left_behind_code_is_a_review() -> None:
    for kind in ("wasm", "pyc"):
        assert severity_of(kind) is Severity.MEDIUM
