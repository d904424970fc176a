"""`openvet compare` as a person runs it."""

from pathlib import Path

import pytest

from specimens.askable import loadable
from specimens.command import run
from specimens.pickles import PICKLE


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a",), "one model cannot be compared"),
        (("a", "nowhere"), "cannot open nowhere"),
        (("a", "hf:org/name"), "only what is here can be loaded"),
        (("a", "openai:https://host/v1#m", "--offline"), "--offline refuses it"),
        (("a", "a", "--probe", "no-such"), "can be asked no-such"),
        (("a", "a", "--margin", "0"), "margin"),
    ],
)
def test_wrong_use_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    loadable(tmp_path / "a")
    done = run("compare", *arguments, "--config=none", cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "help: " in done.stderr
    assert "Traceback" not in done.stderr


def test_models_that_cannot_run_are_told_and_not_compared(tmp_path: Path) -> None:
    for name in ("a", "b"):
        loadable(tmp_path / name)
        (tmp_path / name / "pytorch_model.bin").write_bytes(PICKLE)
    done = run("compare", "a", "b", "--config=none", cwd=tmp_path)
    assert done.returncode == 4, done.stderr
    assert "A: a (not compared: the model is not asked: pytorch_model.bin" in (
        done.stdout
    )
    assert "nothing was compared" in done.stdout


def test_a_base_without_asking_is_wrong_use(tmp_path: Path) -> None:
    loadable(tmp_path / "a")
    done = run("audit", "a", "--base", "a", "--config=none", cwd=tmp_path)
    assert done.returncode == 2
    assert "--base compares what two models answer" in done.stderr
    assert "help: add --ask" in done.stderr
