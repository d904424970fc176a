"""What answers have cost is kept beside them, and counted once."""

from pathlib import Path

import pytest

from openvet.models.metering import together
from openvet.models.protocol import Spent
from openvet.models.rates import reading
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.paired import CounterfactualPairs
from specimens.askable import Free, Played

PLAN = Plan(cap=32, batch=16)
PROBE = CounterfactualPairs()


def spent(path: Path | None, model: Played) -> Spent:
    answers = Answers(model.info, path)
    ask(PROBE, model, PLAN, answers)
    return together(answers.costs)


def test_what_was_asked_before_counts_as_if_it_were_asked_now(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first, again = Played(), Played()
    before = spent(path, first)
    assert before.tokens_read == first.read > 0
    assert before == spent(path, again)
    assert again.asked == 0


def test_an_interrupted_run_and_its_end_cost_as_much_as_one(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    whole = spent(tmp_path / "whole.jsonl", Played())
    spent(path, Played())
    lines = path.read_bytes().splitlines(keepends=True)
    heads = [n for n, line in enumerate(lines) if b'"cost":{' in line]
    path.write_bytes(b"".join(lines[: heads[len(heads) // 2]]))
    rest = Played()
    found = spent(path, rest)
    assert 0 < rest.read < whole.tokens_read
    assert found.tokens_read == whole.tokens_read
    assert found.cpu_seconds == pytest.approx(whole.cpu_seconds)


def test_a_batch_that_was_cut_short_still_counts_what_it_cost(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    spent(path, Played())
    path.write_bytes(path.read_bytes()[:-40])
    model = Played()
    found = spent(path, model)
    assert found.tokens_read > spent(None, Played()).tokens_read - 1
    assert 0 < model.asked <= PLAN.batch * 2


def test_batches_stay_apart_so_that_their_spread_is_known(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    spent(path, Played())
    answers = Answers(Played().info, path)
    ask(PROBE, Played(), PLAN, answers)
    rate = reading(answers.costs)
    assert rate is not None
    assert rate.value == pytest.approx(1)
    assert "over 16 batches" in rate.method


def test_answers_that_are_not_used_cost_nothing_now(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    spent(path, Played())
    answers = Answers(Played().info, path)
    assert answers.costs == ()


def test_of_a_model_that_does_not_tell_nothing_is_made_up(tmp_path: Path) -> None:
    found = spent(tmp_path / "answers.jsonl", Free())
    assert (found.cpu_seconds, found.tokens_read) == (0, 0)
