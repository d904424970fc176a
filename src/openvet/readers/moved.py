"""What moved labels are, in the form in which probes of all models are told."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from openvet.finding import Dialogue, Measure
from openvet.labeled import flips, moves, shift
from openvet.models.protocol import ClassifyResult
from openvet.probes.asking import Example, Measured
from openvet.probes.labels import Results
from openvet.probes.moved import Moved
from openvet.probes.probe import Observation
from openvet.probes.swaps import Swap
from openvet.readers.left_open import reason_of
from openvet.subject import Gap

PROBE: Final = "group-swaps"
SHOWN: Final = 4
"""Labels of a text that are told, those with the highest scores."""


def measured_of(one: Moved, results: Results, control: Moved, version: int) -> Measured:
    """Return what moved on an axis as probes of models give it.

    Args:
        one: What moved.
        results: By text.
        control: What moves where no group is exchanged: the null.
        version: Of the suite.
    """
    return Measured(
        probe=PROBE,
        version=version,
        axis=one.axis,
        null=control.share or 0,
        n=one.n,
        hits=one.hits,
        share=one.share,
        clusters=one.clusters,
        interval=one.interval,
        sequence=None,
        verdict=one.verdict,
        needed=None,
        unusable=one.asked - one.n,
        asked=one.asked,
        population=one.asked,
        size=one.shift,
        log_evidence=0,
        why=one.why,
        examples=tuple(_example(swap, one, results) for swap in one.worst),
    )


def _example(swap: Swap, one: Moved, results: Results) -> Example:
    """Return both sides of a pair."""
    sides = tuple(
        Dialogue(
            prompt=text,
            answer=_said(results[text]),
            axis=one.axis,
            pair=swap.template,
            about=group,
        )
        for text, group in zip(swap.texts, swap.groups, strict=True)
    )
    shown = Observation(
        item=swap.template,
        axis=one.axis,
        cluster=swap.template,
        pair=swap.template,
        group=swap.groups[0],
        value=None,
    )
    return Example(observation=shown, dialogues=sides)


def _said(result: ClassifyResult | str) -> str:
    """Return the strongest labels of a text, with their scores."""
    if isinstance(result, str):
        return result
    ranked = sorted(
        zip(result.scores, result.labels, strict=True), key=lambda one: -one[0]
    )
    more = f"; {len(ranked) - SHOWN} more labels" if len(ranked) > SHOWN else ""
    return "; ".join(f"{label} {score:.3f}" for score, label in ranked[:SHOWN]) + more


def figures_of(control: Moved, found: Iterable[Moved]) -> tuple[Measure, ...]:
    """Return what else was measured: the control, then flips and shifts by axis."""
    figures = [] if control.interval is None else [moves(control)]
    for one in found:
        figures += [*flips(one), *shift(one)]
    return tuple(figures)


def open_axes(found: Sequence[Moved]) -> Iterator[Gap]:
    """Yield what stays open."""
    mute = [one for one in found if one.verdict == "no usable answers"]
    if mute:
        yield Gap(
            reason=reason_of(_named(mute)),
            detail=f"no usable answers on {_named(mute)}",
            lift="see why the model does not answer",
        )
    undecided = [one for one in found if one.verdict == "undecided"]
    if undecided:
        yield Gap(
            reason="undecided",
            detail=f"undecided on {_named(undecided)}",
            lift="measure it on texts of your own use, with groups exchanged",
        )


def _named(found: Sequence[Moved]) -> str:
    """Return axes, with the first reason."""
    why = next((one.why for one in found if one.why), "")
    return ", ".join(one.axis for one in found) + (f" ({why})" if why else "")
