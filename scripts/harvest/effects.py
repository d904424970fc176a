"""What a method does besides building its object, as far as its source shows.

A method is clean if neither it nor what it calls in the same package, followed to a
depth, reaches a file, a process, the network, an import by name, a deserializer, or a
callable that arrived as its argument. What cannot be seen counts as clean only where
the callee is another library's function that is not on the list of techniques.
"""

import ast
from collections.abc import Iterator
from typing import Final

from harvest.classes import ClassInfo, FunctionNode, Index, Module, dotted

DEPTH: Final = 5

MODULES: Final = frozenset({
    "subprocess", "socket", "shutil", "tempfile", "urllib", "http", "importlib",
    "runpy", "pickle", "marshal", "multiprocessing", "asyncio", "zipfile",
    "tarfile", "ssl", "ftplib", "mmap", "signal", "requests", "httpx", "posix",
    "pty", "code", "codeop", "imp", "pkgutil", "webbrowser", "shelve", "dbm",
    "sqlite3", "dill", "cloudpickle", "joblib", "huggingface_hub", "fsspec",
    "boto3", "pdb", "atexit", "cffi", "gzip", "bz2", "lzma", "yaml", "h5py",
    "patsy", "formulaic", "numexpr", "jinja2", "sympy",
})  # fmt: skip
"""Modules whose functions a clean method does not call."""

HARMLESS: Final = frozenset({
    "os.path", "os.environ", "os.getpid", "os.cpu_count", "os.fspath", "os.sep",
    "os.name", "os.linesep", "os.getenv", "os.PathLike", "joblib.Parallel",
    "joblib.delayed", "joblib.effective_n_jobs", "joblib.hash", "urllib.parse",
    "multiprocessing.cpu_count", "importlib.metadata",
})  # fmt: skip

NAMES: Final = frozenset({
    "open", "exec", "eval", "compile", "__import__", "breakpoint", "input", "execfile",
})  # fmt: skip

METHODS: Final = frozenset({
    "write_text", "write_bytes", "read_text", "read_bytes", "unlink", "rmtree", "mkdir",
    "makedirs", "popen", "system", "urlopen", "urlretrieve", "load_library", "Popen",
    "import_module", "check_output", "check_call", "loads", "load_model", "from_file",
    "get_matrices", "sympify", "dmatrices", "from_formula", "parse_expr", "lambdify",
    "start_new_thread", "download", "exec_module", "from_pretrained", "save_pretrained",
})  # fmt: skip
"""Methods that name such an effect whatever object they are called on."""

FUNCTIONS: Final = frozenset({
    "ctypes.CDLL", "ctypes.PyDLL", "ctypes.WinDLL", "ctypes.cdll.LoadLibrary",
    "ctypes.CFUNCTYPE", "ctypes.memmove", "numpy.load", "numpy.save", "numpy.savez",
    "numpy.fromfile", "numpy.loadtxt", "numpy.savetxt", "numpy.genfromtxt",
    "numpy.memmap", "torch.load", "torch.save", "torch.jit.load", "torch.hub.load",
    "torch.from_file", "pandas.read_pickle", "pandas.read_csv",
    "torch.utils.model_zoo.load_url", "torch.package.PackageImporter",
})  # fmt: skip

OBJECTS: Final = frozenset({"self", "cls", "klass", "type", "super", "mcs", "mcls"})


class Effects:
    """Answers, for the functions of an index, what they reach.

    Args:
        index: The packages whose calls can be followed.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self._known: dict[tuple[str, str], str] = {}

    def of_method(self, info: ClassInfo, name: str, depth: int = DEPTH) -> str:
        """Return the effect of a class's own or inherited method, or nothing."""
        for here in self.index.lineage(info):
            node = here.methods.get(name)
            if node is not None:
                return self._of(here, node, info, depth)
        return ""

    def of_function(self, module: Module, name: str, depth: int = DEPTH) -> str:
        """Return the effect of a module's function, or nothing."""
        node = module.functions.get(name)
        if node is None:
            return ""
        return self._walk(module, node, None, depth)

    def _of(
        self, here: ClassInfo, node: FunctionNode, owner: ClassInfo, depth: int
    ) -> str:
        return self._walk(self.index.modules[here.module], node, owner, depth)

    def _walk(
        self, module: Module, node: FunctionNode, owner: ClassInfo | None, depth: int
    ) -> str:
        name = f"{owner.module}.{owner.name}" if owner else ""
        key = (f"{module.name}:{node.name}:{node.lineno}", name)
        if key not in self._known:
            self._known[key] = ""  # a cycle adds nothing
            self._known[key] = self._search(module, node, owner, depth)
        return self._known[key]

    def _search(
        self, module: Module, node: FunctionNode, owner: ClassInfo | None, depth: int
    ) -> str:
        given = _parameters(node)
        local = _local_imports(node)
        for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
            text = dotted(call.func)
            head, dot, rest = text.partition(".")
            # Deeper down the argument is the library's own, not the pickle's.
            given_here = depth == DEPTH and not dot and head in given
            if given_here and (owner is None or head not in OBJECTS):
                return f"calls its argument {head}"
            if head in local:
                path = local[head] + dot + rest
            else:
                path = module.imports.get(head, head) + dot + rest
            effect = _named(path, text, call)
            if not effect and depth:
                effect = self._follow(module, path, text, owner, depth - 1)
            if effect:
                return effect
        return ""

    def _follow(
        self, module: Module, path: str, text: str, owner: ClassInfo | None, depth: int
    ) -> str:
        head, _, rest = text.partition(".")
        if head in {"self", "cls"} and owner is not None and "." not in rest:
            return self.of_method(owner, rest, depth)
        found = self.index.find(path) or self.index.find(f"{module.name}.{path}")
        if found is None:
            return ""
        where, name = found
        if name in where.functions:
            return self.of_function(where, name, depth)
        info = where.classes[name]
        return self.of_method(info, "__init__", depth)


def _named(path: str, text: str, call: ast.Call) -> str:
    """Return the effect that a call's own name shows."""
    if text in NAMES:
        constant = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
        return "" if text == "__import__" and constant else f"calls {text}"
    if any(path == safe or path.startswith(f"{safe}.") for safe in HARMLESS):
        return ""
    root = path.partition(".")[0]
    if "." in path and (root in MODULES or root == "os") and text.partition(".")[0]:
        return f"calls {path}"
    if path in FUNCTIONS or path in {"io.open", "io.FileIO", "codecs.open"}:
        return f"calls {path}"
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return f"calls .{method}" if method in METHODS else ""


def _parameters(node: FunctionNode) -> set[str]:
    spec = node.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]
    return {part.arg for part in every}


def _local_imports(node: FunctionNode) -> dict[str, str]:
    """Return what a function imports inside its body."""
    names: dict[str, str] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            for alias in part.names:
                names[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(part, ast.ImportFrom) and not part.level:
            for alias in part.names:
                names[alias.asname or alias.name] = f"{part.module}.{alias.name}"
    return names


def reconstructors(info: ClassInfo) -> Iterator[str]:
    """Yield what a class's `__reduce__` says rebuilds it: a name, or `self`."""
    for name in ("__reduce__", "__reduce_ex__", "__getnewargs__"):
        node = info.methods.get(name)
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Return) and isinstance(part.value, ast.Tuple):
                first = part.value.elts[0] if part.value.elts else None
                if isinstance(first, ast.Name | ast.Attribute):
                    yield dotted(first)
                elif isinstance(first, ast.Call) and dotted(first.func) == "type":
                    yield "self.__class__"
