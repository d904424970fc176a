"""Options that name files: what they mean, and what is refused."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from openvet.cli.supplied import TABLE, supplied_by
from openvet.config import read
from openvet.errors import OpenvetError
from openvet.supplied import Ask, DecisionTable, Supplied

NOTHING: dict[str, Any] = {"pairs": (), **dict.fromkeys(TABLE)}
COLUMNS: dict[str, Any] = {"table": "a.csv", "protected": ("race",)}


def given(options: dict[str, Any]) -> Supplied:
    """Return what options mean beside an empty configuration."""
    return supplied_by(Supplied(), {**NOTHING, **options}, ask=True)


def test_a_table_is_described_by_options() -> None:
    options = {**COLUMNS, "score": "points", "threshold": 5.0, "favorable": "no"}
    (table,) = given(options).table
    assert table == DecisionTable(
        file="a.csv",
        protected=("race",),
        score="points",
        threshold=5,
        favorable="no",
    )


def test_options_add_to_the_configuration() -> None:
    known = Supplied(ask=Ask(pairs=("one.csv",), vendor="Google"))
    told = supplied_by(known, {**NOTHING, "pairs": ("two.csv",)}, ask=True)
    assert told.ask == Ask(pairs=("one.csv", "two.csv"), vendor="Google")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"label": "x"}, "--label belongs to a table"),
        ({"table": "a.csv", "prediction": "x"}, "needs --protected"),
        (COLUMNS, "either --prediction or --score"),
        ({**COLUMNS, "score": "x"}, "--score and --threshold belong together"),
        ({**COLUMNS, "prediction": "x", "threshold": 0.0}, "belong together"),
    ],
)
def test_half_a_table_is_refused_in_the_words_of_options(
    options: dict[str, Any], why: str
) -> None:
    with pytest.raises(OpenvetError, match=why):
        given(options)


def test_questions_to_a_model_that_is_not_asked_are_refused() -> None:
    with pytest.raises(OpenvetError, match="not asked"):
        supplied_by(Supplied(), {**NOTHING, "pairs": ("a.csv",)}, ask=False)


def test_a_configuration_names_files_beside_itself(tmp_path: Path) -> None:
    path = tmp_path / "openvet.toml"
    path.write_text(
        '[ask]\npairs = ["a.csv"]\nlabor = "/b.csv"\n'
        '[[table]]\nfile = "c.csv"\nprotected = ["sex"]\nprediction = "hired"\n'
        '[[recommendations]]\nfile = "d.csv"\nuser = "who"\n'
    )
    told = read(path).supplied(tmp_path)
    assert list(told.files()) == [
        str(tmp_path / "a.csv"),
        "/b.csv",
        str(tmp_path / "c.csv"),
        str(tmp_path / "d.csv"),
    ]
    assert told.recommendations[0].user == "who"


def test_a_wrong_key_or_half_a_table_in_a_configuration_is_said(
    tmp_path: Path,
) -> None:
    path = tmp_path / "openvet.toml"
    path.write_text('[[table]]\nfile = "c.csv"\nprotected = ["sex"]\n')
    with pytest.raises(OpenvetError, match="either `prediction` or `score`"):
        read(path)
    path.write_text('[[table]]\nfile = "c.csv"\nprotcted = ["sex"]\n')
    with pytest.raises(OpenvetError, match="no key `protcted`") as caught:
        read(path)
    assert "protected" in str(caught.value.hint)


def test_a_table_is_compared_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/README.md").write_text("# A model\n")
    rows = ["a,yes"] * 80 + ["a,no"] * 20 + ["b,yes"] * 20 + ["b,no"] * 80
    (tmp_path / "people.csv").write_text("\n".join(["group,hired", *rows]))
    command = [sys.executable, "-m", "openvet", "audit", "model", "--table"]
    command += ["people.csv", "--protected", "group", "--prediction", "hired"]
    found = subprocess.run(
        [*command, "--no-cache", "-q", "--ledger", "kept"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "review[selection-rates-differ]" in found.stdout, found.stderr
    assert "demographic parity ratio: 0.25" in found.stdout
    assert found.returncode == 0
