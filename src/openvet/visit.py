"""A subject on the engine's work list: what was found in it so far."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from openvet.catalog import CHECKS, Plugin
from openvet.finding import Confidence, Severity
from openvet.ledger import Step
from openvet.source import MemberTree, Source
from openvet.subject import Folder, Gap, Inventory, Item, Origin, Subject
from openvet.wire import digest, replace

if TYPE_CHECKING:
    from openvet.finding import Outcome

_NONE: Final[Iterator[Subject]] = iter(())
_OTHER: Final = frozenset(
    line.id for line in CHECKS if not line.where.startswith("openvet.checks.security.")
) | {"remote-code-required"}
"""Our rules that say nothing of what loading a file does, or of what is loaded where
code of its author is run: whoever asks a model here runs none."""


def harms(step: Step) -> bool:
    """Say whether a rule found that a subject harms whoever loads it."""
    return any(
        finding.severity >= Severity.HIGH and finding.confidence >= Confidence.MEDIUM
        for outcome in step.outcomes
        if outcome.check not in _OTHER
        for finding in outcome.findings
    )


class Visit:
    """A subject being read.

    Args:
        subject: The subject.
    """

    __slots__ = (
        "children",
        "files",
        "formats",
        "gaps",
        "known",
        "made",
        "outcomes",
        "settled",
        "subject",
        "unsafe",
    )

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.children: Iterator[Subject] = _NONE
        self.gaps = list(subject.gaps)
        self.formats: list[str] = []
        self.made: dict[str, None] = {}
        """Keys of its parts, in order."""
        self.outcomes: list[Outcome] = []
        self.files: list[tuple[Item, Source, bool]] = []
        """Files in it, each with whether a part of it was not read."""
        self.unsafe: dict[str, None] = {}
        """Files in it that harm whoever loads them, in order."""
        self.known: Step | None = None
        """What an earlier audit made of it."""
        self.settled = False
        """Whether all that its readers find was found."""

    def add(self, child: Subject) -> Subject:
        """Add a part, under a key that no other part has.

        A reader may give two parts one key. The ledger would hold both under it, and
        the next audit replay one of them as the other.
        """
        key = child.origin.digest
        if key in self.made or key == self.subject.origin.digest:
            origin = child.origin.aspect(f"again {len(self.made)}")
            child = replace(child, origin=origin)
        self.made[child.origin.digest] = None
        return child

    def note_format(self, child: Subject, plugin: Plugin) -> None:
        """Remember which format a view of the same file is."""
        name = getattr(child, "format", None) or plugin.id
        if name not in self.formats:
            self.formats.append(name)

    def add_file(self, step: Step, source: Source) -> None:
        """Remember a file of this folder or container, once it was read."""
        item = Item(
            name=step.place[-1],
            size=step.size,
            formats=step.formats,
            digest=step.content.digest if step.content else step.digest,
        )
        self.files.append((item, source, bool(step.gaps)))

    def inventory(self) -> Inventory:
        """Return what is in this folder or container, now that it was read."""
        subject = self.subject
        items = tuple(item for item, _, _ in self.files)
        unread = sum(partial for _, _, partial in self.files)
        gaps: tuple[Gap, ...] = ()
        if unread:
            detail = f"{unread} of {len(items)} files not whole"
            gaps = (Gap(reason="broken", detail=detail),)
        seen = [[i.name, i.digest, i.formats, partial] for i, _, partial in self.files]
        covered = digest([*seen, *self.unsafe])
        if isinstance(subject, Folder):
            tree = subject.tree
            origin = Origin(place=subject.place, digest=covered)
        else:
            tree = MemberTree({item.name: source for item, source, _ in self.files})
            origin = subject.origin.aspect(covered)
        return Inventory(
            origin=origin.aspect("inventory"),
            items=items,
            tree=tree,
            unsafe=tuple(self.unsafe),
            container="" if isinstance(subject, Folder) else (self.formats or [""])[0],
            gaps=gaps,
        )
