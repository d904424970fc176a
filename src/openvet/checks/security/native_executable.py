"""The target holds native code: a program, a library, byte code or a compiled engine.

## What it does

Names every file that a machine runs as it is: ELF, PE and Mach-O programs and
libraries, llamafiles and other programs for every system, compiled TensorRT engines,
Java, Android, LLVM and Python byte code, WebAssembly modules.

## Why it matters

Weights need no native code. A program runs when someone starts it, a library when a
custom operation or a plug-in loads it, a `.pyc` when its module is imported, an engine
when a runtime opens it; and none of them can be reviewed as it stands. A llamafile is a
program with weights inside: running it is the only way to use it.

## How it is measured

By the structure of the first bytes, never by the name. Programs, libraries and compiled
engines fail. Three kinds are a review: WebAssembly, which runs in a sandbox; `.pyc`
files, which careless publishers leave behind; and libraries of an installed Python
package: `METADATA`, `WHEEL` and `RECORD` of the package stand in the same folder tree,
and the record lists the library with the size and the SHA-256 of these very bytes. Such
a folder is an installation, made on purpose, and no model.

## What to do

Remove the file if nothing needs it. Otherwise build it from source that you reviewed,
pin its digest, and run it without the rights of the service that loads the model.

## Known limits

A record is no proof of origin: whoever writes the folder can write a record that fits.
It tells an installation from a model with a program in it, and that is why such a
library is still a review and never passes. Of more than 1 GiB of libraries the largest
are not held against their record, and fail. What the code does is not looked into.
Code inside a packed or encrypted file is not seen; such files are reported as not
examined.

## References

- https://docs.nvidia.com/deeplearning/tensorrt/: engines run what they hold
- https://github.com/mozilla-ai/llamafile: one file, both program and weights
- CWE-829, inclusion of functionality from an untrusted sphere
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import NativeCode
from openvet.check import Check, Context
from openvet.finding import Bytes, Finding, Severity
from openvet.wire import replace

FIX: Final = (
    "remove it, or build it from reviewed source and pin its digest; prefer weights "
    "that a reviewed runtime loads"
)
_REVIEWED: Final = frozenset({"wasm", "pyc"})
_NAMES: Final = {
    "elf": "a Linux program or library",
    "pe": "a Windows program or library",
    "mach-o": "a macOS program or library",
    "ape": "a program for every system, as llamafiles are",
    "tensorrt": "a compiled TensorRT engine",
    "dex": "Android byte code",
    "llvm": "LLVM byte code",
    "ar": "a library of object files",
    "java-class": "Java byte code",
    "wasm": "a WebAssembly module",
    "pyc": "Python byte code",
}
_LIBRARIES: Final = frozenset({"elf", "pe", "mach-o"})


class NativeExecutable(Check[NativeCode]):
    """Judges every file of a folder or container by whether a machine runs it."""

    id: ClassVar[str] = "native-executable"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "the target holds native code"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[NativeCode], ...]] = (NativeCode,)

    def run(self, subject: NativeCode, context: Context) -> Iterator[Finding]:
        """Yield one finding for each file that is native code."""
        for file in subject.files:
            installed = file.installed and file.kind in _LIBRARIES
            reviewed = file.kind in _REVIEWED or installed
            finding = self.finding(
                subject,
                f"the file is {_NAMES.get(file.kind, file.kind)}"
                + (" of an installed package" if installed else ""),
                Bytes(offset=0, shows=f"the structure of {file.kind}"),
                fix=FIX,
                severity=Severity.MEDIUM if reviewed else self.severity,
                live="whoever starts, imports or loads it",
            )
            yield replace(finding, place=(*subject.place, file.name))
