"""The calls of a module, with what they resolve to and when they run.

A module's body, its class bodies, decorators and default values run when it is
imported; so do the functions that those call, and what these call in turn.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from openvet.allow.python_calls import HOLDERS, may_start, reach_of
from openvet.artifacts import PythonCall
from openvet.budget import Budget
from openvet.formats.python.commands import telling
from openvet.formats.python.disguises import (
    RUNNABLE,
    carries,
    makes_runnable,
    obeys,
    path_written,
    remade,
)
from openvet.formats.python.fold import fold, text
from openvet.formats.python.lookups import UNKNOWN, called
from openvet.formats.python.names import FILE, Names
from openvet.formats.python.nodes import (
    HOLDING,
    LEARNED,
    below,
    defined,
    held,
    is_main,
)
from openvet.formats.python.parse import parse
from openvet.formats.python.private import private
from openvet.subject import Gap

MOST: Final = 5000
CUT: Final = 200
STEP: Final = 1024
LAYERS: Final = 4
"""Programs decoded inside programs that are followed."""
BODY: Final = 0
"""The scope that runs on import."""
UNRUN: Final = -1
"""The scope below `if __name__ == "__main__"`."""
RUNNERS: Final = frozenset(
    {"builtins.exec", "builtins.eval", "builtins.compile", "marshal.loads",
     "pickle.loads", "_pickle.loads", "dill.loads", "cloudpickle.loads",
     "types.FunctionType", "types.CodeType", "subprocess.Popen", "subprocess.run",
     "subprocess.call", "subprocess.check_call", "subprocess.check_output",
     "os.system", "os.popen"}
)  # fmt: skip
PASSED: Final = frozenset({"builtins.exec", "builtins.eval", "runpy.run_path"})
"""Functions that another function calls when it is handed them."""
STARTERS: Final = frozenset({"subprocess_shell", "subprocess_exec"})
"""Methods of an event loop that start a process."""
CALLERS: Final = frozenset({"Thread", "Timer", "Process", "Pool", "ThreadPool"})
"""Classes that call the functions they are made with."""
COMMANDS: Final = ("setuptools.command.", "distutils.command.", "setuptools.Command")
STARTS: Final = frozenset({"__init__", "__new__", "__post_init__", "__init_subclass__",
                           "__set_name__", "__enter__"})  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef
APART: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.If,
                ast.Call, ast.Assign)  # fmt: skip
"""Nodes whose parts may run at another time than they do."""


@dataclass
class Module:
    """What a module calls and imports."""

    calls: list[PythonCall] = field(default_factory=list)
    decodes_and_runs: list[PythonCall] = field(default_factory=list)
    imports: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()


def read(source: str, budget: Budget, layer: int = 0) -> Module:
    """Return the calls of a module; never raise on what it says.

    Raises:
        OverBudgetError: It is too large.
    """
    tree, gaps = parse(source)
    if tree is None:
        return Module(gaps=gaps)
    return _Reading(tree, source, budget, layer).module


class _Reading:
    """One pass over a syntax tree, with a stack of its own."""

    def __init__(
        self, tree: ast.Module, source: str, budget: Budget, layer: int
    ) -> None:
        self.budget = budget
        self.layer = layer
        self.lines = source.splitlines()
        self.names = Names()
        self.module = Module()
        self.scopes: dict[str, set[int]] = {}
        """Scopes by the name that starts them."""
        self.classes: set[str] = set()
        self.owners: dict[int, str] = {}
        """Class of a method, by the identity of its node."""
        self.scope_owners: dict[int, str] = {}
        self.edges: dict[int, set[str]] = {}
        """Names of own functions that each scope calls."""
        self.found: list[tuple[PythonCall, int, bool]] = []
        self._next = 1
        found = list(self._nodes(tree))
        learned = [node for node, _ in found if isinstance(node, LEARNED)]
        for _ in range(2):  # names may be used above where they are bound
            for known in learned:
                self.names.learn(known)
        for node, scope in found:
            if isinstance(node, ast.Call):
                self._call(node, scope)
            elif isinstance(node, Function | ast.ClassDef):
                self._decorators(node, scope)
            if isinstance(node, ast.ClassDef):
                self._command(node)
            if isinstance(node, ast.Assign) and remade(node):
                self._record(node, "types.CodeType", scope, ())
            if type(node) in HOLDING:
                for part in held(node):
                    self._hold(part)
        self.module.defines = tuple(filter(None, map(defined, tree.body)))[:MOST]
        self._settle()

    def _nodes(self, tree: ast.Module) -> Iterator[tuple[ast.AST, int]]:
        """Yield the nodes in document order, each with the scope it runs in."""
        stack: list[tuple[ast.AST, int]] = [(tree, BODY)]
        count = 0
        while stack:
            node, scope = stack.pop()
            count += 1
            if count % STEP == 0:
                self.budget.step(STEP)
            if type(node) is ast.Name:
                continue
            yield node, scope
            if isinstance(node, APART):
                stack.extend(reversed(list(self._parts(node, scope))))
            else:
                stack.extend([(part, scope) for part in reversed(below(node))])

    def _parts(self, node: ast.AST, scope: int) -> Iterator[tuple[ast.AST, int]]:
        """Yield the children of a node, each with its scope."""
        if isinstance(node, Function):
            inner = self._scope(node.name, self.owners.get(id(node), ""))
            returns = [node.returns] if node.returns else []
            outside = [*node.decorator_list, node.args, *returns]
            yield from ((part, scope) for part in outside)
            yield from ((part, inner) for part in node.body)
        elif isinstance(node, ast.Lambda):
            yield node.args, scope
            yield node.body, self._scope("<lambda>")
        elif isinstance(node, ast.ClassDef):
            self._class(node)
            yield from ((part, scope) for part in below(node))
        elif isinstance(node, ast.If) and is_main(node.test):
            yield from ((part, UNRUN) for part in node.body)
            yield from ((part, scope) for part in node.orelse)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Lambda):
            yield node.func.body, scope
            yield from ((part, scope) for part in (*node.args, *node.keywords))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            names = [part.id for part in node.targets if isinstance(part, ast.Name)]
            self.names.own.update(names)
            yield node.value.args, scope
            for name in names or ["<lambda>"]:
                yield node.value.body, self._scope(name)
        else:
            yield from ((part, scope) for part in below(node))

    def _scope(self, name: str, owner: str = "") -> int:
        number = self._next
        self._next += 1
        self.scopes.setdefault(name, set()).add(number)
        if owner:
            self.scopes.setdefault(f"{owner}.{name}", set()).add(number)
            self.scope_owners[number] = owner
        return number

    def _class(self, node: ast.ClassDef) -> None:
        """Let a call of the class reach the methods that making an object runs."""
        self.classes.add(node.name)
        methods = [part for part in node.body if isinstance(part, Function)]
        self.owners.update((id(part), node.name) for part in methods)
        starts = {f"{node.name}.{m.name}" for m in methods if m.name in STARTS}
        if starts:
            number = self._scope(node.name)
            self.edges.setdefault(number, set()).update(starts)

    def _decorators(self, node: ast.AST, scope: int) -> None:
        for part in getattr(node, "decorator_list", []):
            if not isinstance(part, ast.Call):
                self._own_call(part, scope)
                name = self.names.resolve(part)
                if reach_of(name):
                    self._record(part, name, scope, ())

    def _command(self, node: ast.ClassDef) -> None:
        """Take a command of setuptools for run: installing a package runs it."""
        if any(self.names.resolve(base).startswith(COMMANDS) for base in node.bases):
            self.edges.setdefault(BODY, set()).add(f"{node.name}.run")

    def _hold(self, part: ast.expr) -> None:
        """Note a function that starts processes and is kept under another name."""
        last = part.attr if isinstance(part, ast.Attribute) else ""
        if isinstance(part, ast.Name):
            last = self.names.aliases.get(part.id, part.id).rpartition(".")[2]
        name = self.names.resolve(part) if may_start(last) else ""
        if reach_of(name) == "process" or name == "builtins.exec":
            self._record(part, name, UNRUN, ())

    def _own_call(self, target: ast.AST, scope: int) -> None:
        if isinstance(target, ast.Name) and target.id in self.names.own:
            self.edges.setdefault(scope, set()).add(target.id)
        elif (
            isinstance(target, ast.Attribute)
            and target.attr in self.scopes
            and self._is_own_object(target.value)
        ):
            own = f"{self.scope_owners.get(scope, '')}.{target.attr}"
            name = own if own in self.scopes else target.attr
            self.edges.setdefault(scope, set()).add(name)

    def _is_own_object(self, node: ast.AST) -> bool:
        """Say whether an expression is an own class or an object of one."""
        if isinstance(node, ast.Call):
            node = node.func
        own = self.names.own | self.names.instances | {"self", "cls"}
        return isinstance(node, ast.Name) and node.id in own

    def _call(self, node: ast.Call, scope: int) -> None:
        self._own_call(node.func, scope)
        name = self.names.resolve(node.func) or called(self.names, node)
        self._taken(node, name, scope)
        if not reach_of(name) and carries(node):
            self._record(node, "builtins.exec", scope, ())
        if name:
            self._named(node, name, scope)
        else:
            self._written(node, scope)

    def _taken(self, node: ast.Call, name: str, scope: int) -> None:
        """Note the functions that a call is handed."""
        for argument in (*node.args, *(pair.value for pair in node.keywords)):
            if isinstance(argument, ast.Name | ast.Attribute):
                passed = self.names.resolve(argument)
                if reach_of(passed) == "process" or passed in PASSED:
                    # What is handed on beside `exec` is its program, not a literal.
                    told = () if passed in PASSED else self._texts(node)
                    self._record(node, passed, scope, told)
                if not _keeps(name or _spelled(node.func)):
                    self._handed_over(argument, scope, known=bool(name))

    def _named(self, node: ast.Call, name: str, scope: int) -> None:
        module = name.rpartition(".")[0]
        if name.endswith(UNKNOWN) and module not in HOLDERS:
            return
        arguments = self._texts(node)
        if name.startswith("subprocess."):
            arguments += telling(node, self.names.known)
        if name == "mmap.mmap" and makes_runnable(node):
            arguments += (RUNNABLE,)
        if reach_of(name) == "network":
            self._sent(node, name, scope)
        self._record(node, name, scope, arguments)
        if name in RUNNERS and node.args:
            self._runs(node, name, scope)

    def _sent(self, node: ast.Call, name: str, scope: int) -> None:
        """Note what a call sends away that a machine keeps to itself."""
        # A key that opens the very service is no secret to it.
        given = (pair.value for pair in node.keywords if pair.arg != "token")
        parts = [*node.args, *given]
        kept = next(filter(None, (private(self.names, part) for part in parts)), "")
        if kept and len(self.module.decodes_and_runs) < MOST:
            self.found.append((self._made(node, name, (kept,)), scope, True))

    def _written(self, node: ast.Call, scope: int) -> None:
        """Take `(Path.home() / ".bashrc").write_text(x)` for the `open` it does."""
        path = path_written(node)
        if path:
            self._record(node, "builtins.open", scope, (path[:CUT], "w"))
        if _spelled(node.func) in STARTERS:
            self._record(node, "asyncio.create_subprocess_shell", scope, ())

    def _handed_over(self, argument: ast.expr, scope: int, *, known: bool) -> None:
        """Take an own function that is an argument for called, a class for data."""
        is_class = isinstance(argument, ast.Name) and argument.id in self.classes
        if not is_class and (not known or scope == BODY):
            self._own_call(argument, scope)

    def _texts(self, node: ast.Call) -> tuple[str, ...]:
        parts: list[ast.expr] = []
        for argument in (*node.args, *(pair.value for pair in node.keywords)):
            if isinstance(argument, ast.List | ast.Tuple):
                parts.extend(argument.elts[:10])
            else:
                parts.append(argument)
        found = [text(part, self.names.known) for part in parts[:20]]
        return tuple(part[:CUT] for part in found if part)

    def _record(
        self, node: ast.AST, name: str, scope: int, arguments: tuple[str, ...]
    ) -> None:
        if len(self.found) < MOST:
            made = self._made(node, name, arguments)
            self.found.append((made, scope, False))

    def _made(self, node: ast.AST, name: str, arguments: tuple[str, ...]) -> PythonCall:
        line = getattr(node, "lineno", 0)
        shown = self.lines[line - 1].strip() if 0 < line <= len(self.lines) else ""
        return PythonCall(
            name=name[:CUT],
            line=line,
            column=getattr(node, "col_offset", -1) + 1,
            on_import=False,
            text=shown[:CUT],
            arguments=arguments,
        )

    def _runs(self, node: ast.Call, name: str, scope: int) -> None:
        """Note a program that is decoded or fetched, and read it if it is known."""
        how = next(filter(None, (self.names.source_of(part) for part in node.args)), "")
        program = fold(node.args[0], self.names.known)
        if program is None and name == "builtins.exec":
            how = how or obeys(node.args[0])
        if isinstance(program, bytes) and name.endswith("loads"):
            how = how or "a constant"
        # Files are unpickled everywhere; that one is run as a program is another thing.
        plain = how == FILE and not name.startswith("builtins.")
        if how and not plain and len(self.module.decodes_and_runs) < MOST:
            self.found.append((self._made(node, name, (how,)), scope, True))
        if program is None or not name.startswith("builtins.") or self.layer >= LAYERS:
            return
        if isinstance(program, bytes):
            program = program.decode("utf-8", "replace")
        inner = read(program, self.budget, self.layer + 1)
        line = getattr(node, "lineno", 0)
        for call in (*inner.calls, *inner.decodes_and_runs)[:MOST]:
            made = self._made(node, call.name, (*call.arguments, f"line {line}"))
            runs = scope if call.on_import else UNRUN
            self.found.append((made, runs, False))

    def _settle(self) -> None:
        """Find which scopes run on import, and write the calls down."""
        running, todo = {BODY}, [BODY]
        while todo:
            for name in self.edges.get(todo.pop(), ()):
                for scope in self.scopes.get(name, ()):
                    if scope not in running:
                        running.add(scope)
                        todo.append(scope)
        for call, scope, decoded in self.found:
            made = PythonCall(
                name=call.name,
                line=call.line,
                column=call.column,
                on_import=scope in running,
                text=call.text,
                arguments=call.arguments,
            )
            target = self.module.decodes_and_runs if decoded else self.module.calls
            target.append(made)
        self.module.imports = tuple(self.names.imports)[:MOST]
        self.module.relative = tuple(self.names.relative)[:MOST]
        names = max(len(self.names.imports), len(self.names.relative))
        if len(self.found) >= MOST or names > MOST:
            detail = f"only the first {MOST} calls and imports"
            self.module.gaps = (Gap(reason="over-budget", detail=detail),)


def _spelled(node: ast.expr) -> str:
    """Return the last part of a name as it is written."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _keeps(taker: str) -> bool:
    """Say whether what is handed a function keeps it for later.

    Objects keep what they are made with (`Tool(run)`), and signals are yet to come.
    """
    name = taker.rpartition(".")[2]
    return (name[:1].isupper() and name not in CALLERS) or taker == "signal.signal"
