"""Python is read as a tree: never run, never crashing, its gaps said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import PythonSource, Script
from openvet.budget import Budget
from openvet.formats.python.calls import read as calls
from openvet.readers.python import NotebookReader, PythonReader
from specimens.reading import read
from specimens.repositories import IMPORT_TIME, QUIET

ALL = [*IMPORT_TIME.values(), *QUIET.values()]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 10_000,
        "-" * 100_000 + "1",
        "a" + ".b" * 20_000,
        "1" + "+1" * 20_000,
        "if a: pass\n" + "elif b: pass\n" * 5_000,
        "lambda:" * 10_000 + "1",
        "x = '\\N{no such name}'",
        "def f(:\n",
        "print 'two'",
    ],
)
def test_what_python_cannot_parse_is_a_gap(source: str) -> None:
    module = calls(source, Budget())
    assert module.gaps
    assert module.calls == []


def test_a_null_byte_does_not_hide_what_follows() -> None:
    module = calls("x = 'a\0b'\nimport os\nos.system('true')", Budget())
    assert [call.name for call in module.calls] == ["os.system"]


def test_a_program_inside_a_program_is_read_in_turn() -> None:
    module = calls(IMPORT_TIME["base64"], Budget())
    assert "os.system" in {call.name for call in module.calls}
    assert module.decodes_and_runs[0].arguments == ("b64decode",)


def test_calls_know_whether_they_run_on_import() -> None:
    source = "import os\ndef f():\n    os.popen('a')\ndef g():\n    f()\nos.fork()\n"
    assert [(c.name, c.on_import) for c in calls(source, Budget()).calls] == [
        ("os.popen", False),
        ("os.fork", True),
    ]
    running = calls(source + "g()\n", Budget()).calls
    assert [call.on_import for call in running if call.name == "os.popen"] == [True]


def test_a_class_that_is_passed_on_is_not_made() -> None:
    source = (
        "import os\nclass A:\n    def __init__(self):\n        os.popen('a')\n"
        "T = TypeVar('T', A)\n"
    )
    (call,) = (c for c in calls(source, Budget()).calls if c.name == "os.popen")
    assert not call.on_import


@pytest.mark.parametrize(
    ("taker", "on_import"),
    [
        ("tools.Tool({})", False),
        ("signal.signal(signal.SIGINT, {})", False),
        ("threading.Thread(target={}).start()", True),
        ("atexit.register({})", True),
        ("helper.run({})", True),
    ],
)
def test_a_function_that_an_object_keeps_is_not_called_on_import(
    taker: str, *, on_import: bool
) -> None:
    source = (
        "import atexit, os, signal, threading\nfrom . import helper, tools\n"
        f"def later(*_):\n    os.system('x')\n{taker.format('later')}\n"
    )
    found = {call.name: call.on_import for call in calls(source, Budget()).calls}
    assert found["os.system"] is on_import


def test_a_main_guard_may_have_further_conditions() -> None:
    source = (
        "import os, sys\nif sys.platform != 'x' and __name__ == '__main__':\n"
        "    os.popen('a')\n"
    )
    (call,) = calls(source, Budget()).calls
    assert not call.on_import


def test_relative_imports_are_named() -> None:
    module = calls("from .a import b\nfrom ..c.d import e\nfrom . import f", Budget())
    assert module.relative == (".a", "..c.d", ".", ".f")


def test_a_file_is_python_by_extension_or_first_line() -> None:
    reader = PythonReader()
    assert read(reader, b"x = 1\n", name="a.py")
    assert read(reader, b"#!/usr/bin/env python3\nx = 1\n", name="run")
    assert not read(reader, b"x = 1\n", name="notes.txt")
    assert not read(reader, b"\0\1\2", name="a.py")


@pytest.mark.parametrize(
    "source",
    [
        f"for f in [{'len, ' * 50}os.system]: f('true')",
        f"({'0 or ' * 50}os.system)('true')",
        f"x = [{'0, ' * 50}0]; os.system('true')",
    ],
)
def test_no_crowd_of_elements_hides_the_last(source: str) -> None:
    (python,) = read(PythonReader(), f"import os\n{source}\n".encode(), name="a.py")
    assert isinstance(python, PythonSource)
    assert ("os.system", True) in [(call.name, call.on_import) for call in python.calls]


def test_more_imports_than_are_kept_are_a_gap() -> None:
    source = "".join(f"import m{number}\n" for number in range(6000))
    (python,) = read(PythonReader(), source.encode(), name="a.py")
    assert not python.complete


def notebook(*cells: tuple[str, str], **output: object) -> bytes:
    made = [
        {
            "cell_type": kind,
            "source": source.splitlines(keepends=True),
            "outputs": [{"data": output}] if output else [],
        }
        for kind, source in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4}).encode()


def test_cells_magics_and_outputs_of_a_notebook_are_told_apart() -> None:
    data = notebook(
        ("markdown", "import os"),
        ("code", "import os\n!pip install x\nif a:\n    !ls\nos.system('true')\n%time"),
        ("code", "%%bash\ncurl http://a.invalid"),
        **{"text/html": ["<b>", "</b>"]},
    )
    python, shell, html = read(NotebookReader(), data, name="demo.ipynb")
    assert isinstance(python, PythonSource)
    assert python.complete
    assert [call.name for call in python.calls] == ["os.system"]
    assert isinstance(shell, Script)
    assert shell.source == "pip install x\nls\ncurl http://a.invalid"
    assert isinstance(html, Script)
    assert "<b></b>" in html.source


def runs_a_command(**notebook: object) -> bool:
    data = json.dumps(notebook).encode()
    python = read(NotebookReader(), data, name="demo.ipynb")[0]
    assert isinstance(python, PythonSource)
    return [call.name for call in python.calls] == ["os.system"]


def test_cells_are_found_wherever_a_version_of_the_format_has_them() -> None:
    code = "import os\nos.system('true')"
    old = {"cell_type": "code", "input": code}
    new = {"cell_type": "code", "source": code}
    assert runs_a_command(cells=[new], nbformat=4, worksheets=[])
    assert runs_a_command(worksheets=[{"cells": [old]}], nbformat=3)
    assert runs_a_command(worksheets=[{"cells": [{"source": "", **old}]}], nbformat=3)


def test_no_crowd_of_cells_hides_the_last() -> None:
    empty = {"cell_type": "code", "source": ""}
    code = {"cell_type": "code", "source": "import os\nos.system('true')"}
    assert runs_a_command(cells=[*([empty] * 20_000), code])


@pytest.mark.parametrize("data", [b"{", b"[" * 5000, b"[]", b'{"cells": 3}', b"null"])
def test_a_broken_notebook_never_raises(data: bytes) -> None:
    (python,) = read(NotebookReader(), data, name="a.ipynb")
    assert isinstance(python, PythonSource)


@given(st.sampled_from(ALL), st.integers(0, 300), st.integers(0, 300), st.text())
def test_damaged_source_yields_calls_or_a_gap(
    source: str, start: int, stop: int, new: str
) -> None:
    calls(source[:start] + new + source[stop:], Budget())


@given(st.text(alphabet="abos.(){}[]=:,'\"+-*%\\\n \texec0123", max_size=200))
def test_any_text_yields_calls_or_a_gap(source: str) -> None:
    calls(source, Budget())
