"""A killed asking goes on where it was: nothing is asked twice, nothing changes."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.write.behavior import summary
from specimens.askable import Played, asked, played

TESTS = Path(__file__).parent
ASK = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from openvet.readers import answers
from openvet.run import Options, audit
from openvet.wire import replace
from openvet.write.json import write
from specimens import askable

def counted(ask):
    def asked(self, requests):
        for result in ask(self, requests):
            with open({count!r}, "a") as file:
                file.write(mark)
            time.sleep({pause})
            yield result
    return asked

def marked(explain):
    def explained(*given, **named):
        global mark
        mark = "x"
        found = explain(*given, **named)
        mark = "."
        return found
    return explained

mark = "."
askable.Played.score = counted(askable.Played.score)
askable.Played.generate = counted(askable.Played.generate)
answers.explain = marked(answers.explain)
target = Path({target!r})
with askable.played(target, Options()) as options:
    report, _ = audit(target, replace(options, ledger={ledger!r}))
print(write(report))
"""


def script(folder: Path, ledger: str, *, pause: float = 0) -> list[str]:
    """Return the command of an audit that asks, and counts its questions."""
    text = ASK.format(
        tests=str(TESTS),
        target=str(folder / "model"),
        ledger=str(folder / ledger),
        count=str(folder / f"{ledger}.count"),
        pause=pause,
    )
    return [sys.executable, "-c", text]


def _nearly(text: str) -> float:
    return round(float(text), 9)


def shown(output: bytes) -> dict[str, Any]:
    """Return what a report says, what asking has cost included, without its time."""
    # Seconds that are added up in another order differ in their last digit.
    report: dict[str, Any] = json.loads(output, parse_float=_nearly)
    for name in ("started", "ended", "ledger"):
        del report[name]
    return report


@pytest.mark.slow
@pytest.mark.parametrize("character", ["fair", "nurses-are-women"])
def test_an_asking_killed_again_and_again_ends_as_if_nothing_had_happened(
    tmp_path: Path, character: str
) -> None:
    asked(tmp_path / "model", character)
    whole = subprocess.run(
        script(tmp_path, "whole"), capture_output=True, check=True, cwd=tmp_path
    )
    marks = (tmp_path / "whole.count").read_text()
    # Killed among questions, and while it asks which words matter where it does.
    questions, explained = marks.count("."), marks.count("x")
    assert bool(explained) == (character != "fair")
    places = [(".", questions * part // 100) for part in (2, 25, 55, 95)]
    places += [("x", explained * part // 3) for part in (1, 2) if explained]
    places.sort(key=lambda place: nth(marks, *place))
    doing = [killed_at(tmp_path, *place) for place in places]
    killed = sum(map(bool, doing))
    assert killed > len(places) // 2
    assert ("x" in doing) == bool(explained)
    done = subprocess.run(
        script(tmp_path, "state"), capture_output=True, check=True, cwd=tmp_path
    )
    assert shown(done.stdout) == shown(whole.stdout)
    # Of each kill at most the batch in flight was asked again.
    batch = 32 * 2
    again = (tmp_path / "state.count").stat().st_size
    assert again <= len(marks) + killed * batch


def test_an_audit_that_knows_the_answers_says_in_which_zone_they_were_given(
    tmp_path: Path,
) -> None:
    target = tmp_path / "model"
    asked(target, only="occupation-pronouns")
    with played(target, Options(ledger=str(tmp_path / "ledger"))) as options:
        told = [run_audit(target, options)[0] for _ in range(2)]
    assert [one.zone[1:] for one in told] == [Played.protections, ()]
    for one in told:
        shown = summary(one)
        assert shown is not None
        assert Played.protections[0] in shown.how


def nth(marks: str, mark: str, number: int) -> int:
    """Return at which place a mark stands for the given time, the first being 1."""
    return [at for at, one in enumerate(marks) if one == mark][number - 1]


def killed_at(folder: Path, mark: str, place: int) -> str:
    """Kill an audit after so many questions of a kind; return the mark of the last.

    Nothing is returned if it ended before.
    """
    count = folder / "state.count"
    process = subprocess.Popen(
        script(folder, "state", pause=0.001),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    while process.poll() is None and (
        not count.exists() or count.read_text().count(mark) < place
    ):
        time.sleep(0.01)
    process.kill()
    return count.read_text()[-1] if process.wait() == -9 else ""
