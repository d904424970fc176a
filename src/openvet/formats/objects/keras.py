"""Keras configurations: layers, functions and code, as `config.json` names them.

Written from `keras/src/saving/serialization_lib.py` (3.15) and
`keras/saving/legacy/serialization.py` (2.12). An object is
`{"module", "class_name", "config", "registered_name"}`; before version 3 only
`class_name` and `config`. A function is `class_name: function` with its name in
`config`; a lambda is `class_name: __lambda__` with marshalled code.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import (
    DETAIL,
    Objects,
    elsewhere,
    join,
    looks_elsewhere,
    nodes,
)

MARKS: Final = frozenset({"class_name", "optimizer_config"})
PLAIN: Final = frozenset(
    {"__tuple__", "__numpy__", "__tensor__", "__bytes__", "__slice__",
     "__ellipsis__", "__keras_tensor__", "__complex__"}
)  # fmt: skip
LAMBDA: Final = "__lambda__"
TYPE: Final = "__typespec__"
FUNCTION: Final = frozenset({"function", "builtin_function_or_method"})
FILES: Final = frozenset({"vocabulary", "vocabulary_file", "vocab_file", "idf_weights"})
"""Keys whose text value is a file that a layer reads when it is built."""
PLACES: Final = frozenset(
    {"origin", "url", "cache_dir", "filepath", "file_path", "fname", "path", "handle",
     "proto"}
)  # fmt: skip
OWN: Final = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")
ROOTS: Final = frozenset({"Sequential", "Functional", "Model", "Lambda"})
NAMES: Final = re.compile(rb"[A-Za-z_./][\w./:-]{2,80}")
CODE: Final = re.compile(r"[A-Za-z0-9+/=\s]{24,}")


def keras_objects(data: object, budget: Budget) -> Objects:
    """Return what Keras would build from `data`; nothing if it is no Keras config.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    if not _is_keras(data, budget):
        return found
    owned: set[str] = set()
    for key, node in nodes(data, budget):
        if isinstance(node, dict) and not found.full and key not in owned:
            made = list(_made(key, node))
            found.made.extend(made)
            # The code of a Lambda layer is part of the layer's own entry.
            owned.update(f"{key}.config.function" for one in made if _is_lambda(one))
            _references(key, node, found)
    return found


def _is_keras(data: object, budget: Budget) -> bool:
    """Say whether a document has an object that only Keras writes."""
    for key, node in nodes(data, budget):
        if not isinstance(node, dict):
            continue
        name, module = node.get("class_name"), node.get("module")
        if not isinstance(name, str) or "config" not in node:
            continue
        if name in ROOTS or name in PLAIN or name == LAMBDA or "module" in node:
            return True
        if not key or (isinstance(module, str) and module.startswith(OWN)):
            return True
    return isinstance(data, dict) and isinstance(data.get("optimizer_config"), dict)


def _is_lambda(made: Made) -> bool:
    return made.kind == "class" and made.name.rpartition(">")[2] == "Lambda"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _made(key: str, node: dict[str, Any]) -> Iterator[Made]:
    """Yield the object that a dict stands for, and code it carries."""
    name, config = node.get("class_name"), node.get("config")
    module = _text(node.get("module"))
    if isinstance(name, str) and ("config" in node or module):
        if name == LAMBDA:
            yield Made(
                kind="lambda", module="", name=LAMBDA, key=key, detail=code(config)
            )
        elif name in FUNCTION:
            yield Made(
                kind="function",
                module=module,
                name=_text(config),
                key=key,
                detail=_text(node.get("registered_name")),
            )
        elif name == TYPE:
            spec = _text(node.get("spec_name"))
            yield Made(kind="type", module=module, name=spec, key=key)
        elif name not in PLAIN:
            detail = _text(node.get("registered_name"))
            if name.rpartition(">")[2] == "Lambda" and isinstance(config, dict):
                detail = code(config.get("function"))
            yield Made(kind="class", module=module, name=name, key=key, detail=detail)
            if name in {"TFOpLambda", "SlicingOpLambda"} and isinstance(config, dict):
                symbol = _text(config.get("function"))
                yield Made(kind="function", module="tensorflow", name=symbol, key=key)
    elif node.get("function_type") == "lambda":
        detail = code(node.get("function"))
        yield Made(kind="lambda", module="", name=LAMBDA, key=key, detail=detail)


def _references(key: str, node: dict[str, Any], found: Objects) -> None:
    """Note values that are files or addresses."""
    for name, value in node.items():
        if not isinstance(value, str) or not value:
            continue
        if name in FILES:
            opens = (
                "Keras reads this file into the layer when the model is loaded "
                "(before 3.12, even in safe mode: CVE-2025-12058)"
            )
            found.references.append(elsewhere(value, join(key, name), opens))
        elif name in PLACES and looks_elsewhere(value):
            opens = "Keras passes it to what it builds, which opens or downloads it"
            found.references.append(elsewhere(value, join(key, name), opens))


def code(config: object) -> str:
    """Return what can be read of carried code: names and texts, at most 1 KiB.

    Marshalled bytecode is not decoded; its names stand in it as text.
    """
    parts: list[str] = []
    queue = [config]
    while queue and len(parts) < DETAIL:
        value = queue.pop(0)
        if isinstance(value, str):
            parts.append(_readable(value))
        elif isinstance(value, dict):
            queue.extend(list(value.values())[:DETAIL])
        elif isinstance(value, list):
            queue.extend(value[:DETAIL])
    return " ".join(part for part in parts if part)[:DETAIL]


def _readable(text: str) -> str:
    if not CODE.fullmatch(text):
        return text[:DETAIL]
    try:
        raw = base64.b64decode(text[: 64 * DETAIL // 4 * 4], validate=False)
    except (binascii.Error, ValueError):
        return text[:DETAIL]
    names = [match.group().decode() for match in NAMES.finditer(raw)]
    return f"bytecode of {len(raw)} bytes with the names {' '.join(names)}"
