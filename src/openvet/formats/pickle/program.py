"""What a pickle would do, as facts: imports, calls, and their arguments.

A pickle is a program for a small stack machine. The walker (`openvet.formats.pickle.
walker`) follows it symbolically; this module holds what it writes down. Values refer
to imports and calls by index, so a program of any size or cycle stays a flat record.
"""

from typing import ClassVar, Literal, TypeAlias

from openvet.subject import Subject
from openvet.wire import Record

ImportOpcode = Literal["GLOBAL", "STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"]


class Import(Record, frozen=True, kw_only=True):
    """A name the pickle imports, once per distinct name and opcode."""

    module: str
    name: str
    offset: int
    opcode: ImportOpcode
    computed: bool = False
    """Whether module or name is not a literal; they are then empty or partial."""
    dotted: bool = False
    """Whether the name is walked attribute by attribute (protocol 4 and later)."""
    python2: bool = False
    """Whether `module` and `name` were mapped from Python 2 names (protocol < 3)."""

    @property
    def path(self) -> str:
        """Module and name as one dotted path."""
        return f"{self.module}.{self.name}"


class Span(Record, frozen=True, kw_only=True, tag="span"):
    """Bytes or long text of the stream, kept by position only."""

    offset: int
    length: int
    text: bool = False


class Global(Record, frozen=True, kw_only=True, tag="global"):
    """An imported object."""

    index: int
    """Into `PickleProgram.imports`."""


class Result(Record, frozen=True, kw_only=True, tag="result"):
    """What a call returned."""

    index: int
    """Into `PickleProgram.calls`."""


class Items(Record, frozen=True, kw_only=True, tag="items"):
    """A container, as it stood when it was used."""

    kind: Literal["tuple", "list", "dict", "set", "frozenset"]
    values: tuple["Value", ...]
    """The first 64, a dict's as keys and values in turn (64 pairs). Of longer ones, up
    to as many more that are no literals."""
    whole: bool = True
    """Whether nothing was left out."""


class Persistent(Record, frozen=True, kw_only=True, tag="persistent"):
    """What the loader's `persistent_load` returns for this identifier."""

    identifier: "Value"


class Unknown(Record, frozen=True, kw_only=True, tag="unknown"):
    """A value the walker does not follow: a mark, an underflow, an extension."""

    why: str = ""


Value: TypeAlias = (
    bool
    | int
    | float
    | str
    | bytes
    | Span
    | Global
    | Result
    | Items
    | Persistent
    | Unknown
    | None
)
"""Short strings and bytes (at most 4 KiB) are kept whole, longer ones as `Span`."""

Consumer = Literal[
    "pickle",
    "joblib",
    "torch",
    "torch-legacy",
    "torch-tar",
    "torchscript",
    "numpy",
    "embedded",
]
"""The loader that reaches a pickle, as far as its container tells."""

CallOpcode = Literal[
    "REDUCE",
    "INST",
    "OBJ",
    "NEWOBJ",
    "NEWOBJ_EX",
    "BUILD",
    "SETITEM",
    "SETITEMS",
    "APPEND",
    "APPENDS",
    "ADDITEMS",
    "PERSID",
]


class Call(Record, frozen=True, kw_only=True):
    """Something the pickle makes happen.

    REDUCE, INST and OBJ call `callee` with `arguments`. NEWOBJ calls only its
    `__new__`. BUILD sets the state of `callee` (a value) to `arguments[0]`. SETITEM(S),
    APPEND(S) and ADDITEMS are recorded only where the target (`callee`) is no plain
    container; `arguments[0]` is then an `Items` of kind dict, list or set with what is
    added. PERSID and BINPERSID ask for `arguments[0]`; their callee is None. Arguments
    that are themselves computed stand as `Unknown("computed arguments")` and the value
    that a loader would unpack.
    """

    opcode: CallOpcode
    callee: Value
    arguments: tuple[Value, ...]
    keywords: Value = None
    """Of NEWOBJ_EX."""
    offset: int


class PickleProgram(Subject, frozen=True, kw_only=True, tag=True):
    """One pickle stream, walked to its STOP or to the byte where it breaks.

    Calls before a broken byte have run in a real loader, so a broken program is judged
    like a whole one; the break itself is a defect.
    """

    crosses: ClassVar[bool] = False
    start: int
    stop: int
    """Offsets in the file or member; `stop` is after STOP, or where the walk ended."""
    index: int
    """Which stream of the file this is, from 0."""
    protocol: int
    imports: tuple[Import, ...]
    calls: tuple[Call, ...]
    broken: str = ""
    """Why the walk ended before STOP; empty if it did not."""
    consumer: Consumer = "pickle"
    """Which loader reaches it, as far as the container tells."""
    loads: bool = True
    """Whether the usual loader of the container reads this stream by itself."""
