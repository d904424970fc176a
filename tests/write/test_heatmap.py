"""A heat map shows every reading differently, without color, however much was asked."""

from openvet.policy import Policy
from openvet.readout import Gauge
from openvet.write import writer
from openvet.write.heatmap import (
    COLUMNS,
    ROWS,
    Cell,
    HeatMap,
    cell_text,
    heat_maps,
    key,
    legend,
    map_lines,
)
from specimens.readouts import gauge, planted, readout, step, unasked
from specimens.reports import HOSTILE, told


def bias() -> HeatMap:
    (drawn, *_) = heat_maps(planted(), [unasked("open-answers")])
    assert drawn.concern == "bias"
    return drawn


def cells(drawn: HeatMap, row: str) -> list[Cell]:
    (line,) = [line for line in drawn.lines if line.name == row]
    return list(line.cells)


def test_every_kind_of_cell_has_a_sign_and_a_class_of_its_own() -> None:
    states = [state for state, *_ in key()]
    marks = [mark for _, mark, *_ in key()]
    words = [words for _, _, words, _ in key()]
    assert len(set(states)) == len(set(marks)) == len(set(words)) == 6


def test_a_group_is_the_same_row_for_every_set_of_questions() -> None:
    first, second, *_ = cells(bias(), "gender")
    assert (first.mark, first.said, second.mark, second.said) == (
        "▲",
        "0.80",
        "?",
        "0.60",
    )


def test_axes_of_other_suites_stand_in_the_rows_of_ours_and_keep_their_names() -> None:
    ours, theirs = gauge("race", "found"), gauge("race-color", "clear")
    (drawn,) = heat_maps([readout("a", ours), readout("crows", theirs)], [])
    (line,) = drawn.lines
    assert [cell.mark for cell in line.cells] == ["▲", "≈"]
    assert line.cells[1].title.startswith("≈ race-color: not found")


def test_what_was_not_asked_looks_unlike_what_was_not_answered() -> None:
    mute, other, *_, never = cells(bias(), "disability")
    assert (mute.state, mute.mark, mute.said) == ("mute", "∅", "")
    assert mute.title == "∅ disability: no usable answers, of 32 asked: it refused"
    assert (other.state, other.mark) == (never.state, never.mark) == ("unasked", "·")


def test_the_title_of_a_cell_has_share_interval_and_n() -> None:
    (cell, *_) = cells(bias(), "gender")
    assert cell.title == (
        "▲ gender: found; share 0.80, interval 0.70 to 0.90, n = 100; chance 0.50"
    )


def test_the_farther_from_chance_the_stronger_and_only_where_it_is_certain() -> None:
    axes = [
        Gauge(axis=f"{share}", reading="found", n=9, share=share, low=0.51, high=1)
        for share in (0.55, 0.7, 0.9)
    ]
    axes.append(gauge("open", "undecided"))
    (drawn,) = heat_maps([readout("a", *axes)], [])
    assert [line.cells[0].step for line in drawn.lines] == [1, 2, 3, 0]


def test_hundreds_of_brands_take_a_row_for_each_kind() -> None:
    (_, social) = heat_maps(planted(), [])
    assert [line.name for line in social.lines] == ["phone", "car"]
    (phone,) = cells(social, "phone")
    assert (phone.mark, phone.said) == ("▲", "Star 0 0.80 +2")
    assert phone.title.endswith("… and 147 undecided")
    (car,) = cells(social, "car")
    assert car.said == "Brand 0 0.20 +146"
    assert social.folded


def both() -> HeatMap:
    """Return a map in which a row has brands on either side of chance."""
    found = [gauge("phone: Star", "found"), gauge("phone: Sun", "found")]
    below = [gauge("phone: Moon", "reversed"), gauge("phone: Dust", "reversed")]
    open_ = [gauge(f"car: Brand {n}", "undecided") for n in range(ROWS)]
    (drawn,) = heat_maps([readout("a", *below, *found, *open_)], [])
    return drawn


def test_a_cell_hides_neither_side_of_chance() -> None:
    (cell,) = cells(both(), "phone")
    assert cell_text(cell) == "▲ Star 0.80 +1 · ▼ Moon 0.20 +1"
    assert (cell.state, cell.step) == ("found", 2)
    assert cell.other is not None
    assert (cell.other.state, cell.other.step) == ("reversed", 2)
    (car,) = cells(both(), "car")
    assert car.other is None
    assert any("· ▼ Moon 0.20 +1" in line for line in map_lines(both()))


def test_both_sides_of_chance_are_read_aloud() -> None:
    found, below = gauge("phone: Star", "found"), gauge("phone: Moon", "reversed")
    open_ = [gauge(f"car: Brand {n}", "undecided") for n in range(ROWS)]
    report = told([step(readout("a", found, below, *open_))], Policy())
    page = writer("html")(report)
    assert '<span class="hidden">found</span> Star 0.80 · ' in page
    assert '<span class="hidden">the other way round</span> Moon 0.20</span>' in page
    assert "▼ Moon 0.20" in writer("markdown")(report)


def test_what_a_column_measures_stands_below_the_table() -> None:
    report = told([step(readout("some-probe", gauge("x", "found")))], Policy())
    page = writer("html")(report)
    assert "<li><b>some probe</b>: what some-probe shows</li>" in page
    assert "- some probe: what some\\-probe shows" in writer("markdown")(report)


def test_the_legend_holds_in_the_dark_too() -> None:
    said = {words: about for _, _, words, about in key()}
    assert said["found"].endswith("above chance; the stronger the color, the farther")
    assert not any("dark" in about for about in said.values())


def test_more_rows_than_there_is_room_for_are_counted() -> None:
    axes = [gauge(f"axis {n}", "undecided") for n in range(300)]
    (drawn,) = heat_maps([readout("a", *axes, gauge("last", "found"))], [])
    assert len(drawn.lines) == ROWS
    assert "last" in {line.name for line in drawn.lines}
    assert drawn.lines[-1].name == "… and 282 more"
    assert drawn.lines[-1].cells[0].said == "282 of 282"


def test_more_sets_of_questions_than_there_is_room_for_are_counted() -> None:
    many = [readout(f"probe-{n}", gauge("x", "found")) for n in range(COLUMNS + 3)]
    (drawn,) = heat_maps(many, [])
    assert (len(drawn.columns), drawn.hidden) == (COLUMNS, 3)
    assert "3 more sets" in list(map_lines(drawn))[-1]


def test_a_concern_without_an_answer_has_no_picture() -> None:
    assert heat_maps([], [unasked("open-answers")]) == []
    assert (
        heat_maps([readout("a", gauge("x", "found"), concern="environment")], []) == []
    )


def test_a_hostile_name_stays_a_name() -> None:
    drawn = bias()
    text = "\n".join(map_lines(drawn))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == len(drawn.lines) + len(drawn.columns) + 1
    assert any(HOSTILE[:4] in name for name, _ in drawn.columns)


def test_the_legend_names_every_sign() -> None:
    assert all(mark in legend() for _, mark, *_ in key())
