"""What the document type of an XML file would make a parser fetch or expand."""

import re
from collections.abc import Mapping
from typing import Final

from openvet.formats.facts import Facts
from openvet.subject import Defect, Reference

ENTITY: Final = re.compile(
    r"<!ENTITY\s+(?:%\s+)?(\S+)\s+"
    r"(?:(SYSTEM|PUBLIC)\s+(?:\"[^\"]*\"\s+|'[^']*'\s+)??(?:\"([^\"]*)\"|'([^']*)')"
    r"|\"([^\"]*)\"|'([^']*)')"
)
SUBSET: Final = re.compile(
    r"<!DOCTYPE\s+([^\s\[>]+)\s+(?:SYSTEM|PUBLIC\s+(?:\"[^\"]*\"|'[^']*'))"
    r"\s+(?:\"([^\"]*)\"|'([^']*)')",
    re.IGNORECASE,
)
"""A document type that is kept in another file."""
STANDARD: Final = re.compile(
    r"https?://(?:[a-z]+\.)*(?:w3\.org|dmg\.org|apple\.com)/", re.IGNORECASE
)
WEB: Final = re.compile(r"https?://", re.IGNORECASE)
MODELS: Final = frozenset({"PMML", "net", "opencv_storage"})
"""Formats whose document type, if any, is published with their standard."""
USE: Final = re.compile(r"[&%]([^;#\s&%]+);")
MOST: Final = 1 << 20
"""Characters that honest entities expand to at most."""
ENTITIES: Final = 1000
LIVE: Final = "an XML parser that resolves entities, which many do unless told not to"


def declarations(doctype: str, facts: Facts, offset: int) -> None:
    """Collect the entities of a document type declaration.

    Args:
        doctype: The declaration with its internal subset.
        facts: Takes defects and references.
        offset: Where it stands in the file.
    """
    _subset(doctype, facts, offset)
    values: dict[str, str] = {}
    for found in ENTITY.finditer(doctype):
        name, external = found[1], found[2]
        target = found[3] if found[3] is not None else found[4]
        if not external:
            values[name] = (found[5] if found[5] is not None else found[6]) or ""
            continue
        _external(name[:100], target or "", facts, offset + found.start())
    size = expansion(values)
    if size > MOST or size < 0:
        words = "without end" if size < 0 else f"to {size} characters"
        facts.defect(
            Defect(
                code="xml-entity-expansion",
                detail=f"entities expand {words}",
                offset=offset,
                live=LIVE,
            )
        )
    elif values:
        facts.defect(
            Defect(
                code="xml-entity",
                detail=f"declares {len(values)} entities of its own",
                offset=offset,
                weight="odd",
            )
        )


def _subset(doctype: str, facts: Facts, offset: int) -> None:
    """Note a document type that a validating parser fetches from elsewhere."""
    found = SUBSET.match(doctype)
    target = "" if found is None else found[2] or found[3] or ""
    if found is None or not target or STANDARD.match(target):
        return
    if WEB.match(target) and found[1] not in MODELS:
        return
    reference = Reference(
        kind="path",
        value=target,
        key="document type",
        opens="that reads document types fetches it, with what it declares",
        offset=offset,
    )
    facts.reference(reference)


def _external(name: str, target: str, facts: Facts, offset: int) -> None:
    """Note an entity that is read from elsewhere."""
    facts.defect(
        Defect(
            code="xml-external-entity",
            detail=f"entity {name} is read from {target[:200]!r}",
            offset=offset,
            live=LIVE,
        )
    )
    facts.reference(
        Reference(
            kind="path",
            value=target,
            key=f"entity {name}",
            opens="that resolves XML entities opens it",
            offset=offset,
        )
    )


def expansion(values: Mapping[str, str]) -> int:
    """Return the size of the largest entity when expanded, or -1 if it has no end.

    Sizes are computed from the entities that an entity uses, without expanding any.
    More than `ENTITIES` of them count as endless.
    """
    if len(values) > ENTITIES:
        return -1
    uses = {name: USE.findall(value) for name, value in values.items()}
    sizes: dict[str, int] = {}
    left = dict(uses)
    while left:
        ready = [
            name
            for name, used in left.items()
            if all(one in sizes or one not in values for one in used)
        ]
        if not ready:
            return -1
        for name in ready:
            inner = sum(sizes.get(one, 0) for one in left.pop(name))
            sizes[name] = min(len(values[name]) + inner, 1 << 62)
    return max(sizes.values(), default=0)
