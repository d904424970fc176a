"""The controls of a policy: what a law, a framework or a house rule asks for.

A control names the rules that look at it. Rules find or do not find; whether that is
enough is for a person to say, so no state of a control says more than what was seen.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from openvet.check import Role
from openvet.wire import Record

OnUnknown = Literal["ask", "incomplete", "fail"]
State = Literal["findings", "clear", "undecided", "question", "later", "other-role"]
"""findings: a rule found something. clear: rules looked and found nothing to review.
undecided: rules could not decide, or had nothing to judge. question: no rule looks at
it, a person has to answer. later: not in force on the day of the audit. other-role: it
asks something of somebody else."""
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


def summaries(
    controls: Iterable[Control],
    *,
    found: Mapping[str, int],
    decided: frozenset[str],
    role: Role,
    today: dt.date,
) -> tuple[ControlSummary, ...]:
    """Return what an audit saw of each control.

    Args:
        controls: Of the policy.
        found: Findings to look at, by rule.
        decided: Rules that judged something and were never undecided.
        role: Of the person; empty where it is not known.
        today: Decides which controls are in force.
    """
    return tuple(
        _summary(control, found, decided, role, today) for control in controls
    )


def _summary(
    control: Control,
    found: Mapping[str, int],
    decided: frozenset[str],
    role: Role,
    today: dt.date,
) -> ControlSummary:
    if control.roles and role and role not in control.roles:
        return ControlSummary(control=control, state="other-role")
    if control.applies_from is not None and control.applies_from > today:
        return ControlSummary(control=control, state="later")
    findings = sum(found.get(rule, 0) for rule in control.rules)
    undecided = tuple(rule for rule in control.rules if rule not in decided)
    state: State = "clear"
    if findings:
        state = "findings"
    elif undecided:
        state = "undecided"
    elif not control.rules:
        state = "question"
    return ControlSummary(
        control=control, state=state, findings=findings, undecided=undecided
    )
