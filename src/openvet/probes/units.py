"""Units: an item, or the items of a pair, which together are one observation."""

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import TypeAlias

from openvet.probes.probe import Item, Observation, Probe, Result, seen

Unit: TypeAlias = tuple[Item, ...]
"""An item, or the items of a pair."""


@lru_cache(maxsize=1)  # asking, figures and explanations want those of one probe
def units_of(probe: Probe, seed: int) -> dict[str, list[Unit]]:
    """Return the units of each axis, in the random order in which they are asked.

    Axes stand in the order of the items. The order of their units depends on the seed
    and the probe, and not on the axis: those that share questions ask the same ones.
    """
    axes: dict[str, dict[str, list[Item]]] = {}
    for item in probe.items(seed):
        units = axes.setdefault(item.axis, {})
        units.setdefault(name_of(item), []).append(item)
    ordered = {}
    for axis, units in axes.items():
        order = [tuple(unit) for unit in units.values()]
        Random(f"{seed}/{probe.id}").shuffle(order)  # noqa: S311 - no secret
        ordered[axis] = order
    return ordered


def name_of(item: Item) -> str:
    """Return what an item's unit is called on its axis.

    An item's id cannot be taken for the name of a pair.
    """
    return f"pair {item.pair}" if item.pair else item.id


def shown_by(probe: Probe, unit: Unit, results: Sequence[Result | str]) -> Observation:
    """Return what a unit shows, given a result, or why there is none, of each item."""
    sides = [
        seen(item, None, why=result)
        if isinstance(result, str)
        else probe.observe(item, result)
        for item, result in zip(unit, results, strict=True)
    ]
    return probe.combine(sides) if unit[0].pair else sides[0]
