"""Answers: a model is asked, probe by probe.

Files are loaded in a zone of their own; an endpoint is asked over HTTP.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from openvet.answered import Answered, Spending
from openvet.askable import AskableModel
from openvet.check import Context, Reader
from openvet.check import Progress as TellProgress
from openvet.energy import watts_here
from openvet.finding import Attribution, Measure
from openvet.machine import hardware
from openvet.models.built import builds_folder
from openvet.models.metering import together
from openvet.models.protocol import (
    Capability,
    LanguageModel,
    ModelInfo,
    Spent,
)
from openvet.models.zone import ZonedModel, ZoneLimits
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan, Progress, ask
from openvet.probes.explaining import Effort, explain
from openvet.probes.figures import figures_of
from openvet.probes.probe import Probe
from openvet.probes.questions import verb_of
from openvet.readers.asked import Asked
from openvet.readers.battery import battery
from openvet.readers.heritage import Side, Turn, heritage
from openvet.readers.kept import kept
from openvet.readers.left_open import left_open
from openvet.subject import Gap, Subject

if TYPE_CHECKING:
    from openvet.models.endpoint import EndpointModel

KINDS: Final = ("causal", "masked")
NAMED: Final = 8
"""Axes named of many."""
CANNOT: Final[dict[Capability, str]] = {
    "score": "gives no likelihoods of texts",
    "generate": "does not go on with texts",
    "chat": "answers no messages",
}


class AnswersReader(Reader[AskableModel]):
    """Asks a model every probe that fits it."""

    id: ClassVar[str] = "answers"
    version: ClassVar[int] = 9
    subject: ClassVar[type[Subject]] = AskableModel

    def claims(self, subject: AskableModel) -> bool:
        """Take what can be loaded and scores or writes text."""
        return not subject.refusal and subject.model.kind in KINDS

    def read(self, subject: AskableModel, context: Context) -> Iterator[Subject]:
        """Yield what each probe found, then what it cost."""
        if not context.settings.ask:
            return
        context.progress("asked", (f"opening {subject.model.name or 'the model'}",), 0)
        with opened(subject, context) as model, kept(model, context) as answers:
            able = model.info.capabilities
            zone = model.protections
            context.zone.extend(zone)
            turns: list[Turn] = []
            for one in battery(context.settings, able, subject.vendor):
                plan = Plan(
                    cap=context.settings.items or one.cap,
                    seed=context.settings.seed,
                    once=one.once,
                )
                probe = one.probe("chat" in able)
                if (lacking := _lacking(probe, model.info)) is not None:
                    found = Found(probe, plan, model.info, (), Spent())
                    yield _answered(one, subject, found, zone, *one.gaps, lacking)
                    continue
                found = asked(
                    model,
                    probe,
                    plan,
                    answers,
                    context.progress,
                    effort=None if subject.model.format == "endpoint" else one.effort,
                )
                open_ = left_open(found.axes, every=one.every)
                yield _answered(one, subject, found, zone, *one.gaps, *open_)
                turns.append(Turn(probe, plan, found.axes))
            yield from heritage(subject, Side(model, answers), turns, context, opened)
            yield Spending(
                origin=subject.origin.aspect("spending"),
                model=model.info,
                weights=subject.model.size,
                costs=answers.costs,
                watts=watts_here(),
                hardware=hardware(context.settings.machine),
            )


def opened(subject: AskableModel, context: Context) -> "ZonedModel | EndpointModel":
    """Return the model, not loaded yet.

    Raises:
        OpenvetError: There is none at its path, or no key that can be sent.
    """
    if subject.model.format == "endpoint":
        from openvet.models.endpoint import EndpointModel

        return EndpointModel(subject.model.url, subject.model.name)
    builds = context.settings.supplied.ask.engine == "onnxruntime-genai"
    return ZonedModel(
        Path(subject.model.path),
        ZoneLimits(
            pickles=context.settings.load_unsafe,
            builds=builds_folder() if builds else "",
        ),
        digests=context.digests,
    )


class Found(NamedTuple):
    """What a probe found, and what that cost."""

    probe: Probe
    plan: Plan
    model: ModelInfo
    axes: tuple[Measured, ...]
    spent: Spent
    figures: tuple[Measure, ...] = ()
    explained: tuple[Attribution, ...] = ()


def asked(  # noqa: PLR0913 - one option by name
    model: LanguageModel,
    probe: Probe,
    plan: Plan,
    kept: Answers,
    progress: TellProgress,
    *,
    effort: Effort | None,
) -> Found:
    """Return what a probe finds of a model.

    Which words matter takes as many questions again; with no effort it is not asked.
    Questions to an endpoint may be paid for one by one.
    """
    before = len(kept.costs)

    def told(now: Progress) -> None:
        progress("asked", (probe.title, now.axis, _standing(now)), now.asked)

    axes = ask(probe, model, plan, kept, told)
    spent = together(kept.costs[before:])
    figures = figures_of(probe, axes, plan, kept)

    def begun(axis: str) -> None:
        progress("asked", (probe.title, axis, "asking which words matter"), 0)

    words: tuple[Attribution, ...] = ()
    if effort is not None:
        words = explain(probe, axes, model, kept, plan=plan, effort=effort, told=begun)
    return Found(probe, plan, model.info, axes, spent, figures, words)


def _standing(now: Progress) -> str:
    """Return in words where the asking of an axis stands."""
    share = f"{now.share:.2f} " if now.share is not None else ""
    ends = now.asked >= now.cap or now.verdict in {"above", "below", "within"}
    left = "" if ends else f", at most {math.ceil(now.left)} s left"
    return (
        f"{now.asked}/{now.cap} · {share}{now.verdict} · {now.rate:.1f} a second{left}"
    )


def _lacking(probe: Probe, model: ModelInfo) -> Gap | None:
    """Return why a probe is not asked: the model cannot do what it needs."""
    verb = next((verb_of(item.request) for item in probe.items(0)), None)
    if verb is None or verb in model.capabilities:
        return None
    return Gap(
        reason="unsupported",
        detail=f"{probe.title}: not asked, because {model.id} {CANNOT[verb]}",
        lift="ask it where it does: from its files, or through a server that does",
    )


def _answered(
    one: Asked,
    subject: AskableModel,
    found: Found,
    zone: tuple[str, ...],
    *gaps: Gap,
) -> Answered:
    """Return the subject of what a probe found."""
    probe = found.probe
    return one.answers(
        origin=subject.origin.at(probe.id),
        probe=probe.id,
        version=probe.version,
        title=probe.title,
        concern=probe.concern,
        null=probe.null,
        margin=found.plan.margin,
        model=found.model,
        axes=found.axes,
        spent=found.spent,
        zone=zone,
        figures=found.figures,
        explained=found.explained,
        gaps=gaps,
    )
