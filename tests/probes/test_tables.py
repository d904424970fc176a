"""Tables of decisions: what groups got, and rows that cannot be used."""

import csv
import math
import random
from pathlib import Path

import pytest

from openvet.errors import OpenvetError
from openvet.probes.tables import Columns, Decided, fairness, read_table

SHARED = Path(__file__).parents[3] / "shared/data/benchmarks"
COLUMNS = Columns(group="race", decision="score", at_least=5, truth="true")
TEXT = """race,score,true
a,7,1
a,5,0
a,4,1
b,1,0
b,9,1
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    return path


def people(seed: int, count: int = 600) -> list[Decided]:
    """Return people of three groups, decided about at random."""
    draw = random.Random(seed)  # noqa: S311 - a seeded simulation
    return [
        Decided(draw.choice("xyz"), draw.random() < 0.4, draw.random() < 0.5)
        for _ in range(count)
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_score_is_a_decision_from_its_threshold_on(tmp_path: Path, mark: str) -> None:
    table = read_table(written(tmp_path, TEXT.replace(",", mark)), COLUMNS)
    assert table.broken == ()
    assert table.people[:3] == (
        Decided("a", selected=True, truth=True, score=7),
        Decided("a", selected=True, truth=False, score=5),
        Decided("a", selected=False, truth=True, score=4),
    )


def test_a_yes_is_a_decision_and_without_truth_only_selection_is_told(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "who,hired\nx,Yes\nx,no\ny,TRUE\ny,0\ny,1\n")
    columns = Columns(group="who", decision="hired", yes=("1", "true", "yes"))
    table = read_table(path, columns)
    large, small = fairness(table.people).groups
    assert (large.name, large.selected.hits, large.n) == ("y", 2, 3)
    assert (small.selected.value, small.false_positive.value) == (0.5, None)


def test_rows_that_cannot_be_used_are_named_and_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT + ",5,1\nb,many,1\nb,nan,1\nb,5\n\nb,6,\n")
    table = read_table(path, COLUMNS)
    assert [(row.line, row.why) for row in table.broken] == [
        (7, "no group"),
        (8, "no score"),
        (9, "no score"),
        (10, "2 fields where the header has 3"),
    ]
    assert table.people[-1] == Decided("b", selected=True, truth=None, score=6)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("race,points\na,1\n", "no column score, true"),
        ("race,score,true\n", "nobody"),
        ("", "no column"),
        ('race,score,true\n"a', "nobody"),
    ],
)
def test_a_table_without_columns_or_people_is_refused(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(OpenvetError, match=says):
        read_table(written(tmp_path, text), COLUMNS)
    with pytest.raises(OpenvetError, match="cannot be read"):
        read_table(tmp_path / "nothing.csv", COLUMNS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "race,score,true\na,5,NoRecid\nb,9,Recid\n",
            "no yes (1, true, yes) in the column true, which holds NoRecid, Recid",
        ),
        ("race,score,true\na,5,\nb,9,\n", "in the column true, which holds nothing"),
        (
            "race,score,true\na,5,1\nb,9,0\nb,9,unknown\n",
            "more than two values in the column true: 1, 0, unknown",
        ),
    ],
)
def test_labels_that_nobody_can_tell_a_yes_from_a_no_in_are_refused_by_their_words(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(OpenvetError) as caught:
        read_table(written(tmp_path, text), COLUMNS)
    assert says in caught.value.message
    assert "positive" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hire", "reject"), "in the column hired, which holds hire, reject"),
        (("1.0", "0.0"), "which holds 1.0, 0.0"),
        (("yes", "no", "maybe"), "more than two values in the column hired: yes, no"),
        ((*"1abcd", "e" * 999, *"fg"), "hired: 1, a, b, c, d, …"),
        (("e" * 999,), f"which holds {'e' * 40}…"),
    ],
)
def test_so_are_decisions_with_a_few_of_the_words_cut_short(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    rows = "".join(f"x,{word}\n" for word in words)
    path = written(tmp_path, f"who,hired\n{rows}")
    with pytest.raises(OpenvetError) as caught:
        read_table(path, Columns(group="who", decision="hired"))
    assert says in caught.value.message
    assert len(caught.value.message) < 300 + len(str(path))


def test_whoever_says_what_a_yes_is_may_have_any_number_of_other_words(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, "who,hired\nx,Hired\nx,left\ny,late\ny,HIRED\n")
    columns = Columns(group="who", decision="hired", yes=("hired",))
    people = read_table(path, columns).people
    assert [one.selected for one in people] == [True, False, False, True]
    with pytest.raises(OpenvetError, match=r"no yes \(kept\)"):
        read_table(path, Columns(group="who", decision="hired", yes=("kept",)))


def test_case_makes_no_further_value_and_an_empty_field_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "who,hired,good\nx,Yes,no\nx,NO,YES\ny,yes,\ny,no,No\n")
    people = read_table(
        path, Columns(group="who", decision="hired", truth="good")
    ).people
    assert [one.truth for one in people] == [False, True, None, False]


def test_of_two_equal_headings_the_first_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "race,score,true,score\na,9,1,0\n")
    assert read_table(path, COLUMNS).people[0].selected


def test_groups_are_compared_with_the_largest_or_the_one_named() -> None:
    some = [*[Decided("x", selected=True)] * 3, Decided("y", selected=False)]
    (one,) = fairness(some).compared
    assert (one.name, one.reference, one.difference, one.ratio) == ("y", "x", -1, 0)
    (other,) = fairness(some, reference="y").compared
    assert (other.name, other.ratio, other.ratio_interval.high) == ("x", None, math.inf)
    with pytest.raises(ValueError, match="'z'"):
        fairness(some, reference="z")
    with pytest.raises(ValueError, match="nobody"):
        fairness([])


def test_one_person_has_a_rate_and_nearly_no_certainty() -> None:
    (group,) = fairness([Decided("x", selected=False, truth=False)]).groups
    assert group.false_positive.value == 0
    assert group.false_positive.interval is not None
    assert group.false_positive.interval.high > 0.7
    assert group.precision.value is None


@pytest.mark.parametrize("seed", range(5))
def test_rates_are_those_of_fairlearn(seed: int) -> None:
    metrics = pytest.importorskip("fairlearn.metrics")
    some = people(seed)
    found = fairness(some)
    frame = metrics.MetricFrame(
        metrics={
            "selected": metrics.selection_rate,
            "false_positive": metrics.false_positive_rate,
            "false_negative": metrics.false_negative_rate,
        },
        y_true=[one.truth for one in some],
        y_pred=[one.selected for one in some],
        sensitive_features=[one.group for one in some],
    )
    for group in found.groups:
        for name, value in frame.by_group.loc[group.name].items():
            assert getattr(group, str(name)).value == pytest.approx(value)
    rates = [group.selected.value or 0 for group in found.groups]
    known = {
        "y_true": [one.truth for one in some],
        "y_pred": [one.selected for one in some],
        "sensitive_features": [one.group for one in some],
    }
    difference = metrics.demographic_parity_difference(**known)
    assert max(rates) - min(rates) == pytest.approx(difference)
    ratio = metrics.demographic_parity_ratio(**known)
    assert min(rates) / max(rates) == pytest.approx(ratio)


def test_compas_has_the_rates_that_were_published() -> None:
    path = SHARED / "compas/compas-scores-two-years.deidentified.csv"
    if not path.is_file():
        pytest.skip(f"no table: {path} is not there")
    columns = Columns(
        group="race", decision="decile_score", at_least=5, truth="two_year_recid"
    )
    groups = {
        one.name: one for one in fairness(read_table(path, columns).people).groups
    }
    for name, *published in (
        ("African-American", 0.4485, 0.2799, 0.6297),
        ("Caucasian", 0.2345, 0.4772, 0.5913),
    ):
        one = groups[name]
        rates = (one.false_positive, one.false_negative, one.precision)
        assert [rate.value for rate in rates] == pytest.approx(published, abs=5e-5)


def test_german_credit_has_the_parity_that_was_published() -> None:
    path = SHARED / "german/german.data"
    if not path.is_file():
        pytest.skip(f"no table: {path} is not there")
    rows = list(csv.reader(path.read_text("utf-8").splitlines(), delimiter=" "))
    young = [Decided(str(int(row[12]) <= 25), row[20] == "1") for row in rows]
    (one,) = fairness(young).compared
    assert one.difference == pytest.approx(-0.1494, abs=5e-5)
    assert one.difference_interval.high < 0
