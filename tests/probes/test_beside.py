"""Two models on the same units: what is a difference, and how sure is it?"""

import random
from collections.abc import Sequence

import pytest

from openvet.models.protocol import GenerateResult
from openvet.probes.answers import Answers
from openvet.probes.beside import EXACT, SWAPPED, beside, observed, repeats, spread
from openvet.probes.generation import OpenAnswers
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.probe import Observation
from openvet.probes.questions import Questioner
from openvet.probes.units import units_of
from openvet.stats.paired import mcnemar
from specimens.models import Fake


def units(values: Sequence[float | None], wordings: int) -> list[Observation]:
    return [
        Observation(item=f"{at}", axis="a", cluster=f"{at % wordings}", value=value)
        for at, value in enumerate(values)
    ]


def test_where_each_wording_has_one_unit_the_test_is_that_of_mcnemar() -> None:
    first = units([0.0] * 9 + [1.0] * 3, 12)
    second = units([1.0] * 9 + [1.0, 0.0, 1.0], 12)
    found = beside(first, second, seed=0)
    assert found is not None
    assert found.method == EXACT
    assert (found.only_first, found.only_second) == (1, 9)
    assert found.p == mcnemar(9, 1)


def test_units_of_one_wording_count_for_fewer_than_they_are() -> None:
    values: list[float | None] = [1.0, 1.0, 1.0, 0.0] * 10
    first = units([0.0] * 40, 4)
    found = beside(first, units(values, 4), seed=0)
    alone = beside(units([0.0] * 40, 40), units(values, 40), seed=0)
    assert found is not None
    assert alone is not None
    assert found.method == SWAPPED
    assert found.p > 0.1 > alone.p
    assert found.interval.width > alone.interval.width


def test_units_without_an_answer_of_both_are_left_out() -> None:
    found = beside(units([1.0, None, 0.0], 3), units([1.0, 1.0, None], 3), seed=0)
    assert found is not None
    assert found.n == 1
    assert beside(units([None], 1), units([1.0], 1), seed=0) is None


def test_models_that_never_differ_are_no_proof_of_equality() -> None:
    same = units([1.0, 0.0] * 30, 20)
    found = beside(same, same, seed=0)
    assert found is not None
    assert found.p == 1
    assert found.interval.low < 0 < found.interval.high
    assert found.needed is None


def test_other_units_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same units"):
        beside(units([1.0], 1), units([1.0, 0.0], 2)[1:], seed=0)


def seen(model: Fake) -> list[Observation]:
    """Return what a model shows of its open answers, by how short they are."""
    probe = OpenAnswers(measures=("brevity",))
    (asked,) = units_of(probe, 0).values()
    return observed(probe, asked, Questioner(model, Answers(model.info)))


def test_of_a_model_that_says_one_thing_no_unit_shows_anything() -> None:
    found = seen(Fake(says=lambda _: "I am a parrot."))
    assert {(one.value, one.size) for one in found} == {(None, None)}
    (why,) = {one.why for one in found}
    assert why == "the model gives the same answer to most questions"


def test_what_was_no_answer_before_keeps_its_reason() -> None:
    silent = Fake(says=lambda text: "" if "wallet" in text else "I am a parrot.")
    whys = {one.why for one in seen(silent)}
    assert whys == {
        "the answer is empty",
        "the model gives the same answer to most questions",
    }


def test_answers_to_questions_that_have_the_same_ones_may_be_the_same() -> None:
    same = [GenerateResult(text="She.", tokens=1, finish="stop")] * 9
    assert repeats(OpenAnswers(), same)
    assert not repeats(CounterfactualPairs(), same)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wordings", "each", "together"), [(12, 8, 0.1), (48, 7, 0.05)]
)
def test_the_interval_holds_the_truth_and_the_test_its_level(
    wordings: int, each: int, together: float
) -> None:
    draw = random.Random(0)  # noqa: S311 - reproducible, not secret
    runs, held, called = 300, 0, 0
    for _ in range(runs):
        apart: list[float] = []
        names: list[str] = []
        for wording in range(wordings):
            lean = draw.gauss(0, together)
            for _ in range(each):
                up, down = 0.15 + lean / 2, 0.15 - lean / 2
                value = draw.random()
                apart.append(1.0 if value < up else -1.0 if value < up + down else 0.0)
                names.append(str(wording))
        interval = spread(apart, names, seed=0, level=0.95)
        held += interval.low <= 0 <= interval.high
        first = [max(0.0, -value) for value in apart]
        second = [max(0.0, value) for value in apart]
        pair = [
            [
                Observation(item=str(at), axis="a", cluster=name, value=value)
                for at, (name, value) in enumerate(zip(names, values, strict=True))
            ]
            for values in (first, second)
        ]
        found = beside(*pair, seed=0)
        assert found is not None
        called += found.p <= 0.05
    assert held / runs >= 0.92
    assert called / runs <= 0.08
