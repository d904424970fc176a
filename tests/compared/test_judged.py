"""Which of two models that differ is worse, of answers that are written down."""

from collections.abc import Callable

import pytest

from openvet.compared.judged import Judged, Side, judged
from openvet.compared.record import Contender, Difference, SideBySide, Source
from openvet.compared.shown import Shown
from openvet.models.protocol import ModelInfo, Spent
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.probe import Observation
from openvet.readout import Gauge
from openvet.wire import replace
from openvet.write import comparison

WORDINGS = 40
EACH = 10


def side(share: float, n: int = WORDINGS * EACH) -> Side:
    """Return a model that shows a share, spread over wordings alike."""
    info = ModelInfo(
        id="any",
        digest="",
        tokenizer_digest="",
        engine="code 1",
        dtype="float32",
        device="cpu",
        parameters=1,
        capabilities=("score",),
    )
    units = {
        str(at): Observation(
            item=str(at),
            axis="gender",
            cluster=f"wording {at % WORDINGS}",
            # A permutation, so that every wording has its part of them.
            value=float(at * 7919 % n < share * n),
        )
        for at in range(n)
    }
    probe = CounterfactualPairs()
    found = Shown(info, {(probe.id, "gender"): units}, {probe.id: probe}, {}, Spent())
    return Side(Contender(target=f"./{share}", source="asked"), found)


def beside(first: float, other: float) -> SideBySide:
    """Return what is said of two models that show two shares."""
    return judged([side(first), side(other)], Judged(0.05, 0))


@pytest.mark.parametrize(
    ("first", "other", "says"),
    [
        (0.30, 0.70, "differs"),
        (0.34, 0.70, "differs"),
        (0.70, 0.34, "differs"),
        (0.48, 0.90, "worse"),
        (0.90, 0.48, "better"),
        (0.60, 0.90, "worse"),
        (0.10, 0.40, "better"),
    ],
)
def test_on_opposite_sides_of_chance_the_intervals_say_which_is_farther(
    first: float, other: float, says: str
) -> None:
    found = beside(first, other)
    (measure,) = found.measures
    difference = measure.differences[1]
    assert difference is not None
    assert difference.q <= found.rate
    assert difference.says == says
    assert found.exit_code == (1 if says == "worse" else 0)


def test_a_stored_audit_that_does_not_tell_what_it_could_not_use_is_named() -> None:
    kept = side(0.5)
    assert kept.shown is not None
    kept = kept._replace(shown=kept.shown._replace(gauges={}))
    found = judged([side(0.5), kept], Judged(0.05, 0))
    (said,) = found.not_compared
    assert "does not tell how many answers could not be used" in said
    assert found.exit_code == 4


Silent = Callable[[int], bool]
"""Says of a question by its number whether a model does not answer it."""


def heard(silent: Silent, *axes: str, name: str = "./any") -> Side:
    """Return a fair model that is asked 160 questions on each axis; silent on one."""
    found = side(0.5, 160)
    assert found.shown is not None
    ((key, units),) = found.shown.units.items()
    mute = {
        name: replace(one, value=None, why="empty") if silent(int(name)) else one
        for name, one in units.items()
    }
    every = {(key[0], axis): units for axis in axes} | {key: mute}
    return Side(
        Contender(target=name, source="asked"), found.shown._replace(units=every)
    )


def gender(found: SideBySide) -> Difference:
    """Return the second beside the first, on the axis where one may be silent."""
    difference = next(
        one.differences[1] for one in found.measures if one.axis == "gender"
    )
    assert difference is not None
    return difference


def mostly(number: int) -> bool:
    """Be silent on all but 48 of 160 questions."""
    return number >= 48


def test_models_that_both_answer_few_of_the_same_questions_are_not_called_alike() -> (
    None
):
    silent = heard(mostly)
    found = judged([silent, silent], Judged(0.05, 0))
    one = gender(found)
    assert (one.n, one.asked, one.needed) == (48, 160, None)
    assert -0.15 <= one.low <= one.high <= 0.15
    assert one.says == "undecided"
    assert found.exit_code == 4
    says = "undecided, as only 48 of 160 questions have usable answers of both"
    for written in (comparison.text(found), comparison.html(found)):
        assert says in written


def test_four_in_five_usable_answers_of_both_are_enough_to_call_them_alike() -> None:
    enough = heard(lambda number: number >= 128)
    found = judged([enough, enough], Judged(0.05, 0))
    assert (gender(found).n, gender(found).says) == (128, "alike")
    assert found.not_compared == ()


def test_what_a_stored_audit_lost_counts_as_asked() -> None:
    kept: Source = "stored"
    found = side(0.5, 160)
    assert found.shown is not None
    key = CounterfactualPairs.id, "gender"
    units = dict(list(found.shown.units[key].items())[:120])
    gauge = Gauge(axis="gender", reading="clear", n=120, unusable=40)
    gauges = {key[0]: {key[1]: gauge}}
    shown = found.shown._replace(units={key: units}, gauges=gauges)
    stored = Side(Contender(target="./kept", source=kept), shown)
    # A model beside a stored audit is asked only what that kept.
    live = Side(found.contender, found.shown._replace(units={key: units}))
    one = gender(judged([live, stored], Judged(0.05, 0)))
    assert (one.n, one.asked, one.says) == (120, 160, "undecided")


def test_one_axis_with_too_few_answers_among_full_ones_is_named() -> None:
    full = heard(lambda _: False, "age", "race", "faith")
    silent = heard(lambda number: number >= 100, "age", "race", "faith")
    found = judged([full, silent], Judged(0.05, 0))
    (said,) = found.not_compared
    assert said == (
        f"./any: {CounterfactualPairs().title}: too few usable answers on gender"
        " (100 of 160 questions)"
    )
    assert gender(found).says == "undecided"
    others = [one.differences[1] for one in found.measures if one.axis != "gender"]
    assert [one.says for one in others if one is not None] == ["alike"] * 3
    assert found.exit_code == 4
    # Of the first model it is told once, and not again of those beside it.
    (said,) = judged([silent, full], Judged(0.05, 0)).not_compared
    assert "both" not in said


def test_models_that_leave_out_different_questions_are_not_alike_on_the_rest() -> None:
    first = heard(lambda number: number < 24, name="./first")
    second = heard(lambda number: number >= 136, name="./second")
    found = judged([first, second], Judged(0.05, 0))
    assert (gender(found).n, gender(found).says) == (112, "undecided")
    (said,) = found.not_compared
    assert said == (
        f"./second: {CounterfactualPairs().title}: too few usable answers on gender"
        " (112 of 160 questions), of both it and ./first"
    )
