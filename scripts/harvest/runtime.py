"""What only an installed package shows; run in a throw-away environment.

    python runtime.py PACKAGE…

Prints, as JSON, the classes of extension modules, the names under which classes say
they live (`pandas.DataFrame` for a class written in `pandas.core.frame`), the ufuncs
and constants of a namespace, and the functions Cython writes for its classes.
"""

import enum
import importlib
import inspect
import json
import pkgutil
import sys
import types
import warnings
from typing import Any

SKIPPED = (
    "test",
    "conftest",
    "setup",
    "bench",
    "example",
    "f2py",
    "__main__",
    "compat",
)


def modules(package: str) -> dict[str, types.ModuleType]:
    """Import every module of a package that can be imported."""
    root = importlib.import_module(package)
    found = {package: root}
    folders = getattr(root, "__path__", [])
    for info in pkgutil.walk_packages(folders, f"{package}.", onerror=id):
        if any(mark in info.name for mark in SKIPPED):
            continue
        try:
            found[info.name] = importlib.import_module(info.name)
        except BaseException:  # noqa: BLE001, S112 - an optional dependency is missing
            continue
    found.update(
        (name, module)
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == package
        and isinstance(module, types.ModuleType)
        and not any(mark in name for mark in SKIPPED)
    )
    return found


def resolves(module: str, name: str, thing: object) -> bool:
    """Say whether a pickle that names it would get this very object."""
    here: Any = sys.modules.get(module)
    for part in name.split("."):
        here = getattr(here, part, None)
    return here is thing


def kind_of(thing: type) -> str:
    """Return `enum`, `exception` or `class`."""
    if issubclass(thing, enum.Enum):
        return "enum"
    return "exception" if issubclass(thing, BaseException) else "class"


NAMED = frozenset({"dtype", "layout", "memory_format", "qscheme"})
"""Types whose values torch pickles by name."""


def reached(home: str, name: str, thing: object) -> bool:
    """Tell whether a function is found under its name where it says it lives."""
    return callable(thing) and resolves(home, name, thing)


def describe(package: str) -> dict[str, Any]:  # noqa: C901 - a branch for each kind
    """Return what the package shows once it is imported."""
    classes: dict[str, dict[str, list[str]]] = {}
    ufuncs: dict[str, list[str]] = {}
    cython: dict[str, list[str]] = {}
    builtins: dict[str, list[str]] = {}
    constants: dict[str, list[str]] = {}
    functions: dict[str, dict[str, str]] = {}
    for where, module in sorted(modules(package).items()):
        for name, thing in sorted(vars(module).items()):
            home = inspect.getattr_static(thing, "__module__", None)
            if isinstance(thing, type | types.BuiltinFunctionType) or (
                type(thing).__name__ == "_ArrayFunctionDispatcher"
            ):
                home = thing.__module__
            if name.startswith("__pyx_unpickle_"):
                cython.setdefault(where, []).append(name)
                continue
            if not isinstance(home, str | None):
                continue
            full = thing.__qualname__ if isinstance(thing, type) else name
            own = isinstance(home, str) and home.partition(".")[0] == package
            if isinstance(thing, type) and own and resolves(home, full, thing):
                entry = classes.setdefault(home, {})
                entry.setdefault(full, [kind_of(thing), where])
            elif type(thing).__name__ == "ufunc":
                ufuncs.setdefault(where, []).append(name)
            elif isinstance(thing, types.BuiltinFunctionType) and own:
                builtins.setdefault(str(home), []).append(name)
            elif own and home != where and reached(home, name, thing):
                functions.setdefault(str(home), {})[name] = where
            elif type(thing).__module__ == package and type(thing).__name__ in NAMED:
                constants.setdefault(where, []).append(name)
    return {
        "version": getattr(sys.modules[package], "__version__", ""),
        "classes": classes,
        "ufuncs": ufuncs,
        "cython": cython,
        "builtins": builtins,
        "constants": constants,
        "functions": functions,
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump({name: describe(name) for name in sys.argv[1:]}, sys.stdout)
