from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.finding import Measure, Severity
from openvet.probes.exposure import exposure, read_slots
from openvet.readers.recommendations import measured
from openvet.report import Report
from openvet.supplied import RecommendationTable, Supplied
from openvet.write import markdown, text
from specimens.askable import findings
from specimens.brought import bring

TABLE = RecommendationTable(file="shown.csv", catalog="items.csv")
SUPPLIED = Supplied(recommendations=(TABLE,))
PROVIDERS = "abcdefgh"
ITEMS = ["item,provider", *(f"{p}{n},{p}" for p in PROVIDERS for n in range(5))]
HEAD = "user,item,provider,rank"


def shown(users: int, pick: Callable[[int, int], str]) -> list[str]:
    """Return a table in which each user is shown four items."""
    return [
        HEAD,
        *(
            f"u{user},{pick(user, rank)}{rank},{pick(user, rank)},{rank}"
            for user in range(users)
            for rank in range(1, 5)
        ),
    ]


def flagged(folder: Path) -> None:
    rows = shown(200, lambda user, rank: PROVIDERS[0 if rank < 4 else user % 8])
    bring(folder, SUPPLIED, shown=rows, items=ITEMS)


def passed(folder: Path) -> None:
    rows = shown(800, lambda user, rank: PROVIDERS[(user + 2 * rank) % 8])
    bring(folder, SUPPLIED, shown=rows, items=ITEMS)


def test_the_provider_that_is_favored_is_named_with_its_share(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "exposure-concentrated")
    assert found.severity is Severity.MEDIUM
    assert found.title.endswith("in shown.csv: a")
    unequal, share = [one for one in found.evidence if isinstance(one, Measure)]
    assert unequal.low > 0.5
    assert share.name.startswith("a: share of exposure, with 12.5% of the items")
    assert share.low > 0.7


def few_places(folder: Path) -> None:
    """Show 400 users five items each; two providers of eight on but few places."""
    rows = [
        HEAD,
        *(
            f"u{user},{name}{rank},{name},{rank}"
            for user in range(400)
            for rank in range(1, 6)
            for name in ["a" if rank < 4 else "b" if user < 5 else "cdefgh"[user % 6]]
        ),
    ]
    bring(folder, SUPPLIED, shown=rows, items=ITEMS)


def test_a_share_is_over_the_users_that_its_interval_rests_on(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    few_places(tmp_path)
    report = audit(tmp_path)
    (found,) = findings(report, "exposure-concentrated")
    assert [one.n for one in found.evidence if isinstance(one, Measure)] == [400, 400]
    (readout,) = report.readouts
    assert {one.n for one in readout.gauges} == {400}
    seldom = next(one for one in readout.gauges if one.axis.startswith("b "))
    assert 0 < seldom.share < 0.01
    page = markdown.write(report)
    assert "400 users counted for 8 points" in page
    assert "% of 400 users' exposure" in page
    assert "n=400: found" in text.write(report)


def test_hits_are_the_share_of_users_and_no_count_of_places(tmp_path: Path) -> None:
    few_places(tmp_path)
    table = (tmp_path / "shown.csv").read_text()
    found = exposure(read_slots(TABLE, table, (tmp_path / "items.csv").read_text()))
    for one in found.providers:
        axis = measured(one, found.users)
        assert axis.n == axis.clusters == axis.asked == axis.population == 400
        assert axis.hits == pytest.approx(one.share * 400)


def test_whoever_offers_more_may_be_shown_more(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = shown(200, lambda user, _: "a" if user % 4 else "b")
    offered = ["item,provider", *(f"a{n},a" for n in range(75))]
    offered += [f"b{n},b" for n in range(25)]
    bring(tmp_path, SUPPLIED, shown=rows, items=offered)
    assert findings(audit(tmp_path), "exposure-concentrated") == []


def undecided(report: Report) -> list[str]:
    """Return what users are too few to tell."""
    gaps = [one.gap for one in report.not_examined]
    return [gap.detail for gap in gaps if gap.reason == "undecided"]


def test_providers_that_users_are_too_few_to_tell_of_are_no_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    offered = ["item,provider", *(f"a{n},a" for n in range(9)), "b0,b"]
    bring(tmp_path, SUPPLIED, shown=shown(1, lambda *_: "a"), items=offered)
    report = audit(tmp_path)
    assert findings(report, "exposure-concentrated") == []
    says = "shown.csv: whether exposure is that of the items is undecided of a"
    assert undecided(report) == [says]
    assert report.exit_code == 4


def test_where_every_provider_is_decided_nothing_is_left_open(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    passed(tmp_path)
    assert undecided(audit(tmp_path)) == []


def test_undecided_providers_beside_a_finding_are_not_told_again(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    rows = shown(40, lambda user, rank: PROVIDERS[0 if rank < 4 else user % 8])
    bring(tmp_path, SUPPLIED, shown=rows, items=ITEMS)
    report = audit(tmp_path)
    assert findings(report, "exposure-concentrated")
    assert undecided(report) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("u1,a1,a", "3 fields where the header has 4"),
        (",a1,a,1", "no user, item or provider"),
        ("u1,a1,a,first", "the rank is no number"),
        ("u1,a1,a,0", "the rank is no number"),
        ("u1,a1,a,99999999999999999999", "the rank is no number"),
        ("u0,a1,a,1", "a second item on this rank"),
        (f"u1,a1,{'a' * 999},1", "a very long name"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(
    tmp_path: Path, audit: Callable[..., Report], row: str, why: str
) -> None:
    rows = shown(9, lambda user, rank: PROVIDERS[(user + rank) % 8])
    bring(tmp_path, SUPPLIED, shown=[*rows, row], items=ITEMS)
    report = audit(tmp_path)
    assert any(why in one.gap.detail for one in report.not_examined)
    assert report.exit_code == 4


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([HEAD], "shows nobody anything"),
        ([""], "no column user"),
        (["user,item,rank", "u,i,1"], "no column provider"),
    ],
)
def test_a_table_that_cannot_be_used_is_a_gap(
    tmp_path: Path, audit: Callable[..., Report], rows: list[str], why: str
) -> None:
    bring(tmp_path, SUPPLIED, shown=rows, items=ITEMS)
    report = audit(tmp_path)
    assert any(why in one.gap.detail for one in report.not_examined)
    assert report.errors == ()
