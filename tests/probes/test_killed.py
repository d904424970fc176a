"""A process that asks is killed in the middle, and run again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from openvet.errors import ModelError
from openvet.models.protocol import ScoreRequest, ScoreResult
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.paired import CounterfactualPairs
from specimens.models import Fake, drawn

TESTS = Path(__file__).resolve().parents[1]
PLAN = Plan(cap=48, batch=16)
SLOW = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.paired import CounterfactualPairs
from specimens.models import Fake

class Slow(Fake):
    def score(self, requests):
        for result in super().score(requests):
            time.sleep(0.005)
            yield result

model = Slow("killed")
plan = Plan(cap=48, batch=16)
ask(CounterfactualPairs(), model, plan, Answers(model.info, Path(sys.argv[2])))
"""


def lines(path: Path) -> int:
    return path.read_bytes().count(b'"score":{') if path.exists() else 0


def test_a_killed_run_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    command = [sys.executable, "-c", SLOW, str(TESTS), str(path)]
    with subprocess.Popen(command) as running:
        deadline = time.monotonic() + 60
        while lines(path) < 64 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    kept = lines(path)
    assert 64 <= kept < 48 * 8
    whole, again = Fake("killed"), Fake("killed")
    found = ask(CounterfactualPairs(), again, PLAN, Answers(again.info, path))
    assert found == ask(CounterfactualPairs(), whole, PLAN)
    assert again.asked == whole.asked - kept


class Stumbling(Fake):
    """One that fails at a few of the texts, after those before them."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods up to a text that it cannot score."""
        for request, result in zip(requests, super().score(requests), strict=True):
            if drawn("stumbles", request.context) > 1.8:
                raise ModelError("this text has no likelihood")
            yield result


def test_a_model_that_stumbles_is_given_up_no_sooner_when_it_is_resumed() -> None:
    model, probe, plan = Stumbling("stumbles"), CounterfactualPairs(), Plan(cap=160)
    whole = ask(probe, model, plan)
    kept = Answers(model.info)
    ask(probe, model, Plan(cap=96), kept)
    assert sum(one.unusable for one in whole) > 100
    assert ask(probe, model, plan, kept) == whole
