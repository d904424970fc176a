"""Shapes that cost a loader, or whoever uses what it loads, more than they weigh.

A few bytes can ask for gigabytes: a memo index that the machine makes room for, a
length that it allocates before it reads, containers doubled until they stand for
billions of items, nesting that overflows the C stack when it is compared or printed.
Nothing here is followed by recursion.
"""

from typing import Final

from openvet.formats.pickle.machine import NEVER, Machine
from openvet.formats.pickle.program import Global
from openvet.formats.pickle.values import Bag, Cell

MEMO: Final = 1 << 24
"""A memo index from which the machine in C allocates 256 MiB or more at once."""
LENGTH: Final = 1 << 30
"""An announced length that no download of a thousandth of it explains."""
MAKES_ZEROS: Final = frozenset({"builtins.bytes", "builtins.bytearray"})
"""Called with a number, they allocate as much."""
EXPANDED: Final = 50_000_000
"""Items that shared containers stand for when they are written out."""
LEVELS: Final = 6
"""Containers within containers from which doubling is no table of rows."""
NESTED: Final = 2_000
"""Depth that picklers in Python and C cannot write: they recurse themselves."""
ROOTS: Final = 100
"""Values on the stack that are measured, from the top."""
LONG: Final = 1_500
"""Bytes of a stream that may nest so deep."""


def note_shape(m: Machine, stop: int, *, stopped: bool) -> None:
    """Add the defects of a finished run to the machine.

    Args:
        m: The machine after its run.
        stop: Where the run ended.
        stopped: Whether it reached STOP.
    """
    if m.widest >= MEMO and m.widest > stop - m.start:
        m.defect(
            "pickle-memo-bomb",
            f"memo index {m.widest} in a stream of {stop - m.start} bytes",
            stop,
            live="the reader in C makes room for twice as many entries",
        )
    if m.overlong >= LENGTH and m.overlong > 1000 * m.end:
        m.defect(
            "pickle-length-bomb",
            f"{m.overlong} bytes are announced where {m.end - stop} are left",
            stop,
            live="the reader in C allocates them before it reads",
        )
    _note_allocation(m)
    for start, end in m.straddles[:1]:
        m.defect(
            "pickle-frame-straddle",
            f"an operation crosses the end of the frame that begins at byte {start}",
            end,
            live="pickle.py stops there; the reader in C goes on, and on streams it "
            "reads piece by piece it drops what is left of the frame",
        )
    if stopped and m.frame_end not in (NEVER, stop):
        m.defect(
            "pickle-frame-unfinished",
            f"STOP at byte {stop - 1} lies inside a frame that ends at {m.frame_end}",
            stop - 1,
            live="pickle.py has read the rest of the frame, the reader in C has not",
        )
    if m.shared >= LEVELS or stop - m.start >= LONG:
        _note_nesting(m, stop)


def _note_allocation(m: Machine) -> None:
    """Note a call that makes so many zeros: a pickler writes what is in them."""
    if not any(entry.path in MAKES_ZEROS for entry in m.imports):
        return
    for call in m.calls:
        amount = call.arguments[0] if call.arguments else None
        callee = call.callee
        known = isinstance(callee, Global) and m.imports[callee.index].path
        if known in MAKES_ZEROS and isinstance(amount, int) and amount >= LENGTH:
            m.defect(
                "pickle-allocation-bomb",
                f"{known} is asked for {amount} zeros",
                call.offset,
                live="every loader allocates them",
            )
            return


def _note_nesting(m: Machine, stop: int) -> None:
    roots = m.stack[-ROOTS:]
    for group in m.meta[-ROOTS:]:
        roots.extend(group[-ROOTS:])
    items, depth = measure(roots[:ROOTS])
    if m.shared >= LEVELS and items >= EXPANDED and depth >= LEVELS:
        m.defect(
            "pickle-expansion-bomb",
            f"containers used again and again stand for {_about(items)} items",
            stop,
            live="whatever copies, compares or prints the object",
        )
    deepest = max(depth, len(m.meta))
    if deepest >= NESTED:
        m.defect(
            "pickle-deep-nesting",
            f"containers are nested {deepest} deep or more",
            stop,
            live="hashing, comparing or printing the object overflows the C stack",
        )


def _about(items: int) -> str:
    return str(items) if items < 10**12 else f"10^{len(str(items)) - 1}"


def measure(roots: list[Cell]) -> tuple[int, int]:
    """Return how many items containers stand for, written out, and how deep they go.

    Counts are cut at 10^30. Containers that hold themselves count once.
    """
    known: dict[int, tuple[int, int]] = {}
    items = depth = 0
    for root in roots:
        if isinstance(root, (tuple, Bag)):
            _measure_one(root, known)
            found = known[id(root)]
            items, depth = max(items, found[0]), max(depth, found[1])
    return items, depth


def _parts(cell: Cell) -> list[Cell]:
    values = cell.values if isinstance(cell, Bag) else cell
    return [value for value in values if isinstance(value, (tuple, Bag))]  # type: ignore[attr-defined]


def _measure_one(root: Cell, known: dict[int, tuple[int, int]]) -> None:
    """Measure what `root` holds, children first; stop where it is deep enough."""
    work: list[tuple[Cell, bool]] = [(root, False)]
    opened = 0
    while work:
        cell, children_done = work.pop()
        if children_done:
            opened -= 1
            parts = [known[id(part)] for part in _parts(cell)]
            values = cell.values if isinstance(cell, Bag) else cell
            items = len(values) + sum(part[0] for part in parts)  # type: ignore[arg-type]
            depth = 1 + max((part[1] for part in parts), default=0)
            known[id(cell)] = min(items, 10**30), depth
        elif id(cell) not in known:
            opened += 1
            if opened > NESTED:
                known[id(root)] = 0, opened
                return
            known[id(cell)] = 0, 0
            work.append((cell, True))
            work.extend((part, False) for part in _parts(cell))
