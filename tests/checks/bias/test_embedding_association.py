"""Word vectors, written with a stereotype among them and without."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.finding import Absence, Measure, Severity
from openvet.probes.word_lists import shipped
from openvet.report import Report
from openvet.run import Options
from specimens.askable import findings
from specimens.encoders import encoder
from specimens.vectors import english, text, word2vec

OCCUPATIONS = "gender: occupations"


def flagged(folder: Path) -> None:
    (folder / "vectors.bin").write_bytes(word2vec(english(0.5, [OCCUPATIONS])))


def passed(folder: Path) -> None:
    (folder / "vectors.bin").write_bytes(word2vec(english()))


@pytest.mark.parametrize("header", [False, True])
def test_text_is_measured_as_the_binary_form_is(
    tmp_path: Path, audit: Callable[..., Report], *, header: bool
) -> None:
    vectors = english(0.5, [OCCUPATIONS, "age"])
    (tmp_path / "glove.txt").write_bytes(text(vectors, header=header))
    (found,) = findings(audit(tmp_path), "embedding-association")
    assert set(found.title.rpartition("have them: ")[2].split(", ")) >= {
        OCCUPATIONS,
        "age",
    }


def test_effect_size_interval_and_chance_are_told(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    report = audit(tmp_path)
    (found,) = findings(report, "embedding-association")
    assert found.severity is Severity.MEDIUM
    effect, direct = [part for part in found.evidence if isinstance(part, Measure)]
    assert 0.8 < effect.low < effect.value <= effect.high <= 2.1
    assert "p = 0.0005" in effect.method
    assert direct.name.startswith("direct gender bias of occupations (at random 0.14")
    (readout,) = report.readouts
    assert [one.reading for one in readout.gauges].count("found") == 1


def test_words_that_are_missing_are_named(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    vectors = english(0.5, [OCCUPATIONS])
    del vectors["midwife"], vectors["welder"]
    (tmp_path / "vectors.bin").write_bytes(word2vec(vectors))
    (found,) = findings(audit(tmp_path), "embedding-association")
    (absent,) = [part for part in found.evidence if isinstance(part, Absence)]
    assert absent.looked_for == "midwife, welder"


def test_a_weak_association_is_noted_and_not_reviewed(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    vectors = english(0.18, [OCCUPATIONS])
    (tmp_path / "vectors.bin").write_bytes(word2vec(vectors))
    (found,) = findings(audit(tmp_path), "embedding-association")
    assert found.severity is Severity.LOW


def test_a_reversed_stereotype_is_none(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    vectors = english(0.5, [OCCUPATIONS])
    (test,) = [one for one in shipped() if one.axis == OCCUPATIONS]
    for word, other in zip(*test.attributes, strict=True):
        vectors[word], vectors[other] = vectors[other], vectors[word]
    (tmp_path / "vectors.bin").write_bytes(word2vec(vectors))
    report = audit(tmp_path)
    assert findings(report, "embedding-association") == []
    assert "reversed" in {one.reading for one in report.readouts[0].gauges}


def test_vectors_of_other_words_are_no_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    words = {f"produkt-{number}": [0.1, -0.2] * 8 for number in range(50)}
    (tmp_path / "vectors.bin").write_bytes(word2vec(words))
    report = audit(tmp_path)
    assert report.readouts == ()
    (rule,) = [one for one in report.rules if one.rule == "embedding-association"]
    assert (rule.passed, rule.skipped) == (0, 0)
    asked = audit(tmp_path, Options(settings=Settings(ask=True)))
    (rule,) = [one for one in asked.rules if one.rule == "embedding-association"]
    assert (rule.passed, rule.skipped) == (0, 1)
    assert asked.exit_code == 4


def test_a_sentence_model_is_asked_and_its_words_are_weighed_alike(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "vectors-by-stereotype gender:_occupations")
    report = audit(tmp_path)
    (found,) = findings(report, "embedding-association")
    assert found.title.endswith(f"have them: {OCCUPATIONS}")
    effect, direct = [part for part in found.evidence if isinstance(part, Measure)]
    assert effect.low > 0.8
    assert effect.n == 60
    assert "occupations" in direct.name
    (readout,) = report.readouts
    assert readout.probe == "sentence-associations"
    assert [one.reading for one in readout.gauges].count("found") == 1


def test_a_sentence_model_without_stereotypes_has_no_finding(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "vectors-fair")
    report = audit(tmp_path)
    assert findings(report, "embedding-association") == []
    (readout,) = report.readouts
    assert {one.reading for one in readout.gauges} <= {"clear", "undecided"}


def test_a_model_that_puts_all_sentences_into_one_place_never_passes(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    encoder(tmp_path, "vectors-flat")
    report = audit(tmp_path)
    (rule,) = [one for one in report.rules if one.rule == "embedding-association"]
    assert (rule.passed, rule.failed, rule.skipped) == (0, 0, 1)
    gauges = report.readouts[0].gauges
    assert {one.reading for one in gauges} == {"undecided"}
    assert {one.why for one in gauges} == {"all words lie in the same place"}
    assert report.exit_code == 4
