import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.check import Context
from openvet.dossier import Card, LicenseText
from openvet.formats.card import (
    LONGEST_HEADER,
    SECTION_TEXT,
    CardText,
    parse_card,
)
from openvet.formats.papers import role_of
from openvet.readers.card import CardReader, LicenseTextReader
from specimens.dossiers import dossier
from specimens.seeds import file_of

DOCUMENTS = (
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    b"PK\x03\x04\x14\x00\x06\x00word/document.xml",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x00\x01\x02MIT License",
)


def parsed(text: str) -> CardText:
    return parse_card(text, Budget())


def card(data: bytes, name: str = "README.md") -> Card:
    (made,) = CardReader().read(file_of(name, data), Context())
    assert isinstance(made, Card)
    return made


def test_keys_and_items_know_their_line_in_the_file() -> None:
    text = "---\nlicense: mit\ndatasets:\n- a\n- b\nmodel-index:\n- name: x\n---\n"
    found = parsed(text)
    assert found.data["datasets"] == ["a", "b"]
    assert found.lines["license"] == 2
    assert found.lines["datasets[1]"] == 5
    assert found.lines["model-index[0].name"] == 7


def test_a_long_section_goes_on_in_others_so_that_nothing_of_it_is_lost() -> None:
    body = [f"line {number} of many" for number in range(9000)]
    found = parsed("\n".join(("# Title", "", *body, "x" * 50_000, "# End")))
    *parts, end = found.sections
    assert end.title == "End"
    assert len(parts) > 5
    assert {(part.title, part.line) for part in parts} == {("Title", 1)}
    assert max(len(part.text) for part in parts) <= SECTION_TEXT
    lines = {
        part.text_line + at: line
        for part in parts
        for at, line in enumerate(part.text.split("\n"))
    }
    assert [lines[at] for at in range(3, 9003)] == body
    assert sum(part.text.count("x") for part in parts) == 50_000


def test_what_stands_late_in_a_long_section_is_read() -> None:
    text = "# A\n" + "words\n" * 9000 + "- **License:** cc-by-nc-4.0\n"
    made = dossier({"README.md": text.encode()})
    assert [claim.keys for claim in made.claims] == [("cc-by-nc-4.0",)]
    assert made.claims[0].spot.line == 9002


@pytest.mark.parametrize("data", DOCUMENTS)
def test_terms_in_a_document_are_said_to_be_unread(data: bytes) -> None:
    made = dossier({"README.md": b"# A\n", "LICENSE.pdf": data})
    (text,) = made.licenses
    assert text.unread
    assert text.matches == ()
    assert made.gaps == ()


@pytest.mark.parametrize("text", ["\ufeff", "\n\n", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_marks_blank_lines_and_any_line_end_may_come_first(text: str, end: str) -> None:
    lines = ("---", "license: mit", "---", "# Title", "text")
    found = parsed(text + end.join(lines))
    assert found.data == {"license": "mit"}
    assert [(s.title, s.text) for s in found.sections] == [("Title", "text")]
    assert found.sections[0].line == 4 + text.count("\n")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("---\nlicense: mit\ntags: [a\n---\n# T", 3, "expected"),
        ("---\nlicense: mit\nlicense: gpl\n---\n# T", 3, "again"),
        ("---\nlicense: mit\n# T", 1, "never ends"),
        ("---\nlicense: *x\n---\n# T", 2, "undefined alias"),
        ("---\nlicense: a: b\n---\n# T", 2, "not allowed"),
        ("---\n\tlicense: mit\n---\n# T", 2, ""),
    ],
)
def test_a_broken_header_says_its_line_and_the_text_is_kept(
    text: str, line: int, problem: str
) -> None:
    found = parsed(text)
    assert found.problem_line == line
    assert problem in found.problem
    assert found.sections[-1].title == "T"


@pytest.mark.parametrize(
    "text",
    ["", "---", "---\n---\n", "---\n\nwords\n\n---\nmore", "# T\n---\na: b\n---\n"],
)
def test_lines_across_the_page_are_no_header(text: str) -> None:
    found = parsed(text)
    assert (found.data, found.problem) == ({}, "")


