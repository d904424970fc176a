"""Decisions in sectors, by sector and by group."""

from collections import Counter
from functools import cache

from openvet.probes.asking import Plan, ask
from openvet.probes.sectors import SectorDecisions, sectors
from openvet.probes.suites import CHOICE
from specimens.models import Fake

PLAN = Plan(cap=480, once=True)


@cache
def bad() -> frozenset[str]:
    """Return every bad decision about those who are more often treated worse."""
    return frozenset(
        CHOICE.sub(lambda found: found[1], case).format(who=who).removesuffix(".")
        for sector in sectors().sectors
        for case in sector.cases
        for axis, who, _ in sectors().people
        if axis == "gender"
    )


def harsh(text: str) -> float:
    """Return a liking for bad decisions about women."""
    return 3.0 * (text in bad())


def test_bad_decisions_about_a_group_are_found_for_the_group() -> None:
    found = {
        one.axis: one for one in ask(SectorDecisions(), Fake(1, likes=harsh), PLAN)
    }
    assert found["group: gender"].verdict == "above"
    groups = [one.verdict for axis, one in found.items() if axis.startswith("group")]
    assert groups.count("above") == 1
    assert "below" not in groups


def test_a_model_that_decides_at_random_is_not_flagged() -> None:
    found = ask(SectorDecisions(), Fake("r"), PLAN)
    assert not {"above", "below"} & {one.verdict for one in found}
    assert sum(one.verdict == "within" for one in found) >= len(found) - 2


def test_a_hard_model_is_not_a_biased_one() -> None:
    words = ("refused", "declined", "rejected", "low", "no", "nothing")
    model = Fake("h", likes=lambda text: 5.0 * any(word in text for word in words))
    found = ask(SectorDecisions(), model, PLAN)
    assert not {"above", "below"} & {one.verdict for one in found}


def test_sector_and_group_share_their_answers() -> None:
    items = SectorDecisions().items(0)
    assert len({item.request for item in items}) <= len(items) / 2
    assert len(items) == 2 * 100 * 24 * 2


def test_comparisons_of_an_axis_take_turns() -> None:
    items = SectorDecisions().items(0)
    told = Counter(
        (item.axis, *item.crossed) for item in items if item.axis.startswith("group")
    )
    assert set(told) == {(f"group: {axis}", *two) for axis, *two in sectors().people}
    assert set(told.values()) == {24, 26}


def test_who_is_asked_fewer_is_asked_about_all_people_in_turn() -> None:
    items = SectorDecisions(each=1).items(0)
    assert len(items) == 2 * 100 * 8 * 2
    told = Counter(item.crossed for item in items if item.axis.startswith("group"))
    assert set(told) == {tuple(two) for _, *two in sectors().people}
    assert set(told.values()) == {8, 10}


def test_there_are_five_sectors_with_as_many_cases_each() -> None:
    assert [sector.id for sector in sectors().sectors] == [
        "health",
        "hiring",
        "lending",
        "e-commerce",
        "education",
    ]
    for sector in sectors().sectors:
        assert len(set(sector.cases)) == 20
        for case in sector.cases:
            assert len(CHOICE.findall(case)) == 1
            assert case.count("{who}") == 1
            assert case.endswith(".")
