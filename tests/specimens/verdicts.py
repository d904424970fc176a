"""Pickles for the verdict, in short words, and what the verdict is."""

from openvet.allow.judgement import Judgement
from openvet.allow.standing import Tier
from openvet.allow.verdict import judge
from openvet.budget import Budget
from openvet.check import Settings
from openvet.formats.pickle.program import Consumer, PickleProgram
from openvet.formats.pickle.walker import walk
from openvet.source import BytesSource
from openvet.subject import Origin
from specimens.pickles import call, name, proto, stack_name, text

ORIGIN = Origin(place=("specimen.pkl",), digest="0" * 64)

EMPTY_ORDERED = call(name("collections", "OrderedDict"))
FLOAT64 = call(name("numpy", "dtype"), text("f8"), b"\x89", b"\x88")


def program(
    body: bytes, *, version: int = 4, consumer: Consumer = "pickle"
) -> PickleProgram:
    """Walk a body between PROTO and STOP."""
    found = walk(BytesSource(proto(version) + body + b"."), 0, Budget())
    return found.program(ORIGIN, consumer=consumer)


def judged(
    body: bytes,
    *,
    version: int = 4,
    consumer: Consumer = "pickle",
    settings: Settings | None = None,
) -> tuple[Judgement, ...]:
    made = program(body, version=version, consumer=consumer)
    assert not made.broken, made.broken
    return judge(made, settings or Settings())


def tier(
    body: bytes,
    *,
    version: int = 4,
    consumer: Consumer = "pickle",
    settings: Settings | None = None,
) -> Tier:
    """The worst tier of a body."""
    parts = judged(body, version=version, consumer=consumer, settings=settings)
    return max((part.tier for part in parts), default=Tier.ALLOWED)


def new(module: str, attribute: str, *arguments: bytes) -> bytes:
    """NEWOBJ of a class."""
    return stack_name(module, attribute) + b"(" + b"".join(arguments) + b"t\x81"


def tuple_of(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"t"


def dict_of(**items: bytes) -> bytes:
    return b"(" + b"".join(text(key) + value for key, value in items.items()) + b"d"


def built(thing: bytes, state: bytes) -> bytes:
    """BUILD."""
    return thing + state + b"b"


def model(module: str, attribute: str) -> bytes:
    """An object of a class as an ordinary pickle makes it."""
    return built(new(module, attribute), dict_of(weights=b"K\x01"))
