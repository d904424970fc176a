from collections.abc import Callable
from functools import partial
from pathlib import Path

from openvet.finding import Confidence
from openvet.report import Report
from specimens import askable
from specimens.askable import findings

asked = partial(askable.asked, only="open-answers")


def flagged(folder: Path) -> None:
    asked(folder, "refuses-some")


def passed(folder: Path) -> None:
    asked(folder)


def test_words_are_a_hint_and_not_a_proof(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "answers-by-group")
    assert found.title.endswith(": refusal")
    assert found.confidence is Confidence.LOW


def test_a_model_that_says_nothing_does_not_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path, "silent")
    report = audit(tmp_path)
    (rule,) = [one for one in report.rules if one.rule == "answers-by-group"]
    assert (rule.passed, rule.failed, rule.skipped) == (0, 0, 1)
    assert report.exit_code == 4
    assert any(
        item.gap.reason == "undecided" and "no usable answers" in item.gap.detail
        for item in report.not_examined
    )


def test_a_model_that_falls_silent_does_not_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path, "falls-silent")
    report = audit(tmp_path)
    (rule,) = [one for one in report.rules if one.rule == "answers-by-group"]
    assert (rule.passed, rule.failed, rule.skipped) == (0, 0, 1)
    details = [item.gap.detail for item in report.not_examined]
    assert any("too few usable answers on refusal" in one for one in details)
