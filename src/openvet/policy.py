"""The verdict: what a person does not accept, as versioned data.

Outcomes are facts; a policy judges them. The same ledger can be judged again under
another policy without reading anything again.
"""

import datetime as dt
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final, Literal

from openvet.check import Role
from openvet.controls import Control
from openvet.errors import OpenvetError
from openvet.finding import Confidence, Finding, Severity
from openvet.wire import Record, digest, replace


class Responsible(Record, frozen=True, kw_only=True):
    """The person who answers for what is accepted."""

    name: str
    contact: str = ""
    """How to reach them: an address, a page."""

    def __post_init__(self) -> None:
        """Refuse nobody."""
        if not self.name.strip():
            raise ValueError("`responsible` needs a `name`")


class Waiver(Record, frozen=True, kw_only=True):
    """A finding that somebody accepts, for a reason and for a time."""

    rule: str
    subject: str
    """The finding's place, as reports print it; `*` stands for any text."""
    reason: str
    expires: dt.date
    owner: str = ""
    """Who answers for it; the one who is responsible for all, where nobody is named."""

    def __post_init__(self) -> None:
        """Refuse a waiver that nobody could be asked about."""
        for name in ("rule", "subject", "reason"):
            if not getattr(self, name).strip():
                raise ValueError(f"a waiver needs `{name}`")

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about this finding, expired or not."""
        # Of the signs that `fnmatch` knows, only `*` is ours: names hold the others.
        subject = self.subject.replace("[", "[[]").replace("?", "[?]")
        return finding.rule == self.rule and fnmatchcase(spell(finding.place), subject)


COUNTED: Final = ("name", "version", "as_of", "fail_on", "min_confidence")
"""Fields of a policy that count in its digest whatever they are."""


class Policy(Record, frozen=True, kw_only=True):
    """What makes an audit fail."""

    name: str = "baseline"
    version: str = "1"
    as_of: str = "2026-11-22"
    fail_on: Severity = Severity.HIGH
    """The least severity that fails."""
    min_confidence: Confidence = Confidence.MEDIUM
    """The least confidence that fails; less is shown for review."""
    require: tuple[str, ...] = ()
    """Rules that must have been decided wherever they had something to judge."""
    severity: dict[str, Severity] = {}  # noqa: RUF012 - msgspec copies it
    """Severities that replace those of the rules."""
    waivers: tuple[Waiver, ...] = ()
    controls: tuple[Control, ...] = ()
    """What a law or framework asks for, and which rules look at it."""
    source: str = ""
    """Where the controls come from."""
    role: Role = ""
    """Of the person who judges; controls for other roles are passed over."""
    responsible: Responsible | None = None
    """Who accepts what is waived, where a waiver names nobody."""

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, which signatures name.

        What it leaves as it is by default does not count, so that the same policy has
        the same digest in a version of openvet that knows more fields.
        """
        usual = Policy()
        said = {
            name: getattr(self, name)
            for name in self.__struct_fields__
            if name in COUNTED or getattr(self, name) != getattr(usual, name)
        }
        return digest(said)

    def __post_init__(self) -> None:
        """Refuse two controls of one name."""
        names = [control.id for control in self.controls]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the control `{name}` is there twice")


Disposition = Literal["failing", "review", "note", "waived", "known"]


class Judged(Record, frozen=True, kw_only=True):
    """A finding under a policy."""

    finding: Finding
    disposition: Disposition
    note: str = ""
    """Who waived it and why, or that a waiver has expired."""


def spell(place: tuple[str, ...]) -> str:
    """Return a place as reports print it: `model.pt::archive/data.pkl`.

    A name that holds `::` itself is spelled otherwise, or a file could pass for a
    member of another one.
    """
    return "::".join(name.replace("::", ":\\:") for name in place)


def fingerprint(finding: Finding) -> tuple[str, tuple[str, ...], str]:
    """Return what makes two findings of different audits the same."""
    return finding.rule, finding.place, finding.title


def judge(
    findings: Iterable[Finding],
    policy: Policy,
    *,
    today: dt.date,
    known: frozenset[tuple[str, tuple[str, ...], str]] = frozenset(),
) -> tuple[Judged, ...]:
    """Return every finding with what the policy makes of it, worst first.

    Args:
        findings: Facts of an audit.
        policy: What fails.
        today: Decides which waivers have expired.
        known: Fingerprints of an earlier audit's findings, for `--since`.
    """
    judged = [_judge(finding, policy, today, known) for finding in findings]
    order = ("failing", "review", "note", "known", "waived")
    judged.sort(
        key=lambda item: (
            order.index(item.disposition),
            -item.finding.severity.rank,
            -item.finding.confidence.rank,
            item.finding.place,
            item.finding.rule,
        )
    )
    return tuple(judged)


def _judge(
    finding: Finding,
    policy: Policy,
    today: dt.date,
    known: frozenset[tuple[str, tuple[str, ...], str]],
) -> Judged:
    changed = policy.severity.get(finding.rule)
    if changed is not None:
        finding = replace(finding, severity=changed)
    fails = (
        finding.severity >= policy.fail_on
        and finding.confidence >= policy.min_confidence
    )
    covering = (w for w in policy.waivers if w.covers(finding))
    waiver = max(covering, key=lambda w: w.expires, default=None)
    if waiver is not None and waiver.expires >= today:
        owner = _owner(waiver, policy)
        note = f"accepted by {owner} until {waiver.expires}: {waiver.reason}"
        return Judged(finding=finding, disposition="waived", note=note)
    note = ""
    if waiver is not None:
        note = f"the waiver of {_owner(waiver, policy)} expired on {waiver.expires}"
    if fingerprint(finding) in known:
        return Judged(finding=finding, disposition="known", note=note)
    noted: Disposition = "note" if finding.severity is Severity.INFO else "review"
    disposition: Disposition = "failing" if fails else noted
    return Judged(finding=finding, disposition=disposition, note=note)


def _owner(waiver: Waiver, policy: Policy) -> str:
    """Return who answers for a waiver, and how to reach them."""
    answers = policy.responsible
    if answers is None:
        return waiver.owner
    if waiver.owner.strip() and waiver.owner != answers.name:
        return waiver.owner
    return f"{answers.name} ({answers.contact})" if answers.contact else answers.name


def check_rules(policy: Policy, rules: frozenset[str]) -> None:
    """Refuse a policy that names rules which do not exist, or waivers of nobody.

    Raises:
        OpenvetError: It does; the nearest existing name is suggested.
    """
    for waiver in policy.waivers:
        if not waiver.owner.strip() and policy.responsible is None:
            raise OpenvetError(
                f"nobody answers for the waiver of {waiver.rule}",
                hint="give it an `owner`, or name who is responsible in `[responsible]`"
                " of openvet.toml",
            )
    named = {*policy.require, *policy.severity, *(w.rule for w in policy.waivers)}
    named.update(rule for control in policy.controls for rule in control.rules)
    for name in sorted(named - rules):
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(rules), n=1)
        raise OpenvetError(
            f"the policy names a rule that does not exist: {name}",
            hint=f"did you mean {near[0]}?" if near else "see `openvet rules`",
        )
