"""Texts of workflows that a node or a class of the author's choosing may run.

Written from what ComfyUI saves (`nodes` with `widgets_values`) and takes by its API
(`class_type` with `inputs`).
"""

from collections.abc import Iterator
from typing import Any, Final

from openvet.budget import Budget
from openvet.formats.objects.tree import keys_among, nodes
from openvet.subject import Text

MARKS: Final = frozenset({"widgets_values", "class_type"})
SHORTEST: Final = 10
MOST: Final = 10_000


def programs(data: object, budget: Budget) -> Iterator[Text]:
    """Yield the texts that nodes of a workflow are given, each with its place.

    Raises:
        OverBudgetError: There is too much data.
    """
    if not keys_among(data, MARKS, budget):
        return
    count = 0
    for key, node in nodes(data, budget):
        if not isinstance(node, dict) or count >= MOST:
            continue
        for name, value in _given(node):
            if isinstance(value, str) and len(value) >= SHORTEST:
                count += 1
                yield Text(key=f"{key}.{name}"[:200], value=value)


def _given(node: dict[Any, Any]) -> Iterator[tuple[str, object]]:
    """Yield what the one or the other kind of node is given."""
    widgets, inputs = node.get("widgets_values"), node.get("inputs")
    if isinstance(widgets, dict):
        widgets = list(widgets.values())
    for value in widgets if isinstance(widgets, list) else ():
        yield "widgets_values", value
    if "class_type" in node and isinstance(inputs, dict):
        yield from ((f"inputs.{name}", value) for name, value in inputs.items())
