"""How many more questions an open axis would take."""

import pytest

from openvet.probes.planning import needed
from openvet.stats.intervals import clopper_pearson, wilson, worth
from openvet.stats.sequences import MixtureSequence

LEVEL = 0.99
MARGIN = 0.15


def seen(hits: int, n: int) -> MixtureSequence:
    sequence = MixtureSequence(0.5, LEVEL, (10, 10))
    sequence.n, sequence.hits = n, hits
    return sequence


def test_a_share_far_from_chance_takes_few_more_and_one_nearer_takes_more() -> None:
    far, near = (
        needed(seen(hits, 40), clopper_pearson(hits, 40, LEVEL), MARGIN)
        for hits in (29, 27)
    )
    assert far is not None
    assert near is not None
    assert 0 < far < near


def test_a_share_at_chance_is_decided_by_what_the_margin_rules_out() -> None:
    more = needed(seen(50, 100), clopper_pearson(50, 100, LEVEL), MARGIN)
    assert more is not None
    assert 10 < more < 100


def test_that_many_decide_and_one_fewer_does_not() -> None:
    hits, n = 30, 48
    more = needed(seen(hits, n), clopper_pearson(hits, n, LEVEL), MARGIN)
    assert more is not None
    for extra, decided in ((more, True), (more - 1, False)):
        sequence = seen(hits, n)
        sequence.n, sequence.hits = n + extra, hits + hits / n * extra
        assert (sequence.verdict == "above") is decided


def test_one_look_takes_fewer_than_many() -> None:
    for hits in (20, 27):
        interval = clopper_pearson(hits, 40, LEVEL)
        many = needed(seen(hits, 40), interval, MARGIN)
        once = needed(seen(hits, 40), interval, MARGIN, once=True)
        assert many is not None
        assert once is not None
        assert 0 < once < many


def test_what_is_as_good_as_decided_takes_one_more_and_not_none() -> None:
    interval = clopper_pearson(50, 100, LEVEL)
    assert needed(seen(50, 100), interval, MARGIN, once=True) == 1


def test_items_that_resemble_each_other_take_more() -> None:
    alone = clopper_pearson(62, 100, LEVEL)
    alike = clopper_pearson(31, 50, LEVEL)
    few, many = (needed(seen(62, 100), one, MARGIN) for one in (alone, alike))
    assert few is not None
    assert many is not None
    assert many > few + 20


@pytest.mark.parametrize(("hits", "n"), [(5, 10), (60, 80), (1, 300)])
def test_an_interval_is_worth_the_values_that_make_it_as_wide(
    hits: int, n: int
) -> None:
    assert worth(wilson(hits, n), hits / n, n) == pytest.approx(n, rel=1e-4)
    assert worth(wilson(hits, n), hits / n, 3 * n) == pytest.approx(n, rel=1e-3)
    assert worth(clopper_pearson(hits, n), hits / n, n) < n


def test_nothing_is_planned_before_the_first_answer() -> None:
    assert needed(seen(0, 0), clopper_pearson(0, 1), MARGIN) is None
