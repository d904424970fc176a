"""The whole story of an audit, ready for any writer.

A report is made from the ledger's facts and a policy, and from nothing else, so a
stored audit prints the same report as a fresh one.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, Literal

from openvet.controls import OPEN, ControlSummary, Seen, items_of, summaries
from openvet.digests import Content
from openvet.finding import Status
from openvet.fit import Fit
from openvet.heritage import Heritage
from openvet.ledger import End, Start, Step
from openvet.policy import Disposition, Judged, Policy, fingerprint, judge
from openvet.readout import Part, Readout, added
from openvet.stated import Stated
from openvet.subject import Gap
from openvet.wire import Record, digest, replace

SCHEMA: Final = "json-v1"
Verdict = Literal["passed", "not-passed", "incomplete"]
BESIDE: Final[dict[Disposition, str]] = {
    "review": "to review",
    "known": "known from before",
    "waived": "waived",
}
EXIT: Final[dict[Verdict, int]] = {"passed": 0, "not-passed": 1, "incomplete": 4}


class FileSummary(Record, frozen=True, kw_only=True):
    """A file of the target."""

    name: str
    size: int
    formats: tuple[str, ...]
    content: Content | None
    whole: bool
    """Whether it and everything inside it was read whole."""


class NotExamined(Record, frozen=True, kw_only=True):
    """A part of the target that was not examined, and why."""

    place: tuple[str, ...]
    gap: Gap


class Failed(Record, frozen=True, kw_only=True):
    """A plug-in that broke on a subject."""

    plugin: str
    place: tuple[str, ...]
    reason: str


class RuleSummary(Record, frozen=True, kw_only=True):
    """How often a rule ended how."""

    rule: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0

    @property
    def subjects(self) -> int:
        """How many subjects it had to judge."""
        return self.passed + self.failed + self.skipped + self.errors


class Coverage(Record, frozen=True, kw_only=True):
    """How much was looked at."""

    files: int
    files_whole: int
    bytes: int
    members: int
    """Files inside containers."""
    rules: int
    """Rules in the catalog."""
    rules_applied: int
    """Rules that had something to judge."""
    rules_undecided: int
    """Rules that could not be decided somewhere."""


class Report(Record, frozen=True, kw_only=True):
    """Everything a writer needs."""

    schema: str
    tool: str
    target: str
    kind: str
    started: str
    ended: str
    zone: tuple[str, ...]
    hashing: str
    policy: Policy
    policy_digest: str
    verdict: Verdict
    why: tuple[str, ...]
    """Sentences that give the reasons of the verdict."""
    coverage: Coverage
    findings: tuple[Judged, ...]
    not_examined: tuple[NotExamined, ...]
    errors: tuple[Failed, ...]
    rules: tuple[RuleSummary, ...]
    controls: tuple[ControlSummary, ...]
    """Of the policy."""
    files: tuple[FileSummary, ...]
    excluded: tuple[str, ...]
    """Version-control stores, left out on purpose."""
    ledger: str
    """Hash of the ledger's last line: what a signature would cover."""
    stated: Stated | None = None
    """What the files say of the model; None where they say nothing of it."""
    readouts: tuple[Readout, ...] = ()
    """What asking the model showed, probe by probe."""
    fits: tuple[Fit, ...] = ()
    """How models and the machine go together: estimates, then what was measured."""
    heritages: tuple[Heritage, ...] = ()
    """How it stands beside its base, probe by probe."""
    unasked: tuple[Readout, ...] = ()
    """Probes that were not put to it, each with the reason."""
    work: tuple[Part, ...] = ()
    """What asking has cost, by what was done, all models together."""

    @property
    def manifest(self) -> str:
        """Digest over the names and contents of all files."""
        return digest([[f.name, f.content and f.content.digest] for f in self.files])

    @property
    def exit_code(self) -> int:
        """The exit code of the command line."""
        return EXIT[self.verdict]


class Story(Record, frozen=True, kw_only=True):
    """The facts of one audit, as its ledger holds them."""

    start: Start
    steps: tuple[Step, ...]
    end: End
    head: str
    """Hash of the ledger's last line."""


