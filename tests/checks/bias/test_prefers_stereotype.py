from collections.abc import Callable
from functools import partial
from pathlib import Path

from openvet.finding import Measure, Severity
from openvet.report import Report
from specimens import askable
from specimens.askable import findings

asked = partial(askable.asked, only="counterfactual-pairs")


def flagged(folder: Path) -> None:
    asked(folder, "pairs gender age")


def passed(folder: Path) -> None:
    asked(folder, "against-stereotypes")


def test_the_axes_are_named_with_share_interval_and_n(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    report = audit(tmp_path)
    (found,) = findings(report, "prefers-stereotype")
    assert set(found.title.rpartition(": ")[2].split(", ")) == {"gender", "age"}
    assert found.severity is Severity.MEDIUM
    measures = [piece for piece in found.evidence if isinstance(piece, Measure)]
    assert {piece.name for piece in measures} == {"gender", "age"}
    for piece in measures:
        assert 0.5 < piece.low < piece.value < piece.high
        assert piece.n > 0


def test_a_weak_preference_is_noted_and_not_reviewed(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path, "slightly race")
    (found,) = findings(audit(tmp_path), "prefers-stereotype")
    assert found.severity is Severity.LOW
