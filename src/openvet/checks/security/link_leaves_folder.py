"""A link in the model's folder leads out of it.

## What it does

Reports symbolic links that end outside the folder that is audited.

## Why it matters

Whoever packs, serves or uploads the folder follows the link: keys of the person become
part of the model, or a loader reads a file that was never reviewed. A link to a device
or a pipe makes a loader hang.

## How it is measured

From the listing, with the link resolved on the auditing machine. The layout of the
Hugging Face cache, whose snapshots link into the blob store beside them, is known and
silent. A link to a place every system has (`/etc`, `/dev`, a home folder) and any
absolute link fail; a relative link that climbs out fails as well.

## What to do

Replace the link by the file it stands for, or remove it.

## Known limits

Hard links cannot be told from files. What lies behind the link is not read.

## References

- CWE-59, improper link resolution before file access; CWE-61
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Folder, Subject
from openvet.wire import replace


class LinkLeavesFolder(Check[Folder]):
    """Judges the links of a folder."""

    id: ClassVar[str] = "link-leaves-folder"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a link leads out of the model's folder"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Folder,)

    def run(self, subject: Folder, context: Context) -> Iterator[Finding]:
        """Yield a finding for each link that leaves."""
        for entry in subject.entries:
            if entry.kind == "link" and entry.link_leaves:
                finding = self.finding(
                    subject,
                    "a link leads out of the folder",
                    Quote(text=f"{entry.name} -> {entry.link}"),
                    fix="replace the link by the file it stands for, or remove it",
                    live="whatever opens, packs or uploads the file",
                )
                yield replace(finding, place=(*subject.place, entry.name))
