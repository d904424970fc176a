"""Texts of a YOLO model's YAML that its loader evaluates as Python.

Written from ultralytics 8.4 (`nn/tasks.py`, `parse_model`): `activation` is handed to
`eval`. YOLOv5, YOLOv7 and ultralytics before 8.0.100 do the same with the module and
with every text among the arguments of each layer in `backbone` and `head`.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import Objects, preview

ACTIVATION: Final = "activation"
PARTS: Final = ("backbone", "head")
MARKS: Final = frozenset(PARTS)
PLAIN: Final = re.compile(
    r"[\w.\s,+*/%'\"=\[\]-]*"
    r"|(?:torch\.)?(?:nn\.)?(?:modules\.|functional\.)?\w+\([\w.\s,=+*/'\"\[\]-]*\)"
)
"""A name, a number, a list, or a layer made with such: `nn.LeakyReLU(0.1)`."""
CALLED: Final = frozenset({"exec", "eval", "compile", "open", "input", "exit", "quit"})
DETAIL: Final = 300


def yolo_objects(data: object, budget: Budget) -> Objects:
    """Return the texts of a model's description that are no plain names.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    if not isinstance(data, dict) or not isinstance(data.get(PARTS[0]), list):
        return found
    for key, text in _evaluated(data, budget):
        name = text.partition("(")[0].strip()
        plain = PLAIN.fullmatch(text) and "__" not in text and name not in CALLED
        if not plain and not found.full:
            made = Made(
                kind="reduce",
                module="builtins",
                name="eval",
                key=key,
                detail=preview(text)[:DETAIL],
            )
            found.made.append(made)
    return found


def _evaluated(data: dict[str, object], budget: Budget) -> Iterator[tuple[str, str]]:
    """Yield every text that a loader evaluates, with its place."""
    activation = data.get(ACTIVATION)
    if isinstance(activation, str):
        yield ACTIVATION, activation
    for part in PARTS:
        layers = data.get(part)
        for number, layer in enumerate(layers if isinstance(layers, list) else ()):
            budget.step()
            for at, value in enumerate(layer if isinstance(layer, list) else ()):
                for text in value if isinstance(value, list) else [value]:
                    if isinstance(text, str):
                        yield f"{part}[{number}][{at}]", text
