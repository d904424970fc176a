"""What the names of a module stand for: imports, aliases, lookups by text."""

import ast
import builtins
from typing import Final

from openvet.allow.python_calls import reach_of
from openvet.formats.python.fold import DECODERS, fold, spelled, text

BUILTINS: Final = frozenset(dir(builtins)) | {"__builtins__", "execfile"}
FETCHERS: Final = frozenset(
    {"urlopen", "get", "post", "recv", "request", "urlretrieve", "download"}
)
FETCHING: Final = ("requests.", "urllib.", "httpx.", "socket.", "aiohttp.", "urllib3.")
STEPS: Final = 2000
DEEPEST: Final = 30
UNKNOWN: Final = "<computed>"


class Names:
    """Resolves expressions of one module to dotted names."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.known: dict[str, str | bytes] = {}
        self.tainted: dict[str, str] = {}
        """Variables that hold something decoded or fetched, and how."""
        self.own: set[str] = set()
        """Functions and classes that the module defines."""
        self.instances: set[str] = set()
        """Variables that hold an object of an own class."""
        self.stars: dict[str, None] = {}
        """Modules of which every name is imported."""
        self.relative: dict[str, None] = {}
        self.imports: dict[str, None] = {}

    def learn(self, node: ast.AST) -> None:
        """Take in an import, a definition or an assignment."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.name] = None
                top = alias.name.partition(".")[0]
                name = alias.name if alias.asname else top
                self.aliases[alias.asname or top] = name
        elif isinstance(node, ast.ImportFrom):
            self._from(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self.own.add(node.name)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._extend(node)

    def _from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        if node.level:
            self.relative[module] = None
            for alias in node.names:
                if not node.module:
                    self.relative[f"{module}{alias.name}"] = None
            return
        self.imports[module] = None
        for alias in node.names:
            if alias.name == "*":
                self.stars[module] = None
                continue
            self.aliases[alias.asname or alias.name] = f"{module}.{alias.name}"

    def _assign(self, target: ast.AST, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, inner in zip(target.elts, value.elts, strict=False):
                self._assign(part, inner)
            return
        if not isinstance(target, ast.Name):
            return
        folded = fold(value, self.known)
        if folded is not None:
            self.known[target.id] = folded
        if isinstance(value, ast.Call) and spelled(value.func) in self.own:
            self.instances.add(target.id)
        name = self.resolve(value)
        if name and isinstance(value, ast.Call | ast.Attribute | ast.Name):
            self.aliases.setdefault(target.id, name)
        how = self.source_of(value)
        if how:
            self.tainted[target.id] = how

    def _extend(self, node: ast.AugAssign) -> None:
        if not isinstance(node.target, ast.Name) or not isinstance(node.op, ast.Add):
            return
        added = fold(
            ast.BinOp(left=node.target, op=ast.Add(), right=node.value), self.known
        )
        if added is None:
            self.known.pop(node.target.id, None)
        else:
            self.known[node.target.id] = added

    def resolve(self, node: ast.AST, depth: int = 0) -> str:
        """Return the dotted name an expression stands for; empty if not known."""
        if depth > DEEPEST:
            return ""
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            base = self.resolve(node.value, depth + 1)
            return f"{base}.{node.attr}" if base else ""
        if isinstance(node, ast.Call):
            return self._result(node, depth + 1)
        if isinstance(node, ast.Subscript):
            return self._looked_up(node, depth + 1)
        return ""

    def _name(self, name: str) -> str:
        known = self.aliases.get(name)
        if known is not None:
            return known
        for module in self.stars:
            if name not in self.own and reach_of(f"{module}.{name}"):
                return f"{module}.{name}"
        if name in BUILTINS and name not in self.own:
            return "builtins" if name == "__builtins__" else f"builtins.{name}"
        return ""

    def _result(self, node: ast.Call, depth: int) -> str:
        """Return what a call hands back, where that is a module or a function."""
        name, arguments = self.resolve(node.func, depth), node.args
        if not name or not arguments:
            return "globals" if name in _SCOPES else ""
        if name in _IMPORTERS:
            module = text(arguments[0], self.known) or ""
            top = name == "builtins.__import__" and len(arguments) < 4  # noqa: PLR2004
            return module.partition(".")[0] if top else module
        if name == "builtins.getattr" and len(arguments) > 1:
            return self._attribute(arguments[0], arguments[1], depth)
        if name in ("functools.partial", "builtins.vars"):
            base = self.resolve(arguments[0], depth)
            return f"{base}.__dict__" if base and name.endswith("vars") else base
        for lookup in _LOOKUPS:
            if name.endswith(lookup):
                key = text(arguments[-1 if "attr" in lookup else 0], self.known)
                return f"{name.removesuffix(lookup)}.{key or UNKNOWN}"
        return ""

    def _attribute(self, base: ast.expr, key: ast.expr, depth: int) -> str:
        module = self.resolve(base, depth)
        if not module:
            return ""
        return f"{module}.{text(key, self.known) or UNKNOWN}"

    def _looked_up(self, node: ast.Subscript, depth: int) -> str:
        base = self.resolve(node.value, depth)
        if not base:
            return ""
        key = text(node.slice, self.known)
        if base == "sys.modules":
            return key or ""
        if base in ("builtins", "globals"):
            if key == "__builtins__":
                return "builtins"
            return f"builtins.{key or UNKNOWN}" if base == "builtins" else ""
        if base.endswith(".__dict__"):
            return f"{base.removesuffix('.__dict__')}.{key or UNKNOWN}"
        return ""

    def source_of(self, root: ast.AST) -> str:
        """Return how an expression decodes or fetches what it yields, or nothing."""
        todo: list[ast.AST] = [root]
        for _ in range(STEPS):
            if not todo:
                break
            node = todo.pop()
            if isinstance(node, ast.Name) and node.id in self.tainted:
                return self.tainted[node.id]
            if isinstance(node, ast.Call):
                how = self._decodes(node)
                if how:
                    return how
            if not isinstance(node, ast.Lambda):
                todo.extend(ast.iter_child_nodes(node))
        return ""

    def _decodes(self, node: ast.Call) -> str:
        written = spelled(node.func) or getattr(node.func, "attr", "")
        last = written.rpartition(".")[2]
        if last in DECODERS:
            return last
        name = self.resolve(node.func)
        if name == "codecs.decode" or (last == "decode" and _is_rot13(node)):
            return "codecs.decode"
        if name.startswith(FETCHING) and last in FETCHERS:
            return name
        if last == "join" and any(_makes_characters(part) for part in node.args):
            return "join of character codes"
        return ""


_IMPORTERS: Final = frozenset(
    {"builtins.__import__", "importlib.import_module", "importlib.__import__",
     "importlib._bootstrap._gcd_import", "pydoc.locate", "pkgutil.resolve_name"}
)  # fmt: skip
_LOOKUPS: Final = (
    ".__getattribute__",
    ".__getattr__",
    ".__dict__.get",
    ".__dict__.__getitem__",
)
_SCOPES: Final = frozenset({"builtins.globals", "builtins.locals"})


def _makes_characters(node: ast.AST) -> bool:
    """Recognize `map(chr, …)` and `chr(n) for n in …`."""
    part = getattr(node, "elt", node)
    if not isinstance(part, ast.Call):
        return False
    name = spelled(part.func)
    mapped = name == "map" and bool(part.args) and spelled(part.args[0]) == "chr"
    return name == "chr" or mapped


def _is_rot13(node: ast.Call) -> bool:
    return any(
        isinstance(argument, ast.Constant) and argument.value in ("rot13", "rot_13")
        for argument in node.args
    )
