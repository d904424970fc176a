"""A model beside its base, as lines of text."""

from collections.abc import Iterator
from typing import Final

from openvet.heritage import SAID, Heir, Heritage
from openvet.write.escape import visible

COLUMNS: Final = 33
"""Characters of a picture."""
REASONABLE: Final = 10_000
"""More questions than these nobody asks."""


def heritage_lines(found: Heritage) -> Iterator[str]:
    """Yield a title and a line for each axis, the base's share marked `○`."""
    yield f"{visible(found.title)}, beside its base {visible(found.base.id)}:"
    wide = max((len(visible(heir.axis)) for heir in found.axes), default=0)
    for heir in found.axes:
        axis = visible(heir.axis).ljust(wide)
        if not heir.n:
            yield f"  {axis}  {words(heir)}"
            continue
        drawn = _drawn(heir, found.null)
        yield f"  {axis}  {drawn}  {figures(heir)}: {words(heir)}"


def figures(heir: Heir) -> str:
    """Return both shares, how far they are apart, and n."""
    return (
        f"{heir.base:.2f} to {heir.model:.2f} ({heir.model - heir.base:+.2f}"
        f" [{heir.low:+.2f}, {heir.high:+.2f}]) n={heir.n:,}"
    )


def words(heir: Heir) -> str:
    """Return where a bias comes from, and what more would tell it."""
    said = SAID[heir.descent]
    if heir.needed is None or heir.descent != "undecided":
        return said
    if heir.needed > REASONABLE:
        return f"{said}, and so it would stay after many more"
    return f"{said}, about {heir.needed:,} more would tell"


def _drawn(heir: Heir, null: float) -> str:
    """Return the way from the base's share to the model's; the bar is at chance."""
    last = COLUMNS - 1
    cells = ["·"] * COLUMNS
    start, end = round(heir.base * last), round(heir.model * last)
    low, high = min(start, end), max(start, end)
    cells[low : high + 1] = "─" * (high - low + 1)
    cells[round(null * last)] = "┼" if low <= null * last <= high else "│"
    cells[start], cells[end] = "○", "●"
    return "".join(cells)
