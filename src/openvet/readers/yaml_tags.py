"""YAML tags that make a loader import, build or call."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import ObjectTree
from openvet.check import Context, Reader
from openvet.source import CHUNK, Source
from openvet.subject import File, Gap, Subject

NAMED: Final = frozenset({".yaml", ".yml"})
LARGEST: Final = 16 << 20
LARGEST_OTHER: Final = 1 << 20
OVERLAP: Final = 32
WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks: YAML may be UTF-16, and PyYAML reads it."""
SIGN: Final = re.compile(
    rb"!!|!<|%TAG|!(?:new|name|apply|module|python|ruby|perl|php|js)[:/]"
)


class YamlTagsReader(Reader[File]):
    """Finds tags that ask a loader for more than plain data.

    Parsing YAML is slow, so a text without anything like such a tag is not parsed.
    """

    id: ClassVar[str] = "yaml-tags"
    version: ClassVar[int] = 3

    def claims(self, subject: File) -> bool:
        """Take text: named as YAML, or small enough to be a configuration."""
        if b"\0" in subject.head and not subject.head.startswith(WIDE):
            return False
        return _is_named(subject) or subject.size <= LARGEST_OTHER

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the tagged objects; nothing where there is no such tag."""
        wide = subject.head.startswith(WIDE)
        if not wide and not _has_sign(subject.source):
            return
        from openvet.formats.objects.tags import tag_objects
        from openvet.formats.yaml import parse_yaml

        try:
            data = subject.source.read(0, LARGEST)
            text = data.decode("utf-16" if wide else "utf-8-sig")
        except UnicodeDecodeError:
            return
        parsed = parse_yaml(text, context.budget)
        made = tag_objects(parsed.tags)
        # Other text may look like a tag; only YAML that parses is believed.
        if not made or (parsed.gaps and not _is_named(subject)):
            return
        gaps = parsed.gaps
        if subject.size > LARGEST:
            rest = Gap(
                reason="over-budget",
                detail=f"only the first {LARGEST} bytes were looked at for tags",
            )
            gaps = (*gaps, rest)
        yield ObjectTree(
            origin=subject.origin.aspect("yaml tags"),
            format="yaml",
            made=made,
            gaps=gaps,
            defects=parsed.defects,
        )


def _is_named(file: File) -> bool:
    return file.suffix in NAMED or file.name == "MLmodel"


def _has_sign(source: Source) -> bool:
    """Say whether anything in the text could be such a tag."""
    start = 0
    while start < min(source.size, LARGEST):
        if SIGN.search(source.read(start, CHUNK + OVERLAP)):
            return True
        start += CHUNK
    return False
