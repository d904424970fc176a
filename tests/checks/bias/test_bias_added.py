from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from openvet.finding import Measure, Severity
from openvet.report import Report
from specimens import askable
from specimens.askable import findings

asked = partial(askable.asked, only="counterfactual-pairs")


def flagged(folder: Path) -> None:
    asked(folder, "pairs gender nationality", base="pairs gender")


def passed(folder: Path) -> None:
    asked(folder, "against-stereotypes", base="fair")


@pytest.mark.slow
def test_what_the_base_has_too_is_not_called_added(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path / "model")
    report = audit(tmp_path / "model")
    (found,) = findings(report, "bias-added")
    assert "nationality" in found.title
    assert "gender" not in found.title
    assert found.severity is Severity.MEDIUM
    (measure,) = [piece for piece in found.evidence if isinstance(piece, Measure)]
    assert 0 < measure.low < measure.value < measure.high
    assert measure.n >= 150
    assert "corrected p" in measure.method


@pytest.mark.slow
def test_a_bias_that_grows_is_added_though_the_base_has_some(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path / "model", "pairs gender", base="slightly gender")
    report = audit(tmp_path / "model")
    (found,) = findings(report, "bias-added")
    assert "gender" in found.title
    assert not findings(report, "bias-inherited")
