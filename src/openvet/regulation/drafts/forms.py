"""The forms as data, and what a filled one is."""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from openvet.finding import Basis
from openvet.wire import Record

FOLDER = Path(__file__).parent
Name = Literal["training-summary", "model-documentation"]


class Field(Record, frozen=True, kw_only=True):
    """Something that a form asks for."""

    id: str
    """As the form numbers it."""
    title: str
    ask: str
    by: tuple[str, ...] = ()
    """What may answer it, as `openvet.regulation.drafts.fill` knows it."""
    whole: bool = False
    """Whether files can answer it wholly, so that an answer leaves no question."""
    annex: str = ""
    """Where the Act asks for it."""


class Part(Record, frozen=True, kw_only=True):
    """A section of a form."""

    title: str
    fields: tuple[Field, ...]


class Form(Record, frozen=True, kw_only=True):
    """A document to be filled."""

    title: str
    as_of: str
    source: str
    parts: tuple[Part, ...]


class Answer(Record, frozen=True, kw_only=True):
    """What a file says on a field."""

    text: str
    basis: Basis
    file: str = ""
    line: int = 0
    """From 1; 0 is not known."""


class Entry(Record, frozen=True, kw_only=True):
    """A field with what files say on it."""

    id: str
    title: str
    answers: tuple[Answer, ...]
    question: int = 0
    """Its number; 0 where nothing is left to ask."""
    ask: str = ""
    annex: str = ""


class Filled(Record, frozen=True, kw_only=True):
    """A section of a draft."""

    title: str
    entries: tuple[Entry, ...]


class Draft(Record, frozen=True, kw_only=True):
    """A form that was filled from files."""

    form: Name
    title: str
    of: str
    """Name of the model, as its files give it."""
    as_of: str
    source: str
    parts: tuple[Filled, ...]
    not_read: tuple[str, ...] = ()
    """What of the folders was not read."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every field."""
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def questions(self) -> tuple[Entry, ...]:
        """What a person has to answer, by number."""
        return tuple(entry for entry in self.entries if entry.question)


@cache
def form(name: Name) -> Form:
    """Return a form that is shipped."""
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Form)
