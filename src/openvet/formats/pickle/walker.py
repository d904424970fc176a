"""Follows a pickle without running it.

The machine is CPython's, with symbols for what it would import and call. It holds no
payload, does not recurse, and stops where the real machine would raise: whatever was
written down before has happened by then.

    walk(source, 0, budget).program(origin)
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from openvet.budget import Budget
from openvet.errors import OverBudgetError
from openvet.formats.pickle.literals import Operation
from openvet.formats.pickle.machine import (
    AGAIN,
    ArrayHook,
    BrokenError,
    HeldError,
    Machine,
    TruncatedError,
)
from openvet.formats.pickle.objects import StoppedError
from openvet.formats.pickle.opcodes import BY_BYTE
from openvet.formats.pickle.program import (
    Call,
    Consumer,
    Global,
    Import,
    PickleProgram,
)
from openvet.formats.pickle.shape import note_shape
from openvet.formats.pickle.values import Cell
from openvet.source import Source
from openvet.subject import Defect, Gap, Origin, Payload, Reference


def _unknown(_m: Machine, _data: bytes, _pos: int) -> int:
    raise BrokenError("a byte is no opcode")


TABLE: Final[tuple[Operation, ...]] = tuple(
    BY_BYTE[byte].run if byte in BY_BYTE else _unknown for byte in range(256)
)


class Walk(Struct):
    """What one stream does, and how the walk ended."""

    start: int
    stop: int
    """After STOP, or the opcode at which the walk ended."""
    end: int
    """Where the source ends."""
    protocol: int
    imports: list[Import]
    calls: list[Call]
    value: Cell = None
    """What the loader returns; None too where it returns nothing."""
    broken: str = ""
    truncated: bool = False
    """Whether it broke because the bytes end."""
    defects: list[Defect] = []
    gaps: list[Gap] = []
    blobs: list[tuple[int, int]] = []
    """Offset and length of bytes that may be something by themselves."""
    straddles: list[tuple[int, int]] = []
    """Where frames begin and end that an operation crosses."""
    held: bool = False
    """Whether it ended because it holds too much."""
    over: OverBudgetError | None = None
    """The limit that ended it."""

    @property
    def stopped(self) -> bool:
        """Whether STOP was reached."""
        return not self.broken

    def path(self, value: object) -> str:
        """Return the dotted path of an import, or nothing."""
        return self.imports[value.index].path if isinstance(value, Global) else ""

    def program(  # noqa: PLR0913 - what the container knows and the stream does not
        self,
        origin: Origin,
        *,
        index: int = 0,
        consumer: Consumer = "pickle",
        loads: bool = True,
        defects: Sequence[Defect] = (),
        gaps: Sequence[Gap] = (),
        payloads: Sequence[Payload] = (),
        references: Sequence[Reference] = (),
    ) -> PickleProgram:
        """Return the facts, with what the container adds."""
        return PickleProgram(
            origin=origin,
            gaps=(*self.gaps, *gaps),
            defects=(*self.defects, *defects),
            payloads=tuple(payloads),
            references=tuple(references),
            start=self.start,
            stop=self.stop,
            index=index,
            protocol=self.protocol,
            imports=tuple(self.imports),
            calls=tuple(self.calls),
            broken=self.broken,
            consumer=consumer,
            loads=loads,
        )


def walk(
    source: Source,
    start: int,
    budget: Budget,
    after_build: ArrayHook | None = None,
) -> Walk:
    """Follow the stream at `start` to its STOP, or to where it breaks.

    Never raises on malformed bytes. A spent budget ends the walk too: it is kept in
    `over`, and as a gap, beside the facts found before.
    """
    machine = Machine(source, start, budget, after_build)
    result = Walk(
        start=start,
        stop=start,
        end=machine.end,
        protocol=0,
        imports=machine.imports,
        calls=machine.calls,
        defects=machine.defects,
        blobs=machine.blobs,
        straddles=machine.straddles,
    )
    _run(machine, result)
    result.protocol = machine.protocol
    note_shape(machine, result.stop, stopped=result.stopped)
    if result.broken:
        _note_break(machine, result)
    return result


def _run(m: Machine, result: Walk) -> None:
    """Run the loop, and write down where and how it ended."""
    pos = 0
    table = TABLE
    try:
        data, pos, limit = m.edge(0)
        while True:
            if pos >= limit:
                data, pos, limit = m.edge(pos)
            pos = table[data[pos]](m, data, pos + 1)
    except StoppedError as stopped:
        result.stop = m.base + stopped.pos
        result.value = m.stack[-1]
        _account_last(m, stopped.pos, result)
        return
    except BrokenError as error:
        result.broken = str(error)
        result.truncated = isinstance(error, TruncatedError)
    except IndexError:
        result.broken = "the stack is too short"
    except HeldError as error:
        result.broken = str(error)
        result.held = True
    except OverBudgetError as error:
        result.broken = error.message
        result.over = error
    at = m.base + (pos - AGAIN if pos >= AGAIN else pos)
    result.stop = min(at, m.end)
    opcode = BY_BYTE.get(m.source.read(at, 1)[0]) if at < m.end else None
    if opcode is not None and at + 1 + opcode.width > m.end:
        result.truncated = True
        result.broken = "the stream ends inside an operation"


def _account_last(m: Machine, pos: int, result: Walk) -> None:
    """Spend the steps of the last window."""
    try:
        m.budget.step(1 + pos // 4)
    except OverBudgetError as error:
        result.over = error


def _note_break(m: Machine, result: Walk) -> None:
    """Add what a broken end means: a part that was not read, and a defect."""
    rest = max(m.end - result.stop, 0)
    if result.held or result.over is not None:
        result.gaps.append(
            Gap(
                reason="over-budget",
                detail=f"the pickle was followed to byte {result.stop}: "
                f"{result.broken}",
                offset=result.stop,
                length=rest,
                lift=(result.over.hint if result.over else None) or "",
            )
        )
        return
    result.gaps.append(
        Gap(
            reason="broken",
            detail=f"the pickle breaks at byte {result.stop}: {result.broken}",
            offset=result.stop,
            length=rest,
            lift="get the file again from its source",
        )
    )
    # Downloads end early and disks lose bits, so a break alone is no attack: what
    # was called before it is judged as in any other program.
    m.defects.append(
        Defect(
            code="pickle-truncated" if result.truncated else "pickle-broken",
            detail=f"{result.broken} (at byte {result.stop})",
            offset=result.stop,
            weight="odd",
            live="what stands before the break has run when a loader notices it",
        )
    )
