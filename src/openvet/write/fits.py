"""Whether models fit the machine, as lines of text."""

from collections.abc import Iterator
from typing import Final

from openvet.fit import Fit, Way
from openvet.machine import Hardware
from openvet.report import Report
from openvet.write.escape import visible

GIB: Final = 1 << 30
SHOWN: Final = 4
"""Models that text tells; JSON and HTML have all."""


def fit_lines(report: Report) -> Iterator[str]:
    """Yield what the machine has, then a line or a few for each model."""
    if not report.fits:
        return
    yield f"will it run? {machine(report.fits[0].hardware)}:"
    for fit in report.fits[:SHOWN]:
        yield from _model_lines(fit)
    if len(report.fits) > SHOWN:
        yield f"  … and {len(report.fits) - SHOWN} more; --format json has all"


def _model_lines(fit: Fit) -> Iterator[str]:
    """Yield one line for a model where all ways say the same, else one for each."""
    name = visible(fit.name)
    states = {way.state for way in fit.ways}
    if len(states) == 1 and len(fit.ways) > 1:
        least = min(fit.ways, key=lambda way: way.low)
        most = max(fit.ways, key=lambda way: way.high)
        yield (
            f"  {name}: {fit.ways[0].state}, {gib(least.low)} GiB ({least.name}) to"
            f" {gib(most.high)} GiB ({most.name}{tokens(fit)})"
        )
        return
    yield f"  {name}:"
    wide = max(len(way.name) for way in fit.ways)
    for way in fit.ways:
        needs = f"{gib(way.low)} to {gib(way.high)} GiB"
        if way.low == way.high:
            needs = f"{gib(way.low)} GiB"
        yield f"    {visible(way.name).ljust(wide)}  {needs}: {said(way)}"


def machine(hardware: Hardware) -> str:
    """Return what a machine has, in words."""
    which = "the named machine" if hardware.stated else "this machine"
    cores = f"{hardware.cores} core{'s' * (hardware.cores > 1)}"
    card = hardware.accelerators or "no graphics card seen"
    if hardware.accelerator:
        card = f"a graphics card with {gib(hardware.accelerator)} GiB"
    elif hardware.stated and not hardware.accelerators:
        card = "no graphics card"
    return f"{which} with {gib(hardware.memory)} GiB, {cores}, {card}"


def said(way: Way) -> str:
    """Return whether a way of running it fits, and where."""
    return f"{way.state} on the graphics card" if way.on != "memory" else way.state


def tokens(fit: Fit) -> str:
    """Return how long a text the upper bound is for."""
    context = fit.shape.context if fit.shape is not None else 0
    return f", {context:,} tokens" if context else ""


def gib(size: int) -> str:
    """Return bytes in GiB, with as many digits as an estimate has."""
    value = size / GIB
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"
