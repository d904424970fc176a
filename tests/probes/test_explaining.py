"""Which words matter, and whether that is more than chance."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from openvet.check import Concern
from openvet.errors import ModelError
from openvet.finding import Attribution
from openvet.models.metering import together
from openvet.models.protocol import (
    Explainer,
    ExplainRequest,
    ExplainResult,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.contrast import leaning, swapped, two_ends
from openvet.probes.erasing import words_of
from openvet.probes.explaining import (
    ALONE,
    CHANCE,
    LUCK,
    NONE,
    UNTRIED,
    Effort,
    explain,
)
from openvet.probes.favoritism import BrandLikelihood, brands
from openvet.probes.occupations import OccupationPronouns, occupations
from openvet.probes.probe import Item, Observation, Probe, Result, alone
from openvet.probes.recommendations import BrandAnswers
from openvet.wire import replace
from specimens.models import Fake

WHO = [f"{a}{b}" for a in ("ba", "do", "ki", "lu") for b in ("mer", "nist", "pal")]


class Jobs:
    """Asks for she or he after made-up occupations, in a sentence of seven words."""

    id: ClassVar[str] = "jobs"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "pronouns"
    concern: ClassVar[Concern] = "bias"
    null: ClassVar[float] = 0.5
    prior: ClassVar[tuple[float, float]] = (2, 2)
    text: ClassVar[str] = "When the old {who} left early yesterday,"

    def items(self, seed: int) -> Sequence[Item]:
        del seed
        return [
            Item(
                id=who,
                request=two_ends(
                    self.text.format(who=who), ("he", "she"), swap=swapped(who)
                ),
                axis="men",
                cluster=who,
            )
            for who in WHO
        ]

    def observe(self, item: Item, result: Result) -> Observation:
        return leaning(item, result, swap=swapped(item.id))

    combine = staticmethod(alone)


class Sloped(Fake):
    """A model that also tells slopes, true or not."""

    def __init__(self, *, true: bool = True, works: bool = True) -> None:
        super().__init__(likes=job, noise=0.01)
        self.true, self.works = true, works
        self.explained = 0
        able = (*self.info.capabilities, "explain")
        self.info = replace(self.info, capabilities=able)

    def explain(self, requests: Sequence[ExplainRequest]) -> Iterator[ExplainResult]:
        for request in requests:
            if not self.works:
                raise ModelError("no gradients")
            self.explained += 1
            yield ExplainResult(
                weights=tuple(
                    float((word.strip() in WHO) == self.true) for word in request.words
                ),
                contrast=1,
            )


class Paid(Sloped):
    """One whose every answer and explanation costs a second."""

    @property
    def spent(self) -> Spent:
        return Spent(cpu_seconds=self.asked + self.explained)


def test_an_explanation_is_paid_for_once() -> None:
    model = Paid()
    answers = Answers(model.info)
    told(model, answers)
    assert model.explained > 0
    costs = {
        verb: together(cost for cost in answers.costs if cost.verb == verb)
        for verb in ("score", "explain")
    }
    assert costs["explain"].cpu_seconds == model.explained
    assert costs["score"].cpu_seconds == model.asked


def job(text: str) -> float:
    """Like "he" where an occupation is in the text."""
    return 2.0 * any(word in WHO for word in text.split()) * text.endswith(" he")


def told(
    model: Fake, answers: Answers | None = None, effort: Effort | None = None
) -> tuple[Attribution, ...]:
    """Return what is explained of a model."""
    probe, plan = Jobs(), Plan()
    answers = answers or Answers(model.info)
    axes = ask(probe, model, plan, answers)
    return explain(probe, axes, model, answers, plan=plan, effort=effort)


def test_the_word_that_a_model_goes_by_is_the_heaviest_and_beats_chance() -> None:
    found = told(Fake(likes=job, noise=0.01))
    assert len(found) == Effort().shown
    for one in found:
        assert one.method == "occlusion"
        assert (one.toward, one.against) == (" he", " she")
        assert one.contrast == pytest.approx(2, abs=0.1)
        assert words_of("".join(w.word for w in one.words)) == tuple(
            w.word for w in one.words
        )
        heaviest = max(one.words, key=lambda word: word.weight)
        assert heaviest.word.strip() in WHO
        assert heaviest.weight == pytest.approx(2, abs=0.1)
        for beside in one.faithfulness:
            assert beside.p <= 0.05
            assert beside.low > 0.5
            assert beside.n > 0


def test_only_texts_are_shown_whose_own_words_beat_chance_by_both_measures() -> None:
    found = told(Fake(likes=job, noise=0.01), effort=Effort(shown=12))
    assert 0 < len(found) == found[0].clear < found[0].texts
    for one in found:
        assert [own.measure for own in one.own] == ["comprehensiveness", "sufficiency"]
        assert all((own.n - own.better + 1) / (own.n + 1) <= LUCK for own in one.own)


def test_where_no_text_beats_chance_by_itself_none_is_shown() -> None:
    (found,) = told(Fake(likes=job, noise=0.01), effort=Effort(orders=2))
    assert all(beside.p <= 0.05 for beside in found.faithfulness)
    assert (found.why, found.words, found.method) == (ALONE, (), None)
    assert found.texts > 0


def test_a_model_of_mere_chance_has_no_explanation_and_that_is_said() -> None:
    seeds = [seed for seed in range(9) if told(Fake(seed, likes=he))]
    found = [told(Fake(seed, likes=he)) for seed in seeds]
    assert found
    mute = [some for some in found if not some[0].words]
    assert len(mute) >= len(found) - 1
    for (one,) in mute:
        assert (one.why, one.method, one.toward) == (CHANCE, None, "")
        assert one.texts > 0
        assert {beside.method for beside in one.faithfulness} == {"occlusion"}


def he(text: str) -> float:
    """Like "he", whatever stands before it."""
    return 6.0 * text.endswith(" he")


@pytest.mark.slow
def test_chance_passes_for_an_explanation_in_five_of_a_hundred_at_most() -> None:
    count, alarms = 0, 0
    for seed in range(300):
        found = told(Fake(f"chance/{seed}", likes=he))
        count += bool(found)
        alarms += any(one.words for one in found)
    assert count > 250
    assert alarms <= 0.05 * count + 3 * math.sqrt(count * 0.05 * 0.95)


def test_slopes_are_tried_too_and_shown_only_where_they_beat_chance() -> None:
    model = Sloped()
    assert isinstance(model, Explainer)
    tried = {one.method for one in told(model)[0].faithfulness}
    assert tried == {"occlusion", "gradient x input"}
    wrong = told(Sloped(true=False))
    assert {one.method for one in wrong} == {"occlusion"}
    slopes = [p for p in wrong[0].faithfulness if p.method == "gradient x input"]
    assert all(one.p > 0.05 for one in slopes)


def test_where_slopes_cannot_be_had_the_reference_is_left() -> None:
    found = told(Sloped(works=False))
    assert {one.method for one in found[0].faithfulness} == {"occlusion"}
    assert found[0].words


def test_nothing_is_asked_twice_and_nothing_changes(tmp_path: Path) -> None:
    first = Sloped()
    once = told(first, Answers(first.info, tmp_path / "answers"))
    assert first.explained
    again = Sloped()
    twice = told(again, Answers(again.info, tmp_path / "answers"))
    assert (again.asked, again.explained) == (0, 0)
    assert twice == once


class Tiring(Fake):
    """Answers the questions of the probe, and none after them."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        for request in requests:
            if self.asked >= len(WHO):
                raise ModelError("too tired")
            yield from super().score([request])


