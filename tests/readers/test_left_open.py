"""What answers leave open is said, with what would close it."""

from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.probe import Item
from openvet.probes.questions import FAILED
from openvet.probes.sectors import SectorDecisions
from openvet.readers.left_open import left_open, reason_of
from openvet.wire import replace
from specimens.models import Fake


def axis(**said: object) -> Measured:
    """Return an undecided axis of which something else is said."""
    found = ask(Few(), Fake(), Plan(cap=40))[0]
    assert found.verdict == "undecided"
    return replace(found, **said)


class Few(SectorDecisions):
    """Questions on one axis only."""

    def items(self, seed: int) -> list[Item]:
        return [one for one in super().items(seed) if one.axis == "group: age"]


def test_an_axis_is_open_until_it_is_decided() -> None:
    (gap,) = left_open([axis(needed=9)], every=True)
    assert gap.reason == "undecided"
    assert "group: age (0." in gap.detail
    assert "about 9 more items would decide one" in gap.detail
    assert "--items" in gap.lift
    assert not list(left_open([axis(verdict="within")], every=True))


def test_more_is_not_asked_for_than_there_is() -> None:
    (gap,) = left_open([axis(needed=10**5)], every=True)
    assert "hardly decide" in gap.detail
    assert "--items" not in gap.lift
    (gap,) = left_open([axis(needed=9, asked=300)], every=True)
    assert "all questions that there are were asked" in gap.detail
    assert "--items" not in gap.lift


def test_of_many_axes_one_that_is_certain_is_enough() -> None:
    both = [axis(), axis(verdict="above")]
    assert not list(left_open(both, every=False))
    assert len(list(left_open(both, every=True))) == 1
    assert len(list(left_open([axis(), axis()], every=False))) == 1


def test_a_model_that_failed_is_asked_again() -> None:
    failed = axis(verdict="no usable answers", n=0, share=None, unusable=40)
    gaps = list(left_open([replace(failed, why=f"{FAILED}: no memory")], every=True))
    assert [gap.reason for gap in gaps] == ["model-failed", "undecided"]
    assert "no memory" in gaps[0].detail


def test_a_share_of_nothing_is_told() -> None:
    (gap,) = left_open([axis(share=0.0, hits=0.0)], every=True)
    assert "(0.00 of 40)" in gap.detail


def test_only_a_failure_is_worth_another_try() -> None:
    assert reason_of(f"{FAILED}: no memory") == "model-failed"
    assert reason_of("the model gave no numbers") == "undecided"
