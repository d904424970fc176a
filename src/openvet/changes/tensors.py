"""Differences of tensors: which there are, their shapes, and their bytes."""

from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Tensor, TensorIndex
from openvet.budget import Budget
from openvet.source import Source

CHUNK: Final = 4 << 20
BLOCK: Final = 4096
"""Bytes; so finely the share of a tensor that changed is measured."""
SHOWN: Final = 8


def tensor_changes(
    old: tuple[TensorIndex, Source], new: tuple[TensorIndex, Source], budget: Budget
) -> Iterator[str]:
    """Yield what differs between the tensors of two files, one fact in a line.

    Raises:
        OverBudgetError: There is no time left.
        TargetError: A file cannot be read.
    """
    before = {tensor.name: tensor for tensor in old[0].tensors}
    after = {tensor.name: tensor for tensor in new[0].tensors}
    for what, names in (
        ("added", [after[name] for name in after if name not in before]),
        ("removed", [before[name] for name in before if name not in after]),
    ):
        if names:
            noun = "tensor" if len(names) == 1 else "tensors"
            yield f"{len(names):,} {noun} {what}: {_named(names)}"
    both = [name for name in after if name in before]
    changed: list[Tensor] = []
    differing = 0
    for name in both:
        was, becomes = before[name], after[name]
        if (was.dtype, was.shape) != (becomes.dtype, becomes.shape):
            yield f"{name}: {_shape(was)} -> {_shape(becomes)}"
        elif blocks := _differing((old[1], was), (new[1], becomes), budget):
            changed.append(becomes)
            differing += blocks
    if changed:
        blocks = sum(-(-(after[n].stop - after[n].start) // BLOCK) for n in both)
        yield (
            f"{len(changed):,} of {len(both):,} tensors have other values, in"
            f" {differing:,} of {blocks:,} blocks of 4 KiB: {_named(changed)}"
        )
    for index, which in ((old[0], "old"), (new[0], "new")):
        if index.count > len(index.tensors):
            left = index.count - len(index.tensors)
            yield f"{left:,} tensors of the {which} file were not compared"


def _differing(
    old: tuple[Source, Tensor], new: tuple[Source, Tensor], budget: Budget
) -> int:
    """Return in how many blocks the bytes of two tensors differ."""
    (before, was), (after, becomes) = old, new
    length = max(was.stop - was.start, becomes.stop - becomes.start)
    count = 0
    for at in range(0, length, CHUNK):
        budget.check_audit()
        size = min(CHUNK, length - at)
        one = before.read(was.start + at, size)
        other = after.read(becomes.start + at, size)
        if one != other:
            blocks = range(0, size, BLOCK)
            count += sum(one[i : i + BLOCK] != other[i : i + BLOCK] for i in blocks)
    return count


def _shape(tensor: Tensor) -> str:
    return f"{tensor.dtype} {list(tensor.shape)}"


def _named(tensors: list[Tensor]) -> str:
    shown = ", ".join(f"{one.name} {_shape(one)}" for one in tensors[:SHOWN])
    more = len(tensors) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
