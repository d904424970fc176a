"""Heat lines: words with signs and heights, in a terminal and in HTML."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from openvet.finding import Attribution, Faithfulness, Method, Standing, WordWeight
from openvet.wire import replace
from openvet.write.heat import heat_html, heat_lines, heat_text, level, mark
from openvet.write.text import evidence_text


def beside(method: Method = "occlusion", p: float = 0.001) -> list[Faithfulness]:
    """Return both measures of a way to weigh words."""
    one = Faithfulness(
        method=method,
        measure="comprehensiveness",
        nats=1.5,
        random=0.8,
        better=0.85,
        low=0.62,
        high=0.97,
        n=176,
        interval="Korn-Graubard over clusters",
        p=p,
    )
    return [one, replace(one, measure="sufficiency", nats=0.3, better=0.8)]


SHOWN = Attribution(
    axis="stereotype",
    texts=24,
    faithfulness=(*beside(), *beside("gradient x input", 0.42)),
    method="occlusion",
    words=(
        WordWeight(word="When", weight=0.1),
        WordWeight(word=" the", weight=-1.2),
        WordWeight(word=" locksmith", weight=2.7),
        WordWeight(word=" came", weight=1.3),
    ),
    toward=" he",
    against=" she",
    contrast=1.88,
    own=(
        Standing(measure="comprehensiveness", better=13, n=15),
        Standing(measure="sufficiency", better=14, n=14),
    ),
    clear=9,
)
NONE = Attribution(
    axis="gender",
    texts=24,
    faithfulness=tuple(beside(p=0.2)),
    why="no attribution was better than chance",
)


def test_a_word_has_a_sign_and_a_height() -> None:
    assert [mark(level(weight, 2)) for weight in (2, 1, 0.2, 0, -0.2, -2)] == [
        "+█",
        "+▄",
        "+▂",
        "·",
        "-▂",
        "-█",
    ]
    assert level(1, 0) == 0
    assert level(float("nan"), 1) == 0


def test_marks_stand_below_their_words() -> None:
    head, words, marks, key, own, axis = heat_lines(SHOWN)
    assert head == "stereotype: why “he” and not “she” (+1.88 nats, occlusion):"
    assert words == "  When the locksmith came"
    assert marks == "  ·    -▄  +█        +▄"
    assert key == "  + toward it, - against it; █ = 2.7 nats"
    assert own == (
        "  on this text, better than random orders of its words in"
        " 13 of 15 by comprehensiveness and 14 of 14 by sufficiency"
    )
    assert axis == (
        "  on 24 texts of this axis, better in"
        " 0.85 [0.62, 0.97] of 176 comparisons by comprehensiveness (p = 0.001) and"
        " 0.80 [0.62, 0.97] of 176 comparisons by sufficiency (p = 0.001);"
        " clearly so on 9 of them"
    )


@pytest.mark.parametrize("show", [heat_html, heat_text])
def test_the_figures_of_a_text_and_of_its_axis_are_told_apart(
    show: Callable[[Attribution], str],
) -> None:
    shown = show(SHOWN)
    assert shown.index("on this text, better") < shown.index("on 24 texts of this axis")


def test_what_an_older_audit_did_not_record_is_not_made_up() -> None:
    old = replace(SHOWN, own=(), clear=0)
    assert "how this text does by itself was not recorded" in heat_text(old)
    assert "clearly so" not in heat_text(old)


def test_color_adds_nothing_that_the_marks_do_not_say() -> None:
    plain, painted = list(heat_lines(SHOWN)), list(heat_lines(SHOWN, color=True))
    assert plain != painted
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in painted] == plain


def test_long_texts_and_wide_words_keep_their_marks() -> None:
    words = tuple(WordWeight(word=" 護士", weight=1.0) for _ in range(40))
    lines = list(heat_lines(replace(SHOWN, words=words)))[1:-3]
    assert len(lines) > 2
    for row, marks in zip(lines[::2], lines[1::2], strict=True):
        assert row.split() == ["護士"] * len(row.split())
        assert marks.split() == ["+█"] * len(row.split())
        # Each of these signs takes two cells.
        assert marks.index("+█", 4) == 2 + len("護士") * 2 + 1


def test_what_is_no_explanation_is_said_to_be_none() -> None:
    (line,) = heat_lines(NONE)
    assert line == (
        "gender: no attribution was better than chance on 24 texts (occlusion:"
        " comprehensiveness p = 0.2, sufficiency p = 0.2)"
    )
    assert "figure" not in heat_html(NONE)
    assert "no attribution was better than chance" in heat_html(NONE)
    failed = replace(NONE, texts=0, faithfulness=(), why="the model failed: tired")
    assert heat_text(failed) == "gender: the model failed: tired"


def test_one_line_holds_the_words_and_their_weights() -> None:
    assert "When the -1.2 locksmith +2.7 came +1.3" in evidence_text(SHOWN)
    many = replace(SHOWN, words=SHOWN.words * 100)
    assert len(evidence_text(many)) < 900


def test_the_figure_has_its_numbers_as_text() -> None:
    figure = ET.fromstring(heat_html(SHOWN))  # noqa: S314 - our own output
    spans = figure.findall(".//span")
    assert [span.get("class") for span in spans] == [
        "w none",
        "w against2",
        "w for4",
        "w for2",
    ]
    assert [span.findtext("small") for span in spans] == ["·", "-1.2", "+2.7", "+1.3"]
    label = figure.find("p[@role='img']")
    assert label is not None
    assert "locksmith +2.7" in (label.get("aria-label") or "")


@pytest.mark.parametrize(
    "text", ["<b>", '"><script>', "\x1b[31m", "\u202e", "{{ 7*7 }}"]
)
def test_tokens_of_a_hostile_tokenizer_command_nothing(text: str) -> None:
    words = (*SHOWN.words, WordWeight(word=text, weight=2.0))
    hostile = replace(SHOWN, words=words, toward=text, axis=text, against=text)
    html = heat_html(hostile)
    ET.fromstring(html)  # noqa: S314 - our own output
    assert "<script>" not in html
    for shown in (html, *heat_lines(hostile), evidence_text(hostile)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_more_words_than_anybody_reads_are_counted() -> None:
    words = tuple(WordWeight(word=f" {n}", weight=1.0) for n in range(5000))
    long = replace(SHOWN, words=words)
    assert len(list(heat_lines(long))) < 60
    assert "and 4800 more words" in heat_html(long)
