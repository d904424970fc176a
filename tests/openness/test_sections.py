import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.dossier import Card
from openvet.formats.card import parse_card
from openvet.openness.sections import Answer, answers, has_answer, lines_of, plain
from openvet.subject import Origin

BIASES = (
    "Users (both direct and downstream) should be made aware of the risks, biases and"
    " limitations of the model. More information needed for further recommendations."
)
CARBON = (
    "Carbon emissions can be estimated using the [Machine Learning Impact calculator]"
    "(https://mlco2.github.io/impact#compute) presented in [Lacoste et al. (2019)]"
    "(https://arxiv.org/abs/1910.09700)."
)


def card(text: str) -> Card:
    parts = parse_card(text, Budget())
    return Card(
        origin=Origin(place=(), digest="0"),
        file="README.md",
        kind="model",
        data=parts.data,
        lines=parts.lines,
        sections=parts.sections,
    )


def said(text: str) -> dict[str, Answer]:
    return {answer.title: answer for answer in answers(card(text), Budget())}


@pytest.mark.parametrize(
    "text",
    [
        "[More Information Needed]",
        "More information needed",
        "**More information needed.**",
        "TODO",
        "tbd",
        "To be added.",
        "Coming soon...",
        "[Your content here]",
        "{{ model_description }}",
        "...",
        "---",
        "| | |",
        "Use the code below to get started with the model.",
        BIASES,
        CARBON,
    ],
)
def test_what_a_template_left_is_no_answer(text: str) -> None:
    assert plain(text) == ""


@pytest.mark.parametrize(
    "text", ["English", "N/A", "none", "模型", "42", "We added a note here.", "A todo."]
)
def test_anything_else_is_an_answer(text: str) -> None:
    assert plain(text) == text


def test_a_heading_is_answered_by_what_stands_below_its_own_headings() -> None:
    found = said("# A\n\n## Uses\n\n### Direct use\n\nWriting.\n\n## Limits\n\nTODO\n")
    assert found["uses"].text == "Writing."
    assert found["uses"].line == 3
    assert (found["limits"].text, found["limits"].placeholder) == ("", True)


def test_an_empty_heading_is_no_placeholder() -> None:
    found = said("# A\n\n## Uses\n\n## Limits\n\nMany.\n")
    assert (found["uses"].text, found["uses"].placeholder) == ("", False)


def test_comments_tell_the_author_what_to_write_and_say_nothing() -> None:
    text = (
        "# A\n\n## Uses\n\n<!-- Say what\nit is for. -->\n\n[More Information Needed]\n"
    )
    found = said(text)["uses"]
    assert (found.text, found.placeholder) == ("", True)


def test_a_label_is_answered_or_not() -> None:
    text = (
        "# A\n\n- **Developed by:** Acme\n- **Funded by [optional]:** "
        "[More Information Needed]\n- **Contact**: a@b.c\n"
    )
    found = said(text)
    assert (found["developed by"].text, found["developed by"].line) == ("Acme", 3)
    assert found["funded by"].placeholder
    assert found["contact"].text == "a@b.c"


def test_bold_words_are_headings_to_people() -> None:
    text = (
        "# A\n\n**License** A custom one.\n\n**Release date:**\n\n* **70B: 2024**\n\n"
        "**Intended use**\n\nWriting.\n\n**Limits**\n\n[More Information Needed]\n\n"
        "- **Contact:**\n- **Owner:** Acme\n"
    )
    found = said(text)
    assert found["license"].text == "A custom one."
    assert found["release date"].text == "* **70B: 2024**"
    assert (found["intended use"].text, found["intended use"].line) == ("Writing.", 9)
    assert (found["limits"].text, found["limits"].placeholder) == ("", True)
    assert (found["contact"].text, found["contact"].placeholder) == ("", True)
    assert found["owner"].text == "Acme"


def test_lines_are_those_of_the_file() -> None:
    text = "---\na: b\n---\n\nfirst\n\n# A\n\n<!--\n\n-->\nsecond\n```\ncode\n```\n"
    lines = text.split("\n")
    found = [line for line in lines_of(card(text)) if line.text.strip()]
    assert [lines[line.number - 1] for line in found] == [line.text for line in found]
    assert [line.text for line in found if line.code] == ["```", "code", "```"]


@pytest.mark.parametrize(
    "value", ["", None, [], {}, ["", None], "unknown", "[More Information Needed]"]
)
def test_a_key_without_a_value_is_not_answered(value: object) -> None:
    assert not has_answer(value)
    assert has_answer("mit")
    assert has_answer(["en"])
    assert has_answer(0)


@given(st.text(alphabet="#-* _`<!->[]():|\nabT", max_size=300))
def test_any_text_has_sections_without_end_or_error(text: str) -> None:
    made = card(text)
    count = text.count("\n") + 2
    assert all(0 < line.number < count for line in lines_of(made))
    assert all(answer.text or not answer.text for answer in answers(made, Budget()))
