"""What a bill of materials lists: the model, its licenses, what it was made from.

Both formats are written from one `Bill`, so that they say the same. Nothing is
concluded here: where files name several licenses all are listed, each with its places.
"""

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from openvet.dossier import Edge, LicenseClaim, Spot
from openvet.licenses import known, license_of
from openvet.patterns import pattern
from openvet.report import Report
from openvet.stated import Fact, Passage, Stated, Value
from openvet.write.escape import visible

NAMESPACE: Final = uuid.UUID("6a4c9d0e-3f0b-5c55-9a0e-0f6f0d9c8b17")
"""Of our serial numbers; made once, at random."""
RUNTIME: Final = frozenset({"adapter", "bundles"})
"""Ways of being made from something in which it is needed to run."""
LONGEST: Final = 4_000
"""Characters of one text."""
HUB: Final = "https://huggingface.co"
_TARGET: Final = pattern(r"hf:([\w.-]+(?:/[\w.-]+)?)(?:@(\S{1,200}))?", re.ASCII)
_REPOSITORY: Final = pattern(
    r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII
)
_LINK: Final = pattern(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?"
    r"(?:[/?](?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,1500})?"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,300})?"
)
_HEX: Final = pattern(r"[0-9a-f]{64}")
DECLARING: Final = ("base_model", "tags", "datasets", "source_datasets")
"""Keys whose values the Hub defines to be names of its own."""


class Named(NamedTuple):
    """A name with its owner, and where the Hub has it if it is said to."""

    name: str
    owner: str = ""
    hub: str = ""
    """`owner/name` on the Hub; empty where a file does not say so."""


class License(NamedTuple):
    """A license that files say the model has."""

    spdx: str
    """Id of the SPDX list; empty where it has none."""
    name: str
    """As people call it, or as it is written where nobody knows it."""
    page: str
    file: str
    """A file of the model that holds its text; empty where none does."""
    modified: bool
    """Whether that text differs from the license's own."""
    claims: tuple[LicenseClaim, ...]


class Saying(NamedTuple):
    """Something that is said, with every place that says it."""

    subject: str
    text: str
    spots: tuple[Spot, ...]


class Part(NamedTuple):
    """Something that the model was made from."""

    named: Named
    kind: str
    """`model`, `dataset` or `code`."""
    number: int
    """Among those of its kind, from 0."""
    edges: tuple[Edge, ...]

    @property
    def relations(self) -> tuple[str, ...]:
        """How it went in, each way once."""
        return tuple(dict.fromkeys(edge.relation for edge in self.edges))

    @property
    def is_ancestor(self) -> bool:
        """Whether it is a model that is not needed to run this one."""
        return self.kind == "model" and RUNTIME.isdisjoint(self.relations)


