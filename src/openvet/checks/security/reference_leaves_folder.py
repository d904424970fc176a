"""A name in the file makes a loader open something outside the model's folder.

## What it does

Looks at every name that a loader opens because a file says so: external tensor data of
ONNX, assets of a SavedModel, shards of an index, weights of an OpenVINO model,
vocabularies, linked models. Reports names that lead elsewhere: absolute paths, `..`
that climbs out, drives, network shares, URLs, home folders, environment variables,
NUL bytes.

## Why it matters

A model should come from its own folder. A name that leaves it reads files of the
person who loads the model (keys, passwords, other people's data become "weights" that
the model then outputs), opens a network share (which hands over the user's password
hash on Windows), or downloads what was never reviewed. ONNX's external data alone led
to CVE-2022-25882, CVE-2024-27318, CVE-2026-27489 and CVE-2026-34446.

## How it is measured

By the text of the name alone, with both kinds of separators: a file is written on one
system and opened on another. `a/../b` stays inside and is not reported. A lone
backslash is a review, since only Windows takes it for a separator.

## What to do

Do not load the file with a loader that follows the name. If you need it, put the data
into the model's folder and write the plain file name instead.

## Known limits

A name that stays inside may still be a link to elsewhere; links are judged where the
folder or archive is listed. Whether the named file exists is not decided here.

## References

- CVE-2022-25882, CVE-2024-27318: ONNX external data outside the model's folder
- CVE-2026-27489, CVE-2026-34446, CVE-2026-34447: the same through links
- CWE-22, path traversal; CWE-73, external control of file name
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Bytes, Finding, Quote, Severity
from openvet.formats.paths import escape
from openvet.subject import Reference, Subject

FIX: Final = "keep the data inside the model's folder and refer to it by plain name"
SHOWN: Final = 200


class ReferenceLeavesFolder(Check[Subject]):
    """Judges the names that a loader opens, in files of any format."""

    id: ClassVar[str] = "reference-leaves-folder"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a name makes a loader leave the model's folder"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Subject,)

    def run(self, subject: Subject, context: Context) -> Iterator[Finding]:
        """Yield one finding for each name that leaves."""
        for reference in subject.references:
            if reference.kind not in ("path", "url"):
                continue
            way = escape(reference.value)
            if way is None:
                continue
            backslash = way.way == "backslash"
            yield self.finding(
                subject,
                f"a name that a loader opens {way.words}",
                *_evidence(reference),
                fix=FIX,
                severity=Severity.MEDIUM if backslash else self.severity,
                live=f"a loader {reference.opens}",
            )


def _evidence(reference: Reference) -> tuple[Quote | Bytes, ...]:
    text = f"{reference.key} = {reference.value[:SHOWN]!r}"
    if reference.line or not reference.offset:
        return (Quote(text=text, line=reference.line, key=reference.key[:SHOWN]),)
    return (Bytes(offset=reference.offset, shows=text),)
