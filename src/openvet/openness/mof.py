"""The class of a release in the Model Openness Framework 1.0.

A class is met where each required component of it and of the classes below is there
under an open license; a research paper stands in for the technical report. A license
that is open but made for another type of content passes, with a remark.

Source: lfai/model_openness_tool at 8b5d30e, ModelEvaluator.php and LicenseHandler.php.
"""

from collections.abc import Collection
from typing import Any, Final, Literal, get_args

from msgspec import field

from openvet.openness.terms import (
    Component,
    ContentType,
    framework,
    identify,
    is_appropriate,
    is_open,
    states_none,
)
from openvet.wire import Record

CLASSES: Final = {
    0: "unclassified",
    1: "Class I, Open Science",
    2: "Class II, Open Tooling",
    3: "Class III, Open Model",
}
NUMERAL: Final = {1: "I", 2: "II", 3: "III"}
REPORT: Final = "Technical report"
PAPER: Final = "Research paper"
Standing = Literal["open", "conditional", "not-open", "unlicensed", "missing"]
"""`conditional`: open, but made for another type of content."""


class Terms(Record, frozen=True, kw_only=True):
    """Licenses of a release: of single components, of types, of all together."""

    distribution: str = ""
    by_type: dict[ContentType, str] = field(default_factory=dict)
    by_component: dict[str, str] = field(default_factory=dict)
    """By name; an empty string says that this one has no license at all."""


class Rating(Record, frozen=True, kw_only=True):
    """How a component stands."""

    component: Component
    standing: Standing
    license: str = ""

    @property
    def fulfilled(self) -> bool:
        """Whether it counts for a class."""
        return self.standing in ("open", "conditional")


class Score(Record, frozen=True, kw_only=True):
    """The class of a release and how it comes about."""

    klass: int
    """1, 2 or 3; 0 where not even the third is met."""
    ratings: tuple[Rating, ...]


def resolve(component: Component, terms: Terms) -> str:
    """Return the license of a component: its own, that of its type, that of all."""
    own = terms.by_component.get(component.name)
    if own is not None:
        return own
    return terms.by_type.get(component.type, "") or terms.distribution


def score(included: Collection[str], terms: Terms, *, literal: bool = False) -> Score:
    """Rate a release.

    Args:
        included: Names of the components that are part of it.
        terms: Its licenses, as they are written.
        literal: Count SPDX ids only, to the letter, as the framework's own tool does;
            else a spelling counts for the license that it means.
    """
    ratings = tuple(
        _rate(component, terms, literal)
        if component.name in included
        else Rating(component=component, standing="missing")
        for component in framework().components
    )
    fulfilled = {found.component.name for found in ratings if found.fulfilled}
    return Score(klass=classify(fulfilled), ratings=ratings)


def _rate(component: Component, terms: Terms, literal: bool) -> Rating:
    written = resolve(component, terms)
    license_id = written if literal else identify(written) or written
    standing: Standing = "not-open"
    if not written or (not literal and states_none(written)):
        standing = "unlicensed"
    elif is_open(license_id):
        fits = is_appropriate(license_id, component.type)
        standing = "open" if fits else "conditional"
    return Rating(component=component, standing=standing, license=license_id)


def classify(fulfilled: Collection[str]) -> int:
    """Return the class of a release by its components that count; 0 is none."""
    reached = 0
    for klass in (3, 2, 1):
        if lacking(klass, fulfilled):
            break
        reached = klass
    return reached


def lacking(klass: int, fulfilled: Collection[str]) -> tuple[Component, ...]:
    """Return what keeps a release from a class, those of lower classes included."""
    have = set(fulfilled)
    if PAPER in have:
        have.add(REPORT)
    return tuple(
        component
        for component in framework().components
        if component.required
        and component.klass >= klass
        and component.name not in have
    )


def remarks(ratings: Collection[Rating]) -> tuple[str, ...]:
    """Return what the framework says of licenses that are open and do not fit."""
    return tuple(
        f"{found.component.name}: {found.license} is open, but not made for"
        f" {found.component.type}"
        for found in ratings
        if found.standing == "conditional"
    )


def declared(release: dict[str, Any]) -> tuple[frozenset[str], Terms]:
    """Return the components and terms of a release in the framework's own YAML format.

    Args:
        release: What stands below `release` (schema/mof_schema.json). A component that
            says "unlicensed" has no license, whatever holds for the others; one that
            says nothing has that of its type or of the whole.
    """
    included: set[str] = set()
    own: dict[str, str] = {}
    listed = release.get("components")
    for row in listed if isinstance(listed, list) else []:
        name = row.get("name") if isinstance(row, dict) else None
        if not isinstance(name, str):
            continue
        included.add(name)
        stated = row.get("license")
        if isinstance(stated, str):
            own[name] = "" if stated == "unlicensed" else stated
    given = release.get("license")
    names = {
        key: str(row["name"])
        for key, row in (given.items() if isinstance(given, dict) else ())
        if isinstance(row, dict) and row.get("name")
    }
    return frozenset(included), Terms(
        distribution=names.get("distribution", ""),
        by_type={kind: names[kind] for kind in get_args(ContentType) if kind in names},
        by_component=own,
    )
