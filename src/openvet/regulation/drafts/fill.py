"""Fills a form from what a folder says of its model, and one of its data."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, get_args

from openvet.budget import Budget
from openvet.dossier import Dossier
from openvet.errors import OverBudgetError
from openvet.regulation.drafts.data import DATA
from openvet.regulation.drafts.forms import Answer, Draft, Entry, Field, Filled, Name
from openvet.regulation.drafts.forms import form as form_of
from openvet.regulation.drafts.parts import PARTS, answer, shown
from openvet.regulation.drafts.prose import section
from openvet.regulation.public import Topic, said_on

MOST: Final = 50
"""Answers to one field."""
PLAIN: Final = frozenset(
    {"publisher", "contact", "architecture", "languages", "parameters", "repository",
     "released", "data-cutoff"}
)  # fmt: skip
"""Statements that need no word on what they are."""
TOPICS: Final[dict[str, Topic]] = {topic: topic for topic in get_args(Topic)}


def draft(
    name: Name, dossier: Dossier, budget: Budget, data: Dossier | None = None
) -> Draft:
    """Return a form with what files prove.

    Args:
        name: Of the form.
        dossier: What the model's folder says.
        budget: What may be spent; a field for which it does not last says so.
        data: What the folder of the training data says.
    """
    form = form_of(name)
    filling = _Filling(dossier, data, budget)
    parts = tuple(
        Filled(
            title=part.title,
            entries=tuple(filling.entry(field) for field in part.fields),
        )
        for part in form.parts
    )
    gaps = [gap.detail for one in (dossier, data) if one for gap in one.gaps[:MOST]]
    return Draft(
        form=name,
        title=form.title,
        of=dossier.name,
        as_of=form.as_of,
        source=form.source,
        parts=parts,
        not_read=(*gaps, *filling.unread),
    )


class _Filling:
    """One pass over a form; questions are numbered as they come."""

    def __init__(self, dossier: Dossier, data: Dossier | None, budget: Budget) -> None:
        self.dossier = dossier
        self.data = data
        self.budget = budget
        self.asked = 0
        self.unread: list[str] = []

    def entry(self, field: Field) -> Entry:
        """Return a field with its answers, and its question if one is left."""
        found = (one for name in field.by for one in self.answers(name))
        kept: list[Answer] = []
        try:
            kept.extend(islice(_once(found), MOST))
        except OverBudgetError as error:
            self.unread.append(f"for {field.id} not all: {error.message}")
        answers = tuple(kept)
        left = not (answers and field.whole and self.settled(field))
        self.asked += left
        return Entry(
            id=field.id,
            title=field.title,
            answers=answers,
            question=self.asked if left else 0,
            ask=field.ask if left else "",
            annex=field.annex,
        )

    def settled(self, field: Field) -> bool:
        """Say whether files agree on a field."""
        if "license" in field.by:
            claims = [one for one in self.dossier.claims if one.about == "model"]
            return len({one.keys for one in claims}) == 1
        if "fact:parameters" in field.by:
            return len(self.dossier.facts.get("parameters", ())) == 1
        return True

    def answers(self, name: str) -> Iterator[Answer]:
        """Yield what answers a field under one of the names that forms use."""
        kind, _, rest = name.partition(":")
        if kind == "fact":
            yield from _facts(self.dossier, rest)
        elif kind == "section":
            yield from section(self.dossier, rest, self.budget)
        elif kind == "public":
            if said := said_on(self.dossier, TOPICS[rest], self.budget):
                yield answer(said.spot.text or "a file of its own", said.spot)
        elif kind == "data":
            if self.data is not None:
                yield from DATA[rest](self.data)
        else:
            yield from PARTS[kind](self.dossier)


def _facts(dossier: Dossier, subject: str) -> Iterator[Answer]:
    for statement in dossier.facts.get(subject, ())[:MOST]:
        text = shown(statement.value)
        label = "" if subject in PLAIN else f"{subject.replace('-', ' ')}: "
        yield answer(f"{label}{text}", statement.spot)


def _once(found: Iterator[Answer]) -> Iterator[Answer]:
    """Yield answers that differ in what they say or how it is known."""
    seen: set[tuple[Any, ...]] = set()
    for one in found:
        key = (one.text, one.basis)
        if one.text and key not in seen:
            seen.add(key)
            yield one
