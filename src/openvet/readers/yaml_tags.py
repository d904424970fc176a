"""YAML under another name: tags that make a loader import, build or call.

Files named as YAML are read by the reader of configurations. A loader does not look at
the name, so this one reads other text that parses as YAML and has such a tag.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import ObjectTree
from openvet.check import Context, Reader
from openvet.formats.objects.tags import tag_objects
from openvet.formats.yaml import parse_yaml
from openvet.subject import File, Subject

NAMED: Final = frozenset({".yaml", ".yml"})
LARGEST: Final = 1 << 20
SIGN: Final = re.compile(rb"!!|!<|%TAG|!(?:new|name|apply|module|python)[:/]")


class YamlTagsReader(Reader[File]):
    """Finds tags that ask a loader for more than plain data."""

    id: ClassVar[str] = "yaml-tags"

    def claims(self, subject: File) -> bool:
        """Take text that is small enough to be a configuration."""
        if subject.suffix in NAMED or subject.name == "MLmodel":
            return False
        return subject.size <= LARGEST and b"\0" not in subject.head

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the tagged objects; nothing where there is no such tag."""
        data = subject.source.read(0, LARGEST)
        if not SIGN.search(data):
            return
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return
        parsed = parse_yaml(text, context.budget)
        made = tag_objects(parsed.tags)
        # Other text may look like a tag; only YAML that parses is believed.
        if made and not parsed.gaps:
            yield ObjectTree(
                origin=subject.origin.aspect("yaml tags"),
                format="yaml",
                made=made,
                defects=parsed.defects,
            )
