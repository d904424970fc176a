"""The code of a TorchScript archive: which operators it calls.

`torch.jit.save` writes every method as text that looks like Python; `torch.jit.load`
compiles it in C++. Nothing in it can import, so what it can do is what its operators
do: `torch.add(...)` is `aten::add`, `ops.NAMESPACE.NAME(...)` is `NAMESPACE::NAME`.
A class of a native library is `__torch__.torch.classes.NAMESPACE.NAME`.

Source: torch/csrc/jit/serialization/python_print.cpp and import_source.cpp, PyTorch
2.13.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|(?<![\w.])__torch__\.torch\.classes\.(\w+)\.(\w+)"
    r"|(?<![\w.])(torch|ops\.\w+)\.(\w+)(?:\.\w+)?\("
    r"|^ *def (\w+)\("
    r"|^class (\w+)\(",
    re.MULTILINE,
)
_SHOWN: Final = 200
_MEMBER: Final = re.compile(r"(?:[^/]+/)?code/.+\.py")
_MANGLED: Final = re.compile(r"(?:[^/]+/)?code/__torch__[./]")
_PYTHON: Final = re.compile(rb"^(?:import|from) ", re.MULTILINE)
_SCRIPT: Final = re.compile(rb"^  __parameters__ = \[|^ +[\w]+: .*\) -> ", re.MULTILINE)


class Call(NamedTuple):
    """A call of an operator."""

    name: str
    """With its namespace: `aten::save`."""
    where: str
    """Class and method."""
    line: str
    offset: int
    """Characters before it."""


def is_code(name: str, head: bytes) -> bool:
    """Say whether a member is TorchScript and not ordinary Python.

    Its folder is `code`; torch's own names live in `__torch__`, and no source of
    TorchScript imports anything.
    """
    if not _MEMBER.fullmatch(name):
        return False
    if _MANGLED.match(name):
        return True
    return not _PYTHON.search(head) and _SCRIPT.search(head) is not None


def calls(source: str) -> Iterator[Call]:
    """Yield every operator called, outside of string literals, in order."""
    owner = method = ""
    for found in _TOKEN.finditer(source):
        library, native, space, name, defined, klass = found.groups()
        if library:
            space, name = f"ops.{library}", native
        if klass:
            owner, method = klass, ""
        elif defined:
            method = defined
        elif name:
            namespace = "aten" if space == "torch" else space[4:]
            start = source.rfind("\n", 0, found.start()) + 1
            stop = source.find("\n", found.start())
            line = source[start : stop if stop >= 0 else len(source)].strip()
            where = ".".join(part for part in (owner, method) if part)
            yield Call(f"{namespace}::{name}", where, line[:_SHOWN], found.start())
