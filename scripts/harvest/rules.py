"""From facts about a library to the rules of its allow list."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from harvest.classes import ClassInfo, Index, Module
from harvest.effects import Effects, reconstructors

HERE: Final = Path(__file__).parent

MADE: Final = (
    "__new__",
    "__setattr__",
    "__getattr__",
    "__hash__",
    "__eq__",
    "__del__",
    "__setstate__",
)
"""Run while an object is made, kept as a key, filled with its state, or dropped."""
FILLED: Final = ("__setitem__", "append", "extend", "add")
"""Run while items are put into it."""
CONTAINERS: Final = frozenset({
    "list", "dict", "set", "collections.OrderedDict", "collections.defaultdict",
    "collections.UserDict", "collections.UserList", "collections.Counter",
    "collections.deque", "collections.abc.MutableMapping",
    "collections.abc.MutableSequence", "collections.abc.MutableSet",
})  # fmt: skip

ANY: Final = ("any",)

RULES: Final[dict[str, dict[str, Any]]] = {
    "class": {"kind": "class", "call": "reduce", "build": ANY},
    "plain": {"kind": "class", "call": "newobj", "build": ANY},
    "rebuilt": {"kind": "class", "call": "reduce", "args": ("any*",), "build": ANY},
    "container": {
        "kind": "class",
        "call": "reduce",
        "args": ("data*",),
        "build": ANY,
        "items": True,
    },
    "enum": {"kind": "enum", "call": "reduce", "args": ("data",)},
    "rebuild": {
        "kind": "reconstructor", "call": "reduce", "args": ("data*",), "build": ANY,
    },
    "cython": {
        "kind": "reconstructor",
        "call": "reduce",
        "args": ("anyclass", "int", "tuple|none"),
        "build": ("tuple",),
    },
    "function": {"kind": "function"},
    "ufunc": {"kind": "ufunc"},
    "constant": {"kind": "constant"},
}  # fmt: skip
"""The rules that need no library's own words.

