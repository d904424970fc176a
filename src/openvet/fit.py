"""Whether a model fits a machine: memory by way of running it, between two bounds.

    memory = weights + cache of keys and values + what the engine itself takes

Weights are parameters times bits of the way. The cache holds two vectors a layer for
each token of the text (Shazeer 2019, arXiv 1911.02150): a short text is
the lower bound, the whole context of the model the upper. What engines take is
measured: `scripts/bench fit` prints prediction beside measurement. Nothing here is
rounded to "fits" where a bound lies on the other side.
"""

from collections.abc import Iterator
from typing import Final, Literal

from openvet.machine import Hardware
from openvet.wire import Record

GIB: Final = 1 << 30
MIB: Final = 1 << 20
SHORT: Final = 512
"""Tokens of a short text; fewer hardly change anything."""
SPARE: Final = 0.9
"""Of the memory of a machine, which others need a part of too."""
LEAN: Final = (30 * MIB, 200 * MIB)
"""What an engine of compiled code takes besides weights and cache, as llama.cpp."""
TORCH: Final = (350 * MIB, 900 * MIB)
"""The same for PyTorch with transformers, importing the libraries included."""
SINGLE: Final = 4
HALF: Final = 2
"""Bytes of a number."""
EIGHT: Final = (8.0, 8.5)
"""Bits of a weight in 8 bits, without and with a scale for each 32 (GGUF's Q8_0)."""
FOUR: Final = (4.25, 5.0)
"""The same in 4 bits: a scale for each 64, to scale and offset for each 32 (Q4_1)."""

State = Literal["runs", "may run", "does not run"]


class Shape(Record, frozen=True, kw_only=True):
    """What of a model its memory depends on."""

    parameters: int
    """0 where they cannot be counted: then only what is stored is known."""
    embedding: int = 0
    """Of them, in tables of words: often kept in more bits than the rest."""
    stored: int = 0
    """Bytes of the weights as they are stored."""
    stored_as: str = ""
    """The number formats of most of them, as `Q4_1`."""
    lean: bool = False
    """Whether the format is one that engines of compiled code run as it is."""
    cached: int = 0
    """Numbers that the cache holds for each token; 0 for a model that needs none."""
    windowed: int = 0
    """The same, of layers that look back only over a window."""
    window: int = 0
    """Tokens of it."""
    context: int = 0
    """Tokens of the longest text that it was made for; 0 where nobody says."""


class Way(Record, frozen=True, kw_only=True):
    """One way of running it, and the memory that takes."""

    name: str
    low: int
    """Bytes, for a short text."""
    high: int
    """Bytes, for the longest, with what engines need at most."""
    state: State
    on: str
    """Which memory it was held against: the machine's, or the graphics card's."""


class Fit(Record, frozen=True, kw_only=True):
    """How a model and a machine go together."""

    name: str
    hardware: Hardware
    shape: Shape | None
    """None where the model was run and its memory seen."""
    ways: tuple[Way, ...]


def fit(name: str, shape: Shape, hardware: Hardware) -> Fit:
    """Return which ways of running a model a machine has memory for."""
    return Fit(
        name=name, hardware=hardware, shape=shape, ways=tuple(_ways(shape, hardware))
    )


def measured(name: str, peak: int, how: str, hardware: Hardware) -> Fit:
    """Return how a model that was run went with a machine.

    Args:
        name: As reports name it.
        peak: Bytes that its process held at most.
        how: Engine and number format.
        hardware: To be held against.
    """
    way = _way(f"measured, {how}", peak, peak, hardware)
    return Fit(name=name, hardware=hardware, shape=None, ways=(way,))


def cache(shape: Shape, tokens: int, number: int) -> int:
    """Return the bytes of the cache for so many tokens.

    Args:
        shape: Of the model.
        tokens: Of the text and the answer.
        number: Bytes of a number in it.
    """
    seen = min(tokens, shape.window) if shape.window else tokens
    return number * (shape.cached * tokens + shape.windowed * seen)


def _ways(shape: Shape, hardware: Hardware) -> Iterator[Way]:
    context = shape.context or SHORT
    short, long = min(SHORT, context), context
    half = cache(shape, short, HALF), cache(shape, long, HALF)
    most = (LEAN if shape.lean else TORCH)[1]
    if shape.stored:
        yield _way(
            f"as stored ({shape.stored_as})" if shape.stored_as else "as stored",
            shape.stored + half[0] + LEAN[0],
            shape.stored + half[1] + most,
            hardware,
        )
    if not shape.parameters:
        return
    single = cache(shape, short, SINGLE), cache(shape, long, SINGLE)
    for name, number, kept in (("float32", SINGLE, single), ("float16", HALF, half)):
        weights = shape.parameters * number
        yield _way(
            name,
            weights + kept[0] + LEAN[0],
            weights + kept[1] + TORCH[1],
            hardware,
        )
    rest = shape.parameters - shape.embedding
    for name, (fewest, bits) in (("int8", EIGHT), ("int4", FOUR)):
        low = int(shape.parameters * fewest / 8)
        high = int((rest * bits + shape.embedding * EIGHT[1]) / 8)
        yield _way(name, low + half[0] + LEAN[0], high + half[1] + LEAN[1], hardware)


def _way(name: str, low: int, high: int, hardware: Hardware) -> Way:
    """Return a way, held against the graphics card if it certainly fits there."""
    room = int(hardware.memory * SPARE)
    if hardware.accelerator and high <= hardware.accelerator * SPARE:
        return Way(name=name, low=low, high=high, state="runs", on="graphics card")
    state: State = "runs" if high <= room else "may run"
    if low > hardware.memory:
        state = "does not run"
    return Way(name=name, low=low, high=high, state=state, on="memory")
