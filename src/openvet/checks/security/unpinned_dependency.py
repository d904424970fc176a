"""Requirements name packages without an exact version, so what runs can change.

## What it does

Lists the requirements of a model that state no exact version and no hash.

## Why it matters

Code of a package runs when the model is installed or loaded. Without a version, the
code that runs tomorrow is not the code that was reviewed today; a taken-over package
reaches every user at once.

## How it is measured

`name==1.2.3`, `===`, a hash, or conda's `name=1.2` count as exact; `>=`, `~=`, a range
or a bare name do not. One finding a file, of low severity; informational if the file
states lower bounds only, as libraries are meant to.

## What to do

Pin versions, best with hashes (`pip-compile --generate-hashes`, `uv pip compile`).

## Known limits

Whether a pinned version has known holes is not looked up. Requirements of requirements
are not resolved.

## References

- https://pip.pypa.io/en/stable/topics/secure-installs/
- CWE-1357, reliance on insufficiently trustworthy component
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Requirements
from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

SHOWN: Final = 10


class UnpinnedDependency(Check[Requirements]):
    """Judges whether requirements say exactly what is installed."""

    id: ClassVar[str] = "unpinned-dependency"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "requirements leave open which code is installed"
    severity: ClassVar[Severity] = Severity.LOW
    subjects: ClassVar[tuple[type[Subject], ...]] = (Requirements,)

    def run(self, subject: Requirements, context: Context) -> Iterator[Finding]:
        """Yield one finding for the whole file."""
        loose = [
            wanted
            for wanted in subject.requirements
            if wanted.kind == "name" and not wanted.pinned and wanted.name
        ]
        if loose:
            yield self.finding(
                subject,
                "requirements without an exact version",
                *(
                    Quote(text=wanted.text, line=wanted.line)
                    for wanted in loose[:SHOWN]
                ),
                fix="pin exact versions, best with hashes",
                severity=Severity.INFO if subject.format == "project" else None,
                live="the installer, whenever the model's environment is built",
            )
