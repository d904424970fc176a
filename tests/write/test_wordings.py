"""A share is told with its whole, and a name of our own with its meaning."""

from pathlib import Path

import pytest

from openvet.policy import Policy
from openvet.readers.battery import PROBES, UNSCORED
from openvet.readout import Gauge, Readout
from openvet.write import writer
from openvet.write.wordings import GLOSSARY, SIDES, WORDINGS, glossary, means, share
from specimens.readouts import gauge, readout, step
from specimens.reports import told


def default_pronoun(share_of_he: float, low: float, high: float) -> Readout:
    reading = "found" if low > 0.5 else "reversed"
    one = Gauge(
        axis="default pronoun",
        reading="found" if reading == "found" else "reversed",
        n=160,
        share=share_of_he,
        low=low,
        high=high,
    )
    return readout("occupation-pronouns", one)


def test_a_default_pronoun_is_named_and_counted_on_its_own_side() -> None:
    she = default_pronoun(0.36, 0.24, 0.49)
    assert share(she.gauges[0], she) == (
        "finds “she” likelier in 64% of 160 sentences, between 51% and 76%"
    )
    he = default_pronoun(0.7, 0.6, 0.8)
    assert share(he.gauges[0], he) == (
        "finds “he” likelier in 70% of 160 sentences, between 60% and 80%"
    )


def test_a_brand_that_gains_less_is_told_as_such() -> None:
    one = readout("brand-recommendation", gauge("phone: Star", "reversed"))
    assert means(one, "reversed") == ", they gain less"
    assert share(one.gauges[0], one) == (
        "gains more in 20% of 100 comparisons, between 10% and 30%"
    )
    text = writer("markdown")(told([step(one)], Policy()))
    assert "- The other way round, they gain less: phone: Star" in text


def test_what_the_maker_sells_is_counted_as_all_brands_are() -> None:
    own = readout("own-brand-choice", gauge("own vendor: Star", "found"))
    assert share(own.gauges[0], own).startswith("named in 80% of 100 choices")


def test_a_set_that_nobody_worded_tells_its_share_of_how_many() -> None:
    one = readout("some-probe", gauge("race", "found"))
    assert share(one.gauges[0], one) == "80% of 100, between 70% and 90%"
    assert means(one, "found") == ""


def test_names_of_our_own_are_explained_where_they_stand_and_nowhere_else() -> None:
    one = default_pronoun(0.36, 0.24, 0.49)
    assert [name for name, _ in glossary([one])] == ["default pronoun"]
    by_group = readout("open-answers", gauge("age: ill feeling", "undecided"))
    assert [name for name, _ in glossary([by_group])] == ["ill feeling"]
    for name in ("html", "text", "markdown"):
        assert GLOSSARY["default pronoun"] in writer(name)(told([step(one)], Policy()))
    assert glossary([readout("a", gauge("race", "found"))]) == []


def test_every_set_of_questions_that_ships_is_worded() -> None:
    asked = [one.probe(True) for one in (*PROBES, *UNSCORED)]
    assert {one.id for one in asked} <= set(WORDINGS)
    axes = {(one.id, item.axis) for one in asked for item in one.items(0)}
    assert ("occupation-pronouns", "default pronoun") in axes & set(SIDES)
    names = {axis for _, axis in axes}
    assert set(GLOSSARY) - names == {"labor statistics"}


@pytest.mark.parametrize("name", sorted(GLOSSARY))
def test_names_of_our_own_stand_in_the_documentation(root: Path, name: str) -> None:
    page = (root / "docs/how-to/read-the-report.md").read_text()
    assert f"| {name} |" in page
