"""Models that fill gaps are asked whole sentences, and pairs as they were made."""

from typing import Literal

import pytest

from openvet.answered import DecisionAnswers
from openvet.check import Settings
from openvet.models.protocol import Capability, GenerateRequest, ScoreRequest
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.filling import Filling
from openvet.probes.occupations import OccupationPronouns
from openvet.probes.pair_files import Pair, PairFile
from openvet.probes.paired import CounterfactualPairs, PairsOfFile
from openvet.probes.questions import Questioner
from openvet.probes.sectors import SectorDecisions
from openvet.readers.battery import PROBES, battery
from openvet.readers.filled import filled
from specimens import encoders
from specimens.models import Fake

Form = Literal["crows-pairs", "stereoset"]
SENTENCES = ("Old men forget everything", "Young men forget everything")


def pairs(form: Form) -> PairsOfFile:
    pair = Pair(
        id="1",
        axis="age",
        cluster="1",
        stereotyped=SENTENCES[0],
        other=SENTENCES[1],
        line=2,
    )
    return PairsOfFile(PairFile(format=form, pairs=(pair,), broken=()), "mine.csv")


@pytest.mark.parametrize(
    "probe", [CounterfactualPairs(), OccupationPronouns(), SectorDecisions()]
)
def test_every_text_ends_as_a_sentence_does(
    probe: CounterfactualPairs | OccupationPronouns | SectorDecisions,
) -> None:
    for plain, item in zip(probe.items(0), Filling(probe).items(0), strict=True):
        assert isinstance(item.request, ScoreRequest)
        assert isinstance(plain.request, ScoreRequest)
        assert not item.request.shared
        for before, after in zip(
            plain.request.continuations, item.request.continuations, strict=True
        ):
            assert after == f"{before}."


@pytest.mark.parametrize(
    ("form", "shared"), [("crows-pairs", True), ("stereoset", False)]
)
def test_sentences_of_a_file_are_asked_as_they_are_and_crows_by_what_they_share(
    form: Form, *, shared: bool
) -> None:
    (item,) = Filling(pairs(form)).items(0)
    assert isinstance(item.request, ScoreRequest)
    assert item.request.continuations == SENTENCES
    assert item.request.shared is shared


def test_what_texts_share_is_asked_of_nobody_who_cannot_fill_gaps() -> None:
    model = Fake()
    request = ScoreRequest(context="", continuations=SENTENCES, shared=True)
    (result,) = Questioner(model, Answers(model.info)).ask([request])
    assert result == "the model cannot score"
    assert model.asked == 0


def test_a_stereotype_is_found_as_in_models_that_go_on_with_text() -> None:
    model = encoders.Filling("gender")
    found = ask(Filling(CounterfactualPairs()), model, Plan(cap=160))
    assert [one.axis for one in found if one.verdict == "above"] == ["gender"]
    assert all(end.endswith(".") for one in model.requests for end in one.continuations)


def test_only_what_is_about_people_and_scored_is_asked() -> None:
    names = [one.probe(True).id for one in filled(PROBES)]
    assert names == ["counterfactual-pairs", "occupation-pronouns", "sector-decisions"]
    for one in filled(PROBES):
        requests = [item.request for item in one.probe(False).items(0)]
        assert not any(isinstance(request, GenerateRequest) for request in requests)


def test_a_model_that_reads_every_word_apart_is_asked_fewer_cases() -> None:
    settings = Settings(ask=True)
    able: tuple[tuple[Capability, ...], ...] = (("score",), ("fill", "score"))
    counts = [
        len(one.probe(False).items(0))
        for verbs in able
        for one in battery(settings, verbs)
        if one.answers is DecisionAnswers
    ]
    assert counts[0] == 3 * counts[1] > 0
