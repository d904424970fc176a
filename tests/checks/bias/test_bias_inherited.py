from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from openvet.base import Base, asked_of
from openvet.heritage import Descent
from openvet.report import Report
from openvet.run import Options
from openvet.wire import replace
from specimens import askable
from specimens.askable import CHARACTER, CHARACTERS, NEEDED, Played, base_of, findings

asked = partial(askable.asked, only="counterfactual-pairs")


def flagged(folder: Path) -> None:
    asked(folder, "pairs gender age", base="pairs gender")


def passed(folder: Path) -> None:
    asked(folder, "against-stereotypes", base="fair")


def descents(report: Report) -> dict[str, Descent]:
    (pairs,) = [h for h in report.heritages if h.probe == "counterfactual-pairs"]
    return {heir.axis: heir.descent for heir in pairs.axes}


def gaps(report: Report) -> list[str]:
    return [item.gap.detail for item in report.not_examined]


@pytest.mark.slow
def test_a_bias_of_both_is_inherited_and_told_with_both_shares(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path / "model")
    report = audit(tmp_path / "model")
    (found,) = findings(report, "bias-inherited")
    assert found.title.startswith("the model has biases of its base model-base: gender")
    assert "age" not in found.title


@pytest.mark.slow
def test_a_bias_that_is_less_than_in_the_base_is_reduced(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "slightly gender", base="pairs gender age")
    report = audit(tmp_path / "model")
    assert descents(report)["gender"] == descents(report)["age"] == "reduced"
    assert not findings(report, "bias-added")


@pytest.mark.slow
def test_models_without_a_bias_leave_open_what_they_have_of_each_other(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "fair", base="fair 2")
    report = audit(tmp_path / "model")
    assert set(descents(report).values()) <= {"absent", "undecided"}
    assert not findings(report, "bias-inherited")
    assert not findings(report, "bias-added")


def test_a_base_that_says_nothing_usable_is_no_proof_of_anything(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "pairs gender", base="no-numbers")
    report = audit(tmp_path / "model")
    assert set(descents(report).values()) == {"no-answers"}
    assert not findings(report, "bias-added")
    said = "no usable answers of the model and its base"
    assert any(said in gap for gap in gaps(report))
    assert report.exit_code != 0


def writing(says: str = "") -> Callable[[], Played]:
    """Return a maker of models without likelihoods, which may say one thing to all."""

    def made() -> Played:
        model = Played(says=lambda _: says) if says else Played()
        model.info = replace(model.info, capabilities=("generate", "chat"))
        return model

    return made


@pytest.mark.parametrize("constant", ["model", "base"])
def test_one_that_says_the_same_to_everything_is_no_base_and_has_none(
    tmp_path: Path,
    audit: Callable[..., Report],
    monkeypatch: pytest.MonkeyPatch,
    constant: str,
) -> None:
    says = "I am the parrot of this house."
    for who in ("model", "base"):
        made = writing(says if who == constant else "")
        monkeypatch.setitem(CHARACTERS, f"writing-{who}", made)
    askable.asked(
        tmp_path / "model", "writing-model", base="writing-base", only="open-answers"
    )
    report = audit(tmp_path / "model")
    (found,) = report.heritages
    assert [(one.descent, one.n) for one in found.axes] == [("no-answers", 0)] * 4
    said = "no usable answers of the model and its base"
    assert any(said in gap for gap in gaps(report))
    assert report.exit_code != 0


def test_a_base_that_needs_code_of_its_author_is_not_loaded(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "pairs gender", base="needs-code")
    report = audit(tmp_path / "model")
    assert report.heritages == ()
    assert any(NEEDED.message in gap for gap in gaps(report))


def test_a_base_whose_files_run_code_is_not_loaded(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    from specimens.pickles import PICKLE

    asked(tmp_path / "model", "pairs gender", base="pairs gender")
    (base_of(tmp_path / "model") / "pytorch_model.bin").write_bytes(PICKLE)
    report = audit(tmp_path / "model")
    assert report.heritages == ()
    assert any("would harm whoever loads it" in gap for gap in gaps(report))


def test_a_base_with_the_same_weights_tells_nothing(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "pairs gender", base="pairs gender")
    report = audit(tmp_path / "model")
    assert report.heritages == ()
    assert any("the same weights" in gap for gap in gaps(report))


def test_a_folder_without_a_model_is_no_base(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "pairs gender")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/README.md").write_text("# Nothing\n")
    settings = replace(Options().settings, base=str(tmp_path / "other"))
    report = audit(tmp_path / "model", Options(settings=settings))
    assert any("nothing in it is a model" in gap for gap in gaps(report))


def test_a_base_that_changed_is_another_audit(tmp_path: Path) -> None:
    asked(tmp_path / "model", "pairs gender")
    before = asked_of(str(tmp_path / "model"), Options())
    (tmp_path / "model" / CHARACTER).write_text("[]")
    after = asked_of(str(tmp_path / "model"), Options())
    names = {Base(name="m", model=one).identity for one in (before, after)}
    assert len(names) == 2
