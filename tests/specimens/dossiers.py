"""Dossiers of folders that stand in memory, or on disk."""

import os
from pathlib import Path
from typing import Any

from openvet.check import Context
from openvet.dossier import Dossier
from openvet.readers.dossier import DossierReader
from openvet.source import BytesSource, FileSource, MemberTree, Source
from openvet.subject import Inventory, Item, Origin


def inventory(files: dict[str, bytes], formats: dict[str, str]) -> Inventory:
    """Return a folder after its files were read.

    Args:
        files: Bytes by path.
        formats: What readers of the bytes would say, by path.
    """
    members: dict[str, Source] = {n: BytesSource(d) for n, d in files.items()}
    items = (
        Item(
            name=name,
            size=len(data),
            formats=(formats[name],) if name in formats else (),
            digest="0",
        )
        for name, data in files.items()
    )
    origin = Origin(place=(), digest="0")
    return Inventory(origin=origin, items=tuple(items), tree=MemberTree(members))


def dossier(
    files: dict[str, bytes], formats: dict[str, str] | None = None, **more: Any
) -> Dossier:
    """Return the dossier of a folder; `more` is given to the context."""
    subject = inventory(files, formats or {})
    (made,) = DossierReader().read(subject, Context(**more))
    assert isinstance(made, Dossier)
    return made


def card(header: str, text: str = "") -> dict[str, bytes]:
    """Return a folder with nothing but a card."""
    return {"README.md": f"---\n{header}\n---\n{text}".encode()}


def edges(found: Dossier) -> list[tuple[str, str, str, str, int]]:
    """Return name, kind and relation of every parent, and file and line."""
    return [
        (e.parent, e.kind, e.relation, e.spot.file, e.spot.line) for e in found.edges
    ]


def facts(found: Dossier) -> dict[str, object]:
    """Return the first value that is stated of each subject."""
    return {subject: said[0].value for subject, said in found.facts.items()}


FORMATS = {
    ".gguf": "gguf",
    ".onnx": "onnx",
    ".safetensors": "safetensors",
    ".mlmodel": "coreml",
}


def dossier_of(folder: Path) -> Dossier:
    """Return the dossier of a folder on disk, its formats told from names."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    members: dict[str, Source] = {
        name: FileSource(os.fsencode(path), path.stat().st_size)
        for path, name in names.items()
    }
    items = (
        Item(
            name=name,
            size=members[name].size,
            formats=(FORMATS[path.suffix],) if path.suffix in FORMATS else (),
            digest="0",
        )
        for path, name in names.items()
    )
    subject = Inventory(
        origin=Origin(place=(), digest="0"),
        items=tuple(items),
        tree=MemberTree(members),
    )
    (made,) = DossierReader().read(subject, Context())
    assert isinstance(made, Dossier)
    return made
