"""How sure an interval is stands beside it, alone and together with the others."""

from openvet.policy import Policy
from openvet.readout import Readout
from openvet.stats.intervals import wilson
from openvet.wire import replace
from openvet.write import writer
from openvet.write.confidence import at_level, sure, surely
from openvet.write.measures import worded
from openvet.write.text import evidence_text
from specimens.readouts import gauge, readout, step
from specimens.reports import told


def shared(points: int, *, mute: int = 0) -> Readout:
    """Return a set of questions whose points share a level of 95 %."""
    each = 1 - 0.05 / (points + mute)
    some = [
        replace(gauge(f"point {n}", "undecided"), level=each) for n in range(points)
    ]
    return readout(
        "some-probe", *some, *(gauge(f"mute {n}", "no-answers") for n in range(mute))
    )


def test_points_that_share_a_level_each_have_more_of_it() -> None:
    assert surely([shared(2), shared(8)]) == (
        "All intervals of a set of questions together have a confidence of 95%, so each"
        " alone has more: 99.38% where there are 8 points."
    )
    assert sure(shared(8)) == ", each at 99.38%, all 8 together at 95% or more"


def test_a_set_whose_looks_took_a_part_of_the_level_has_more() -> None:
    some = [replace(gauge(f"{n}", "found"), level=1 - 0.025 / 34) for n in range(34)]
    assert surely([shared(8), readout("brands", *some)]) == (
        "All intervals of a set of questions together have a confidence of 95% or more,"
        " so each alone has more: 99.93% where there are 34 points."
    )


def test_a_point_without_an_answer_took_its_part_of_the_level() -> None:
    assert sure(shared(7, mute=1)) == sure(shared(8))


def test_a_point_that_stands_alone_shares_with_nobody() -> None:
    assert surely([shared(1)]) == "Each interval alone has a confidence of 95% or more."
    assert sure(shared(1)) == ", each at 95%"


def test_sets_that_share_otherwise_are_not_told_as_one() -> None:
    other = readout("b", *(replace(gauge("x", "found"), level=0.9) for _ in range(3)))
    assert surely([shared(8), other]) == (
        "Each interval alone has a confidence of 90% or more."
    )
    many = readout("c", *(replace(gauge("x", "found"), level=0.9) for _ in range(30)))
    assert sure(many) == ", each at 90%"


def test_an_audit_that_noted_no_level_claims_none() -> None:
    old = readout("a", gauge("x", "found"))
    assert (surely([old]), sure(old), at_level(0)) == ("", "", "")
    assert "onfidence of" not in writer("text")(told([step(old)], Policy()))


def test_every_report_of_intervals_says_how_sure_they_are() -> None:
    report = told([step(shared(8))], Policy())
    for name in ("html", "text", "markdown"):
        plain = writer(name)(report).replace("\\", "")
        assert surely(report.readouts) in plain, name
    page = writer("html")(report)
    assert "clustered by wording, each at 99.38%, all 8 together at 95%" in page
    assert '"level":0.99375' in writer("json")(report)


def test_a_measure_says_at_which_level_its_bounds_are() -> None:
    from openvet.finding import Measure

    bounds = wilson(80, 100, 0.99)
    one = Measure(
        name="gender",
        value=0.8,
        low=bounds.low,
        high=bounds.high,
        n=100,
        method=bounds.method,
        level=bounds.level,
    )
    assert evidence_text(one).endswith("(n = 100, Wilson at 99%)")
    assert worded(one).endswith("n=100, Wilson at 99%")
    assert evidence_text(replace(one, level=0)).endswith("(n = 100, Wilson)")
