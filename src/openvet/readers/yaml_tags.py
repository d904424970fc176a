"""YAML tags that make a loader import, build or call."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Made, ObjectTree
from openvet.check import Context, Reader
from openvet.formats.objects.tree import split
from openvet.formats.yaml import YamlTag, parse_yaml
from openvet.source import CHUNK, Source
from openvet.subject import File, Subject

SUFFIXES: Final = frozenset({".yaml", ".yml"})
LARGEST: Final = 16 << 20
LARGEST_OTHER: Final = 1 << 20
OVERLAP: Final = 32
SIGN: Final = re.compile(rb"!!|!<|%TAG|!(?:new|name|apply|module|python)[:/]")
CORE: Final = "tag:yaml.org,2002:"
PLAIN: Final = frozenset({
    "python/bool", "python/bytes", "python/complex", "python/dict", "python/float",
    "python/int", "python/list", "python/long", "python/none", "python/str",
    "python/tuple", "python/unicode",
})  # fmt: skip
HYPER: Final = re.compile(r"!(new|name|apply|module):(.+)")
"""HyperPyYAML's tags, which SpeechBrain resolves when it reads a recipe."""


class YamlTagsReader(Reader[File]):
    """Finds tags that ask a loader for more than plain data."""

    id: ClassVar[str] = "yaml-tags"

    def claims(self, subject: File) -> bool:
        """Take text that is small enough to be a configuration."""
        if subject.suffix in SUFFIXES:
            return subject.size <= LARGEST
        return subject.size <= LARGEST_OTHER and b"\0" not in subject.head

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the tagged objects; nothing where there is no such tag."""
        if not _has_sign(subject.source):
            return
        data = subject.source.read(0, LARGEST)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return
        parsed = parse_yaml(text, context.budget)
        # Other text may look like a tag; only YAML that parses is believed.
        if subject.suffix not in SUFFIXES and parsed.gaps:
            return
        made = tuple(one for tag in parsed.tags for one in _made(tag))
        if made:
            yield ObjectTree(
                origin=subject.origin.aspect("yaml tags"),
                format="yaml",
                made=made,
                gaps=parsed.gaps,
                defects=parsed.defects,
            )


def _has_sign(source: Source) -> bool:
    """Say whether anything in the text could be such a tag."""
    start = 0
    while start < source.size:
        if SIGN.search(source.read(start, CHUNK + OVERLAP)):
            return True
        start += CHUNK
    return False


def _made(tag: YamlTag) -> Iterator[Made]:
    """Yield the object behind a tag; a program's own tags stand for nothing known."""
    hyper = HYPER.fullmatch(tag.tag)
    if hyper is not None:
        yield _object(tag, f"!{hyper[1]}", hyper[2])
    elif tag.tag.startswith(CORE):
        name = tag.tag.removeprefix(CORE)
        if name in PLAIN:
            return
        what, mark, path = name.partition(":")
        if mark and what.startswith("python/"):
            yield _object(tag, what, path)
        else:
            yield _object(tag, "", name)
    elif tag.tag.startswith("!python/"):
        what, _, path = tag.tag.removeprefix("!").partition(":")
        yield _object(tag, what, path)


def _object(tag: YamlTag, what: str, path: str) -> Made:
    """Return what a tag makes; a module imported alone has no name."""
    module, name = split(path.strip())
    if what.endswith("module"):
        module, name = path.strip(), ""
    return Made(
        kind="tag",
        module=module,
        name=name,
        key=tag.key or what,
        detail=f"{what} {tag.detail}".strip(),
        line=tag.line,
    )