def test_headings_are_found_outside_of_code_only() -> None:
    text = (
        "intro\n\n# One #\n```sh\n# not one\n```\n~~~~\n~~~\n# nor this\n~~~~\n"
        "Two\n===\nbody\n\n<h3 align='center'><b>Three</b></h3>\n    # code\n#no\n"
    )
    found = [(s.title, s.level, s.line) for s in parsed(text).sections]
    assert found == [("", 1, 1), ("One", 1, 3), ("Two", 1, 11), ("Three", 3, 15)]


def test_a_card_of_a_data_set_is_told_by_its_keys_or_its_name() -> None:
    assert card(b"---\ntask_categories: [x]\n---\n").kind == "dataset"
    assert card(b"---\npipeline_tag: x\n---\n").kind == "model"
    assert card(b"# Data", "data_card.md").kind == "dataset"
    assert card(b"# Model").kind == "model"


@pytest.mark.slow
def test_a_card_of_fifty_megabytes_is_cut_and_says_so() -> None:
    found = card(b"---\nlicense: mit\n---\n" + b"# T\nwords " * (5 << 20))
    assert found.data == {"license": "mit"}
    assert [gap.reason for gap in found.gaps] == ["over-budget"]


def test_a_header_that_is_too_long_is_not_read() -> None:
    found = parsed("---\nlicense: mit\nx: " + "a" * LONGEST_HEADER + "\n---\n# T")
    assert found.gaps
    assert found.problem_line == 1


def test_aliases_that_name_a_billion_nodes_are_not_followed() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = parsed("---\n" + "\n".join(rows) + "\n---\n# T")
    assert found.data == {}
    assert [defect.code for defect in found.defects] == ["yaml-alias-bomb"]
    assert found.sections[0].title == "T"


def test_bytes_that_are_no_text_are_kept_as_escapes() -> None:
    found = card(b"---\nlicense: mit\n---\n# T\n" + b"a" * 5000 + b"\xff\x1b[31m")
    assert found.sections[0].text.endswith("a\\xff\x1b[31m")


def test_a_notice_is_read_as_a_text_of_terms() -> None:
    (made,) = LicenseTextReader().read(file_of("NOTICE", b"Made by me."), Context())
    assert isinstance(made, LicenseText)
    assert (made.file, made.words) == ("NOTICE", 3)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("license", "LICENSE LICENSE.md licence.txt LICENSE-APACHE LICENSE.apache-2.0"),
        ("license", "COPYING.LESSER model.py.license Gemma_Terms.html MODEL_LICENSE"),
        ("notice", "NOTICE NOTICE.txt THIRD_PARTY_NOTICES.txt"),
        ("use-policy", "USE_POLICY.md Llama_USE_POLICY.md acceptable-use-policy.txt"),
        ("card", "README.md README_cn.md readme README.zh-CN.md llama-model-card.md"),
        ("data-card", "data_card.md DATASHEET.md dataset-card.md"),
        ("training-code", "train.py finetune_lora.py training/loop.py pretrain.ipynb"),
        ("evaluation", "eval.py run_benchmark.sh .eval_results/a.yaml"),
        ("code", "licenses.py security.py constrain.py"),
        (None, "licenses.json LICENSE.png license.yaml card.jpg history.json"),
    ],
)
def test_a_name_says_the_part_that_a_file_has(role: str | None, names: str) -> None:
    assert {name: role_of(name) for name in names.split()} == dict.fromkeys(
        names.split(), role
    )


@given(
    st.lists(
        st.sampled_from(
            ["---", "---\n", "a: b\n", "- c\n", "&x ", "*x ", "```", "# ", "===\n", "{"]
        )
        | st.text(max_size=5),
        max_size=30,
    )
)
def test_no_text_breaks_a_card(parts: list[str]) -> None:
    text = "".join(parts)
    found = parsed(text)
    assert all(0 < one.line <= text.count("\n") + text.count("\r") + 1
               for one in found.sections)  # fmt: skip
    assert bool(found.problem) >= bool(found.problem_line)


def test_the_text_of_a_section_knows_its_first_line() -> None:
    text = "---\nlicense: mit\n---\n\nfirst\n\n# A\n\n\nsecond\n\nB\n---\nthird\n"
    lines = text.split("\n")
    found = parsed(text).sections
    assert [s.text for s in found] == ["first", "second", "third"]
    assert [lines[s.text_line - 1] for s in found] == ["first", "second", "third"]
