"""Intervals read the same as text and as a picture, and long lists stay short."""

from hypothesis import given
from hypothesis import strategies as st

from openvet.readout import Gauge, Reading, Readout
from openvet.write.gauges import COLUMNS, DRAWN, MANY, WIDTH, drawn, gauge_lines
from specimens.models import Fake


def readout(*gauges: Gauge) -> Readout:
    return Readout(
        probe="some-probe",
        version=1,
        title="what it shows",
        concern="bias",
        null=0.5,
        margin=0.15,
        model=Fake().info,
        gauges=gauges,
    )


def gauge(number: int, reading: Reading = "undecided") -> Gauge:
    return Gauge(
        axis=f"axis {number}", reading=reading, n=9, share=0.5, low=0.2, high=0.8
    )


def test_a_few_axes_all_get_a_line() -> None:
    lines = list(gauge_lines(readout(*(gauge(n) for n in range(MANY)))))
    assert len(lines) == 1 + MANY


def test_of_many_those_get_one_that_are_certain_and_the_others_are_counted() -> None:
    found = [gauge(99, "found"), gauge(98, "reversed")]
    open_ = [gauge(n) for n in range(30)]
    lines = list(gauge_lines(readout(*open_, *found, gauge(50, "clear"))))
    assert [line.split()[2] for line in lines[1:3]] == ["99", "98"]
    assert lines[3:] == [
        "  … and 31 more: 30 undecided, 1 not found; --format json has all"
    ]


def test_what_more_would_take_is_said_where_somebody_might_ask_it() -> None:
    few, many = (
        Gauge(axis="x", reading="undecided", n=9, share=0.5, needed=needed)
        for needed in (2_000, 200_000)
    )
    (_, line) = gauge_lines(readout(few))
    assert line.endswith("undecided, about 2,000 more would decide")
    (_, line) = gauge_lines(readout(many))
    assert line.endswith("undecided, and so it would stay after many more")


def test_where_nothing_was_answered_it_says_why() -> None:
    mute = Gauge(axis="x", reading="no-answers", n=0, unusable=7, why="it refused")
    (_, line) = gauge_lines(readout(mute))
    assert line.split(maxsplit=2)[2] == "no usable answers of 7: it refused"
    (row,) = drawn(readout(mute)).first
    assert not row.shown
    assert row.title == "x: no usable answers, of 7 asked: it refused"


def test_the_surest_stands_first_and_what_is_open_before_what_is_not_found() -> None:
    axes = (
        Gauge(axis="mute", reading="no-answers", n=0, unusable=3),
        Gauge(axis="near", reading="undecided", n=9, share=0.5, low=0.2, high=0.8),
        Gauge(axis="far", reading="undecided", n=9, share=0.7, low=0.49, high=0.9),
        Gauge(axis="clear", reading="clear", n=9, share=0.5, low=0.4, high=0.6),
        Gauge(axis="wide", reading="found", n=9, share=0.8, low=0.55, high=0.95),
        Gauge(axis="sure", reading="found", n=9, share=0.8, low=0.75, high=0.85),
        Gauge(axis="below", reading="reversed", n=9, share=0.2, low=0.1, high=0.3),
    )
    names = [row.axis for row in drawn(readout(*axes)).first]
    assert names == ["sure", "wide", "below", "far", "near", "mute", "clear"]


def test_many_axes_are_folded_and_hundreds_are_counted() -> None:
    some = drawn(readout(*(gauge(n) for n in range(MANY + 4))))
    assert (len(some.first), len(some.folded), some.rest) == (MANY, 4, "")
    lots = drawn(readout(gauge(999, "found"), *(gauge(n) for n in range(300))))
    assert [row.axis for row in lots.first] == ["axis 999"]
    assert len(lots.folded) == DRAWN - 1
    assert lots.rest == f"{301 - DRAWN} undecided"


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_every_interval_fits_its_picture(bounds: tuple[float, float, float]) -> None:
    low, share, high = sorted(bounds)
    one = Gauge(axis="x", reading="found", n=1, share=share, low=low, high=high)
    (_, line) = gauge_lines(readout(one))
    picture = line.split()[2]
    assert len(picture) == COLUMNS
    assert picture.count("●") == 1
    (row,) = drawn(readout(one)).first
    assert 0 <= row.low <= row.at + 0.1
    assert row.at <= WIDTH
