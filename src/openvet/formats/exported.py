"""Programs that `torch.export` wrote: which functions their graphs call.

A program is JSON: graphs of nodes, each with the dotted name of what it calls. On
loading, a name below `torch` is walked attribute by attribute from the module, so that
`torch.os.system` is a function like any other; below `_operator` and `math` the same.
Source: torch/_export/serde/serialize.py, PyTorch 2.13.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from openvet.budget import Budget
from openvet.formats.objects.tree import dicts

MARKS: Final = frozenset({"graph_module", "opset_version", "schema_version"})
"""Keys of the document."""
_PURE: Final = (
    *("torch.sym_", "torch._sym_", "math.", "torch.ops.", "torch.nn.functional."),
    *("torch.fx.experimental.", "torch.utils._sympy.", "torch._C._functorch."),
)
"""Beginnings of names that compute and nothing else; operators are told by name."""
_PLAIN: Final = frozenset(
    {"torch._C._set_grad_enabled", "torch.autocast", "torch.full_like", "getattr"}
)
_HANDLES: Final = frozenset(
    {"_operator.attrgetter", "_operator.methodcaller", "_operator.call"}
)
"""Functions of `operator` that reach any attribute or call anything."""


class Target(NamedTuple):
    """What a node calls."""

    name: str
    """An operator as `NAMESPACE::NAME`, or a dotted path of Python."""
    python: bool
    """Whether it is a path that is no operator and no arithmetic."""


def is_exported(data: object) -> bool:
    """Say whether a document is an exported program."""
    return isinstance(data, dict) and data.keys() >= MARKS


def targets(data: object, budget: Budget) -> Iterator[Target]:
    """Yield what every node of every graph calls, nested graphs too.

    Raises:
        OverBudgetError: The document is too large.
    """
    for node in dicts(data, budget):
        target = node.get("target")
        if isinstance(target, str) and "inputs" in node:
            yield target_of(target)


def target_of(text: str) -> Target:
    """Return what a dotted name calls."""
    name = text.removeprefix("#")
    if name.startswith("torch.ops."):
        space, _, own = name[len("torch.ops.") :].partition(".")
        return Target(f"{space}::{own.partition('.')[0]}", python=False)
    if name.startswith("_operator.") and name.count(".") == 1:
        return Target(name, python=name in _HANDLES)
    pure = name in _PLAIN or (name.startswith(_PURE) and ".__" not in name)
    return Target(name, python="." in name and not pure)
