from pathlib import Path

from openvet.check import Context
from openvet.checks.security.pickle_stores_code import PickleStoresCode
from openvet.finding import Finding, Severity
from specimens.pickles import call, name, proto, text, written
from specimens.verdicts import program

FUNCTION = call(name("cloudpickle.cloudpickle", "_make_function"), b"N", b"}")


def flagged(folder: Path) -> None:
    written(folder, "model.pkl", proto() + FUNCTION + b".")


def passed(folder: Path) -> None:
    held = name("numpy", "log1p")
    written(folder, "model.pkl", proto() + b"]" + held + b"a.")


def run(body: bytes) -> list[Finding]:
    return list(PickleStoresCode().run(program(body), Context()))


def test_carried_code_is_a_review() -> None:
    (finding,) = run(FUNCTION)
    assert finding.title == (
        "the file rebuilds code that it carries, by "
        "cloudpickle.cloudpickle._make_function"
    )
    assert finding.severity is Severity.MEDIUM


def test_each_means_is_named_once() -> None:
    cell = call(name("cloudpickle.cloudpickle", "_make_empty_cell"))
    assert len(run((FUNCTION + b"0" + cell + b"0") * 4 + b"N")) == 2


def test_a_function_held_by_name_carries_no_code() -> None:
    assert run(b"](" + name("math", "log") + text("x") + b"e") == []
