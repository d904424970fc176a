"""R's serialized objects (`.rds`, `.RData`), walked for what runs when they are used.

Written from R Internals, section 1.8, and the comments in `src/main/serialize.c`. The
walk follows the order of the stream with a stack of its own and builds no object.
What it looks for is the promise: a call and an environment that R evaluates at the
first use of the value, which before R 4.4.0 a file could bring along (CVE-2024-27322).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from openvet.budget import Budget
from openvet.formats.r.stream import HEADER, RBrokenError, open_stream
from openvet.source import Source
from openvet.wire import Record

MAXIMUM_STACK: Final = 100_000
MAXIMUM_REFERENCES: Final = 10_000_000
MAXIMUM_PROMISES: Final = 1000
STEP: Final = 4096
MAXIMUM_CALLED: Final = 10_000
NESTED: Final = 1000
"""Promises inside promises that are told apart."""
WORDS: Final = 64
"""Names and texts of a promise that are kept."""

SYMBOL, PAIR, CLOSURE, ENVIRONMENT, PROMISE, CALL = 1, 2, 3, 4, 5, 6
SPECIAL, BUILTIN, CHARACTERS, LOGICAL, INTEGER, REAL = 7, 8, 9, 10, 13, 14
COMPLEX, STRINGS, DOTS, ANY, VECTOR, EXPRESSIONS = 15, 16, 17, 18, 19, 20
BYTECODE, POINTER, WEAK, RAW, OBJECT = 21, 22, 23, 24, 25
ALTREP, ATTRIBUTE_PAIR, ATTRIBUTE_CALL = 238, 239, 240
CODE_REFERENCE, CODE_DEFINITION = 243, 244
PERSISTENT, PACKAGE, NAMESPACE, UNBOUND, NULL, REFERENCE = 247, 248, 249, 252, 254, 255
SINGLE: Final = frozenset({241, 242, 245, 246, 250, 251, 252, 253, 254, 0})
"""Types that are only their number: environments, NULL, missing argument."""
PAIRS: Final = frozenset({PAIR, CALL, CLOSURE, PROMISE, DOTS})
REFERRED: Final = frozenset(
    {ENVIRONMENT, NAMESPACE, PACKAGE, PERSISTENT, POINTER, WEAK}
)
WIDTHS: Final = {LOGICAL: 4, INTEGER: 4, REAL: 8, COMPLEX: 16, RAW: 1}


class Promise(Record, frozen=True, kw_only=True):
    """A call that R evaluates when a value is first used.

    One whose value came along, or that is a mere name or constant, is none.
    """

    offset: int
    in_environment: bool
    """Whether it is a variable of an environment, as in a saved function's frame."""
    words: tuple[str, ...]
    """Names and texts of what is evaluated, in order."""


class RObject(Record, frozen=True, kw_only=True):
    """What an R file holds."""

    promises: tuple[Promise, ...] = ()
    closures: int = 0
    """Functions, and where the first one is."""
    first_closure: int = 0
    names: tuple[str, ...] = ()
    """Variables that `load` assigns, at most 1,000."""
    called: tuple[tuple[str, int], ...] = ()
    """Functions that calls name, in functions or on their own, and the first place;
    at most `MAXIMUM_CALLED`."""
    items: int = 0
    stop: int = 0
    broken: str = ""


def is_r(head: bytes) -> bool:
    """Say whether a file starts as a serialized R object does."""
    header = HEADER.match(head)
    if header is None:
        return False
    rest = head[header.end() :]
    form = header.group()[-2:]
    if form == b"A\n":
        return rest[:2] in {b"2\n", b"3\n"}
    return rest[:4] in {
        b"\0\0\0\2", b"\0\0\0\3", b"\2\0\0\0", b"\3\0\0\0"
    }  # fmt: skip


class _Task(NamedTuple):
    """What to read next."""

    what: Callable[..., None]
    times: int = 1
    top: bool = False


@dataclass
class _Open:
    """A promise that is being read."""

    offset: int
    in_environment: bool
    forced: bool = True
    calls: bool = False
    in_code: bool = False
    """Whether its value was read, so that what it evaluates comes now."""
    words: list[str] = field(default_factory=list)


