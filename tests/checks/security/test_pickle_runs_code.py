from pathlib import Path

from openvet.check import Context, Settings
from openvet.checks.security.pickle_runs_code import PickleRunsCode
from openvet.finding import Bytes, Finding, Severity
from openvet.formats.pickle.program import Consumer
from specimens.pickles import call, hostile, name, proto, stack_name, text, written
from specimens.verdicts import EMPTY_ORDERED, FLOAT64, model, program


def flagged(folder: Path) -> None:
    written(folder, "model.pkl", hostile())


def passed(folder: Path) -> None:
    estimator = model("sklearn.linear_model._logistic", "LogisticRegression")
    written(folder, "model.pkl", proto() + estimator + b".")
    words = b"](" + text("os.system") + text("__import__('os')") + text("eval") + b"e"
    written(folder, "vocabulary.pkl", proto() + words + b".")


def run(
    body: bytes, *, consumer: Consumer = "pickle", settings: Settings | None = None
) -> list[Finding]:
    made = program(body, consumer=consumer)
    return list(PickleRunsCode().run(made, Context(settings=settings)))


def test_the_title_says_what_is_called_with_what() -> None:
    (finding,) = run(call(name("os", "system"), text("true")))
    assert finding.title == (
        "loading this file calls os.system with 'true': it starts a program, or ends "
        "or takes over one"
    )
    assert finding.severity is Severity.CRITICAL
    (evidence,) = finding.evidence
    assert isinstance(evidence, Bytes)
    assert evidence.shows == "REDUCE os.system('true')"
    assert evidence.offset > 0
    assert "safetensors" in finding.fix


def test_a_command_in_words_of_a_vocabulary_is_no_call() -> None:
    assert run(b"](" + text("os.system") + text("eval('1')") + b"e") == []


def test_a_name_that_is_only_held_is_high() -> None:
    (finding,) = run(b"]" + name("os", "system") + b"a")
    assert finding.title.startswith("the file holds os.system: it starts a program")
    assert finding.severity is Severity.HIGH


def test_a_call_of_unknown_code_names_what_could_be_allowed() -> None:
    (finding,) = run(call(name("some.library", "run"), text("x")))
    assert "list it under `allow`" in finding.fix
    assert run(
        call(name("some.library", "run"), text("x")),
        settings=Settings(allow=("some.library.run",)),
    ) == []  # fmt: skip


def test_waiting_is_less_than_running() -> None:
    (finding,) = run(call(name("time", "sleep"), b"M\xff\xff"))
    assert finding.severity is Severity.HIGH


def test_equal_calls_are_one_finding_with_every_place() -> None:
    shot = call(name("os", "system"), text("true")) + b"0"
    (finding,) = run(shot * 3 + b"N")
    assert len(finding.evidence) == 3


def test_many_different_calls_are_listed_up_to_a_number_and_counted() -> None:
    shots = b"".join(call(name("os", "system"), text(str(n))) + b"0" for n in range(50))
    found = run(shots + b"N")
    assert len(found) == 21
    assert found[-1].title == "30 more of the same kind in this file"
    assert found[-1].severity is Severity.CRITICAL


def test_the_loader_that_makes_it_live_is_named() -> None:
    body = call(name("os", "system"), text("true"))
    (finding,) = run(body, consumer="torch")
    assert "weights_only" in finding.live
    (finding,) = run(body, consumer="numpy")
    assert "allow_pickle" in finding.live


def test_allowed_calls_are_silent() -> None:
    assert run(EMPTY_ORDERED + b"0" + FLOAT64) == []
    assert run(stack_name("numpy", "exp")) == []
