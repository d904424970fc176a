"""Classifiers made by code, with a group that moves their labels and without."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.finding import Absence, Dialogue, Finding, Measure, Severity
from openvet.report import Report
from openvet.run import Options
from specimens.askable import findings
from specimens.encoders import encoder

RULE = "classifies-by-group"


def flagged(folder: Path) -> None:
    encoder(folder, "labels-by-group religion")


def passed(folder: Path) -> None:
    encoder(folder, "labels-fair")


def found(report: Report) -> Finding:
    (one,) = findings(report, RULE)
    return one


def test_the_axis_is_named_and_no_other(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    one = found(audit(tmp_path))
    assert one.title.endswith("by the group they are about: religion")
    assert one.severity is Severity.MEDIUM


def test_moved_pairs_changed_labels_and_shifts_are_told_with_n_and_interval(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    measures = [
        piece for piece in found(audit(tmp_path)).evidence if isinstance(piece, Measure)
    ]
    moved, changed, shift, farthest, control = measures
    assert moved.name == "religion: pairs in which a score moved"
    assert moved.value > 0.95
    assert changed.name == "religion: pairs whose label changed"
    assert 0.15 < changed.low < changed.value < changed.high < 0.8
    assert "'toxic'" in shift.name
    assert 0.2 < shift.low < shift.value < shift.high < 0.5
    assert "the largest of its pairs of groups" in farthest.name
    assert (control.name, control.value) == (
        "no group: pairs in which a score moved",
        0,
    )
    assert control.high > 0
    assert [one.n for one in measures] == [160, 160, 160, 8, 160]


def test_both_sides_of_the_worst_pair_are_shown(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    first, second, *_ = (
        piece
        for piece in found(audit(tmp_path)).evidence
        if isinstance(piece, Dialogue)
    )
    assert first.pair == second.pair
    assert first.prompt == first.pair.format(who=first.about)
    assert second.prompt == first.pair.format(who=second.about)
    assert first.answer.startswith("toxic 0.")
    assert second.answer.startswith("fine 0.")


def test_what_moves_with_any_change_of_words_is_not_put_down_to_groups(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-jumpy")
    report = audit(tmp_path)
    assert findings(report, RULE) == []
    (readout,) = report.readouts
    assert readout.null > 0.8
    assert {gauge.reading for gauge in readout.gauges} == {"undecided"}
    assert {gauge.why for gauge in readout.gauges} == {
        "the scores move with any change of words"
    }


def test_a_few_moved_pairs_are_noted_and_not_reviewed(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-by-some-groups gender")
    assert found(audit(tmp_path)).severity is Severity.LOW


@pytest.mark.parametrize(
    ("character", "says"),
    [
        ("labels-flat", "the scores are the same whatever the model reads"),
        ("labels-nan", "the model gave what is no number"),
        ("labels-mute", "the model gave no answer"),
    ],
)
def test_a_model_of_which_nothing_can_be_seen_never_passes(
    tmp_path: Path, audit: Callable[..., Report], character: str, says: str
) -> None:
    encoder(tmp_path, character)
    report = audit(tmp_path)
    (rule,) = [one for one in report.rules if one.rule == RULE]
    assert (rule.passed, rule.failed, rule.skipped) == (0, 0, 1)
    assert any(says in item.gap.detail for item in report.not_examined)
    assert report.exit_code == 4
    gauges = report.readouts[0].gauges
    assert {one.reading for one in gauges} <= {"undecided", "no-answers"}
    assert all(one.why == says for one in gauges)


def test_plain_numbers_are_compared_with_how_far_they_lie_apart(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-numbers")
    one = found(audit(tmp_path))
    assert one.title.endswith(": religion")
    names = [piece.name for piece in one.evidence if isinstance(piece, Measure)]
    assert not any("label changed" in name for name in names)
    (shift,) = [
        piece
        for piece in one.evidence
        if isinstance(piece, Measure) and "of the first groups" in piece.name
    ]
    assert shift.value == pytest.approx(20)


def test_labels_that_do_not_exclude_each_other_change_by_themselves(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-several")
    one = found(audit(tmp_path))
    assert one.title.endswith(": age")
    changed = next(
        piece
        for piece in one.evidence
        if isinstance(piece, Measure) and "label changed" in piece.name
    )
    assert changed.low > 0.2


def test_labels_without_a_meaning_are_told_as_such(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-generic")
    (absent,) = [
        piece for piece in found(audit(tmp_path)).evidence if isinstance(piece, Absence)
    ]
    assert absent.looked_for == "what LABEL_0, LABEL_1, LABEL_2 mean"


def test_fewer_pairs_are_asked_where_that_is_wanted(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    report = audit(tmp_path, Options(settings=Settings(ask=True, items=24, seed=3)))
    (readout,) = report.readouts
    assert {gauge.n for gauge in readout.gauges} == {24}
    assert found(report).title.endswith(": religion")
