"""The loop: a work list of subjects, each read further and checked.

    subject -> every reader that claims it -> more subjects
    subject -> every check on its type     -> outcomes

Depth first, without recursion, so that the lines of one file stand together in the
ledger. This module alone turns an exception into an outcome: a plug-in that fails is a
fact about the audit, never its end.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from openvet import catalog
from openvet.catalog import Plugin
from openvet.check import Context, Progress
from openvet.errors import OpenvetError, OverBudgetError
from openvet.finding import Finding, Outcome, Status
from openvet.glance import Glance
from openvet.ledger import Ledger, Memory, Step
from openvet.plan import Plan, kinds_of
from openvet.sandbox import WorkerDiedError, Zone
from openvet.subject import (
    File,
    Folder,
    Gap,
    GapReason,
    Identity,
    Inventory,
    Subject,
)
from openvet.visit import Visit, harms
from openvet.wire import replace

NOBODY: Final = Gap(
    reason="unknown-format",
    detail="no reader knows this format",
    lift="convert it to a known format, or add a reader for it",
)
CHANGED: Final = Gap(
    reason="changed",
    detail="the file changed while it was read",
    lift="audit again when nothing writes to the folder",
)


class Engine:
    """Audits one target.

    Args:
        plan: The plug-ins.
        context: Settings, budget and digests.
        ledger: Where every step is written.
        memory: Steps of earlier audits, replayed where nothing changed.
        zone: Where readers run that hand bytes to a parser not ours.
        progress: Told of every file of the target.
        observe: Shown every subject once it was checked.
    """

    def __init__(  # noqa: PLR0913 - the seams of the loop
        self,
        plan: Plan,
        context: Context,
        ledger: Ledger,
        *,
        memory: Memory | None = None,
        zone: Zone | None = None,
        progress: Progress | None = None,
        observe: Callable[[Subject], object] | None = None,
    ) -> None:
        self.plan = plan
        self.context = context
        self.ledger = ledger
        self.memory = memory or Memory()
        self.zone = zone or Zone()
        self.progress = progress or _silent
        self.observe = observe

    def audit(self, target: Subject) -> Iterator[Step]:
        """Yield a step for every subject, children before their parent."""
        stack = [self._enter(target)]
        while stack:
            visit = stack[-1]
            child = next(visit.children, None)
            if child is None:
                if not visit.settled:
                    visit.settled = True
                    visit.children = self._afterthoughts(visit)
                    continue
                stack.pop()
                step = self._leave(visit)
                if stack:
                    self._report_up(stack[-1], visit, step)
                yield step
                continue
            child = visit.add(child)
            replayed = self._replay(child)
            if replayed is not None:
                self._report_replay(visit, child, replayed)
                yield from replayed
                continue
            if len(stack) > self.context.budget.limits.depth:
                child = replace(child, gaps=(*child.gaps, _too_deep(self.context)))
                stack.append(Visit(child))
                continue
            stack.append(self._enter(child, visit))

    def _enter(self, subject: Subject, parent: Visit | None = None) -> Visit:
        visit = Visit(subject)
        visit.known = self._known(subject, parent)
        if isinstance(subject, File) and not subject.member:
            self.progress("file", subject.place, subject.size)
        visit.children = self._read(visit)
        return visit

    def _known(self, subject: Subject, parent: Visit | None) -> Step | None:
        """Return what an earlier audit made of the same facts.

        A key names bytes, and what a reader makes of them changes with the reader: a
        part is known if the readers of all that it is a part of are the same.
        """
        step = self.memory.step(subject.origin.digest)
        if step is None or step.plan != self.plan.of(step.kinds).digest:
            return None
        whole = parent is None or isinstance(parent.subject, Folder)
        return step if whole or (parent and parent.known) else None

    def _read(self, visit: Visit) -> Iterator[Subject]:
        """Yield what every reader finds; a failing reader becomes an outcome."""
        subject = visit.subject
        if _is_unreadable(subject):
            return
        seen = Glance(subject) if isinstance(subject, File) else subject
        for plugin, sign in self.plan.of(kinds_of(type(subject))).readers:
            try:
                if sign is not None and not sign(seen):
                    continue
                for child in self._found(plugin, subject):
                    if child.place == subject.place:
                        visit.note_format(child, plugin)
                    yield child
            except WorkerDiedError as error:
                visit.outcomes.append(_error(plugin, subject, error))
                visit.gaps.append(_gap("worker-died", error))
            except OverBudgetError as error:
                visit.gaps.append(_gap("over-budget", error))
            except OpenvetError as error:
                visit.gaps.append(_gap("unreadable", error))
                return
            except Exception as error:  # noqa: BLE001 - one of the two in the project
                visit.outcomes.append(_error(plugin, subject, error))
                visit.gaps.append(
                    Gap(reason="broken", detail=f"reader {plugin.id} failed")
                )

    def _found(self, plugin: Plugin, subject: Subject) -> Iterable[Subject]:
        reader = catalog.reader(plugin.where)
        if not reader.claims(subject):
            return ()
        if reader.isolated:
            return self.zone.read(plugin.where, subject, self.context)
        return reader.read(subject, self.context)

    def _afterthoughts(self, visit: Visit) -> Iterator[Subject]:
        """Yield what can be said of a subject only once its parts were read."""
        subject = visit.subject
        if isinstance(subject, File):
            if not visit.made and not visit.gaps:
                visit.gaps.append(NOBODY)
            if subject.content is not None and subject.source.identity() not in {
                None,
                subject.content.identity,
            }:
                visit.gaps.append(CHANGED)
            yield Identity(
                origin=subject.origin.aspect("identity"),
                name=subject.name,
                size=subject.size,
                formats=tuple(visit.formats),
                executable_bit=subject.executable_bit,
                gaps=tuple(visit.gaps),
            )
        if visit.files:
            yield visit.inventory()

    def _leave(self, visit: Visit) -> Step:
        """Check a subject whose parts were all read, and write its step."""
        subject = visit.subject
        kinds = kinds_of(type(subject))
        meeting = self.plan.of(kinds)
        passed: list[str] = []
        outcomes = visit.outcomes
        known = visit.known
        whole, idle = not visit.gaps, meeting.idle(subject)
        for plugin, key in meeting.checks:
            if (whole and key in idle) or (known is not None and key in known.passed):
                passed.append(key)
                continue
            outcome = _recalled(plugin, known) or self._check(
                plugin, subject, whole=whole, idle=key in idle
            )
            if outcome is None:
                passed.append(key)
            else:
                outcomes.append(outcome)
        top = isinstance(subject, File) and not subject.member
        step = Step(
            kinds=kinds,
            digest=subject.origin.digest,
            place=subject.place,
            plan=meeting.digest,
            size=subject.size if isinstance(subject, File) else 0,
            formats=tuple(visit.formats),
            content=subject.content if isinstance(subject, File) else None,
            gaps=tuple(visit.gaps),
            passed=tuple(passed),
            outcomes=tuple(outcomes),
            children=tuple(visit.made),
            stated=subject.stated,
            readout=subject.readout,
            fit=subject.fit,
            work=subject.work,
            heritage=subject.heritage,
        )
        self.ledger.append(step)
        if self.observe is not None:
            self.observe(subject)
        if isinstance(subject, File):
            subject.source.close()
        if top or isinstance(subject, Folder | Inventory):
            self.ledger.flush()
            self.progress("done", subject.place, step.size)
        return step

    def _check(
        self, plugin: Plugin, subject: Subject, *, whole: bool, idle: bool
    ) -> Outcome | None:
        """Run one check; None is PASS, never for a half-read subject."""
        findings: tuple[Finding, ...] = ()
        if not idle:
            try:
                check = catalog.check(plugin.where)
                findings = tuple(check.run(subject, self.context))
            except Exception as error:  # noqa: BLE001 - one of the two in the project
                return _error(plugin, subject, error)
        if whole and not findings:
            return None
        return Outcome(
            check=plugin.id,
            version=plugin.version,
            subject=subject.origin.digest,
            place=subject.place,
            status=Status.FAIL if findings else Status.SKIP,
            findings=findings,
            reason="" if findings else "the subject was not read whole",
        )

    def _replay(self, subject: Subject) -> list[Step] | None:
        """Return the remembered steps of a subject and its parts, if all still hold."""
        if not isinstance(subject, File | Inventory) or (
            isinstance(subject, File) and subject.member
        ):
            return None
        steps: list[Step] = []
        todo = [subject.origin.digest]
        while todo:
            step = self.memory.step(todo.pop())
            if step is None or not self.plan.still_holds(step):
                return None
            steps.append(step)
            todo.extend(step.children)
        steps.reverse()
        for step in steps:
            self.ledger.append(step)
        self.ledger.flush()
        self.progress("file", subject.place, steps[-1].size)
        self.progress("done", subject.place, steps[-1].size)
        return steps

    def _report_up(self, parent: Visit, visit: Visit, step: Step) -> None:
        """Tell the parent of a file that was read."""
        subject = visit.subject
        if visit.unsafe or harms(step):
            parent.unsafe[subject.place[-1] if subject.place else ""] = None
        if not isinstance(subject, File):
            inside = subject.place == parent.subject.place
            if visit.gaps and inside and not isinstance(subject, Inventory):
                parent.gaps.extend(g for g in visit.gaps if g not in parent.gaps)
            return
        parent.add_file(step, subject.source)

    def _report_replay(self, parent: Visit, child: Subject, steps: list[Step]) -> None:
        """Tell the parent of a file that was remembered."""
        if any(harms(step) for step in steps):
            parent.unsafe[child.place[-1] if child.place else ""] = None
        if isinstance(child, File):
            parent.add_file(steps[-1], child.source)
            child.source.close()  # hashing it may have opened it


def _is_unreadable(subject: Subject) -> bool:
    broken = any(gap.reason == "unreadable" for gap in subject.gaps)
    return broken and isinstance(subject, File)


def _silent(event: str, place: tuple[str, ...], size: int) -> None:
    """Tell nobody."""


def _recalled(plugin: Plugin, step: Step | None) -> Outcome | None:
    """Return what the same check, at the same version, found before."""
    if step is None:
        return None
    for outcome in step.outcomes:
        same = outcome.check == plugin.id and outcome.version == plugin.version
        if same and outcome.status is Status.FAIL:
            return outcome
    return None


def _error(plugin: Plugin, subject: Subject, error: Exception) -> Outcome:
    """Return the outcome of a plug-in that failed."""
    return Outcome(
        check=plugin.id,
        version=plugin.version,
        subject=subject.origin.digest,
        place=subject.place,
        status=Status.ERROR,
        reason=f"{type(error).__name__}: {error}"[:500],
    )


def _gap(reason: GapReason, error: OpenvetError) -> Gap:
    """Return what an error left unread."""
    return Gap(reason=reason, detail=error.message, lift=error.hint or "")


def _too_deep(context: Context) -> Gap:
    return Gap(
        reason="over-budget",
        detail=f"more than {context.budget.limits.depth} containers inside each other",
        lift="raise the limit 'depth' in openvet.toml",
    )