class Bill:
    """What a bill of materials lists, read from a report.

    Args:
        report: Of an audit.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.stated = report.stated or Stated()
        self.named, self.revision = _identity(report, self.stated)
        self.licenses = tuple(_licenses(self.stated))
        self.parts = tuple(_parts(self.stated.edges))
        self.ended = moment(report.ended)

    @property
    def serial(self) -> uuid.UUID:
        """The same for the same files, names and contents."""
        return uuid.uuid5(NAMESPACE, self.report.manifest)

    @property
    def purl(self) -> str:
        """Package URL of a model that was audited on the Hub; empty for others."""
        return package_url(self.named.hub, self.revision)

    @property
    def version(self) -> str:
        """What the files say, else the revision that was audited."""
        return self.text("version") or self.revision

    def facts(self, *subjects: str) -> Iterator[Fact]:
        """Yield what is said of some subjects, in this order."""
        for subject in subjects:
            yield from self.stated.facts.get(subject, ())

    def sayings(self, *subjects: str) -> Iterator[Saying]:
        """Yield what is said of some subjects, or of all, the same only once."""
        found: dict[tuple[str, str], list[Spot]] = {}
        for subject in subjects or sorted(self.stated.facts):
            for fact in self.facts(subject):
                found.setdefault((subject, told(fact.value)), []).append(fact.spot)
        for (subject, text), spots in found.items():
            if text:
                yield Saying(subject, text, tuple(spots))

    def first(self, *subjects: str) -> Fact | None:
        """Return the first thing said of some subjects that says something."""
        return next((fact for fact in self.facts(*subjects) if told(fact.value)), None)

    def text(self, *subjects: str) -> str:
        """Return it as text, empty if there is none."""
        fact = self.first(*subjects)
        return told(fact.value) if fact else ""

    @property
    def cards(self) -> list[str]:
        """Files that are cards; the description of a package is none."""
        own = ("METADATA", "PKG-INFO")
        return [card for card in self.stated.cards if not card.endswith(own)]

    def passages(self, *topics: str) -> Iterator[Passage]:
        """Yield what cards say on some topics."""
        return (one for one in self.stated.passages if one.topic in topics)

    def of_kind(self, kind: str) -> tuple[Part, ...]:
        """Return what the model was made from, of one kind."""
        return tuple(part for part in self.parts if part.kind == kind)


def told(value: Value) -> str:
    """Return a value as one text: lists with commas, pairs with equals signs."""
    if isinstance(value, dict):
        pairs = (f"{key}={one}" for key, one in value.items() if one is not None)
        return visible(", ".join(pairs), most=LONGEST)
    if isinstance(value, tuple):
        return visible(", ".join(map(str, value)), most=LONGEST)
    return "" if value is None else visible(str(value), most=LONGEST)


def where(spot: Spot) -> str:
    """Return a place as text: `README.md line 3, key license`."""
    line = f" line {spot.line}" if spot.line else ""
    key = f", key {visible(spot.key)}" if spot.key else ""
    return f"{visible(spot.file)}{line}{key}"


def moment(text: str) -> str:
    """Return a moment of a ledger as RFC 3339 has it, in UTC where it says no zone."""
    found = dt.datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).isoformat()


def link(text: str) -> str:
    """Return a text that is a plain web address; empty for any other."""
    return text if _LINK.fullmatch(text) else ""


def hash_of(text: str) -> str:
    """Return a text that is a digest of 256 bits; empty for any other."""
    return text if _HEX.fullmatch(text) else ""


def quoted(name: str) -> str:
    """Return the name of a file as part of a reference."""
    return quote(name.encode("utf-8", "backslashreplace"), safe="/-_.~")


def package_url(hub: str, revision: str = "") -> str:
    """Return the package URL of a model of the Hub; empty without a name."""
    path = "/".join(quote(part, safe="-_.~") for part in hub.split("/"))
    at = f"@{quote(revision.lower(), safe='-_.~')}" if revision else ""
    return f"pkg:huggingface/{path}{at}" if hub else ""


def _identity(report: Report, stated: Stated) -> tuple[Named, str]:
    """Return the name of what was audited, and its revision."""
    on_hub = _TARGET.fullmatch(report.target) if report.kind == "remote" else None
    if on_hub is not None:
        return _named(on_hub[1], hub=on_hub[1]), visible(on_hub[2] or "")
    last = report.target.replace("\\", "/").rstrip("/").rpartition("/")[2]
    revisions = (told(fact.value) for fact in stated.facts.get("revision", ()))
    return _named(stated.name or last or "model"), next(revisions, "")


def _named(name: str, hub: str = "") -> Named:
    owner, slash, last = name.partition("/")
    if slash and owner and last and "/" not in last:
        return Named(visible(last), visible(owner), hub)
    return Named(visible(name).strip() or "model", "", hub)


def _licenses(stated: Stated) -> Iterator[License]:
    """Yield each license that is said of the model, with all who say so."""
    found: dict[str, list[LicenseClaim]] = {}
    for claim in stated.claims:
        if claim.about == "model":
            key = claim.keys[0] if len(claim.keys) == 1 else claim.written
            found.setdefault(key, []).append(claim)
    for key, claims in found.items():
        entry = license_of(key) if len(claims[0].keys) == 1 else None
        plain = entry is not None and not any(_is_more(one.written) for one in claims)
        spdx = entry.spdx if entry and plain and entry.spdx != "custom" else ""
        text = next((one for one in stated.texts if key in one.keys), None)
        yield License(
            spdx=spdx,
            name=entry.name if entry and plain else visible(claims[0].written),
            page=entry.page if entry else "",
            file=text.file if text else "",
            modified=text is not None and text.modified,
            claims=tuple(claims),
        )


def _is_more(written: str) -> bool:
    """Say whether an expression says more than the id of its license."""
    meant = known(written)
    return bool(meant.exceptions or meant.or_later or (meant.unknown and meant.choices))


def _parts(edges: Iterable[Edge]) -> Iterator[Part]:
    found: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        found.setdefault((edge.kind, edge.parent), []).append(edge)
    numbers = Counter[str]()
    for (kind, parent), of_it in found.items():
        keys = [edge.spot.key for edge in of_it]
        declared = any(k.startswith(DECLARING) or DECLARING[0] in k for k in keys)
        is_hub = declared and kind != "code" and _REPOSITORY.fullmatch(parent)
        named = _named(parent, parent if is_hub else "")
        yield Part(named, kind, numbers[kind], tuple(of_it))
        numbers[kind] += 1
