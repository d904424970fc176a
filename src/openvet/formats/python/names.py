"""What the names of a module stand for: imports, aliases, lookups by text."""

import ast
import builtins
from itertools import islice
from typing import Final

from openvet.allow.python_calls import CARRIED, HOLDERS, reach_of
from openvet.formats.python.fold import DECODERS, fold, spelled, text
from openvet.formats.python.lookups import FRAMES, item, result, within
from openvet.formats.python.nodes import below
from openvet.formats.python.private import private

BUILTINS: Final = frozenset(dir(builtins)) | {"__builtins__", "execfile"}
FETCHERS: Final = frozenset(
    {"urlopen", "get", "post", "recv", "request", "urlretrieve", "download"}
)
FETCHING: Final = ("requests.", "urllib.", "httpx.", "socket.", "aiohttp.", "urllib3.")
FILE: Final = "a file"
"""What is said of text that is read from a file and not decoded."""
EVAL: Final = "eval"
READ: Final = frozenset({"read_text", "read_bytes"})
STEPS: Final = 2000
DEEPEST: Final = 30
OBJECT: Final = "builtins.object"
"""What the ways up from a class lead to, as escapes use them."""
UNSHADOWED: Final = frozenset({"exec", "__import__", "getattr", "globals", "vars"})
"""Builtins that nobody replaces, except to make a reader look away."""
PLAIN: Final = (ast.Call, ast.Attribute, ast.Name, ast.IfExp, ast.BoolOp, ast.NamedExpr)


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
        self.private: dict[str, str] = {}
        """Variables that hold what a machine keeps to itself."""
        self._functions: dict[str, ast.arguments] = {}
        self._methods: set[int] = set()

    def learn(self, node: ast.AST) -> None:
        """Take in an import, a definition or an assignment."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.name] = None
                top = alias.name.partition(".")[0]
                name = alias.name if alias.asname else top
                self._alias(alias.asname or top, name)
        elif isinstance(node, ast.ImportFrom):
            self._from(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._define(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.NamedExpr | ast.AnnAssign) and node.value:
            self._assign(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._extend(node)
        else:
            self._bind(node)

    def _define(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> None:
        """Take in a definition; a method shadows no name outside its class."""
        if isinstance(node, ast.ClassDef):
            self._methods.update(id(part) for part in node.body)
        else:
            self._functions.setdefault(node.name, node.args)
            self._defaults(node.args)
        if id(node) not in self._methods:
            self.own.add(node.name)

    def _bind(self, node: ast.AST) -> None:
        """Take in what a call, a loop or a pattern gives a name to."""
        if isinstance(node, ast.Lambda):
            self._defaults(node.args)
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            own = self._functions.get(name)
            known = node.func.args if isinstance(node.func, ast.Lambda) else own
            if known is not None:
                taken = [*known.posonlyargs, *known.args]
                for one, value in zip(taken, node.args, strict=False):
                    self._give(one.arg, value)
        elif isinstance(node, ast.For | ast.comprehension):
            if isinstance(node.iter, ast.List | ast.Tuple | ast.Set):
                for part in node.iter.elts:
                    self._assign(node.target, part)
        elif isinstance(node, ast.Match):
            self._match(node)

    def _defaults(self, taken: ast.arguments) -> None:
        last = [*taken.posonlyargs, *taken.args][-len(taken.defaults) or None :]
        for one, value in zip(last, taken.defaults, strict=False):
            self._give(one.arg, value)
        for one, other in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
            if other is not None:
                self._give(one.arg, other)

    def _give(self, name: str, value: ast.expr) -> None:
        """Let a parameter stand for a module or a function that it is given."""
        known = self.resolve(value)
        if known in HOLDERS or reach_of(known):
            self._alias(name, known)

    def _match(self, node: ast.Match) -> None:
        base = self.resolve(node.subject)
        for case in node.cases if base else ():
            pattern = case.pattern
            if isinstance(pattern, ast.MatchAs) and pattern.name:
                self._alias(pattern.name, base)
            if isinstance(pattern, ast.MatchClass):
                pairs = zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=False)
                for name, part in pairs:
                    if isinstance(part, ast.MatchAs) and part.name:
                        self._alias(part.name, within(base, name))

    def _alias(self, name: str, stands: str) -> None:
        """Remember what a name stands for; of several, what reaches furthest."""
        known = self.aliases.get(name)
        if known is None or not (known in HOLDERS or reach_of(known)):
            self.aliases[name] = stands

    def _from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        if node.level:
            self.relative[module] = None
            for alias in node.names:
                if not node.module:
                    self.relative[f"{module}{alias.name}"] = None
                if alias.name in CARRIED:  # a module that the other file imports
                    self._alias(alias.asname or alias.name, alias.name)
            return
        self.imports[module] = None
        for alias in node.names:
            if alias.name == "*":
                self.stars[module] = None
                continue
            self._alias(alias.asname or alias.name, within(module, alias.name))

    def _assign(self, target: ast.AST, value: ast.expr) -> None:
        several = ast.Tuple | ast.List
        if isinstance(target, several) and isinstance(value, several):
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
        if name and isinstance(value, PLAIN):
            self._alias(target.id, name)
        how = self.source_of(value)
        if how == EVAL and _rebinds(target.id, value):
            how = ""
        if how:
            self.tainted[target.id] = how
        kept = private(self, value)
        if kept:
            self.private[target.id] = kept

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
            found = within(base, node.attr) if base else ""
            return OBJECT if node.attr == "__base__" else found
        if isinstance(node, ast.Call):
            return result(self, node, depth + 1)
        if isinstance(node, ast.Subscript):
            return self._looked_up(node, depth + 1)
        return self._chosen(node, depth + 1)

    def _chosen(self, node: ast.AST, depth: int) -> str:
        """Return what a choice yields: of its branches, what reaches furthest."""
        branches: list[ast.expr] = []
        if isinstance(node, ast.NamedExpr):
            branches = [node.value]
        elif isinstance(node, ast.IfExp):
            branches = [node.body, node.orelse]
        elif isinstance(node, ast.BoolOp):
            branches = node.values
        found = [name for part in branches if (name := self.resolve(part, depth))]
        found.sort(key=lambda name: not (name in HOLDERS or reach_of(name)))
        return found[0] if found else ""

    def _name(self, name: str) -> str:
        known = self.aliases.get(name)
        if known is not None:
            return known
        for module in self.stars:
            if name not in self.own and reach_of(f"{module}.{name}"):
                return f"{module}.{name}"
        if name in BUILTINS and (name in UNSHADOWED or name not in self.own):
            return "builtins" if name == "__builtins__" else f"builtins.{name}"
        return ""

    def _looked_up(self, node: ast.Subscript, depth: int) -> str:
        key = text(node.slice, self.known)
        if isinstance(node.value, ast.Attribute):
            if node.value.attr in ("__mro__", "__bases__"):
                return OBJECT
            if node.value.attr in FRAMES:
                return self._framed(node.value.attr, key or "")
        if isinstance(node.value, ast.List | ast.Tuple):
            at = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(at, int) and -1 <= at < len(node.value.elts):
                return self.resolve(node.value.elts[at], depth)
        base = self.resolve(node.value, depth)
        if base == "globals" and key in self.aliases:
            return self.aliases[key]
        return item(base, key) if base else ""

    def _framed(self, attribute: str, key: str) -> str:
        """Return what a function or a frame sees: imports, and the builtins."""
        if key in CARRIED | {"__builtins__"}:
            return key.strip("_")
        if key in BUILTINS and attribute != "__globals__":
            return f"builtins.{key}"
        return self.aliases.get(key, "") if attribute != "__globals__" else ""

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
                todo.extend(below(node))
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
        if name == "builtins.eval":
            return EVAL
        return FILE if name == "builtins.open" or last in READ else ""


def _rebinds(name: str, value: ast.AST) -> bool:
    """Recognize `answer = eval(answer)`: the answer of a model is read as a value."""
    return any(
        isinstance(part, ast.Name) and part.id == name
        for part in islice(ast.walk(value), STEPS)
    )


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