class RWalker:
    """Walks one file.

    Args:
        source: The whole file.
        budget: What reading may cost.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.budget = budget
        self.source = source
        self.stack: list[_Task] = []
        self.promises: list[Promise] = []
        self.names: list[str] = []
        self.called: dict[str, int] = {}
        self.closures = self.first_closure = 0
        self.items = 0
        self.references: list[str] = []
        self.environments = 0
        self.open: list[_Open] = []
        """Promises that are being read, each inside the one before."""
        self.expected = False
        self.last_name = ""

    def walk(self) -> RObject:
        """Return what the file holds; a break ends the walk and is said.

        Raises:
            OverBudgetError: It is too large.
        """
        broken, at = "", 0
        try:
            self.stream = open_stream(self.source)
            self.stack.append(_Task(self._item, top=True))
            while self.stack:
                self._next()
            at = self.stream.at
        except RBrokenError as error:
            broken = str(error)
        while self.open:
            self._close()
        return RObject(
            promises=tuple(self.promises),
            closures=self.closures,
            first_closure=self.first_closure,
            names=tuple(self.names),
            called=tuple(self.called.items()),
            items=self.items,
            stop=at,
            broken=broken,
        )

    def _next(self) -> None:
        """Do what comes next."""
        if len(self.stack) > MAXIMUM_STACK:
            raise RBrokenError("objects nested too deep")
        task = self.stack.pop()
        if task.times > 1:
            self.stack.append(task._replace(times=task.times - 1))
        task.what(top=task.top)

    def _push(self, *what: Callable[..., None], top: bool = False) -> None:
        """Read these next, in this order."""
        self.stack.extend(_Task(one, top=top) for one in reversed(what))

    def _item(self, *, top: bool = False) -> None:
        """Read an object: its flags, then what its type says follows."""
        self.items += 1
        if self.items % STEP == 0:
            self.budget.step(STEP)
        offset = self.stream.at
        flags = self.stream.integer()
        kind, attributes, tag = flags & 255, bool(flags & 0x200), bool(flags & 0x400)
        self._kind(kind)
        if kind in PAIRS:
            self._pair(kind, offset, attributes=attributes, tag=tag, top=top)
            return
        if attributes and kind not in {ENVIRONMENT, REFERENCE}:
            self._push(self._item)
        if kind in SINGLE:
            return
        if kind == REFERENCE:
            self._reference(flags >> 8)
        elif kind in WIDTHS:
            self.stream.values(WIDTHS[kind], self.stream.vector_length())
        elif kind in {STRINGS, VECTOR, EXPRESSIONS}:
            count = self.stream.vector_length()
            if count:
                self.stack.append(_Task(self._item, times=count))
        else:
            self._other(kind)

    def _kind(self, kind: int) -> None:
        """Note what a promise is made of: its value, unbound or not, and calls."""
        if self.expected:
            self.open[-1].forced, self.expected = kind != UNBOUND, False
        if self.open and kind in {CALL, BYTECODE}:
            self.open[-1].calls = True

    def _pair(
        self, kind: int, offset: int, *, attributes: bool, tag: bool, top: bool
    ) -> None:
        """Read a cell: attributes, tag, first part, rest."""
        parts: list[Callable[..., None]] = [self._item] * attributes
        if kind == PROMISE and len(self.open) < NESTED:
            self.open.append(_Open(offset, self.environments > 0))
            parts += [self._item] * tag
            parts += [self._expect, self._item, self._enter_code, self._item]
            parts.append(self._end_promise)
            self._push(*parts)
            return
        if kind == CLOSURE:
            self.closures += 1
            self.first_closure = self.first_closure or offset
        top = top and kind == PAIR
        parts += [self._item] * tag + [self._note_name] * (top and tag)
        self.stack.append(_Task(self._item, top=top))
        self._push(*parts, self._item, *[self._note_call] * (kind == CALL))

    def _note_name(self, *, top: bool = False) -> None:
        """Keep the name of a variable that `load` assigns."""
        del top
        if len(self.names) < MAXIMUM_PROMISES:
            self.names.append(self.last_name)

    def _note_call(self, *, top: bool = False) -> None:
        """Keep the name that was just read: of the function, or after its `::`."""
        del top
        # What a promise evaluates is told with it, or was evaluated before.
        told = bool(self.open) and self.open[-1].in_code
        if self.last_name and not told and len(self.called) < MAXIMUM_CALLED:
            self.called.setdefault(self.last_name[:200], self.stream.at)

    def _expect(self, *, top: bool = False) -> None:
        """Note that the value of the promise comes next."""
        del top
        self.expected = True

    def _enter_code(self, *, top: bool = False) -> None:
        del top
        self.open[-1].in_code = True

    def _end_promise(self, *, top: bool = False) -> None:
        del top
        self._close()

    def _close(self) -> None:
        one = self.open.pop()
        runs = one.calls and not one.forced
        if runs and len(self.promises) < MAXIMUM_PROMISES:
            self.promises.append(
                Promise(
                    offset=one.offset,
                    in_environment=one.in_environment,
                    words=tuple(one.words),
                )
            )

    def _other(self, kind: int) -> None:
        """Read the types that are neither cells nor plain vectors."""
        if kind == SYMBOL:
            self._push(self._item, self._remember)
        elif kind == CHARACTERS:
            self._characters()
        elif kind in {SPECIAL, BUILTIN}:
            self._word(self.stream.text(self.stream.vector_length()))
        elif kind == BYTECODE:
            self.stream.integer()
            self._bytecode()
        elif kind == ALTREP:
            self.stack.append(_Task(self._item, times=3))
        elif kind in REFERRED:
            self._referred(kind)
        elif kind not in {OBJECT, ANY}:
            raise RBrokenError(f"type {kind}")

    def _referred(self, kind: int) -> None:
        """Read the types that later references can name."""
        count = {POINTER: 2, ENVIRONMENT: 4}.get(kind, 0)
        if kind not in {POINTER, WEAK}:
            self.stream.integer()
        if kind in {NAMESPACE, PACKAGE, PERSISTENT}:
            count = self.stream.vector_length()
        self._refer("")
        if kind == ENVIRONMENT:
            self.environments += 1
            self.stack.append(_Task(self._leave))
        if count:
            self.stack.append(_Task(self._item, times=count))

    def _leave(self, *, top: bool = False) -> None:
        del top
        self.environments -= 1

    def _characters(self) -> None:
        count = self.stream.integer()
        self.last_name = (
            "" if count == -1 else self.stream.text(self.stream.length(count))
        )
        self._word(self.last_name)

    def _remember(self, *, top: bool = False) -> None:
        del top
        self._refer(self.last_name)

    def _refer(self, name: str) -> None:
        if len(self.references) > MAXIMUM_REFERENCES:
            raise RBrokenError("too many references")
        self.references.append(name[:200])

    def _reference(self, index: int) -> None:
        index = index or self.stream.integer()
        if not 0 < index <= len(self.references):
            raise RBrokenError(f"reference {index} of {len(self.references)}")
        self.last_name = self.references[index - 1]
        self._word(self.last_name)

    def _word(self, text: str) -> None:
        if self.open and text and len(self.open[-1].words) < WORDS:
            self.open[-1].words.append(text[:200])

    def _bytecode(self, *, top: bool = False) -> None:
        """Read compiled code: instructions, then constants."""
        del top
        self._push(self._item, self._constants)

    def _constants(self, *, top: bool = False) -> None:
        del top
        count = self.stream.length(self.stream.integer())
        if count:
            self.stack.append(_Task(self._constant, times=count))

    def _constant(self, *, top: bool = False) -> None:
        """Read a constant of compiled code; calls have a form of their own."""
        del top
        kind = self.stream.integer()
        if kind == BYTECODE:
            self._bytecode()
        else:
            self._code_cell(kind)

    def _code(self, *, top: bool = False) -> None:
        del top
        self._code_cell(self.stream.integer())

    def _code_cell(self, kind: int) -> None:
        if kind == CODE_REFERENCE:
            self.stream.integer()
            return
        if kind == CODE_DEFINITION:
            self.stream.integer()
            kind = self.stream.integer()
        if kind not in {PAIR, CALL, ATTRIBUTE_PAIR, ATTRIBUTE_CALL}:
            self._push(self._item)
            return
        self._kind(CALL if kind in {CALL, ATTRIBUTE_CALL} else PAIR)
        with_attributes = kind in {ATTRIBUTE_PAIR, ATTRIBUTE_CALL}
        parts = [self._item] * with_attributes
        note = [self._note_call] * (kind in {CALL, ATTRIBUTE_CALL})
        self._push(*parts, self._item, self._code, *note, self._code)


def read_r(source: Source, budget: Budget) -> RObject:
    """Return what an R file holds.

    Raises:
        OverBudgetError: It is too large.
    """
    return RWalker(source, budget).walk()
