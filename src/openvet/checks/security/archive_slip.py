"""A member of an archive is written outside the folder it is extracted to.

## What it does

Reads the listing of every archive - zip, tar, and the model formats made of them, such
as `.keras`, `.mar`, `.nemo` and torch checkpoints - and reports members that would
leave the folder of extraction or become something other than a plain file: absolute
paths, `..` that climbs out, drive letters, NUL bytes, links that end outside, files
written through such links, device nodes, pipes, and set-user-id bits.

## Why it matters

Whoever extracts the archive writes where its author chose: over a start-up script, a
key, another model. Extracting with the rights of a service makes that code execution.
Model loaders extract silently: Keras unpacks `.keras` files, NeMo unpacks `.nemo`,
TorchServe unpacks `.mar`. Device nodes and set-user-id files matter when extraction
runs as root, as it does in many containers.

## How it is measured

From the listing alone; nothing is extracted. Links are followed inside the listing as
an extractor would follow them, so a chain of harmless links that adds up to an escape
is found. Both separators count, since an archive written on one system is extracted on
another. A lone backslash, or `..` that stays inside, is a review: it is unsafe on some
systems and honest writers have produced it.

## What to do

Do not extract the archive with a tool that follows member names. Python's
`tarfile.extractall(filter="data")` (the default from Python 3.14) and `zipfile` refuse
or rename most of these. Ask the publisher for an archive with plain relative names.

## Known limits

Names that only differ in letter case or Unicode form, and collide on some file systems,
are not reported. What the members hold is judged by other rules.

## References

- CWE-22, path traversal; CWE-59, link following
- CVE-2007-4559: `tarfile` follows member names
- CVE-2024-5187: the same in the download of ONNX models
- https://docs.python.org/3/library/tarfile.html#extraction-filters
"""

import stat
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.formats.names import normal, path_leaves
from openvet.subject import Archive, Entry

FIX: Final = (
    "do not extract this archive; ask for one with plain relative names, or extract "
    "it with a filter that refuses such members"
)
LIVE: Final = "any tool that extracts members by name with the rights to write there"
SHOWN: Final = 20
_SET_ID: Final = stat.S_ISUID | stat.S_ISGID
_EXECUTE: Final = 0o111


class ArchiveSlip(Check[Archive]):
    """Judges where the members of an archive would be written."""

    id: ClassVar[str] = "archive-slip"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "an archive writes outside the folder it is extracted to"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Archive], ...]] = (Archive,)

    def run(self, subject: Archive, context: Context) -> Iterator[Finding]:
        """Yield one finding for each way in which members leave."""
        links = {
            normal(entry.name): entry.link
            for entry in subject.members
            if entry.kind == "link" and entry.link
        }
        ways: dict[tuple[str, Severity], list[Quote]] = {}
        for entry in subject.members:
            words, severity = judge(entry, links)
            if words:
                shown = f"{entry.name} -> {entry.link}" if entry.link else entry.name
                ways.setdefault((words, severity), []).append(Quote(text=shown[:500]))
        for (words, severity), quotes in ways.items():
            count = f"{len(quotes)} members, each one that " if len(quotes) > 1 else ""
            yield self.finding(
                subject,
                f"the archive holds {count or 'a member that '}{words}",
                *quotes[:SHOWN],
                fix=FIX,
                severity=severity,
                live=LIVE,
            )


def judge(entry: Entry, links: dict[str, str]) -> tuple[str, Severity]:
    """Return what a member does on extraction, in words, and how bad that is."""
    high: tuple[tuple[bool, str], ...] = (
        ("\0" in entry.name, "has a NUL byte in its name"),
        (path_leaves(entry.name), "is written outside the folder of extraction"),
        (entry.link_leaves, "is a link that ends outside the folder of extraction"),
        (path_leaves(entry.name, links), "is written outside through a link"),
        (entry.kind == "special", "is a device or a pipe"),
        (
            entry.kind == "file"
            and bool(entry.mode & _SET_ID)
            and bool(entry.mode & _EXECUTE),
            "runs with the rights of its owner (set-user-id)",
        ),
    )
    for applies, words in high:
        if applies:
            return words, Severity.HIGH
    if ".." in entry.name.replace("\\", "/").split("/"):
        return "has '..' in its name, without leaving", Severity.MEDIUM
    if "\\" in entry.name:
        return "has a backslash in its name, a separator on Windows", Severity.MEDIUM
    return "", Severity.INFO
