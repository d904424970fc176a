"""Heritage: a model is asked beside its base, on the same items."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from openvet.askable import AskableModel
from openvet.base import Base
from openvet.check import Context
from openvet.errors import OpenvetError
from openvet.heritage import BiasHeritage, Descent, Heir, Heritage
from openvet.listing import first_of
from openvet.models.protocol import Capability, LanguageModel, ModelInfo
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.beside import Beside, beside, observed
from openvet.probes.probe import Probe
from openvet.probes.questions import Questioner, verb_of
from openvet.probes.units import Unit, units_of
from openvet.readers.kept import kept
from openvet.stats.many import adjusted
from openvet.subject import Gap

if TYPE_CHECKING:
    from openvet.models.endpoint import EndpointModel
    from openvet.models.zone import ZonedModel

RATE: Final = 0.05
"""Of false discoveries among all differences that are called certain."""
NAMED: Final = 8
"""Axes named of many."""
SAY: Final = "name the model that it was made from: a folder, a GGUF file, an endpoint"


class Side(NamedTuple):
    """A model, and what it answered before."""

    model: LanguageModel
    answers: Answers


class Turn(NamedTuple):
    """A probe that the model was asked, and what it found."""

    probe: Probe
    plan: Plan
    axes: Sequence[Measured]


class _Pair(NamedTuple):
    """An axis of both models."""

    model: Measured
    base: Measured
    found: Beside | None


def heritage(
    subject: AskableModel,
    model: Side,
    turns: Sequence[Turn],
    context: Context,
    opened: "Callable[[AskableModel, Context], ZonedModel | EndpointModel]",
) -> Iterator[BiasHeritage]:
    """Yield how a model stands beside the base that the settings name, if they do.

    Args:
        subject: The model.
        model: It, and its answers.
        turns: What it was asked.
        context: Knows the base.
        opened: Opens a model, in a zone of its own or over HTTP.
    """
    base = context.base
    if base is None:
        return
    if base.model is None or base.refusal:
        yield unasked(subject, base.refusal, f"mend {base.name}, or name another base")
        return
    own = _own(base, context)
    try:
        with opened(base.model, own) as other, kept(other, own) as answers:
            side = Side(other, answers)
            yield from beside_base(subject, model, side, turns, context)
            context.zone.extend(other.protections)
    except OpenvetError as error:
        yield unasked(subject, error.message, error.hint or SAY)


def _own(base: Base, context: Context) -> Context:
    """Return the frame of a base: its answers are kept apart from the model's."""
    path = context.answers
    if path is not None:
        path = path.parent / base.folder / path.name
        path.parent.mkdir(mode=0o700, exist_ok=True)
    return Context(
        context.settings,
        context.budget,
        context.digests,
        progress=context.progress,
        answers=path,
    )


def unasked(subject: AskableModel, why: str, lift: str = SAY) -> BiasHeritage:
    """Return what stands for a base that is not asked: nothing can be told by it."""
    gap = Gap(
        reason="unsupported",
        detail=f"the base is not asked, so nobody can tell what is inherited: {why}",
        lift=lift,
    )
    return BiasHeritage(origin=subject.origin.aspect("heritage"), gaps=(gap,))


def beside_base(
    subject: AskableModel,
    model: Side,
    base: Side,
    turns: Sequence[Turn],
    context: Context,
) -> Iterator[BiasHeritage]:
    """Yield how a model stands beside its base, one subject for each probe of bias.

    Raises:
        OpenvetError: The base cannot be opened.
    """
    info, other = model.model.info, base.model.info
    if info.digest and info.digest == other.digest:
        yield unasked(subject, "it has the same weights as the model")
        return
    asked = [turn for turn in turns if _verb(turn.probe) in shared(info, other)]
    if not asked:
        yield unasked(subject, f"{other.id} and {info.id} can be asked nothing alike")
        return
    rows = [_paired(turn, model, base, context) for turn in asked]
    flat = [pair.found.p if pair.found else 1.0 for row in rows for pair in row]
    corrected = iter(adjusted(flat))
    for turn, row in zip(asked, rows, strict=True):
        heirs = tuple(
            _heir(turn, pair, q) for pair, q in zip(row, corrected, strict=False)
        )
        yield BiasHeritage(
            origin=subject.origin.at(turn.probe.id).aspect("heritage"),
            found=Heritage(
                probe=turn.probe.id,
                version=turn.probe.version,
                title=turn.probe.title,
                null=turn.probe.null,
                model=info,
                base=other,
                axes=heirs,
            ),
            gaps=tuple(_gaps(heirs)),
        )


