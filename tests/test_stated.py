"""What the ledger keeps of a dossier is bounded, and reads back as it was."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.dossier import Card, Dossier, Edge, LicenseClaim, Section, Spot, Statement
from openvet.stated import LARGEST, PASSAGE, PASSAGES, Stated, of
from openvet.subject import Origin
from openvet.wire import decode, encode
from specimens.command import run

HERE = Origin(place=(), digest="d")
WIDE = 2**70


def dossier(**fields: Any) -> Dossier:
    return Dossier(origin=HERE, **fields)


def said(**facts: Any) -> Stated:
    spot = Spot(file="README.md", line=1)
    told = {key: (Statement(value=value, spot=spot),) for key, value in facts.items()}
    found = of(dossier(facts=told))
    assert found is not None
    return found


def card(title: str, text: str) -> Card:
    section = Section(title=title, level=2, line=7, text=text, text_line=8)
    return Card(origin=HERE, file="README.md", kind="model", sections=(section,))


def test_a_folder_that_says_nothing_leaves_nothing() -> None:
    assert of(dossier()) is None
    assert dossier().stated is None


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("x", "x"),
        (3, 3),
        ([1, "a"], (1, "a")),
        ({"a": 1.5}, {"a": 1.5}),
        (float("nan"), "nan"),
        (WIDE, str(WIDE)),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_a_value_reads_back_as_it_was_written(value: Any, kept: Any) -> None:
    stated = said(x=value)
    assert stated.facts["x"][0].value == kept
    assert decode(encode(stated), Stated) == stated


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = scalars | st.lists(scalars) | st.dictionaries(st.text(), scalars)


@given(st.dictionaries(st.text(), values, max_size=5), st.text(), st.text())
def test_whatever_is_said_can_be_written_and_read(
    facts: dict[str, Any], title: str, text: str
) -> None:
    spot = Spot(file=text, text=title)
    told = {key: (Statement(value=one, spot=spot),) for key, one in facts.items()}
    found = of(dossier(facts=told, name=text, cards=(card(title, text),)))
    assert found is None or repr(decode(encode(found), Stated)) == repr(found)


def test_a_folder_that_says_too_much_is_cut_and_counted() -> None:
    spot = Spot(file="a" * 300, text="b" * 300)
    claim = LicenseClaim(
        written="x" * 300, keys=(), about="model", source="card", spot=spot
    )
    edge = Edge(parent="y" * 300, kind="model", relation="base", spot=spot)
    many = tuple(Statement(value=["z" * 300] * 20, spot=spot) for _ in range(100))
    large = Statement(value=["z" * 300] * 100, spot=spot)
    facts = {str(number): (*many, large) for number in range(1000)}
    cards = (card("Limitations", "word " * 4000),) * 100
    found = of(
        dossier(claims=(claim,) * 1000, edges=(edge,) * 1000, facts=facts, cards=cards)
    )
    assert found is not None
    assert found.left_out == 800 + 500 + 100_000
    assert len(found.passages) == PASSAGES
    assert max(len(one.text) for one in found.passages) == PASSAGE
    assert len(encode(found)) < 100 * 10 * LARGEST


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Intended uses & limitations", "use"),
        ("Bias, Risks, and Limitations", "risks"),
        ("Out-of-Scope Use", "out-of-scope"),
        ("Limitations", "limitations"),
        ("Recommendations", "mitigations"),
        ("## 4. Training Data", "training-data"),
        ("Environmental Impact", "environment"),
    ],
)
def test_a_passage_is_known_by_its_heading(title: str, topic: str) -> None:
    found = of(
        dossier(cards=(card(title, "It is *so*.\n\n[More Information Needed]"),))
    )
    assert found is not None
    (passage,) = found.passages
    assert (passage.topic, passage.text) == (topic, "It is *so*.")
    assert (passage.spot.file, passage.spot.line) == ("README.md", 7)


def test_what_only_a_template_says_is_no_passage() -> None:
    assert of(dossier(cards=(card("Limitations", "[More Information Needed]"),))) == (
        Stated(cards=("README.md",))
    )


def test_a_stored_and_a_repeated_audit_keep_what_was_said(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# A model\n")
    command = ("audit", "model", "--format", "json", "--bundle", "b.openvet")
    first = run(*command, cwd=tmp_path).stdout
    again = run(*command, cwd=tmp_path).stdout
    stored = run("report", "b.openvet", "--format", "json", cwd=tmp_path).stdout
    assert '"written":"mit"' in first
    assert (
        again.partition('"stated":')[2].partition('"target":')[0]
        == (first.partition('"stated":')[2].partition('"target":')[0])
    )
    assert stored == again


@pytest.mark.slow
def test_half_characters_neither_end_an_audit_nor_differ_when_stored(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    card = '---\nlicense: "mit\\uD800"\nbase_model: "a/\\uD800b"\n---\n# A\n'
    (folder / "README.md").write_text(card)
    (folder / "config.json").write_text('{"architectures": ["\\ud800"]}')
    for form in ("text", "json", "cyclonedx", "spdx"):
        command = ("audit", "model", "--format", form, "--bundle", "b.openvet")
        fresh = run(*command, cwd=tmp_path)
        assert fresh.returncode in {0, 1, 4}, fresh.stderr
        stored = run("report", "b.openvet", "--format", form, cwd=tmp_path)
        assert stored.stdout == fresh.stdout
