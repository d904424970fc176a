"""The EU AI Act as data: thresholds, days, duties, and signs that raise questions."""

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from openvet.check import Profile, Role
from openvet.wire import Record

FILE = Path(__file__).parent / "eu_ai_act.json"
Makes = Literal[
    "language", "text-to-image", "text-to-video", "image", "video", "audio", "narrow",
    "none",
]  # fmt: skip
"""What a model generates; `narrow` is language of one narrow task, as translation."""
Reach = Literal["eu", "unsaid", "outside"]
"""Whether the Act reaches the use: `unsaid` where the person did not say."""
When = Literal[
    "general-purpose", "systemic", "talks", "generates", "exposes", "high-risk"
]
"""What a duty hangs on."""


class Figure(Record, frozen=True, kw_only=True):
    """A number and where it is written."""

    flop: float
    source: str


class Shape(Record, frozen=True, kw_only=True):
    """Names of architectures and what they generate."""

    makes: Makes
    names: str
    """Expression that the whole name matches."""


class Duty(Record, frozen=True, kw_only=True):
    """Something that the Act asks for."""

    id: str
    title: str
    when: When
    whom: Role
    since: dt.date
    exempt: bool = False
    """Whether the exemption of Art. 53(2) frees from it."""
    note: str = ""
    source: str


class Earlier(Record, frozen=True, kw_only=True):
    """Until when models have time that were placed before a day."""

    before: dt.date
    until: dt.date
    source: str


class Signal(Record, frozen=True, kw_only=True):
    """A sign in names or labels that a use of Annex III may be meant."""

    area: str
    what: str
    names: str = ""
    """Expression found between words of a name, which are joined by dashes."""
    labels: tuple[str, ...] = ()
    shape: str = ""
    """Expression that a label matches."""
    least: int = 1
    """So many different labels are a sign."""
    both: bool = False
    """Whether the words stand inside labels, one of each sex."""
    not_text: bool = False
    """Whether it is a sign only where the model does not read text."""


class Act(Record, frozen=True, kw_only=True):
    """All of it."""

    as_of: dt.date
    act: str
    source: str
    indicative: Figure
    systemic: Figure
    modifier_parts: Figure
    flop_per_value_and_token: Figure
    most_tokens: Figure
    members: frozenset[str]
    members_source: str
    perhaps: frozenset[str]
    """Where whether the Act holds is for a person to say."""
    tasks: dict[str, Makes]
    tasks_source: str
    architectures: tuple[Shape, ...]
    """The first that fits counts."""
    architectures_source: str
    duties: tuple[Duty, ...]
    earlier: Earlier
    areas: dict[str, str]
    areas_source: str
    signals: tuple[Signal, ...]
    signals_source: str


@cache
def act() -> Act:
    """Return what is shipped."""
    return msgspec.json.decode(FILE.read_bytes(), type=Act)


def reach(profile: Profile) -> Reach:
    """Return whether the Act reaches the use that is planned."""
    places = {name.strip().upper() for name in profile.territory} - {""}
    if places & act().members:
        return "eu"
    return "outside" if places and not places & act().perhaps else "unsaid"
