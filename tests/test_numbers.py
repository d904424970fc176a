"""Numbers that a person gives: what cannot be counted with is wrong use."""

from pathlib import Path

import pytest

from specimens.askable import loadable
from specimens.command import run

TABLE = """
[[table]]
file = "a.csv"
protected = ["race"]
score = "points"
threshold = {}
"""
LARGE = 10**26
COLUMNS = ("--table", "a.csv", "--protected", "race", "--score", "points")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "a", "--seed", str(LARGE)), "a seed lies between -922337"),
        (("audit", "a", "--seed", str(2**63)), "a seed lies between"),
        (("audit", "a", "--seed", str(-(2**63) - 1)), "a seed lies between"),
        (("audit", "a", "--seed", "1.5"), "not a valid integer"),
        (("compare", "a", "a", "--seed", str(LARGE)), "a seed lies between"),
        (("compare", "a", "a", "--margin", "nan"), "nan is no number to compare with"),
        (("compare", "a", "a", "--margin", "inf"), "inf is no number to compare with"),
        (("compare", "a", "a", "--margin", "0.7"), "0<x<=0.5"),
        (("audit", "a", *COLUMNS, "--threshold", "nan"), "nan is no number to compare"),
        (("audit", "a", *COLUMNS, "--threshold", "-inf"), "-inf is no number"),
    ],
)
def test_a_number_that_nothing_is_counted_with_is_refused(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    loadable(tmp_path / "a")
    done = run(*arguments, "--config=none", cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert f"help: see `openvet {arguments[0]} --help`" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[settings]\nseed = {LARGE}", "mine.toml: `settings.seed` lies between -922"),
        (TABLE.format("nan"), "mine.toml: the `threshold` of the table "),
        (TABLE.format("inf"), "is inf, which is no number to compare with"),
    ],
)
@pytest.mark.parametrize("command", [("audit", "a"), ("compare", "a", "a")])
def test_a_configuration_may_not_say_them_either(
    tmp_path: Path, command: tuple[str, ...], text: str, said: str
) -> None:
    loadable(tmp_path / "a")
    (tmp_path / "mine.toml").write_text(text)
    done = run(*command, "--config=mine.toml", cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "help: docs/reference/configuration.md" in done.stderr


@pytest.mark.parametrize("seed", [2**63 - 1, -(2**63), 0])
def test_every_seed_of_eight_bytes_is_taken(tmp_path: Path, seed: int) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "README.md").write_text("# A model\n")
    done = run("audit", "a", "--seed", str(seed), "--config=none", cwd=tmp_path)
    assert done.returncode != 2, done.stderr
