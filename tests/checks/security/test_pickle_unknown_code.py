from pathlib import Path

from openvet.check import Context, Settings
from openvet.checks.security.pickle_unknown_code import PickleUnknownCode
from openvet.finding import Finding, Severity
from specimens.pickles import name, proto, text, written
from specimens.verdicts import model, program


def flagged(folder: Path) -> None:
    written(folder, "model.pkl", proto() + model("some.library", "Model") + b".")


def passed(folder: Path) -> None:
    known = model("sklearn.preprocessing._data", "StandardScaler")
    written(folder, "model.pkl", proto() + known + b".")


def run(body: bytes, *, strict: bool = False) -> list[Finding]:
    context = Context(settings=Settings(strict_classes=strict))
    return list(PickleUnknownCode().run(program(body), context))


def test_an_unknown_class_is_named_and_does_not_fail() -> None:
    (finding,) = run(model("some.library", "Model"))
    assert finding.title == (
        "the file makes objects of some.library.Model, code of an unknown library"
    )
    assert finding.severity is Severity.MEDIUM
    assert "some.library.Model" in finding.fix


def test_the_settings_can_make_it_fail() -> None:
    (finding,) = run(model("some.library", "Model"), strict=True)
    assert finding.severity is Severity.HIGH


def test_a_class_is_named_once_however_often_it_is_made() -> None:
    one = model("some.library", "Model") + b"0"
    assert len(run(one * 5 + b"N")) == 1


def test_a_class_of_the_writing_program_is_called_that() -> None:
    (finding,) = run(model("__main__", "Net"))
    assert finding.title == (
        "the file needs __main__.Net, code of the program that wrote it"
    )


def test_what_is_only_held_is_said_to_be_held() -> None:
    (finding,) = run(name("some.library", "activation"))
    assert finding.title.startswith("the file holds some.library.activation")


def test_an_object_that_the_loader_must_supply_is_a_review() -> None:
    (finding,) = run(text("7") + b"Q")
    assert finding.title.startswith("the file asks its loader for an object")
    assert finding.severity is Severity.MEDIUM