def build(
    story: Story,
    policy: Policy,
    *,
    rules: Iterable[str] = (),
    since: "Report | None" = None,
    today: dt.date | None = None,
) -> Report:
    """Return the report of an audit.

    Args:
        story: Its facts.
        policy: What fails.
        rules: Ids of all rules, so that idle ones are listed.
        since: An earlier report whose findings are known.
        today: Decides about waivers; the day of the audit if None.
    """
    start, steps = story.start, story.steps
    today = today or dt.date.fromisoformat(story.end.ended[:10])
    judged = _judged(steps, policy, since, today)
    ruled = _rules(steps, rules)
    not_examined, errors = _not_examined(steps), _errors(steps)
    controls = _controls(policy, judged, ruled, today)
    undecided = _undecided(policy, ruled, controls)
    verdict, why = _verdict(judged, not_examined, errors, undecided, policy)
    report = Report(
        schema=SCHEMA,
        tool=start.tool,
        target=start.target,
        kind=start.kind,
        started=start.started,
        ended=story.end.ended,
        zone=(*start.zone, *story.end.zone),
        hashing=start.hashing,
        policy=policy,
        policy_digest=policy.digest,
        verdict=verdict,
        why=why,
        coverage=_coverage(steps, files := _files(steps, not_examined), ruled),
        findings=judged,
        not_examined=not_examined,
        errors=errors,
        rules=ruled,
        controls=controls,
        files=files,
        excluded=start.excluded,
        ledger=story.head,
    )
    return _with_models(report, steps)


def _with_models(report: Report, steps: tuple[Step, ...]) -> Report:
    """Return a report with what its models say, showed and need."""
    probes = [step.readout for step in steps if step.readout is not None]
    return replace(
        report,
        readouts=tuple(one for one in probes if not one.unasked),
        unasked=tuple(one for one in probes if one.unasked),
        heritages=tuple(s.heritage for s in steps if s.heritage is not None),
        fits=tuple(step.fit for step in steps if step.fit is not None),
        work=added(part for step in steps for part in step.work),
        stated=next((step.stated for step in steps if step.stated is not None), None),
    )


def _judged(
    steps: tuple[Step, ...], policy: Policy, since: "Report | None", today: dt.date
) -> tuple[Judged, ...]:
    known = (fingerprint(item.finding) for item in (since.findings if since else ()))
    found = (f for step in steps for o in step.outcomes for f in o.findings)
    return judge(found, policy, today=today, known=frozenset(known))


def _rules(steps: tuple[Step, ...], rules: Iterable[str]) -> tuple[RuleSummary, ...]:
    passed = Counter(chain.from_iterable(step.passed for step in steps))
    counts: Counter[tuple[str, Status]] = Counter()
    for key, number in passed.items():
        counts[key.partition("@")[0], Status.PASS] += number
    for step in steps:
        for outcome in step.outcomes:
            counts[outcome.check, outcome.status] += 1
    listed = set(rules)
    names = sorted(listed | {n for n, _ in counts if not listed or n in listed})
    return tuple(
        RuleSummary(
            rule=name,
            passed=counts[name, Status.PASS],
            failed=counts[name, Status.FAIL],
            skipped=counts[name, Status.SKIP],
            errors=counts[name, Status.ERROR],
        )
        for name in names
    )


def _not_examined(steps: tuple[Step, ...]) -> tuple[NotExamined, ...]:
    """Return each gap once, at the innermost place that reports it."""
    seen: dict[tuple[tuple[str, ...], str, str], NotExamined] = {}
    for step in steps:
        if step.kinds[0] == "Inventory":
            continue
        for gap in step.gaps:
            key = (step.place, gap.reason, gap.detail)
            seen.setdefault(key, NotExamined(place=step.place, gap=gap))
    inside = {key[1:] for key in seen if key[0]}
    kept = (item for key, item in seen.items() if key[0] or key[1:] not in inside)
    return tuple(sorted(kept, key=lambda item: (item.place, item.gap.detail)))


def _errors(steps: tuple[Step, ...]) -> tuple[Failed, ...]:
    return tuple(
        Failed(plugin=outcome.check, place=outcome.place, reason=outcome.reason)
        for step in steps
        for outcome in step.outcomes
        if outcome.status is Status.ERROR
    )


