"""What joblib's loader reads between the opcodes: arrays.

An array is pickled as a `NumpyArrayWrapper`; right after the BUILD that gives it its
state, the loader takes the array's data from the same file: an inner pickle if the
items are objects, else one byte that counts padding, the padding, and the items
(joblib 1.6, `numpy_pickle.NumpyArrayWrapper.read_array`). Only with the exact length
of the data is what follows it known.
"""

from typing import Final

from openvet.budget import Budget
from openvet.formats.pickle.dtypes import Dtypes
from openvet.formats.pickle.machine import BrokenError, Machine, TruncatedError
from openvet.formats.pickle.program import Items, Result, Value
from openvet.formats.pickle.values import Bag, Cell
from openvet.formats.pickle.walker import Walk, walk
from openvet.source import Source
from openvet.subject import Reference

WRAPPERS: Final = frozenset(
    {
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper",
    }
)
"""Classes whose objects the loader replaces by arrays of the same file."""
SIDE_FILES: Final = frozenset({"NDArrayWrapper", "ZNDArrayWrapper"})
"""Classes of joblib before 0.10, whose arrays are in files of their own."""
_MAKES: Final = frozenset({"NEWOBJ", "NEWOBJ_EX", "REDUCE", "OBJ", "INST"})
DIMENSIONS: Final = 64


class ArrayReader:
    """Reads arrays where joblib does; one for each walk.

    Args:
        source: The bytes.
        budget: What may be spent.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.arrays = 0
        self.first_at = 0
        """Offset of the first array's data."""
        self.inner: list[Walk] = []
        """The pickles of arrays of objects."""
        self._states: dict[int, dict[str, Cell]] = {}
        self._dtypes: Dtypes | None = None

    def __call__(self, m: Machine, target: Cell, state: Cell, at: int) -> int | None:
        """Return where the loader goes on after a BUILD, or None for the next byte.

        Raises:
            BrokenError: The data's length cannot be told, or it is not there.
        """
        if not isinstance(target, Result) or not _is_wrapper(m, target):
            return None
        known = self._states.setdefault(target.index, {})
        known.update(_pairs(state))
        if self._dtypes is None:
            self._dtypes = Dtypes(m.imports, m.calls)
        dtype = self._dtypes.of(_value(known.get("dtype")))
        if dtype is None:
            raise BrokenError("an array has a type of unknown size")
        self.arrays += 1
        self.first_at = self.first_at or at
        if m.frame_end > at and m.frame_end < m.end:
            # The reader in Python has the whole frame in memory by now.
            m.note_array_in_frame(at)
            at = m.frame_end
        if dtype.objects:
            return self._objects(at)
        if known.get("numpy_array_alignment_bytes") is not None:
            padding = self.source.read(at, 1)
            at += 1 + (padding[0] if padding else 0)
        stop = at + dtype.item_size * _count(known.get("shape"))
        if stop > m.end:
            m.note_length(stop - at, at)
            raise TruncatedError("an array's data is not all there")
        return stop

    def _objects(self, at: int) -> int:
        inner = walk(self.source, at, self.budget)
        self.inner.append(inner)
        if inner.over is not None:
            raise inner.over
        if not inner.stopped:
            raise BrokenError("the pickle of an array of objects breaks")
        return inner.stop


def _is_wrapper(m: Machine, target: Result) -> bool:
    made = m.calls[target.index]
    return made.opcode in _MAKES and m.path(made.callee) in WRAPPERS


def _pairs(state: Cell) -> dict[str, Cell]:
    """Return the text keys of a dict on the stack."""
    if isinstance(state, tuple) and state:
        state = state[0]
    if not isinstance(state, Bag) or state.kind != "dict":
        return {}
    keys, values = state.values[::2], state.values[1::2]
    return {
        key: value
        for key, value in zip(keys, values, strict=False)
        if isinstance(key, str)
    }


def _value(cell: Cell) -> Value:
    return cell if isinstance(cell, Result) else None


def _count(shape: Cell) -> int:
    """Return how many items an array has.

    Raises:
        BrokenError: A dimension is no plain integer.
    """
    sizes = shape.values if isinstance(shape, Bag) else shape
    if not isinstance(sizes, (tuple, list)) or len(sizes) > DIMENSIONS:
        raise BrokenError("an array has no plain shape")
    count = 1
    for size in sizes:
        if not isinstance(size, int) or size < 0:
            raise BrokenError("an array has no plain shape")
        count *= size
    return count


def side_files(found: Walk) -> list[Reference]:
    """Return the files beside the pickle that joblib before 0.10 opens for arrays."""
    references = []
    for call in found.calls:
        if call.opcode != "BUILD" or not isinstance(call.callee, Result):
            continue
        made = found.calls[call.callee.index]
        path = found.path(made.callee)
        if "joblib" not in path or path.rpartition(".")[2] not in SIDE_FILES:
            continue
        state = call.arguments[0]
        if isinstance(state, Items) and state.kind == "dict":
            for key, value in zip(state.values[::2], state.values[1::2], strict=False):
                if key == "filename" and isinstance(value, str):
                    references.append(
                        Reference(
                            kind="path",
                            value=value,
                            key="filename",
                            opens="reads as an array of the object",
                            offset=call.offset,
                        )
                    )
    return references
