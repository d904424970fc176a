"""Which of two models that differ is worse, of answers that are written down."""

import pytest

from openvet.compared.judged import Judged, Side, judged
from openvet.compared.record import Contender, SideBySide
from openvet.compared.shown import Shown
from openvet.models.protocol import ModelInfo, Spent
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.probe import Observation

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
