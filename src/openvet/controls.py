"""The controls of a policy: what a law, a framework or a house rule asks for.

A control names the rules that look at it. Rules find or do not find; whether that is
enough is for a person to say, so no state of a control says more than what was seen.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from openvet.check import Role
from openvet.finding import Checklist, ChecklistItem, Finding
from openvet.wire import Record

OnUnknown = Literal["ask", "incomplete", "fail"]
State = Literal[
    "findings", "clear", "undecided", "question", "not-asked", "later", "other-role"
]
"""findings: a rule found something. clear: rules looked and found nothing to review.
undecided: rules could not decide, or had nothing to judge. question: a person has to
answer. not-asked: a rule saw that it asks nothing of this model. later: not in force on
the day of the audit. other-role: it asks something of somebody else."""
OPEN: Final[frozenset[State]] = frozenset({"undecided", "question"})


class Control(Record, frozen=True, kw_only=True):
    """Something that is asked for."""

    id: str
    """As its source numbers it: `Art. 53(1)(d)`."""
    title: str
    rules: tuple[str, ...] = ()
    """Rules that look at it; none where only a person can."""
    on_unknown: OnUnknown = "ask"
    """What follows where no rule could decide: a question in the report, an audit that
    is incomplete, or one that fails."""
    roles: tuple[Role, ...] = ()
    """Whom it asks; empty for everybody."""
    applies_from: dt.date | None = None
    source: str = ""
    """Where it is written, and whether that text was read or recalled."""


class ControlSummary(Record, frozen=True, kw_only=True):
    """A control and what the audit saw of it."""

    control: Control
    state: State
    findings: int = 0
    """Findings of its rules, those that are only noted left out."""
    undecided: tuple[str, ...] = ()
    """Its rules that could not be decided, or had nothing to judge."""
    found: tuple[str, ...] = ()
    """Its rules that found something."""
    note: str = ""
    """What a checklist of its rules says of it."""


class Seen(NamedTuple):
    """What an audit saw."""

    found: Mapping[str, int]
    """Findings to look at, by rule."""
    decided: frozenset[str]
    """Rules that judged something and were never undecided."""
    items: Mapping[str, ChecklistItem]
    """What rules say of a control by its id, as `items_of` returns it."""


def summaries(
    controls: Iterable[Control],
    seen: Seen,
    *,
    role: Role,
    today: dt.date,
) -> tuple[ControlSummary, ...]:
    """Return what an audit saw of each control.

    Args:
        controls: Of the policy.
        seen: What the audit saw.
        role: Of the person; empty where it is not known.
        today: Decides which controls are in force.
    """
    return tuple(_summary(control, seen, role, today) for control in controls)


def items_of(findings: Iterable[Finding]) -> dict[str, ChecklistItem]:
    """Return the items of the checklists in findings, by rule and name up to a colon.

    Several of one id count as the one that leaves most to do.
    """
    order = ("missing", "unclear", "met", "not-applicable")
    kept: dict[str, ChecklistItem] = {}
    for finding in findings:
        for piece in finding.evidence:
            for item in piece.items if isinstance(piece, Checklist) else ():
                key = f"{finding.rule} {item.name.partition(': ')[0]}"
                known = kept.get(key)
                if known is None or order.index(item.state) < order.index(known.state):
                    kept[key] = item
    return kept


def _summary(
    control: Control, seen: Seen, role: Role, today: dt.date
) -> ControlSummary:
    if control.roles and role and role not in control.roles:
        return ControlSummary(control=control, state="other-role")
    if control.applies_from is not None and control.applies_from > today:
        return ControlSummary(control=control, state="later")
    told = {
        rule: item
        for rule in control.rules
        if (item := seen.items.get(f"{rule} {control.id}")) is not None
    }
    # A rule that says of each control how it stands has one finding for all of them.
    rules = tuple(
        rule
        for rule in control.rules
        if seen.found.get(rule) and (rule not in told or told[rule].state == "missing")
    )
    undecided = tuple(rule for rule in control.rules if rule not in seen.decided)
    states = {item.state for item in told.values()}
    state: State = "clear"
    if rules:
        state = "findings"
    elif undecided:
        state = "undecided"
    elif "unclear" in states or not control.rules:
        state = "question"
    elif states == {"not-applicable"}:
        state = "not-asked"
    return ControlSummary(
        control=control,
        state=state,
        findings=sum(seen.found[rule] for rule in rules),
        undecided=undecided,
        found=rules,
        note="; ".join(item.detail for item in told.values() if item.detail),
    )