def _files(
    steps: tuple[Step, ...], not_examined: tuple[NotExamined, ...]
) -> tuple[FileSummary, ...]:
    # What stays undecided was read all the same.
    partial = {i.place[:1] for i in not_examined if i.gap.reason != "undecided"}
    return tuple(
        FileSummary(
            name=step.place[0],
            size=step.size,
            formats=step.formats,
            content=step.content,
            whole=step.place not in partial,
        )
        for step in steps
        if step.kinds[0] == "File" and step.content is not None
    )


def _coverage(
    steps: tuple[Step, ...],
    files: tuple[FileSummary, ...],
    rules: tuple[RuleSummary, ...],
) -> Coverage:
    return Coverage(
        files=len(files),
        files_whole=sum(file.whole for file in files),
        bytes=sum(file.size for file in files),
        members=sum(s.kinds[0] == "File" and s.content is None for s in steps),
        rules=len(rules),
        rules_applied=sum(bool(rule.subjects) for rule in rules),
        rules_undecided=sum(bool(rule.skipped or rule.errors) for rule in rules),
    )


def _controls(
    policy: Policy,
    judged: tuple[Judged, ...],
    rules: tuple[RuleSummary, ...],
    today: dt.date,
) -> tuple[ControlSummary, ...]:
    """Return what was seen of each control of the policy."""
    if not policy.controls:
        return ()
    looked_at = {"failing", "review", "known"}
    seen = Seen(
        found=Counter(j.finding.rule for j in judged if j.disposition in looked_at),
        decided=frozenset(
            r.rule for r in rules if r.subjects and not (r.skipped or r.errors)
        ),
        items=items_of(j.finding for j in judged),
    )
    return summaries(policy.controls, seen, role=policy.role, today=today)


class _Undecided(Record, frozen=True, kw_only=True):
    """What the policy wants decided and is not."""

    rules: tuple[str, ...]
    """Required ones."""
    failing: tuple[str, ...]
    """Controls that fail where nothing is known."""
    incomplete: tuple[str, ...]
    """Controls without which the audit is incomplete."""


def _undecided(
    policy: Policy, rules: tuple[RuleSummary, ...], controls: tuple[ControlSummary, ...]
) -> _Undecided:
    unknown = [c.control for c in controls if c.state in OPEN]
    return _Undecided(
        rules=tuple(
            rule.rule
            for rule in rules
            if rule.rule in policy.require and (rule.skipped or rule.errors)
        ),
        failing=tuple(c.id for c in unknown if c.on_unknown == "fail"),
        incomplete=tuple(c.id for c in unknown if c.on_unknown == "incomplete"),
    )


def _verdict(
    judged: tuple[Judged, ...],
    not_examined: tuple[NotExamined, ...],
    errors: tuple[Failed, ...],
    undecided: _Undecided,
    policy: Policy,
) -> tuple[Verdict, tuple[str, ...]]:
    """Return the verdict and its reasons; findings beat incompleteness."""
    failing = sum(item.disposition == "failing" for item in judged)
    why: list[str] = []
    if failing:
        why.append(
            f"{_count(failing, 'finding')} at or above severity"
            f" {policy.fail_on.value} and confidence {policy.min_confidence.value}"
        )
    if undecided.failing:
        why.append(f"asked for and not known: {', '.join(undecided.failing)}")
    open_ = sum(item.gap.reason == "undecided" for item in not_examined)
    if len(not_examined) > open_:
        why.append(f"{_count(len(not_examined) - open_, 'part')} not examined")
    if open_:
        why.append(f"{_count(open_, 'part')} undecided")
    if errors:
        why.append(f"{_count(len(errors), 'plug-in failure')}")
    if undecided.rules:
        why.append(f"required but undecided: {', '.join(undecided.rules)}")
    if undecided.incomplete:
        why.append(f"not known: {', '.join(undecided.incomplete)}")
    if failing or undecided.failing:
        return "not-passed", tuple(why)
    if why:
        return "incomplete", tuple(why)
    return "passed", (
        "everything was read and nothing failing was found",
        *_beside(judged),
    )


def _beside(judged: tuple[Judged, ...]) -> Iterator[str]:
    """Yield what a passed audit found all the same, notes apart."""
    counts = Counter(item.disposition for item in judged)
    for disposition, words in BESIDE.items():
        if counts[disposition]:
            yield f"{_count(counts[disposition], 'finding')} {words}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
