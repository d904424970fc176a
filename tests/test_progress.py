"""The live line of a terminal: files first, then what a model is asked."""

import os
import pty
import re
import subprocess
import sys
import termios
from contextlib import suppress

import pytest

PLAY = """
import time
from openvet.cli.progress import progress_bar
with progress_bar(wanted=True, files=1, size=100) as tell:
    tell("file", ("model.gguf",), 100)
    tell("hashed", (), 100)
    tell("done", ("model.gguf",), 100)
    tell("hashed", (), 100)
    time.sleep(0.3)
    tell("asked", ("opening the model",), 0)
    time.sleep(0.3)
    tell("asked", ("stereotypes", "gen\\x1b[31mder", "32/160 · 0.44 undecided"), 32)
    time.sleep(0.3)
    tell("file", ("base.gguf",), 100)
    time.sleep(0.3)
"""


@pytest.fixture(params=[40, 100], scope="module")
def lines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Return what a terminal of some width was told, line by line."""
    master, slave = pty.openpty()
    with os.fdopen(master, "rb", 0) as screen:
        termios.tcsetwinsize(slave, (24, request.param))
        with subprocess.Popen(
            [sys.executable, "-c", PLAY],
            stderr=slave,
            cwd=tmp_path_factory.mktemp("played"),
            env={"PATH": os.environ["PATH"], "TERM": "xterm"},
        ) as process:
            os.close(slave)
            told = b""
            with suppress(OSError):  # a terminal that nobody holds open any more
                while piece := screen.read(65536):
                    told += piece
        assert process.returncode == 0
    found = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told.decode()))
    assert max(map(len, found)) <= request.param
    return found


def test_a_file_that_is_read_twice_is_counted_once(lines: list[str]) -> None:
    text = "".join(lines)
    assert "1/1 files" in text
    assert "200/100" not in text


def test_while_a_model_is_asked_nothing_is_said_of_files(lines: list[str]) -> None:
    asked = [line for line in lines if "undecided" in line or "32/160" in line]
    assert asked
    assert not any("files" in line for line in asked)
    assert "32/160" in asked[-1]


def test_a_model_that_opens_slowly_is_named_meanwhile(lines: list[str]) -> None:
    assert any("opening the model" in line for line in lines)


def test_words_of_a_model_do_not_steer_the_terminal(lines: list[str]) -> None:
    assert "\x1b" not in "".join(lines)
