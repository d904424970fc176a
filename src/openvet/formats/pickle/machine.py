"""The state of the pickle machine: stack, marks, memo, and the bytes under it.

The operations themselves are in `openvet.formats.pickle.operations`, the loop that
runs them in `openvet.formats.pickle.walker`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from openvet.budget import Budget
from openvet.formats.pickle.memo import Memo
from openvet.formats.pickle.names import modern
from openvet.formats.pickle.program import (
    Call,
    CallOpcode,
    Global,
    Import,
    ImportOpcode,
    Result,
    Span,
    Value,
)
from openvet.formats.pickle.values import LITERAL, Bag, Cell, Freezer, unpacked
from openvet.source import Source
from openvet.subject import Defect

WINDOW: Final = 1 << 16
"""Bytes of the stream in memory at once."""
INLINE: Final = 4096
"""Longest string or bytes kept in memory; longer ones are kept by position."""
AHEAD: Final = INLINE + 16
"""Bytes that an operation can count on, unless the stream ends before."""
LINE: Final = 1 << 30
"""Longest line in which an end is looked for."""
CELL: Final = 128
"""Bytes that a held value takes, about."""
CALLS: Final = 300_000
NODES: Final = 2_000_000
NEVER: Final = 1 << 62
HUGE: Final = 1 << 50
"""Bytes that no file holds."""
AGAIN: Final = 1 << 60
"""Added to a position to have the edges looked at before the next opcode."""
FRAME: Final = 1 << 20
"""Frames end soon after 64 KiB; no pickler writes one as long as this."""


class BrokenError(Exception):
    """The real machine would raise here; what it did before has happened."""


class TruncatedError(BrokenError):
    """The bytes end inside an operation, or before STOP."""


class HeldError(Exception):
    """The program wants more memory than the budget gives."""


ArrayHook = Callable[["Machine", Cell, Cell, int], int | None]
"""Called after BUILD with machine, object, state and the offset of the next byte;
returns the offset at which the loader goes on, or None."""


class Machine:
    """One run over one stream.

    Args:
        source: The bytes.
        start: Offset of the first opcode.
        budget: What may be spent.
        after_build: What a loader reads besides opcodes after it built an object.
    """

    __slots__ = (
        "after_build",
        "base",
        "blobs",
        "budget",
        "calls",
        "data",
        "defects",
        "end",
        "extends",
        "extensions",
        "frame_end",
        "freezer",
        "globals",
        "imports",
        "memo",
        "meta",
        "newest",
        "overlong",
        "protocol",
        "shared",
        "source",
        "spent",
        "stack",
        "start",
        "straddles",
        "widest",
    )

    def __init__(
        self,
        source: Source,
        start: int,
        budget: Budget,
        after_build: ArrayHook | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = source.size
        self.budget = budget
        self.after_build = after_build
        self.base = start
        """Offset in the source of `data[0]`."""
        self.data = b""
        self.spent = start
        self.frame_end = NEVER
        self.straddles: list[tuple[int, int]] = []
        """Operations that cross the end of their frame: offsets of both."""
        self.newest = 0
        """Offset after the newest frame's header; 0 without frames."""
        self.overlong = 0
        """The longest payload that was announced and is not there."""
        self.protocol = 0
        self.stack: list[Cell] = []
        self.meta: list[list[Cell]] = []
        self.memo = Memo(source)
        self.widest = 0
        """The greatest memo index written out of order."""
        self.shared = 0
        """How often a container was taken from memo or doubled."""
        self.imports: list[Import] = []
        self.globals: dict[tuple[str, str, str, bool], Global] = {}
        self.calls: list[Call] = []
        self.blobs: list[tuple[int, int]] = []
        """Offset and length of bytes that may be something by themselves."""
        self.defects: list[Defect] = []
        self.freezer = Freezer(NODES)
        self.extends = False
        """Whether the program got hold of the registry of extension codes."""
        self.extensions: dict[int, tuple[str, str]] = {}

    def edge(self, pos: int) -> tuple[bytes, int, int]:
        """Go on where the window, a frame or the stream ends.

        Args:
            pos: Position in `data` of the next opcode; may lie outside.

        Returns:
            The window, the position in it, and the position to call again at.

        Raises:
            TruncatedError: The stream ends at or before the next opcode.
            HeldError: Too many values are held.
            OverBudgetError: Steps or time are spent.
        """
        if pos >= AGAIN:
            pos -= AGAIN
        at = self.base + pos
        if at >= self.frame_end:
            if at > self.frame_end:
                self.straddles.append((self.newest, self.frame_end))
            self.frame_end = NEVER
        if at >= self.end:
            inside = "before STOP" if at == self.end else "inside an operation"
            raise TruncatedError(f"the stream ends {inside}")
        data = self.data
        more = self.base + len(data) < self.end
        if more and pos > len(data) - AHEAD:
            self.account(pos)
            data = self.data = self.source.read(at, WINDOW)
            if not data:
                raise TruncatedError("the stream ends before STOP")
            self.base = at
            pos = 0
            more = at + len(data) < self.end
        limit = len(data) - AHEAD + 1 if more else len(data)
        return data, pos, min(limit, self.frame_end - self.base)

    def account(self, pos: int) -> None:
        """Spend the steps made in this window, and bound what is held.

        Raises:
            HeldError: Too many values are held.
            OverBudgetError: Steps or time are spent.
        """
        self.budget.step(1 + min(max(pos, 0), len(self.data)) // 4)
        self.memo.put_away(self.data, self.base)
        held = len(self.memo) + len(self.stack) + sum(map(len, self.meta))
        held += len(self.meta) + len(self.blobs)
        if held * CELL > self.budget.limits.memory_bytes:
            raise HeldError(f"it holds {held} values at once")
        if len(self.calls) > CALLS:
            raise HeldError(f"it makes more than {CALLS} calls")
        if self.freezer.room <= 0:
            raise HeldError(f"its calls have more than {NODES} values")

    def number(self, data: bytes, pos: int) -> tuple[bytes, int]:
        """Read a line that holds a number; loaders skip blanks around it.

        Returns:
            The end of the line without blanks, and the position after it.
        """
        text, pos = self.line(data, pos)
        if isinstance(text, Span):
            self.defect(
                "pickle-long-number",
                f"a number is written in {text.length} bytes",
                text.offset,
                live="every loader reads it",
            )
            start = max(text.offset, text.offset + text.length - INLINE)
            text = self.source.read(start, text.offset + text.length - start)
        return text.strip(), pos

    def begin_frame(self, at: int, length: int) -> None:
        """Enter a frame of so many bytes, and note what no pickler writes.

        `pickle.py` holds operations to their frame, the reader in C does not: bytes
        that the two see differently hide a program from one of them.
        """
        if self.frame_end not in (NEVER, at):
            if at > self.frame_end:
                self.straddles.append((self.newest, self.frame_end))
            else:
                self.defect(
                    "pickle-frame-in-frame",
                    "a frame begins inside another",
                    at,
                    live="the reader in C goes on, pickle.py stops",
                )
        self.newest = at
        self.frame_end = at + length
        if length > FRAME:
            self.defect(
                "pickle-frame-length",
                f"a frame announces {length} bytes; picklers end it after 64 KiB",
                at,
                live="pickle.py reads on, the reader in C wants all of it first",
            )

    def skip(self, pos: int, at: int) -> int:
        """Go on at another offset, after bytes that are no opcodes.

        Args:
            pos: Position after the last opcode.
            at: Offset of the next.

        Returns:
            The position of the next opcode.
        """
        self.frame_end = NEVER
        return AGAIN + at - self.base

    def note_array_in_frame(self, at: int) -> None:
        """Note that raw data is due at `at`, where a frame has not ended."""
        self.defect(
            "pickle-array-in-frame",
            "raw data is due where a frame has not ended",
            at,
            live="joblib takes the data from after the frame and goes on inside it",
        )

    def note_length(self, length: int, at: int) -> None:
        """Note that bytes are announced which are not there."""
        self.overlong = max(self.overlong, length)
        if length > HUGE:
            self.defect(
                "pickle-length-overflow", f"an array announces {length} bytes", at
            )

    def line(self, data: bytes, pos: int) -> tuple[bytes | Span, int]:
        """Read up to a newline, which is left out.

        Returns:
            The line, or its place where it is long; and the position after it.

        Raises:
            TruncatedError: There is no newline.
        """
        found = data.find(b"\n", pos, pos + INLINE)
        if found >= 0:
            return data[pos:found], found + 1
        at = self.base + pos
        found = self.source.find(b"\n", at, at + LINE)
        if found < 0:
            raise TruncatedError("a line of text has no end")
        return Span(offset=at, length=found - at, text=True), found + 1 - self.base

    def pop_mark(self) -> list[Cell]:
        """Return what was pushed since the last MARK, and forget both."""
        if not self.meta:
            raise BrokenError("there is no MARK")
        items = self.stack
        self.stack = self.meta.pop()
        return items

    def load(
        self, module: str, name: str, pos: int, opcode: ImportOpcode, *, computed: bool
    ) -> Global:
        """Import a name as `find_class` does, and return it."""
        python2 = False
        if self.protocol < 3 and not computed:  # noqa: PLR2004 - Python 3's first
            old = module, name
            module, name = modern(module, name)
            python2 = old != (module, name)
        key = module, name, opcode, computed
        known = self.globals.get(key)
        if known is None:
            known = self.globals[key] = Global(index=len(self.imports))
            self.imports.append(
                Import(
                    module=module,
                    name=name,
                    offset=self.base + pos,
                    opcode=opcode,
                    computed=computed,
                    dotted="." in name,
                    python2=python2,
                )
            )
            if module == "copyreg":
                self.extends = True
        return known

    def path(self, cell: Cell) -> str:
        """Return the dotted path of an import, or nothing."""
        return self.imports[cell.index].path if isinstance(cell, Global) else ""

    def call(
        self,
        opcode: CallOpcode,
        callee: Cell,
        arguments: Cell,
        pos: int,
        keywords: Cell = None,
    ) -> Result:
        """Write a call down and return what stands for its result.

        The reader in C takes a tuple of arguments; the one in Python, which joblib
        and dill use, whatever can be iterated.

        Raises:
            BrokenError: Nothing of the callee's type can be called, or the
                arguments cannot be iterated.
        """
        if type(callee) in LITERAL or isinstance(callee, (int, Bag)):
            raise BrokenError(f"{opcode} calls what cannot be called")
        freeze = self.freezer.freeze
        values = unpacked(arguments)
        if values is None:
            raise BrokenError(f"{opcode} takes a tuple of arguments")
        result = Result(index=len(self.calls))
        self.calls.append(
            Call(
                opcode=opcode,
                callee=freeze(callee),
                arguments=self.freezer.each(values),
                keywords=None if keywords is None else freeze(keywords),
                offset=self.base + pos,
            )
        )
        if self.extends:
            self.register(callee, values)
        return result

    def touch(self, opcode: CallOpcode, target: Cell, value: Value, pos: int) -> None:
        """Write down that an object which is no plain container was changed."""
        self.calls.append(
            Call(
                opcode=opcode,
                callee=self.freezer.freeze(target),
                arguments=(value,),
                offset=self.base + pos,
            )
        )

    def register(self, callee: Cell, values: Sequence[Cell]) -> None:
        """Follow `copyreg.add_extension(module, name, code)`."""
        if self.path(callee) == "copyreg.add_extension" and len(values) == 3:  # noqa: PLR2004
            module, name, code = values
            if isinstance(module, str) and isinstance(name, str):
                self.extend(code, (module, name))

    def extend(self, code: Cell, names: tuple[str, str]) -> None:
        """Register an extension code."""
        if isinstance(code, int):
            self.extensions[code] = names

    def defect(self, code: str, detail: str, offset: int, *, live: str = "") -> None:
        """Write down what no pickler does, once for each code."""
        if all(code != other.code for other in self.defects):
            self.defects.append(
                Defect(code=code, detail=detail, offset=offset, live=live)
            )
