"""The containers of ggml before GGUF: llama.cpp's GGMF and GGJT, and whisper.cpp's.

They have no keys, so only the program that wrote one knows what its first numbers
mean. Each known layout is tried; the one whose tensors end exactly at the file's end
is the right one. Sources: llama.cpp before August 2023, whisper.cpp
`models/convert-pt-to-ggml.py`.
"""

from typing import Final, NamedTuple

from openvet.artifacts import Tensor
from openvet.budget import Budget
from openvet.formats.cursor import Cursor, CutOffError
from openvet.formats.gguf_types import BLOCKS
from openvet.source import Source

MAGICS: Final = {b"lmgg": "ggml", b"fmgg": "ggmf", b"tjgg": "ggjt", b"algg": "ggla"}
ALIGNMENT: Final = 32
MOST: Final = 1 << 20
FLOAT_SCALES: Final = {2: ("Q4_0", 32, 20), 3: ("Q4_1", 32, 24)}
"""Blocks as they were while scales still had 32 bits."""


class Layout(NamedTuple):
    """What stands before the tensors."""

    name: str
    magic: bytes
    versioned: bool
    numbers: int
    """Hyper-parameters; the first is the size of the vocabulary."""
    filters: bool
    """Whether a matrix of mel filters follows."""
    counted: bool
    """Whether the number of words is written before them."""
    scored: bool
    aligned: bool


LAYOUTS: Final = (
    Layout("llama ggjt", b"tjgg", True, 7, False, False, True, True),
    Layout("llama ggmf", b"fmgg", True, 7, False, False, True, False),
    Layout("llama ggml", b"lmgg", False, 7, False, False, False, False),
    Layout("whisper", b"lmgg", False, 11, True, True, False, False),
)


def read(source: Source, budget: Budget) -> tuple[str, list[Tensor]] | None:
    """Return the layout that explains every byte and its tensors, or None.

    Raises:
        OverBudgetError: There are more entries than may be read.
    """
    for layout in LAYOUTS:
        if source.head.startswith(layout.magic):
            for blocks in (BLOCKS, {**BLOCKS, **FLOAT_SCALES}):
                tensors = _tensors(source, layout, blocks, budget)
                if tensors:
                    return layout.name, tensors
    return None


def _tensors(
    source: Source,
    layout: Layout,
    blocks: dict[int, tuple[str, int, int]],
    budget: Budget,
) -> list[Tensor] | None:
    """Return the tensors if they end exactly at the file's end."""
    cursor = Cursor(source, 4)
    found: list[Tensor] = []
    try:
        if not _preamble(cursor, layout, budget):
            return None
        while cursor.left:
            budget.step()
            tensor = _tensor(cursor, layout, blocks)
            if tensor is None or len(found) >= MOST:
                return None
            found.append(tensor)
    except CutOffError:
        return None
    return found


def _preamble(cursor: Cursor, layout: Layout, budget: Budget) -> bool:
    """Pass over version, numbers, filters and vocabulary; tell if they make sense."""
    if layout.versioned:
        cursor.skip(4)
    words = cursor.integer("I")
    cursor.skip(4 * (layout.numbers - 1))
    if layout.filters:
        rows, columns = cursor.integer("I"), cursor.integer("I")
        cursor.skip(4 * rows * columns)
    if layout.counted:
        words = cursor.integer("I")
    if words > MOST:
        return False
    budget.step(words)
    for _ in range(words):
        cursor.skip(cursor.integer("I") + (4 if layout.scored else 0))
    return True


def _tensor(
    cursor: Cursor, layout: Layout, blocks: dict[int, tuple[str, int, int]]
) -> Tensor | None:
    """Read a tensor's entry and pass over its values."""
    dimensions, length, kind = (cursor.integer("I") for _ in range(3))
    if not 0 < dimensions <= 4 or not 0 < length < 256 or kind not in blocks:  # noqa: PLR2004
        return None
    shape = tuple(cursor.integer("I") for _ in range(dimensions))
    name = cursor.take(length).decode("utf-8", "backslashreplace")
    if layout.aligned:
        cursor.skip(-cursor.at % ALIGNMENT)
    label, block, size = blocks[kind]
    values = 1
    for side in shape:
        values *= side
    start = cursor.at
    cursor.skip(values // block * size)
    return Tensor(name=name, dtype=label, shape=shape, start=start, stop=cursor.at)