def shared(info: ModelInfo, other: ModelInfo) -> frozenset[Capability]:
    """Return what two models are compared by.

    Likelihoods where both give them: they need fewer questions, and no judge.
    """
    both = frozenset(info.capabilities) & frozenset(other.capabilities)
    return both - {"generate", "chat"} if "score" in both else both


def _verb(probe: Probe) -> Capability | None:
    """Return what a model has to be able to do for a probe of bias; None: no such."""
    if probe.concern != "bias":
        return None
    return next((verb_of(item.request) for item in probe.items(0)), None)


def _paired(turn: Turn, model: Side, base: Side, context: Context) -> list[_Pair]:
    """Return each axis of a probe, with the same units asked of both."""
    probe, plan = turn.probe, turn.plan
    axes = units_of(probe, plan.seed)
    seen = [
        {
            axis: observed(
                probe,
                units[: plan.cap],
                Questioner(side.model, side.answers),
                _telling(context, f"{probe.title}, {whose}", axis, units, plan.cap),
            )
            for axis, units in axes.items()
        }
        for whose, side in (("the base", base), ("beside its base", model))
    ]
    # Every answer is known by now; the rule that stops early says what is certain.
    measured = {one.axis: one for one in ask(probe, base.model, plan, base.answers)}
    return [
        _Pair(
            model=own,
            base=measured[own.axis],
            found=beside(seen[0][own.axis], seen[1][own.axis], seed=plan.seed),
        )
        for own in turn.axes
    ]


def _telling(
    context: Context, title: str, axis: str, units: Sequence[Unit], cap: int
) -> Callable[[int], None]:
    """Return what tells how many units were asked."""
    last = min(len(units), cap)

    def told(count: int) -> None:
        context.progress("asked", (title, axis, f"{count} of {last} asked"), count)

    return told


def _heir(turn: Turn, pair: _Pair, q: float) -> Heir:
    """Return what both models show on an axis."""
    found, own = pair.found, pair.model
    if found is None:
        return Heir(axis=own.axis, descent="no-answers", n=0)
    descent = _descent(pair, found, q)
    low = own.interval.low if own.interval is not None else 0.0
    return Heir(
        axis=own.axis,
        descent=descent,
        n=found.n,
        clusters=found.clusters,
        base=found.first,
        model=found.second,
        only_base=found.only_first,
        only_model=found.only_second,
        low=found.interval.low,
        high=found.interval.high,
        method=f"{found.interval.method}; {found.method}",
        q=q,
        strong=own.verdict == "above" and low > own.null + turn.plan.margin,
        needed=found.needed if descent == "undecided" else None,
    )


def _descent(pair: _Pair, found: Beside, q: float) -> Descent:
    """Return where a bias comes from, as far as it is certain."""
    model, base = pair.model.verdict, pair.base.verdict
    if "no usable answers" in {model, base}:
        return "no-answers"
    if q <= RATE and model == "above" and found.difference > 0:
        return "added"
    if q <= RATE and base == "above" and found.difference < 0:
        return "reduced"
    if model == base == "above":
        return "inherited"
    if model in {"within", "below"} and base != "above":
        return "absent"
    return "undecided"


def _gaps(heirs: Sequence[Heir]) -> Iterator[Gap]:
    """Yield what stays open: axes without answers, and undecided ones."""
    mute = [heir.axis for heir in heirs if heir.descent == "no-answers"]
    if mute:
        yield Gap(
            reason="undecided",
            detail="no usable answers of the model and its base on "
            + first_of(mute, NAMED),
            lift="see which of the two does not answer",
        )
    undecided = [heir for heir in heirs if heir.descent == "undecided"]
    if undecided:
        needed = [heir.needed for heir in undecided if heir.needed]
        more = f"; about {min(needed):,} more items would tell one" if needed else ""
        axes = first_of([heir.axis for heir in undecided], NAMED)
        yield Gap(
            reason="undecided",
            detail=f"undecided whether inherited or added: {axes}{more}",
            lift="ask more with --items, or measure it on texts of your own use",
        )
