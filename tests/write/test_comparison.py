"""Models side by side, as people and programs read it."""

import json
import re

from syrupy.assertion import SnapshotAssertion

from openvet.compared.record import BESIDE, Beside, SideBySide
from openvet.probes.asking import MARGIN
from openvet.wire import decode, replace
from openvet.write import comparison
from openvet.write.sides import MEANS, Side, key, sides
from specimens.compared import FOUND, OPEN, WORSE, measure, model


def test_the_text_reads_as_it_did(snapshot: SnapshotAssertion) -> None:
    assert comparison.text(FOUND) == snapshot


def test_the_page_reads_as_it_did(snapshot: SnapshotAssertion) -> None:
    page = comparison.html(FOUND)
    assert page[page.index("<body>") :] == snapshot


def test_a_share_on_the_other_side_of_chance_is_not_called_as_far_from_it() -> None:
    apart = replace(WORSE, says="differs", first=0.3, other=0.7)
    found = replace(FOUND, measures=(measure("gender", apart),))
    for written in (comparison.text(found), comparison.html(found)):
        assert "differs, on the other side of chance" in written
        assert "as far from chance" not in written
    assert "beside A: 1 differs, on the other" in comparison.summary(found)
    same = replace(apart, other=0.3)
    assert comparison.difference(same).endswith("differs, as far from chance")


def told(says: Beside) -> Side:
    """Return the picture of a model beside the first."""
    one = measure("gender", replace(WORSE, says=says))
    return sides(one, ["A", "B", "C"])[1]


def test_every_way_to_stand_beside_a_has_a_sign_a_class_and_a_word() -> None:
    states, marks, words, about = zip(*key(), strict=True)
    assert len(set(states)) == len(set(marks)) == len(set(words)) == 1 + len(BESIDE)
    assert len(set(about)) == 1 + len(BESIDE)
    drawn = {says: told(says) for says in BESIDE}
    assert [drawn[says].state for says in BESIDE] == list(states[1:])
    first, *_ = sides(measure("gender", WORSE), ["A", "B", "C"])
    assert (first.state, first.mark) == (states[0], "")
    assert MEANS["alike"] == f"a difference of more than {MARGIN} is ruled out"


def test_every_class_of_a_picture_is_in_its_style_sheet() -> None:
    page = comparison.html(FOUND)
    css = page.partition("<style>")[2].partition("</style>")[0]
    for state, *_ in key():
        assert f".gauges .{state}" in css, state
    assert all(f".gauge {part} {{" in css for part in ("path", "rect", "circle"))
    drawn = set(re.findall(r'<svg class="gauge ([a-z]+)', page))
    assert drawn <= {state for state, *_ in key()} | {"sample"}


def test_a_picture_says_aloud_share_interval_chance_and_how_it_stands() -> None:
    assert told("worse").title == (
        "B on gender: share 0.70, interval 0.60 to 0.80, n = 100; chance 0.50;"
        " beside A: worse"
    )
    page = comparison.html(FOUND)
    named = r"<svg(?![^>]*(?:aria-label|aria-hidden))(?![^>]*><title>[^<]+)"
    assert re.findall(named, page) == []
    assert "interval 0.60 to 0.80" in page


def test_a_picture_has_a_scale_also_where_heads_are_out_of_sight() -> None:
    page = comparison.html(FOUND)
    for mark in (">0</text>", ">chance 0.5</text>", ">1</text>"):
        # In the head of each of two tables, and once more in its caption.
        assert page.count(mark) == 4
    assert page.count('<span class="narrow"><svg') == 2


def test_what_each_way_to_stand_means_is_said_on_the_page() -> None:
    page = comparison.html(FOUND)
    for _, _, words, about in key():
        assert f"{words}</b> <span" in page
        assert about in page


def test_how_sure_intervals_are_is_said() -> None:
    assert "every interval: 95% of confidence, each alone" in comparison.text(FOUND)
    assert "has a confidence of 95%, each alone" in comparison.html(FOUND)
    assert json.loads(comparison.json(FOUND))["level"] == 0.95


def test_axes_without_a_picture_are_counted() -> None:
    many = tuple(measure(f"axis {n}", OPEN) for n in range(comparison.DRAWN + 3))
    page = comparison.html(replace(FOUND, measures=many))
    assert "… and 3 more; --format json has all" in page


def test_who_names_no_size_is_not_called_larger() -> None:
    hosted = replace(FOUND.contenders[0], model=model("large", 0))
    found = replace(FOUND, contenders=(hosted, *FOUND.contenders[1:]))
    for written in (comparison.text(found), comparison.html(found)):
        assert "taken for the smaller, since A names no size: beside A" in written


def test_a_name_cannot_act_on_who_reads_it() -> None:
    assert "\x1b" not in comparison.text(FOUND)
    page = comparison.html(FOUND)
    assert "<script" not in page
    assert "<b>runs" not in page
    assert "\x1b" not in comparison.json(FOUND)


def test_the_json_is_the_record() -> None:
    said = comparison.json(FOUND)
    assert decode(said.encode(), SideBySide) == FOUND
    assert json.loads(said)["schema"] == "compare-v1"


def test_undecided_is_no_failure_and_what_is_missing_is() -> None:
    assert FOUND.exit_code == 1
    open_ = tuple(m for m in FOUND.measures if m.axis != "gender")
    assert replace(FOUND, measures=open_).exit_code == 4
    assert replace(FOUND, measures=open_, not_compared=()).exit_code == 0
    assert replace(FOUND, measures=(), not_compared=()).exit_code == 4
