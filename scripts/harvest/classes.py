"""An index of the classes and functions of a package, read from its source."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

SKIPPED: Final = frozenset({
    "tests", "test", "testing", "_testing", "conftest", "setup", "benchmarks",
    "examples", "_vendor", "vendored", "externals", "array_api_compat",
    "array_api_extra", "f2py", "distutils", "_build_utils", "cli", "commands",
    "__main__",
})  # fmt: skip
"""Folders and modules whose classes no model is made of."""

HOPS: Final = 12
"""How many re-exports are followed to where a name is defined."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class ClassInfo:
    """A class as written."""

    module: str
    name: str
    """Qualified name in its module: `Outer.Inner`."""
    bases: tuple[str, ...]
    """Dotted paths, as far as imports tell."""
    methods: dict[str, FunctionNode]
    set_module: str = ""
    """Where a decorator says that it lives (`@set_module("pandas")`)."""


@dataclass
class Module:
    """A module as written."""

    name: str
    classes: dict[str, ClassInfo] = field(default_factory=dict)
    functions: dict[str, FunctionNode] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    """Local name to dotted path."""


class Index:
    """All modules of some packages."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}

    def add(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Index source files given as path in the wheel and content."""
        for path, source in files:
            name = module_name(path)
            if name is None:
                continue
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError):
                continue  # templates and files for other versions of Python
            package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
            self.modules[name] = _Visitor(name, package).read(tree)

    def classes(self) -> Iterator[ClassInfo]:
        """Yield every class, in a stable order."""
        for _, module in sorted(self.modules.items()):
            yield from (info for _, info in sorted(module.classes.items()))

    def find(self, path: str) -> tuple[Module, str] | None:
        """Return the module that defines a dotted path, and the name in it."""
        for _ in range(HOPS):
            module, name = self._split(path)
            if module is None:
                return None
            if name in module.classes or name in module.functions:
                return module, name
            head, dot, rest = name.partition(".")
            target = module.imports.get(head)
            if target is None or target + dot + rest == path:
                return None
            path = target + dot + rest
        return None

    def class_of(self, path: str) -> ClassInfo | None:
        """Return the class a dotted path leads to."""
        found = self.find(path)
        return found[0].classes.get(found[1]) if found else None

    def lineage(self, info: ClassInfo) -> Iterator[ClassInfo]:
        """Yield a class and those it inherits from, nearest first."""
        waiting, seen = [info], {(info.module, info.name)}
        while waiting:
            here = waiting.pop(0)
            yield here
            for base in here.bases:
                found = self.class_of(base)
                if found and (found.module, found.name) not in seen:
                    seen.add((found.module, found.name))
                    waiting.append(found)

    def foreign(self, info: ClassInfo) -> set[str]:
        """Return the bases of a class that lie outside the index."""
        return {
            base
            for here in self.lineage(info)
            for base in here.bases
            if self.class_of(base) is None
        }

    def _split(self, path: str) -> tuple[Module | None, str]:
        parts = path.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            module = self.modules.get(".".join(parts[:cut]))
            if module is not None:
                return module, ".".join(parts[cut:])
        return None, path


class _Visitor:
    """Reads the top level of one module, branches of `if` and `try` included."""

    def __init__(self, name: str, package: str) -> None:
        self.module = Module(name=name)
        self.package = package

    def read(self, tree: ast.Module) -> Module:
        self._body(tree.body)
        return self.module

    def _body(self, body: Iterable[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._class(node, "")
            elif isinstance(node, FunctionNode):
                self.module.functions.setdefault(node.name, node)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    local = alias.asname or alias.name.partition(".")[0]
                    self.module.imports[local] = alias.name if alias.asname else local
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.If | ast.Try):
                self._body(node.body)
                self._body(node.orelse)
                for handler in getattr(node, "handlers", []):
                    self._body(handler.body)

    def _import_from(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parts = self.package.split(".")
            kept = parts[: len(parts) - node.level + 1]
            base = ".".join([*kept, base] if base else kept)
        for alias in node.names:
            self.module.imports[alias.asname or alias.name] = f"{base}.{alias.name}"

    def _class(self, node: ast.ClassDef, outer: str) -> None:
        name = f"{outer}{node.name}"
        if name in self.module.classes:
            return
        methods = {
            part.name: part for part in node.body if isinstance(part, FunctionNode)
        }
        self.module.classes[name] = ClassInfo(
            module=self.module.name,
            name=name,
            bases=tuple(filter(None, (self.path(base) for base in node.bases))),
            methods=methods,
            set_module=_set_module(node),
        )
        for part in node.body:
            if isinstance(part, ast.ClassDef):
                self._class(part, f"{name}.")

    def path(self, node: ast.expr) -> str:
        """Return the dotted path an expression names, or an empty string."""
        if isinstance(node, ast.Subscript):
            return self.path(node.value)
        text = dotted(node)
        head, dot, rest = text.partition(".")
        if head in self.module.imports:
            return self.module.imports[head] + dot + rest
        return f"{self.module.name}.{text}" if text else ""


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for such an expression, or an empty string."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def _set_module(node: ast.ClassDef) -> str:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and dotted(mark.func).endswith("set_module"):
            first = mark.args[0] if mark.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return first.value
    return ""


def module_name(path: str) -> str | None:
    """Return the dotted module of a path in a wheel, or None for what is skipped."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    skipped = any(part in SKIPPED or not part.isidentifier() for part in parts)
    return None if skipped or not parts else ".".join(parts)
