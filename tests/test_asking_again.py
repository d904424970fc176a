"""A killed asking goes on where it was: nothing is asked twice, nothing changes."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from specimens.askable import asked

TESTS = Path(__file__).parent
ASK = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from openvet.run import Options, audit
from openvet.wire import replace
from openvet.write.json import write
from specimens import askable

class Slow(askable.Played):
    def score(self, requests):
        for result in super().score(requests):
            self.count()
            yield result

    def generate(self, requests):
        for result in super().generate(requests):
            self.count()
            yield result

    def count(self):
        with open({count!r}, "a") as file:
            file.write(".")
        time.sleep({pause})

askable.CHARACTERS["fair"] = Slow
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
def test_an_asking_killed_again_and_again_ends_as_if_nothing_had_happened(
    tmp_path: Path,
) -> None:
    asked(tmp_path / "model")
    whole = subprocess.run(
        script(tmp_path, "whole"), capture_output=True, check=True, cwd=tmp_path
    )
    count, killed = tmp_path / "state.count", 0
    for wanted in (50, 700, 1500, 2600):
        process = subprocess.Popen(
            script(tmp_path, "state", pause=0.0005),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        while process.poll() is None and (
            not count.exists() or count.stat().st_size < wanted
        ):
            time.sleep(0.01)
        process.kill()
        killed += process.wait() == -9
    assert killed >= 3
    done = subprocess.run(
        script(tmp_path, "state"), capture_output=True, check=True, cwd=tmp_path
    )
    assert shown(done.stdout) == shown(whole.stdout)
    # Of each kill at most the batch in flight was asked again.
    batch = 32 * 2
    most = (tmp_path / "whole.count").stat().st_size + killed * batch
    assert count.stat().st_size <= most
