from pathlib import Path

from openvet.check import Context
from openvet.checks.security.pickle_computed_import import PickleComputedImport
from openvet.finding import Finding, Severity
from specimens.pickles import call, name, proto, stack_name, text, written
from specimens.verdicts import program

LOWER = call(name("builtins", "getattr"), text("SYSTEM"), text("lower"))


def flagged(folder: Path) -> None:
    computed = text("os") + LOWER + b")R\x93" + b"(" + text("true") + b"tR"
    written(folder, "model.pkl", proto() + computed + b".")


def passed(folder: Path) -> None:
    remembered = text("collections") + b"\x94" + text("OrderedDict") + b"\x93)R0"
    again = b"h\x00" + text("Counter") + b"\x93)R"
    written(folder, "model.pkl", proto() + remembered + again + b".")


def run(body: bytes) -> list[Finding]:
    return list(PickleComputedImport().run(program(body), Context()))


def test_a_name_made_by_a_call_fails() -> None:
    (finding,) = run(text("os") + LOWER + b")R\x93")
    assert finding.title == "loading this file imports a name that it computes"
    assert finding.severity is Severity.CRITICAL


def test_a_computed_name_that_is_called_is_said_to_be_called() -> None:
    (finding,) = run(text("os") + LOWER + b")R\x93" + b"(" + text("true") + b"tR")
    assert (
        finding.title == "loading this file imports and calls a name that it computes"
    )


def test_a_literal_name_is_not_computed() -> None:
    assert run(stack_name("os", "system")) == []