class: clean when made, filled and called with nothing. plain: `__init__` does more, so
it may only be made empty. rebuilt: its `__reduce__` or its base says that it is called
with its own arguments, and `__init__` is clean.
"""

CONTAINERS_BY_NAME: Final = frozenset(name.rpartition(".")[2] for name in CONTAINERS)
EXCEPTIONS: Final = ("Exception", "Error", "Warning")
ENUMS: Final = frozenset({"enum.Enum", "enum.IntEnum", "enum.Flag", "enum.StrEnum"})
TUPLES: Final = frozenset({"typing.NamedTuple", "NamedTuple"})


def below(module: str, parts: list[str]) -> bool:
    """Say whether a module is one of some, or lies below one."""
    return any(module == part or module.startswith(f"{part}.") for part in parts)


@dataclass
class Draft:
    """The rules of one package as they come together."""

    package: str
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """Module and name to rule; what is written later wins."""
    refused: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, rule: str, module: str, name: str) -> None:
        """Give a name its rule."""
        self.rules.setdefault(rule, RULES.get(rule, {}))
        self.names[module, name] = rule

    def leave_out(self, modules: list[str]) -> None:
        """Take out everything in and below some modules."""
        for module, name in list(self.names):
            if below(module, modules):
                del self.names[module, name]

    def leave_out_abused(self) -> None:
        """Take out functions that are known to be abused, or their very module."""
        with (HERE / "curated" / "_techniques.toml").open("rb") as stream:
            techniques = tomllib.load(stream)["techniques"].values()
        abused = {name for entry in techniques for name in entry["names"].split()}
        for (module, name), rule in list(self.names.items()):
            marked = f"{module}.{name}" in abused or (
                "." in module and f"{module}.*" in abused
            )
            if marked and self.rules[rule] == RULES["function"]:
                del self.names[module, name]

    def grouped(self) -> dict[str, dict[str, str]]:
        """Return the names as the list stores them."""
        groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (module, name), rule in sorted(self.names.items()):
            groups[rule][module].append(name)
        return {
            rule: {module: " ".join(names) for module, names in modules.items()}
            for rule, modules in sorted(groups.items())
        }


def read_source(draft: Draft, index: Index, entry: dict[str, Any]) -> None:
    """Add what the source shows: classes, their reconstructors, pure functions.

    Args:
        draft: What is filled.
        index: The source of one wheel.
        entry: The library's lines in `libraries.toml`.
    """
    effects = Effects(index)
    functions = entry.get("functions", [])
    for info in index.classes():
        if info.module.partition(".")[0] != draft.package:
            continue
        rule, why = _class_rule(info, index, effects)
        for here in index.lineage(info):
            rule = entry.get("inherits", {}).get(f"{here.module}.{here.name}", rule)
        for module in {info.module, info.set_module or info.module}:
            if rule:
                draft.add(rule, module, info.name)
            else:
                draft.refused[module, info.name] = why
        _reconstructors(draft, info, index, effects)
    for name, source in sorted(index.modules.items()):
        if _within(name, functions):
            _functions(draft, source, effects)


def _class_rule(info: ClassInfo, index: Index, effects: Effects) -> tuple[str, str]:
    for method in MADE:
        why = effects.of_method(info, method)
        if why:
            return "", f"{method} {why}"
    bases = index.foreign(info)
    if bases & ENUMS:
        return "enum", ""
    if {name.rpartition(".")[2] for name in bases} & CONTAINERS_BY_NAME and not any(
        effects.of_method(info, method) for method in FILLED
    ):
        return "container", ""
    clean = not effects.of_method(info, "__init__")
    if not clean:
        return "plain", ""
    called = bool(bases & TUPLES) or any(base.endswith(EXCEPTIONS) for base in bases)
    for here in index.lineage(info):
        called = called or any(
            name in {"self.__class__", "cls", "type"} for name in reconstructors(here)
        )
    return ("rebuilt" if called else "class"), ""


def _reconstructors(
    draft: Draft, info: ClassInfo, index: Index, effects: Effects
) -> None:
    module = index.modules[info.module]
    for name in reconstructors(info):
        path = module.imports.get(name, f"{info.module}.{name}")
        found = index.find(path)
        if found is None or found[1] not in found[0].functions:
            continue
        where, function = found
        if where.name.partition(".")[0] == draft.package:
            why = effects.of_function(where, function)
            if why:
                draft.refused[where.name, function] = why
            else:
                draft.add("rebuild", where.name, function)


def _within(module: str, parts: list[str]) -> bool:
    """Say whether a module is named, or lies below one named with `.*`."""
    return any(
        module == part or (part.endswith(".*") and module.startswith(part[:-1]))
        for part in parts
    )


def _functions(draft: Draft, module: Module, effects: Effects) -> None:
    for name in module.functions:
        if not name.startswith("_") and not effects.of_function(module, name):
            key = (module.name, name)
            if key not in draft.names:
                draft.add("function", *key)


def read_runtime(draft: Draft, facts: dict[str, Any], functions: list[str]) -> None:
    """Add what only the installed package shows."""
    for module, classes in facts["classes"].items():
        for name, (kind, where) in classes.items():
            _runtime_class(draft, module, name, kind, where)
    for rule, key in (("ufunc", "ufuncs"), ("cython", "cython")):
        for module, names in facts[key].items():
            for name in names:
                draft.add(rule, module, name)
    for module, names in facts["constants"].items():
        for name in names:
            draft.add("constant", module, name)
    _runtime_functions(draft, facts, functions)


def _runtime_functions(
    draft: Draft, facts: dict[str, Any], functions: list[str]
) -> None:
    """Add functions that live under another name, or are written in C."""
    for module, names in facts.get("functions", {}).items():
        for name, where in names.items():
            if draft.names.get((where, name)) == "function":
                draft.names.setdefault((module, name), "function")
    for module, names in facts["builtins"].items():
        public = [name for name in names if not name.startswith("_")]
        for name in public if _within(module, functions) else ():
            draft.rules.setdefault("function", RULES["function"])
            draft.names.setdefault((module, name), "function")


def _runtime_class(draft: Draft, module: str, name: str, kind: str, where: str) -> None:
    """Add a class that the source does not show, or shows under another name."""
    if (module, name) in draft.names or (module, name) in draft.refused:
        return
    refused = draft.refused.get((where, name))
    if refused:
        draft.refused[module, name] = refused
        return
    written = {"enum": "enum", "exception": "rebuilt"}.get(kind, "plain")
    draft.add(draft.names.get((where, name), written), module, name)


def read_traced(draft: Draft, traced: dict[str, Any]) -> None:
    """Add calls seen while pickling the library's own objects."""
    for path, seen in sorted(traced.items()):
        module, name = path.split(":")
        if module.partition(".")[0] != draft.package:
            continue
        kind = "class" if seen["kind"] == "class" else "reconstructor"
        args = tuple(seen["args"])
        key = f"{kind}({', '.join(args)})"
        draft.rules[key] = {
            "kind": kind, "call": "reduce", "args": args, "build": ANY,
        }  # fmt: skip
        draft.add(key, module, name)


def read_curated(draft: Draft) -> dict[str, Any]:
    """Add the rules written by hand for this package, and return the file."""
    path = HERE / "curated" / f"{draft.package}.toml"
    if not path.exists():
        return {}
    with path.open("rb") as stream:
        curated = tomllib.load(stream)
    for rule, modules in curated.get("names", {}).items():
        if rule in curated.get("rules", {}):
            draft.rules[rule] = curated["rules"][rule]
        for module, names in modules.items():
            for name in names.split():
                draft.add(rule, module, name)
    for module, names in curated.get("refused", {}).items():
        for name in names.split():
            draft.names.pop((module, name), None)
    return curated
