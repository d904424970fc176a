"""Models that label texts or place them are asked what fits them, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.report import Report
from openvet.run import Options
from openvet.run import audit as run_audit
from specimens.askable import findings, played
from specimens.encoders import KINDS, encoder


@pytest.mark.parametrize(
    ("character", "probe"),
    [("labels-fair", "group-swaps"), ("vectors-fair", "sentence-associations")],
)
def test_one_probe_is_asked_and_what_it_cost_is_told(
    tmp_path: Path, audit: Callable[..., Report], character: str, probe: str
) -> None:
    encoder(tmp_path, character)
    report = audit(tmp_path)
    assert [one.probe for one in report.readouts] == [probe]
    assert len(findings(report, "asking-cost")) == 1
    assert not any("not asked" in item.gap.detail for item in report.not_examined)


def test_the_control_stands_beside_what_was_measured(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-jumpy")
    (readout,) = audit(tmp_path).readouts
    control, *others = readout.figures
    assert control.name == "no group: pairs in which a score moved"
    assert control.value == readout.null
    assert len(others) == 2 * len(readout.gauges)


def test_without_asking_it_is_said_that_nobody_asked(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "labels-fair")
    (tmp_path / "character.json").unlink()
    report = audit(tmp_path)
    assert report.readouts == ()
    assert len(findings(report, "model-not-asked")) == 1


def test_progress_is_told_text_by_text(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    encoder(folder, "labels-fair")
    told: list[tuple[str, ...]] = []

    def progress(what: str, place: tuple[str, ...], _: int) -> None:
        told.extend([place] if what == "asked" else [])

    options = Options(settings=Settings(items=8), ledger=str(tmp_path / "ledger"))
    with played(folder, options) as playing:
        run_audit(folder, playing, progress=progress)
    (title, axis, standing) = told[-1]
    assert (title, axis) == (
        "labels that change with the group a text is about",
        "texts",
    )
    done, _, all_, _ = standing.split()
    assert done == all_


def test_a_folder_of_sentence_transformers_is_one_whatever_its_weights_were_for(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "vectors-fair")
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace(KINDS["vectors"], KINDS["masked"]))
    (tmp_path / "modules.json").write_text("[]")
    (readout,) = audit(tmp_path).readouts
    assert readout.probe == "sentence-associations"


def test_a_model_that_fills_gaps_is_asked_about_people_and_lacks_nothing(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "masked-by-stereotype religion")
    report = audit(tmp_path)
    assert [one.probe for one in report.readouts] == [
        "counterfactual-pairs",
        "occupation-pronouns",
        "sector-decisions",
    ]
    (found,) = findings(report, "prefers-stereotype")
    assert found.title.endswith(": religion")
    assert not any("not asked" in item.gap.detail for item in report.not_examined)
