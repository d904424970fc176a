"""What a folder says of its model, as much of it as the ledger keeps for reports.

Writers get a report and nothing else, and a report is made from the ledger and a
policy, so that a stored audit prints the same as a fresh one. A bill of materials needs
more than findings: licenses, parents, what was counted in the weights. So the step of a
`Dossier` carries a `Stated`: the statements themselves, each with its place and its
basis, under bounds that hold whatever the folder says. It depends on nothing but the
dossier, is remembered and replayed with its step, and adds nothing to any other line.
Findings could not carry it: a rule that passes leaves none.
"""

import math
from typing import Any, Final, TypeAlias

from openvet.dossier import (
    Card,
    Dossier,
    Edge,
    LicenseClaim,
    LicenseText,
    Spot,
    Statement,
)
from openvet.patterns import pattern
from openvet.wire import Record, decode, encode

CLAIMS: Final = 200
EDGES: Final = 500
TEXTS: Final = 50
SUBJECTS: Final = 100
SAID: Final = 10
"""Statements of one subject; of results and papers there may be more."""
MANY: Final[dict[str, int]] = {"evaluation": 100, "paper": 30}
LARGEST: Final = 8_000
"""Bytes of one statement, its place included."""
PASSAGES: Final = 30
PASSAGE: Final = 1_000
"""Characters of a passage."""
WIDEST: Final = 1 << 63
"""Whole numbers beyond are kept as text."""

_TITLES: Final = {
    "users": pattern(r"(?:(?:primary|main) )?(?:intended )?(?:users?|audience)", 2),
    "out-of-scope": pattern(
        r"(?:out[- ]of[- ]scope|misuse|prohibited|unsuitable|not intended|unintended)"
        r".*|.*\b(?:misuse|out-of-scope)\b.*",
        2,
    ),
    "mitigations": pattern(r"recommendations?|mitigations?.*", 2),
    "use": pattern(
        r"(?:primary |main )?(?:intended|direct|downstream|suitable|recommended) "
        r"(?:uses?|purpose|applications?).*|uses?|use cases?|applications?|purpose",
        2,
    ),
    "tradeoffs": pattern(r"(?:performance )?trade-?offs?.*", 2),
    "risks": pattern(
        r".*\b(?:bias(?:es)?|risks?|ethic\w*|fairness|safety|harms?)\b.*", 2
    ),
    "limitations": pattern(r".*\b(?:limitations?|caveats?|known issues)\b.*", 2),
    "environment": pattern(
        r".*\b(?:environmental (?:impact|considerations?)|carbon|emissions?|"
        r"energy consumption)\b.*",
        2,
    ),
    "training-data": pattern(r"(?:pre-?)?training (?:data|data ?sets?|corpus).*", 2),
}
"""Headings of model cards (huggingface_hub, modelcard_template.md) and their like, by
topic; the first that fits decides."""

Scalar: TypeAlias = bool | int | float | str | None
Value: TypeAlias = (
    bool | int | float | str | tuple[Scalar, ...] | dict[str, Scalar] | None
)


class Fact(Record, frozen=True, kw_only=True):
    """A fact of the model and where it is said."""

    value: Value
    spot: Spot


class Passage(Record, frozen=True, kw_only=True):
    """What a card says below a heading, without what a template left there."""

    topic: str
    """`use`, `users`, `out-of-scope`, `limitations`, `risks`, `mitigations`,
    `tradeoffs`, `environment` or `training-data`."""
    text: str
    spot: Spot


class Text(Record, frozen=True, kw_only=True):
    """A file that states terms, and what it is closest to."""

    file: str
    keys: tuple[str, ...]
    """Licenses, as `openvet.licenses` names them."""
    modified: bool = False


class Stated(Record, frozen=True, kw_only=True):
    """What a folder says of the model in it."""

    name: str = ""
    claims: tuple[LicenseClaim, ...] = ()
    edges: tuple[Edge, ...] = ()
    texts: tuple[Text, ...] = ()
    facts: dict[str, tuple[Fact, ...]] = {}  # noqa: RUF012 - msgspec copies it
    """By subject, as a dossier has them, in the order of the ledger: by name."""
    passages: tuple[Passage, ...] = ()
    cards: tuple[str, ...] = ()
    """Files that are cards."""
    left_out: int = 0
    """Statements that were not kept, for their number or their size."""


def of(dossier: Dossier) -> Stated | None:
    """Return what a dossier says, under bounds; None where it says nothing."""
    facts: dict[str, tuple[Fact, ...]] = {}
    everything = sum(len(said) for said in dossier.facts.values())
    for subject, said in sorted(dossier.facts.items())[:SUBJECTS]:
        kept = tuple(_facts(said[: MANY.get(subject, SAID)]))
        if kept:
            facts[subject] = kept
    many = (dossier.claims[CLAIMS:], dossier.edges[EDGES:], dossier.licenses[TEXTS:])
    stated = Stated(
        name=dossier.name[:PASSAGE],
        claims=dossier.claims[:CLAIMS],
        edges=dossier.edges[:EDGES],
        texts=tuple(_text(one) for one in dossier.licenses[:TEXTS]),
        facts=facts,
        passages=_passages(dossier.cards),
        cards=tuple(card.file for card in dossier.cards[:TEXTS]),
        left_out=everything
        - sum(len(kept) for kept in facts.values())
        + sum(len(rest) for rest in many),
    )
    # As a stored audit will have it, so that both print the same.
    return None if stated == Stated() else decode(encode(stated), Stated)


def _facts(said: tuple[Statement, ...]) -> list[Fact]:
    kept: list[Fact] = []
    for one in said:
        fact = Fact(value=_value(one.value), spot=one.spot)
        if len(repr(fact.value)) <= LARGEST:
            kept.append(fact)
    return kept


def _value(value: Any) -> Value:  # noqa: ANN401 - any plain value
    """Return a value that the ledger can hold: flat, with numbers that end."""
    if isinstance(value, list | tuple):
        return tuple(_scalar(one) for one in value)
    if isinstance(value, dict):
        return {str(key): _scalar(one) for key, one in value.items()}
    return _scalar(value)


def _scalar(value: Any) -> Scalar:  # noqa: ANN401
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and abs(value) < WIDEST:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value) if isinstance(value, float) else repr(value)[:PASSAGE]


def _text(text: LicenseText) -> Text:
    keys = dict.fromkeys(match.key for match in text.matches if match.key)
    modified = any(match.modified for match in text.matches)
    return Text(file=text.file, keys=tuple(keys)[:SAID], modified=modified)


def _passages(cards: tuple[Card, ...]) -> tuple[Passage, ...]:
    """Return what the cards of models say on the topics of a bill of materials."""
    found: list[Passage] = []
    for card in cards:
        for section in card.sections if card.kind == "model" else ():
            topic = _topic(section.title)
            text = _said(section.text) if topic else ""
            if text:
                spot = Spot(file=card.file, line=section.line, text=section.title[:300])
                found.append(Passage(topic=topic, text=text, spot=spot))
            if len(found) == PASSAGES:
                return tuple(found)
    return tuple(found)


def _topic(title: str) -> str:
    bare = title[:200].strip(" *_:#0123456789.")
    found = (topic for topic, titles in _TITLES.items() if titles.fullmatch(bare))
    return next(found, "") if bare else ""


def _said(text: str) -> str:
    from openvet.openness.sections import plain

    said: list[str] = []
    for line in text[: 4 * PASSAGE].split("\n"):
        words = plain(line)
        if words:
            said.append(words)
    return "\n".join(said)[:PASSAGE]
