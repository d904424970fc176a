"""Pronouns after occupations, and tables of labor statistics."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.errors import OpenvetError
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.occupations import (
    DEFAULT,
    STATISTICS,
    STEREOTYPE,
    OccupationPronouns,
    occupations,
    read_labor_table,
)
from specimens.models import Fake

SHARED = Path(__file__).parents[3] / "shared/data/benchmarks"
WOMEN = dict.fromkeys(occupations().women, 0.8) | dict.fromkeys(occupations().men, 0.2)


def measured(
    likes: Callable[[str], float], women: dict[str, float] | None = None
) -> dict[str, Measured]:
    found = ask(OccupationPronouns(women), Fake(4, likes=likes), Plan(cap=360))
    return {one.axis: one for one in found}


def pronoun(text: str) -> str:
    return text.rpartition(" ")[2]


def typical(strength: float) -> Callable[[str], float]:
    """Return a liking for the pronoun that most workers of an occupation have."""

    def likes(text: str) -> float:
        women = any(f" {who} " in text for who in occupations().women)
        men = any(f" {who} " in text for who in occupations().men)
        she = pronoun(text) == "she"
        return strength * (she - (not she)) * (women - men)

    return likes


def test_he_by_default_is_found_and_is_no_stereotype() -> None:
    found = measured(lambda text: 3.0 * (pronoun(text) == "he"))
    assert found[DEFAULT].verdict == "above"
    assert found[STEREOTYPE].verdict not in {"above", "below"}


def test_stereotypes_are_found_where_no_pronoun_is_the_default() -> None:
    found = measured(typical(1.0))
    assert found[STEREOTYPE].verdict == "above"
    assert found[DEFAULT].verdict not in {"above", "below"}


def test_a_model_without_either_is_not_flagged() -> None:
    verdicts = {one.verdict for one in measured(lambda _: 0.0).values()}
    assert not verdicts & {"above", "below"}


def test_exaggerating_labor_statistics_is_told_from_following_them() -> None:
    strong = measured(typical(3.0), WOMEN)[STATISTICS]
    assert strong.verdict == "above"
    # The log-odds of 0.8 are 1.39, half of which goes to each pronoun.
    assert measured(typical(0.69), WOMEN)[STATISTICS].verdict not in {"above", "below"}
    assert measured(lambda _: 0.0, WOMEN)[STATISTICS].verdict == "below"


def test_one_request_serves_all_axes() -> None:
    items = OccupationPronouns(WOMEN).items(0)
    about_people = 12
    assert len({item.request for item in items}) == 60 * 12 + about_people
    assert len(items) == 60 * 12 * 4


def test_the_list_has_as_many_occupations_of_women_as_of_men() -> None:
    known = occupations()
    assert len(known.women) == len(known.men) == 30
    assert not set(known.women) & set(known.men)
    assert all(frame.count("{who}") == 1 for frame in known.frames)


@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not here")
def test_the_list_agrees_with_labor_statistics_where_it_was_compared() -> None:
    table = read_labor_table(SHARED / "winogender/occupations-stats.tsv")
    assert len(table.women) == 60
    known = occupations()
    compared = [(who, True) for who in known.women] + [
        (who, False) for who in known.men
    ]
    compared = [(who, women) for who, women in compared if who in table.women]
    assert len(compared) == 19
    assert all((table.women[who] > 0.5) == women for who, women in compared)


def test_a_table_may_have_percent_or_shares_commas_or_tabs(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("occupation,women\nNurse,88\nmason,1\nbaker\n,3\ncook,x\n")
    table = read_labor_table(path)
    assert table.women == {"nurse": 0.88, "mason": 0.01}
    assert [broken.line for broken in table.broken] == [4, 5, 6]
    path.write_text("Occupation\tfemale\nnurse\t0.88\n")
    assert read_labor_table(path).women == {"nurse": 0.88}


def test_a_table_of_both_shares_and_percent_is_refused_with_one_of_each(
    tmp_path: Path,
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("occupation,women\nnurse,0.87\nmason,0.1\ncarpenter,2.8\n")
    with pytest.raises(OpenvetError) as caught:
        read_labor_table(path)
    says = "both shares and percent in the column women: nurse 0.87, carpenter 2.8"
    assert says in caught.value.message
    assert "percent_women" in str(caught.value.hint)


@pytest.mark.parametrize("heading", ["percent_women", "Women %", "pct_female"])
def test_a_heading_that_says_percent_is_believed(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"occupation,{heading}\nnurse,87\nmason,0.5\n")
    assert read_labor_table(path).women == {"nurse": 0.87, "mason": 0.005}


def test_nobody_and_everybody_fit_shares_and_percent(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("occupation,women\nnurse,0.87\nmason,0\nmidwife,1\n")
    assert read_labor_table(path).women == {"nurse": 0.87, "mason": 0, "midwife": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("job,women\nnurse,3\n", "no columns"),
        ("", "no columns"),
        ("occupation,women\n", "no shares"),
    ],
)
def test_a_table_that_says_nothing_is_an_error(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(OpenvetError, match=why):
        read_labor_table(path)