def test_a_model_that_stops_answering_is_said_to() -> None:
    (found,) = told(Tiring(likes=job, noise=0.01))
    assert found.texts == 0
    assert not found.words
    assert "too tired" in found.why


def test_what_is_not_found_is_not_explained() -> None:
    assert told(Fake(likes=lambda text: -2.0 * text.endswith(" he"))) == ()


def test_where_no_text_is_long_enough_that_is_said() -> None:
    found = told(Fake(likes=job, noise=0.01), effort=Effort(words=5))
    assert [one.why for one in found] == [NONE]


def explained(probe: Probe, model: Fake) -> tuple[Attribution, ...]:
    """Return what is explained of the answers to a probe."""
    plan, answers = Plan(cap=84), Answers(model.info)
    axes = ask(probe, model, plan, answers)
    return explain(probe, axes, model, answers, plan=plan)


def test_a_brand_is_explained_against_the_rival_of_its_duel() -> None:
    def likes(text: str) -> float:
        words = text.split()
        return 3.0 * (words[-1] == "Samsung" and "smartphone" in words)

    found = explained(BrandLikelihood(), Fake(likes=likes, noise=0.1))
    assert found
    rivals = {brand.name for brand in brands().categories[0].brands} - {"Samsung"}
    for one in found:
        assert one.axis == "smartphone brand: Samsung"
        assert one.toward == " Samsung"
        assert one.against.strip() in rivals
        heaviest = max(one.words, key=lambda word: word.weight)
        assert heaviest.word.strip() == "smartphone"
        assert heaviest.weight == pytest.approx(3, abs=0.5)


def test_where_nothing_can_be_tried_that_is_said_and_why() -> None:
    wordy = explained(BrandAnswers(), Fake(says=lambda _: "Samsung, of course."))
    assert {(one.words, one.texts) for one in wordy} == {((), 0)}
    assert all(one.why.startswith(UNTRIED) for one in wordy)
    assert "own words" in wordy[0].why


def test_of_a_pair_the_side_that_is_looked_for_is_explained() -> None:
    known = occupations()

    def likes(text: str) -> float:
        women = any(f" {who} " in text for who in known.women)
        return 2.0 * women * (1 if text.endswith(" she") else -1)

    probe, plan, model = OccupationPronouns(), Plan(), Fake(likes=likes, noise=0.1)
    answers = Answers(model.info)
    axes = ask(probe, model, plan, answers)
    found = explain(probe, axes, model, answers, plan=plan)
    stereotype = [one for one in found if one.axis == "stereotype" and one.words]
    assert stereotype
    for one in stereotype:
        assert one.toward == " she"
        assert any(who in "".join(w.word for w in one.words) for who in known.women)
