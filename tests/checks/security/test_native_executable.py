from pathlib import Path

from openvet.check import Context
from openvet.checks.security.native_executable import NativeExecutable
from openvet.finding import Severity
from openvet.subject import Identity, Origin
from specimens.archives import ELF, LLAMAFILE


def flagged(folder: Path) -> None:
    (folder / "model.llamafile").write_bytes(LLAMAFILE)
    (folder / "custom_op.so").write_bytes(ELF)


def passed(folder: Path) -> None:
    (folder / "README.md").write_text("MZ is not enough to be a program.\n")


def severity_of(kind: str) -> Severity:
    identity = Identity(
        origin=Origin(place=("m",), digest="0"), name="m", size=9, formats=(kind,)
    )
    (finding,) = NativeExecutable().run(identity, Context())
    return finding.severity


def test_programs_libraries_and_engines_fail() -> None:
    for kind in ("elf", "pe", "mach-o", "ape", "tensorrt", "dex", "java-class"):
        assert severity_of(kind) is Severity.HIGH


def test_sandboxed_and_left_behind_code_is_a_review() -> None:
    for kind in ("wasm", "pyc"):
        assert severity_of(kind) is Severity.MEDIUM
