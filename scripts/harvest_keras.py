"""Write the list of classes and functions that a Keras configuration may name.

    python scripts/harvest_keras.py keras-*.whl > src/openvet/allow/keras.json

Wheels are read as zip archives and their Python files as syntax trees; nothing is
imported. A name counts for the part of Keras it is defined in or exported from:
`keras.layers` stands for `keras.src.layers.core.dense` too.
"""

import ast
import hashlib
import json
import sys
import zipfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

TOOL = "harvest_keras 1"
AREAS = frozenset({
    "", "activations", "applications", "constraints", "dtype_policies", "engine",
    "feature_column", "initializers", "layers", "losses", "metrics", "mixed_precision",
    "models", "ops", "optimizers", "premade_models", "quantizers", "random",
    "regularizers", "samplers", "tokenizers",
})  # fmt: skip
"""Parts of Keras that hold what a model is made of; not `utils`, not `saving`."""
CALLED = frozenset({
    "activations", "constraints", "initializers", "losses", "metrics", "ops",
    "regularizers",
})  # fmt: skip
"""Parts whose functions a configuration may name."""
BUILDERS = frozenset({"deserialize", "deserialize_keras_object", "get"})
"""Functions that build whatever their argument names."""
INNER = ("src", "api", "_v1", "_v2", "_tf_keras", "keras")

Names = dict[str, set[str]]


def module_of(path: str) -> tuple[str, str]:
    """Return the dotted module of a file, and the public one it exports for."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    root, rest = parts[0], parts[1:]
    public = list(rest)
    while public and public[0] in INNER:
        public.pop(0)
    return ".".join(parts), ".".join([root, *public])


def area(public: str) -> str:
    """Return the part of Keras that a public module belongs to."""
    return [*public.split("."), ""][1]


def harvest(wheels: list[Path]) -> tuple[Names, Names]:
    """Return classes and functions by part of Keras."""
    classes: Names = defaultdict(set)
    functions: Names = defaultdict(set)
    for wheel in wheels:
        defined: dict[tuple[str, str], str] = {}
        exports: list[tuple[str, str, str, str]] = []
        with zipfile.ZipFile(wheel) as archive:
            for path in archive.namelist():
                if path.endswith(".py") and not path.endswith("_test.py"):
                    read(path, archive.read(path), defined, exports)
        for (module, name), kind in defined.items():
            public = ".".join(p for p in module.split(".") if p != "src")
            keep(public, name, kind, classes, functions)
        for public, alias, module, name in exports:
            kind = defined.get((module, name), "")
            keep(public, alias, kind, classes, functions)
    return classes, functions


def read(
    path: str,
    source: bytes,
    defined: dict[tuple[str, str], str],
    exports: list[tuple[str, str, str, str]],
) -> None:
    """Note what a file defines and what it exports."""
    module, public = module_of(path)
    exporting = PurePosixPath(path).name == "__init__.py"
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            defined[module, node.name] = "class"
        elif isinstance(node, ast.FunctionDef):
            defined[module, node.name] = "function"
        elif isinstance(node, ast.ImportFrom) and node.module and exporting:
            exports.extend(
                (public, alias.asname or alias.name, node.module, alias.name)
                for alias in node.names
            )


def keep(public: str, name: str, kind: str, classes: Names, functions: Names) -> None:
    """Put a name into the table it belongs to, under its part of Keras."""
    part = area(public)
    if name.startswith("_") or part not in AREAS:
        return
    place = f"{public.partition('.')[0]}.{part}".rstrip(".")
    if kind == "class":
        classes[place].add(name)
    elif kind == "function" and part in CALLED and name not in BUILDERS:
        functions[place].add(name)


def packed(names: Names) -> dict[str, str]:
    """Return names by module, sorted and parted by spaces."""
    return {module: " ".join(sorted(names[module])) for module in sorted(names)}


def main(arguments: list[str]) -> int:
    """Print the list made from the wheels named on the command line."""
    wheels = [Path(argument) for argument in arguments]
    if not wheels:
        sys.stderr.write(__doc__ or "")
        return 2
    classes, functions = harvest(wheels)
    listed = {
        "made": datetime.now(tz=UTC).strftime("%Y-%m-%d"),
        "tool": TOOL,
        "wheels": [
            {"name": w.name, "sha256": hashlib.sha256(w.read_bytes()).hexdigest()}
            for w in wheels
        ],
        "classes": packed(classes),
        "functions": packed(functions),
    }
    sys.stdout.write(json.dumps(listed, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
