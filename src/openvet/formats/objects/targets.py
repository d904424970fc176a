"""Dotted names that a framework imports and calls: hydra, NeMo, Lightning, torchtune.

`_target_` is hydra's and OmegaConf's (`hydra.utils.instantiate`), `target` with
`params` that of latent diffusion and NeMo, `class_path` with `init_args` that of
Lightning's command line, `_component_` that of torchtune. Each is imported and called
with the keys beside it.
"""

import sys
from typing import Any, Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import DOTTED, Objects, join, nodes, preview, split

ALWAYS: Final = ("_target_", "_component_")
LOOKUP: Final = "hydra.utils."
"""Functions of hydra that import what their argument `path` names."""
WITH: Final = {
    "target": frozenset({"params", "_partial_", "cls", "ckpt_path"}),
    "class_path": frozenset({"init_args", "dict_kwargs"}),
}
"""Keys that name an object only beside one of these."""
MARKS: Final = frozenset({*ALWAYS, *WITH})


def target_objects(data: object, budget: Budget) -> Objects:
    """Return what such a framework would call for `data`.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    for key, node in nodes(data, budget):
        if not isinstance(node, dict) or found.full:
            continue
        for name in (*ALWAYS, *WITH):
            value = node.get(name)
            if isinstance(value, str) and _names(key, name, value, node):
                found.made.append(_made(join(key, name), value, node, name))
                path = node.get("path")
                if value.startswith(LOOKUP) and isinstance(path, str):
                    found.made.append(_made(join(key, "path"), path, node, "path"))
    return found


def _names(key: str, name: str, value: str, node: dict[str, Any]) -> bool:
    """Say whether `value` is a name that is called, and no other text."""
    if name in ALWAYS:
        return bool(value.strip())
    if not DOTTED.fullmatch(value):
        return False
    if WITH[name] & node.keys():
        return True
    # NeMo writes the class of the whole model as `target` at the top, and an object
    # without arguments has no other key; but `target: main.py` is no name.
    alone = len(node) == 1 or (name == "target" and not key)
    root, last = value.partition(".")[0], value.rpartition(".")[2]
    return alone and (last[:1].isupper() or root in sys.stdlib_module_names)


def _made(key: str, value: str, node: dict[str, Any], own: str) -> Made:
    value = value.strip().replace(":", ".")
    module, name = split(value)
    arguments = {other: part for other, part in node.items() if other != own}
    return Made(
        kind="class" if name[:1].isupper() else "function",
        module=module,
        name=name,
        key=key,
        detail=preview(arguments),
    )
