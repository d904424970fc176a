"""A data file is marked as a program.

## What it does

Notes files that hold data, such as weights, configuration or text, and carry the
executable bit. Scripts, native code and unknown formats are left to other rules.

## Why it matters

No loader needs the bit. It lets a shell run the file by its name, and it survives
archives and clones: a text without a first line that names an interpreter is run as a
shell script. Mostly it is a trace of a careless upload.

## How it is measured

From the mode of the file in the folder and the format that its bytes have.

## What to do

Clear the bit (`chmod a-x`), and set the right mode before publishing.

## Known limits

Some file systems (FAT, network and Windows shares) mark every file as executable; then
this says nothing about the model. Modes inside archives are not judged.

## References

- POSIX.1-2024, Shell Command Language, 2.9.1.6 Non-built-in Utility Execution
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Identity, Subject

PROGRAMS: Final = frozenset({"script", "python", "executable", "elf", "pe", "mach-o"})
"""Formats that people run on purpose."""


class ExecutableBit(Check[Identity]):
    """Judges what a file turned out to be against its mode."""

    id: ClassVar[str] = "executable-bit"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a data file is marked as a program"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (Identity,)

    def run(self, subject: Identity, context: Context) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        if not subject.executable_bit or not subject.formats:
            return
        if PROGRAMS & set(subject.formats):
            return
        yield self.finding(
            subject,
            f"a file of format {subject.formats[0]} is marked as a program",
            Quote(text=f"{subject.name}: executable bit set"),
            fix="clear the bit with chmod a-x",
            live="a shell that is given its name",
        )
