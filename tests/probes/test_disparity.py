"""Groups beside the best: intervals for all pairs at once, and what scores mean."""

import random
from pathlib import Path

import pytest

from openvet.probes.disparity import (
    Share,
    calibration,
    disparity,
    shares_of,
    simultaneous,
    spread,
)
from openvet.probes.tables import Columns, Decided, read_table

SHARED = Path(__file__).parents[3] / "shared/data/benchmarks"


def people(seed: int, count: int = 900) -> list[Decided]:
    """Return people of four groups, decided about at random."""
    draw = random.Random(seed)  # noqa: S311 - a seeded simulation
    return [
        Decided(draw.choice("wxyz"), draw.random() < 0.4, draw.random() < 0.5)
        for _ in range(count)
    ]


def test_the_best_is_no_group_of_a_few() -> None:
    shares = [Share("a", 400, 1000), Share("b", 500, 1000), Share("c", 3, 3)]
    found = disparity(shares, good=True)
    assert found.best == shares[1]
    assert [one.verdict for one in found.groups] == ["above", "within", "undecided"]


def test_groups_that_are_all_too_small_to_compare_with_are_undecided() -> None:
    found = disparity([Share(f"g{n}", n, 60) for n in range(60)], good=True)
    assert found.best is None
    assert {one.verdict for one in found.groups} == {"undecided"}


def test_nobody_is_no_answer() -> None:
    found = disparity([Share("a", 0, 0), Share("b", 0, 0)], good=True)
    assert found.best is None
    assert {one.verdict for one in found.groups} == {"no usable answers"}
    assert spread("x", [[Share("a", 0, 0)]]) == ()


def test_all_pairs_share_the_level() -> None:
    assert simultaneous(2) == pytest.approx(0.95)
    assert simultaneous(4, 2) == pytest.approx(1 - 0.05 / 12)


@pytest.mark.slow
def test_groups_that_fare_alike_are_rarely_called_different() -> None:
    fired = 0
    for seed in range(400):
        shares = shares_of(people(seed), lambda one: one.selected)
        found = disparity(shares, good=True)
        fired += any(one.verdict == "above" for one in found.groups)
    assert fired <= 0.05 * 400 + 3 * (400 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize("seed", range(5))
def test_differences_and_ratios_over_all_groups_are_those_of_fairlearn(
    seed: int,
) -> None:
    metrics = pytest.importorskip("fairlearn.metrics")
    some = people(seed)
    known = {
        "y_true": [one.truth for one in some],
        "y_pred": [one.selected for one in some],
        "sensitive_features": [one.group for one in some],
    }
    selected = shares_of(some, lambda one: one.selected)
    caught = shares_of(some, lambda one: one.selected if one.truth else None)
    wrong = shares_of(some, lambda one: None if one.truth else one.selected)
    for name, kinds in (
        ("demographic_parity", [selected]),
        ("equalized_odds", [caught, wrong]),
    ):
        difference, ratio = spread(name, kinds)
        for told, what in ((difference, "difference"), (ratio, "ratio")):
            value = getattr(metrics, f"{name}_{what}")(**known)
            assert told.value == pytest.approx(value)
            assert told.low <= told.value <= told.high
            assert told.low < told.high


def test_a_score_that_means_less_for_a_group_is_told() -> None:
    draw = random.Random(1)  # noqa: S311 - a seeded simulation
    some = []
    for group, lost in (("a", 0.0), ("b", 0.2)):
        for _ in range(3000):
            score = draw.random()
            truth = draw.random() < score * (1 - lost)
            some.append(Decided(group, score > 0.5, truth, score))
    (told,) = calibration(some, "a")
    assert told.name.startswith("b: label oftener true than of a")
    assert told.low < -0.1 < told.high
    assert told.high < 0
    assert "10 classes" in told.method


def test_scores_without_people_of_both_groups_say_nothing() -> None:
    some = [Decided("a", selected=True, truth=True, score=9)] * 9
    some += [Decided("b", selected=True, truth=True, score=1)] * 9
    assert list(calibration(some, "a")) == []


def test_compas_scores_mean_about_the_same_by_race() -> None:
    path = SHARED / "compas/compas-scores-two-years.deidentified.csv"
    if not path.is_file():
        pytest.skip(f"no table: {path} is not there")
    columns = Columns(
        group="race", decision="decile_score", at_least=5, truth="two_year_recid"
    )
    told = {
        one.name.partition(":")[0]: one
        for one in calibration(read_table(path, columns).people, "African-American")
    }
    # Dieterich et al. 2016 (Northpointe) answered ProPublica with this.
    assert abs(told["Caucasian"].value) < 0.06
