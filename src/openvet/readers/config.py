"""Configuration files: JSON, YAML, TOML and INI as plain data."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Config
from openvet.check import Context, Reader
from openvet.formats.encodings import UNREAD
from openvet.formats.plain import (
    Format,
    Plain,
    encoded,
    read_ini,
    read_json,
    read_toml,
    read_yaml,
    without_tables,
)
from openvet.formats.repository.references import references
from openvet.formats.repository.workflows import programs
from openvet.formats.text import decode, looks_like_text
from openvet.source import BytesSource
from openvet.subject import File, Gap, Payload, Subject

JSON: Final = frozenset({".json", ".ipynb", ".webmanifest", ".geojson"})
SUFFIXES: Final[dict[str, Format]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "ini",
}
NAMES: Final[dict[str, Format]] = {
    "MLmodel": "yaml",
    "Pipfile": "toml",
    "Pipfile.lock": "json",
    "uv.lock": "toml",
    "poetry.lock": "toml",
    "pdm.lock": "toml",
    "setup.cfg": "ini",
    ".condarc": "yaml",
    "condarc": "yaml",
}
LINES: Final = frozenset({".jsonl", ".ndjson"})
GUESSED: Final = frozenset({".cfg", ".conf", ".ini"})
"""Endings that promise no format: networks, JSON, settings of all kinds bear them."""


def format_of(file: File) -> Format | None:
    """Return which structured format a file is in: by its name, or as it begins."""
    if not looks_like_text(file.head):
        return None
    if file.name in NAMES:
        return NAMES[file.name]
    if file.suffix == ".ipynb" or file.suffix in LINES:
        return None
    if file.suffix in JSON:
        return "json"
    if file.suffix in SUFFIXES and file.suffix not in GUESSED:
        return SUFFIXES[file.suffix]
    start = file.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    braced = start[:1] == b"{" and start[1:].lstrip()[:1] in (b'"', b"}")
    return "json" if braced else SUFFIXES.get(file.suffix)


class ConfigReader(Reader[File]):
    """Reads structured text, and what its strings encode."""

    id: ClassVar[str] = "config"
    version: ClassVar[int] = 10
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by name and beginning."""
        return format_of(subject) is not None

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the configuration, then files that texts encode."""
        kind = format_of(subject) or "json"
        limit = context.budget.limits.memory_bytes
        text, gaps = decode(subject.source, limit)
        plain = Plain() if gaps else parse(kind, text, context)
        if plain.gaps and kind == "ini" and subject.name not in NAMES:
            return  # it is plain text, which another reader reads
        found = list(encoded(plain.data, context.budget))
        code = (path for path, blob in found if blob.kind == "code")
        yield Config(
            origin=subject.origin.aspect(self.id),
            format=kind,
            name=subject.name,
            data=without_tables(plain.data),
            references=references(subject.name, plain.data),
            texts=tuple(programs(plain.data, context.budget)),
            defects=tuple(plain.defects),
            gaps=(*gaps, *plain.gaps),
            payloads=tuple(Payload(kind="code", carrier=path) for path in code),
        )
        for number, (path, blob) in enumerate(found):
            if blob.kind not in ("code", UNREAD):
                yield File(
                    origin=subject.origin.at(f"{path}#{number}"),
                    source=BytesSource(blob.data),
                )


def parse(kind: Format, text: str, context: Context) -> Plain:
    """Return the data of a text; never raise on what it says.

    Raises:
        OverBudgetError: It is too large.
    """
    if kind == "yaml":
        return read_yaml(text, context.budget)
    readers = {"json": read_json, "toml": read_toml, "ini": read_ini}
    plain = readers[kind](text.removeprefix("\ufeff"))
    if kind == "json" and plain.data is None and plain.gaps and not text.strip():
        plain.gaps = [Gap(reason="broken", detail="an empty file is no JSON")]
    return plain
