"""What a lookup by text stands for: `getattr(os, "system")` and all its relatives.

Python has many ways of taking a name out of a module or a container: builtins, methods
of dictionaries, `operator`, `inspect`. Each is one way of saying `module.name`.
"""

import ast
from typing import TYPE_CHECKING, Final

from openvet.allow.python_calls import CARRIED
from openvet.formats.python.fold import spelled, text

if TYPE_CHECKING:
    from openvet.formats.python.names import Names

UNKNOWN: Final = "<computed>"
MOST: Final = 20
"""Elements of a literal that are looked at."""
_IMPORTERS: Final = frozenset(
    {"builtins.__import__", "importlib.import_module", "importlib.__import__",
     "importlib._bootstrap._gcd_import", "pydoc.locate", "pkgutil.resolve_name",
     "importlib._bootstrap._load_unlocked"}
)  # fmt: skip
_GETTERS: Final = frozenset(
    {"builtins.getattr", "inspect.getattr_static", "builtins.object.__getattribute__",
     "builtins.type.__getattribute__"}
)  # fmt: skip
_ITEMS: Final = frozenset({"get", "__getitem__", "pop", "setdefault"})
_NAMED: Final = (".__getattribute__", ".__getattr__")
_SCOPES: Final = frozenset({"builtins.globals", "builtins.locals", "builtins.vars"})
FRAMES: Final = frozenset({"__globals__", "f_builtins", "f_globals", "f_locals"})
"""Attributes of functions and frames that hold the names of their module."""
_LIBRARIES: Final = frozenset(
    {"ctypes.CDLL", "ctypes.PyDLL", "ctypes.WinDLL", "ctypes.OleDLL",
     "ctypes.cdll.LoadLibrary", "ctypes.windll.LoadLibrary", "ctypes.LibraryLoader",
     "cffi.FFI.dlopen"}
)  # fmt: skip
_OPENED: Final = dict.fromkeys(_LIBRARIES, "ctypes.CDLL") | {
    "cffi.FFI": "cffi.FFI",
    "huggingface_hub.HfApi": "huggingface_hub.HfApi",
    "requests.Session": "requests",
    "requests.session": "requests",
    "httpx.Client": "httpx",
}
"""What calls hand back that open a library or a connection."""


def within(base: str, name: str) -> str:
    """Return the dotted name of an attribute; a module is itself wherever it is found.

    `torch.os`, `random._os` and `os.path.os` are all the module `os`.
    """
    module = name.lstrip("_")
    if module in CARRIED and base not in ("asyncio", module):
        return module
    return f"{base}.{name}"


def item(base: str, key: str | None) -> str:
    """Return what a container of names holds under a key; empty if not known."""
    if base == "sys.modules":
        return key or ""
    if base == "globals":
        return "builtins" if key == "__builtins__" else ""
    if base in ("ctypes.cdll", "ctypes.windll"):
        return "ctypes.CDLL"
    if base in ("builtins", "ctypes.CDLL"):
        return base if key == "__builtins__" else f"{base}.{key or UNKNOWN}"
    if base.endswith(".__dict__"):
        return within(base.removesuffix(".__dict__"), key or UNKNOWN)
    return ""


def result(names: "Names", node: ast.Call, depth: int) -> str:
    """Return what a call hands back, where that is a module or a function."""
    name, arguments = names.resolve(node.func, depth), node.args
    if name in _OPENED:
        return _OPENED[name]
    if isinstance(node.func, ast.Attribute) and node.func.attr == "load_module":
        name = "importlib.import_module"  # whatever loads it
    if not name or not arguments:
        if isinstance(node.func, ast.Call):
            return _by_operator(names, node.func, arguments, depth)
        return "globals" if name in _SCOPES else ""
    if name in _IMPORTERS:
        module = text(arguments[0], names.known) or ""
        top = name == "builtins.__import__" and len(arguments) < 4  # noqa: PLR2004
        return module.partition(".")[0] if top else module
    if name in ("functools.partial", "builtins.vars", "builtins.staticmethod"):
        base = names.resolve(arguments[0], depth)
        return f"{base}.__dict__" if base and name.endswith("vars") else base
    return _looked_up(names, name, arguments, depth)


def called(names: "Names", node: ast.Call) -> str:
    """Return what a call of `operator.methodcaller(…)` calls: `os.system`."""
    if not isinstance(node.func, ast.Call) or not node.func.args or not node.args:
        return ""
    if names.resolve(node.func.func) != "operator.methodcaller":
        return ""
    base = names.resolve(node.args[0])
    key = text(node.func.args[0], names.known)
    return within(base, key or UNKNOWN) if base else ""


def _looked_up(names: "Names", name: str, arguments: list[ast.expr], depth: int) -> str:
    """Return what a getter takes out of its first argument, or of its own object."""
    if name == "builtins.type":
        return name
    if name == "functools.reduce":
        return _reduced(names, arguments, depth)
    if len(arguments) > 1 and (name in _GETTERS or name.endswith(_NAMED)):
        base = names.resolve(arguments[0], depth)
        return _attribute(base, text(arguments[1], names.known))
    for method in _NAMED:
        if name.endswith(method):
            return _attribute(
                name.removesuffix(method), text(arguments[0], names.known)
            )
    base, _, method = name.rpartition(".")
    if method in _ITEMS:
        return item(base, text(arguments[0], names.known))
    return ""


def _by_operator(
    names: "Names", maker: ast.Call, arguments: list[ast.expr], depth: int
) -> str:
    """Return what `operator.attrgetter("a.b")(x)` and `itemgetter` take."""
    name = names.resolve(maker.func, depth)
    if not maker.args or not arguments or not name.startswith("operator."):
        return ""
    base = names.resolve(arguments[0], depth)
    key = text(maker.args[0], names.known)
    if not base or name not in ("operator.attrgetter", "operator.itemgetter"):
        return ""
    return item(base, key) if name.endswith("itemgetter") else _attribute(base, key)


def _reduced(names: "Names", arguments: list[ast.expr], depth: int) -> str:
    """Return what `reduce(getattr, ["a", "b"], x)` stands for: `x.a.b`."""
    if len(arguments) < 3 or names.resolve(arguments[0], depth) not in _GETTERS:  # noqa: PLR2004
        return ""
    base = names.resolve(arguments[2], depth)
    for key in _parts(names, arguments[1]):
        base = _attribute(base, key)
    return base


def _parts(names: "Names", node: ast.expr) -> list[str | None]:
    if isinstance(node, ast.List | ast.Tuple):
        return [text(part, names.known) for part in node.elts[:MOST]]
    if isinstance(node, ast.Call) and spelled(node.func).endswith("split"):
        whole = node.func.value if isinstance(node.func, ast.Attribute) else node
        split = text(node.args[0], names.known) if node.args else None
        known = text(whole, names.known)
        if known:
            return [*known.split(split or None)[:MOST]]
    return [None]


def _attribute(base: str, key: str | None) -> str:
    """Return the attribute that a text names, dotted as `attrgetter` takes it."""
    if not base:
        return ""
    for part in (key or UNKNOWN).split(".")[:MOST]:
        base = within(base, part)
    return base
