"""A killed audit goes on where it was, and ends as if nothing had happened."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from specimens.pickles import PICKLE

KILLS = 100


def command(target: Path, state: Path) -> list[str]:
    words = [sys.executable, "-m", "openvet", "audit", str(target), "--format=json"]
    return [*words, "--ledger", str(state), "--config=none", "-q"]


def outcomes(output: bytes) -> Any:
    """Return a report without its times and what depends on them."""
    report = json.loads(output)
    for name in ("started", "ended", "ledger"):
        del report[name]
    return report


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "target"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number:03}.pkl").write_bytes(PICKLE + b"x" * (number % 7))
        (folder / f"{number:03}.json").write_text(json.dumps({"number": number}))
    return folder


@pytest.mark.slow
def test_a_hundred_kills_at_random_times_change_nothing(
    target: Path, tmp_path: Path
) -> None:
    whole = subprocess.run(
        command(target, tmp_path / "whole"), capture_output=True, check=False
    )
    assert whole.returncode == 1
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    killed, longest = 0, 0.2
    for _ in range(20 * KILLS):
        state = tmp_path / f"state-{killed // 5}"
        process = subprocess.Popen(
            command(target, state), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(chance.uniform(0.05, longest))
        process.kill()
        output, _ = process.communicate()
        if process.returncode == -9:
            killed += 1
            longest = min(longest * 1.05, 3)
        else:
            assert outcomes(output) == outcomes(whole.stdout)
            longest = max(longest * 0.8, 0.2)
        if killed >= KILLS:
            break
    assert killed == KILLS
    for state in sorted(tmp_path.glob("state-*")):
        done = subprocess.run(command(target, state), capture_output=True, check=False)
        assert outcomes(done.stdout) == outcomes(whole.stdout), state
        assert sorted(path.name for path in state.iterdir()) == ["last.jsonl", "lock"]


@pytest.mark.slow
def test_an_audit_killed_in_the_middle_goes_on(target: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    process = subprocess.Popen(
        command(target, state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    current = state / "current.jsonl"
    while not (current.exists() and current.stat().st_size > 20_000):
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    written = current.read_bytes().count(b'"type":"step"')
    assert written > 10
    done = subprocess.run(command(target, state), capture_output=True, check=False)
    fresh = subprocess.run(
        command(target, tmp_path / "fresh"), capture_output=True, check=False
    )
    assert outcomes(done.stdout) == outcomes(fresh.stdout)
