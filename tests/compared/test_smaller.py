"""What a smaller model does as well as a larger, of answers that are written down."""

from collections.abc import Sequence

import pytest

from openvet.compared.judged import Judged
from openvet.compared.record import Contender, Smaller
from openvet.compared.shown import Shown
from openvet.compared.smaller import efficiency, smaller
from openvet.models.protocol import ModelInfo, Spent
from openvet.probes.probe import Observation
from openvet.probes.quality import RightEndings

HOW = Judged(0.05, 0)


def shown(values: Sequence[float | None], parameters: int) -> Shown:
    """Return what a model shows that gives these values, each of its own wording."""
    info = ModelInfo(
        id="any",
        digest="",
        tokenizer_digest="",
        engine="code 1",
        dtype="float32",
        device="cpu",
        parameters=parameters,
        capabilities=("score",),
    )
    units = {
        str(at): Observation(
            item=str(at), axis="grammar", cluster=f"wording {at % 60}", value=value
        )
        for at, value in enumerate(values)
    }
    probe = RightEndings()
    return Shown(info, {(probe.id, "grammar"): units}, {probe.id: probe}, {}, Spent())


def beside(
    large: Sequence[float | None], small: Sequence[float | None], how: Judged = HOW
) -> Smaller:
    """Return how a smaller model stands beside a larger."""
    contenders = [Contender(target=name, source="asked") for name in ("large", "small")]
    sides = [shown(large, 900), shown(small, 90)]
    (found,) = smaller(contenders, sides, [], how)
    return found


def test_silence_of_the_smaller_counts_as_wrong() -> None:
    found = beside([1.0] * 300, [1.0] * 255 + [None] * 45)
    assert found.says == "worse"
    assert found.n == 300
    assert found.difference == pytest.approx(-0.15)


def test_silence_of_the_larger_tells_nothing() -> None:
    found = beside([1.0] * 255 + [None] * 45, [1.0] * 255 + [0.0] * 45)
    assert found.says == "not-worse"
    assert found.n == 255
    assert found.difference == 0


def test_whoever_answers_few_questions_is_undecided() -> None:
    assert beside([0.0] * 300, [0.0] * 200 + [None] * 100).says == "undecided"


def test_a_margin_that_no_number_of_questions_tells_names_none() -> None:
    values = [float(at % 2) for at in range(300)]
    found = beside(values, values[1:] + values[:1], Judged(0.0001, 0))
    assert found.says == "undecided"
    assert found.needed is None


def test_what_is_not_answered_is_not_known() -> None:
    answered, halved = efficiency(
        [shown([1.0] * 300, 900), shown([1.0] * 150 + [None] * 150, 90)]
    )
    assert answered.known == 1
    assert halved.known == pytest.approx(0.5)
    assert halved.low < 0.5 < halved.high
    assert halved.n == 300


def test_of_a_silent_model_it_is_not_told_what_it_knows() -> None:
    assert not list(efficiency([shown([None] * 300, 900)]))
