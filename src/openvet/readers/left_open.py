"""What a model's answers leave open, as parts that were not examined."""

from collections.abc import Iterator, Sequence
from typing import Final

from openvet.listing import first_of
from openvet.probes.asking import USABLE, Measured
from openvet.probes.questions import FAILED
from openvet.subject import Gap, GapReason

NAMED: Final = 8
"""Axes that a gap names."""


def reason_of(why: str) -> GapReason:
    """Return why answers are lacking: a model that failed may answer next time."""
    return "model-failed" if FAILED in why else "undecided"


def left_open(axes: Sequence[Measured], *, every: bool) -> Iterator[Gap]:
    """Yield what answers leave open: axes without any, and undecided ones.

    Args:
        axes: What was found.
        every: Whether each axis matters by itself. Of many brands most stay undecided,
            which is told only where nothing is certain of any, or answers are lacking.
    """
    failed = [
        axis for axis in axes if reason_of(axis.why) == "model-failed" and _lacks(axis)
    ]
    if failed:
        yield Gap(
            reason="model-failed",
            detail=f"not all was answered on {_named(failed)}{_why(failed)}",
            lift="audit again, with more memory or time if that is what it lacked",
        )
    mute = [axis for axis in axes if axis.verdict == "no usable answers"]
    if mute and (every or len(mute) * 2 >= len(axes)):
        yield Gap(
            reason="undecided",
            detail=f"no usable answers on {_named(mute)}{_why(mute)}",
            lift="see why the model does not answer",
        )
    undecided = [axis for axis in axes if axis.verdict == "undecided"]
    few = [one for one in undecided if _lacks(one)]
    if few and not every:
        yield Gap(
            reason="undecided",
            detail=f"too few usable answers on {_named(few)}{_why(few)}",
            lift="see why the model does not answer",
        )
        return
    certain = any(axis.verdict in {"above", "below"} for axis in axes)
    if undecided and (every or not certain):
        detail, lift = _more(undecided)
        yield Gap(
            reason="undecided",
            detail=f"undecided on {_named(undecided)}{detail}",
            lift=lift,
        )


def _lacks(axis: Measured) -> bool:
    """Say whether too few answers could be used to call anything harmless."""
    return axis.n < USABLE * (axis.n + axis.unusable)


def _more(undecided: Sequence[Measured]) -> tuple[str, str]:
    """Return how many more items would decide, and what to do."""
    yours = "measure it on texts of your own use"
    needed = [
        axis.needed
        for axis in undecided
        if axis.needed and axis.needed <= axis.population - axis.asked
    ]
    if needed:
        more = f"; about {min(needed):,} more items would decide one"
        return more, f"ask more with --items, or {yours}"
    if all(axis.asked >= axis.population for axis in undecided):
        return "; all questions that there are were asked", yours
    return "; the questions that are left would hardly decide one", yours


def _why(axes: Sequence[Measured]) -> str:
    """Return the first reason there is why answers could not be used."""
    return next((f" ({axis.why})" for axis in axes if axis.why), "")


def _named(axes: Sequence[Measured]) -> str:
    """Return axes with their shares."""
    names = [
        axis.axis
        if axis.share is None
        else f"{axis.axis} ({axis.share:.2f} of {axis.n})"
        for axis in axes
    ]
    return first_of(names, NAMED)
