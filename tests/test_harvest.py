"""The script that makes the allow lists, on a wheel small enough to read."""

import json
import zipfile
from pathlib import Path

from harvest.classes import Index
from harvest.rules import Draft, read_source
from harvest.wheels import WheelFile

SOURCE = """
import enum
import os
import subprocess
from collections import OrderedDict
from typing import NamedTuple

class Clean:
    def __init__(self, size=1):
        self.size = size

class OpensOnInit:
    def __init__(self, path):
        self.stream = open(path)

class RunsOnState:
    def __setstate__(self, state):
        self._restore(state)
    def _restore(self, state):
        helper(state)

class Inherits(RunsOnState):
    pass

class DeletesWhenDropped:
    def __del__(self):
        os.remove(self.path)

class Imports:
    def __setstate__(self, state):
        __import__(state["module"])

class Color(enum.Enum):
    RED = 1

class OwnError(ValueError):
    pass

class Pair(NamedTuple):
    a: int

class Table(OrderedDict):
    pass

class Rebuilt:
    def __reduce__(self):
        return rebuild, (1,)

class Called:
    def __reduce__(self):
        return call, (print, 1)

class Outer:
    class Inner:
        pass

def helper(state):
    subprocess.run(state)

def rebuild(size):
    return Rebuilt()

def call(function, value):
    return function(value)

def activation(x):
    return x
"""


def wheel(folder: Path) -> Path:
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/__init__.py", "from tiny.models import Clean\n")
        archive.writestr("tiny/models.py", SOURCE)
        archive.writestr("tiny/tests/test_models.py", "class Skipped:\n    pass\n")
    return path


def made(folder: Path) -> Draft:
    index = Index()
    index.add(WheelFile(wheel(folder)).sources("tiny"))
    draft = Draft(package="tiny")
    read_source(draft, index, {"functions": ["tiny.models"]})
    return draft


def test_each_class_gets_the_rule_its_source_earns(tmp_path: Path) -> None:
    draft = made(tmp_path)
    given = {name: rule for (_, name), rule in draft.names.items()}
    assert given == {
        "Called": "class",
        "Clean": "class",
        "Color": "enum",
        "OpensOnInit": "plain",
        "Outer": "class",
        "Outer.Inner": "class",
        "OwnError": "rebuilt",
        "Pair": "rebuilt",
        "Rebuilt": "class",
        "Table": "container",
        "activation": "function",
        "rebuild": "rebuild",
    }


def test_what_is_refused_says_why(tmp_path: Path) -> None:
    draft = made(tmp_path)
    refused = {name: why for (_, name), why in draft.refused.items()}
    assert refused == {
        "DeletesWhenDropped": "__del__ calls os.remove",
        "Imports": "__setstate__ calls __import__",
        "Inherits": "__setstate__ calls subprocess.run",
        "RunsOnState": "__setstate__ calls subprocess.run",
        "call": "calls its argument function",
    }


def test_a_class_lives_where_it_is_defined(tmp_path: Path) -> None:
    modules = {module for module, _ in made(tmp_path).names}
    assert modules == {"tiny.models"}


def test_the_same_wheel_gives_the_same_list(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)
    assert json.dumps(first.grouped()) == json.dumps(second.grouped())
