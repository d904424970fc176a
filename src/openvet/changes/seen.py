"""What of a version is held against the other: its report, and parts of its files."""

import zipfile
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from openvet.artifacts import ChatTemplate, Config, TensorIndex
from openvet.check import Progress
from openvet.dossier import Card, LicenseText
from openvet.report import Report
from openvet.run import Options, judge, load, observed
from openvet.source import Source, Tree
from openvet.subject import Folder, Subject

LEDGER: Final = "ledger.jsonl"
COMPARED: Final = (Config, ChatTemplate, TensorIndex, Card, LicenseText)
Place = tuple[str, ...]


class Seen(Struct):
    """One version.

    Args:
        report: Its audit.
        tree: Opens its files; None for a stored audit, of which only files and
            findings are known.
    """

    report: Report
    tree: Tree | None = None
    configs: dict[Place, Any] = field(default_factory=dict)
    templates: dict[tuple[Place, str], str] = field(default_factory=dict)
    tensors: dict[Place, TensorIndex] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    licenses: dict[str, LicenseText] = field(default_factory=dict)

    def open(self, name: str) -> Source:
        """Return a file of the version.

        Raises:
            TargetError: It cannot be opened.
        """
        if self.tree is None:
            raise AssertionError("a stored audit has no files to open")
        return self.tree.open(name)

    def note(self, subject: Subject) -> None:
        """Keep what is compared of a subject that was read."""
        match subject:
            case Config():
                self.configs[subject.place] = subject.data
            case ChatTemplate():
                self.templates[subject.place, subject.key] = subject.source
            case TensorIndex():
                self.tensors[subject.place] = subject
            case Card():
                self.cards[subject.file] = subject
            case LicenseText():
                self.licenses[subject.file] = subject


def is_bundle(path: Path) -> bool:
    """Tell whether a path is a stored audit: a bundle, or a ledger by itself."""
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as bundle:
            return LEDGER in bundle.namelist()
    except (OSError, zipfile.BadZipFile):
        return path.suffix == Path(LEDGER).suffix


def of_bundle(path: Path, options: Options) -> Seen:
    """Return a stored audit as a version.

    Raises:
        LedgerError: It is none, or was altered.
    """
    return Seen(report=judge(load(path), options.policy))


def of_folder(
    folder: Folder, options: Options, progress: Progress | None = None
) -> Seen:
    """Audit a folder and keep what is compared of it.

    Raises:
        OpenvetError: It cannot be opened.
    """
    kept: list[Subject] = []

    def keep(subject: Subject) -> None:
        if isinstance(subject, COMPARED):
            kept.append(subject)

    report = observed(folder, options, keep, progress=progress)
    seen = Seen(report=report, tree=folder.tree)
    for subject in kept:
        seen.note(subject)
    return seen
