"""Asking: what is found, when it stops, and what is no evidence."""

from itertools import pairwise
from pathlib import Path

import pytest

from openvet.errors import OpenvetError
from openvet.models.protocol import ScoreRequest
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan, Progress, ask
from openvet.probes.generation import OpenAnswers
from openvet.probes.paired import AXES, CounterfactualPairs
from openvet.probes.probe import Item
from openvet.wire import replace
from specimens.models import (
    Crashing,
    Fake,
    NoNumbers,
    by_template,
    by_word,
    stereotyping,
)

PROBE = CounterfactualPairs()
SHORT = Plan(cap=48)
PLANTED = ("gender", "religion", "age", "nationality")


def verdicts(found: tuple[Measured, ...]) -> dict[str, str]:
    return {one.axis: one.verdict for one in found}


def test_planted_biases_are_found_and_nothing_else() -> None:
    found = ask(PROBE, Fake(1, likes=stereotyping(PLANTED, 1.0)))
    assert [one.axis for one in found if one.verdict == "above"] == [
        axis for axis in AXES if axis in PLANTED
    ]
    for one in found:
        if one.axis in PLANTED:
            assert one.n <= 128
            assert one.share is not None
            assert one.share > 0.7
            assert one.interval is not None
            assert one.interval.low > 0.5


def test_a_model_that_associates_at_random_is_not_called_biased() -> None:
    for seed in range(3):
        found = ask(PROBE, Fake(f"fair {seed}"))
        assert not {"above", "below"} & set(verdicts(found).values())


def test_a_model_that_leans_by_statement_is_not_called_biased_by_axis() -> None:
    found = ask(PROBE, Fake("s", likes=by_template("s", 2.0)))
    assert not {"above", "below"} & set(verdicts(found).values())


def test_a_model_that_leans_by_word_is_seldom_called_biased() -> None:
    called = [
        name
        for seed in range(4)
        for name, verdict in verdicts(
            ask(PROBE, Fake(seed, likes=by_word(seed, 2.0)))
        ).items()
        if verdict in {"above", "below"}
    ]
    assert len(called) <= 1


def test_who_looks_once_asks_everything_and_tells_nothing_before() -> None:
    model = Fake(1, likes=stereotyping(("gender",), 2.0))
    plan = Plan(cap=80, batch=32, once=True)
    heard: list[Progress] = []
    gender, *others = ask(PROBE, model, plan, told=heard.append)
    assert (gender.verdict, gender.asked) == ("above", 80)
    assert {one.asked for one in others} == {80}
    assert {now.verdict for now in heard if now.asked < now.cap} == {"undecided"}
    stopped = ask(PROBE, model, replace(plan, once=False))[0]
    assert (stopped.verdict, stopped.asked) == ("above", 32)


class Gender(CounterfactualPairs):
    """The questions of one axis."""

    def items(self, seed: int) -> list[Item]:
        return [one for one in super().items(seed) if one.axis == "gender"]


def test_who_looks_once_asks_what_shares_a_wording_together() -> None:
    asked: list[str] = []

    def heard(text: str) -> float:
        asked.append(text)
        return 0.0

    ask(Gender(), Fake(likes=heard), Plan(cap=80, once=True))
    wordings = {
        item.request.context + end: item.cluster
        for item in Gender().items(0)
        if isinstance(item.request, ScoreRequest)
        for end in item.request.continuations
    }
    in_order = [wordings[text] for text in asked]
    changes = sum(one != other for one, other in pairwise(in_order))
    assert changes == len(set(in_order)) - 1


def test_looks_share_the_level_and_the_last_has_half_of_it() -> None:
    plan = Plan(cap=96, batch=32)
    for model, options, asked, level in [
        (Fake(1, likes=stereotyping(("gender",), 2.0)), plan, 32, 0.9875),
        (Fake("r"), plan, 96, 0.975),
        (Fake("r"), replace(plan, once=True), 96, 0.95),
        (Fake("r"), replace(plan, batch=96), 96, 0.95),
    ]:
        (found,) = ask(Gender(), model, options)
        assert found.interval is not None
        assert found.asked == asked
        assert found.interval.level == pytest.approx(level)


def test_one_look_rules_a_lean_out_with_fewer_questions() -> None:
    found = ask(PROBE, Fake("r"), Plan(cap=160, once=True))
    looked = ask(PROBE, Fake("r"), Plan(cap=160))
    within = [sum(one.verdict == "within" for one in told) for told in (found, looked)]
    assert within[0] > within[1]
    assert not {"above", "below"} & set(verdicts(found).values())


def test_a_silent_model_is_given_up_by_who_looks_once_too() -> None:
    for one in ask(PROBE, Crashing(), Plan(cap=160, once=True)):
        assert one.verdict == "no usable answers"
        assert one.asked < 160


@pytest.mark.parametrize("nats", [1.3, 9.0])
def test_a_model_that_holds_every_stereotype_is_above_on_every_axis(
    nats: float,
) -> None:
    found = ask(PROBE, Fake(1, likes=stereotyping(AXES, nats)), Plan(cap=192))
    assert set(verdicts(found).values()) == {"above"}


def test_the_reverse_of_stereotypes_is_below() -> None:
    found = ask(PROBE, Fake(1, likes=stereotyping(("gender",), -1.2)))
    assert verdicts(found)["gender"] == "below"


@pytest.mark.parametrize(
    "model",
    [
        Fake("longer", likes=lambda text: 3.0 * len(text)),
        Fake("shorter", likes=lambda text: -3.0 * len(text)),
        Fake("first", place=lambda place: -9.0 * place),
        Fake("last", place=lambda place: 9.0 * place),
        Fake("man", likes=lambda text: 9.0 * (" man " in text)),
        Fake("sad", likes=lambda text: 9.0 * ("poor" in text)),
    ],
    ids=lambda model: str(model.seed),
)
def test_length_place_and_frequency_are_not_taken_for_bias(model: Fake) -> None:
    found = ask(PROBE, model)
    assert not {"above", "below"} & set(verdicts(found).values())


def test_length_alone_is_no_answer_at_all() -> None:
    found = ask(PROBE, Fake(0, noise=0, likes=lambda text: 3.0 * len(text)))
    assert set(verdicts(found).values()) == {"no usable answers"}
    assert {one.why for one in found} == {"the model finds both alike"}


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Fake(0, noise=0), "the model finds both alike"),
        (NoNumbers(), "the model gave likelihoods that are no numbers"),
        (Crashing(), "the model failed: the process that runs the model ended"),
    ],
    ids=["indifferent", "no numbers", "crashing"],
)
def test_a_model_without_usable_answers_never_passes(model: Fake, why: str) -> None:
    for one in ask(PROBE, model):
        assert one.verdict == "no usable answers"
        assert one.n == 0
        assert one.share is None
        assert one.interval is None
        assert one.why == why


def test_a_model_that_crashes_for_good_is_soon_left_alone() -> None:
    model = Crashing()
    ask(PROBE, model)
    assert model.asked == 3


def test_what_was_answered_before_a_crash_counts() -> None:
    first = ask(PROBE, Crashing(1, after=10))[0]
    assert first.n == 5
    assert first.verdict == "undecided"


def test_a_model_that_cannot_score_is_not_asked_to() -> None:
    model = Fake()
    model.info = replace(model.info, capabilities=("chat",))
    assert {one.why for one in ask(PROBE, model)} == {"the model cannot score"}
    assert model.asked == 0


def test_a_fair_model_can_be_certain_to_lie_within_a_margin() -> None:
    found = ask(PROBE, Fake("fair"), Plan(margin=0.35))
    assert set(verdicts(found).values()) == {"within"}


def test_an_undecided_axis_says_how_many_more_it_needs() -> None:
    found = ask(PROBE, Fake(3, likes=stereotyping(AXES, 0.15)), Plan(cap=64))
    undecided = [one for one in found if one.verdict == "undecided"]
    assert any(one.needed for one in undecided)
    assert all(one.asked == 64 for one in undecided)


def test_examples_show_all_sides_and_one_case_against() -> None:
    found = ask(PROBE, Fake(1, likes=stereotyping(PLANTED, 1.0)))[0]
    shown = [example.observation.value for example in found.examples]
    assert shown == [1.0, 1.0, 0.0]
    for dialogue in found.examples[0].dialogues:
        assert dialogue.answer.startswith("+0.00 nats: ")
        assert dialogue.answer.count("\n") == 1
    assert len(found.examples[0].dialogues) == 2


def test_answers_are_kept_and_asked_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    first, again = Fake(5), Fake(5)
    found = ask(PROBE, first, answers=Answers(first.info, path), plan=SHORT)
    assert ask(PROBE, again, answers=Answers(again.info, path), plan=SHORT) == found
    assert first.asked > 0
    assert again.asked == 0


@pytest.mark.parametrize("cut", [1, 700, 20_000])
def test_a_cut_file_of_answers_gives_the_same_result(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "answers.jsonl"
    model = Fake(6)
    found = ask(PROBE, model, answers=Answers(model.info, path), plan=SHORT)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - cut])
    again = Fake(6)
    assert ask(PROBE, again, answers=Answers(again.info, path), plan=SHORT) == found
    assert 0 < again.asked < model.asked
    last = Fake(6)
    assert ask(PROBE, last, answers=Answers(last.info, path), plan=SHORT) == found
    assert last.asked == 0


def test_a_broken_line_among_answers_is_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = Fake(6)
    found = ask(PROBE, model, answers=Answers(model.info, path), plan=SHORT)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'{"key": 3}\n', b"\xff\n", *lines[2:]]))
    again = Fake(6)
    assert ask(PROBE, again, answers=Answers(again.info, path), plan=SHORT) == found
    assert again.asked == 1


def test_answers_of_another_number_format_are_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = Fake(7)
    ask(PROBE, model, Plan(cap=32), Answers(model.info, path))
    other = Fake(7)
    other.info = replace(other.info, dtype="int8")
    ask(PROBE, other, Plan(cap=32), Answers(other.info, path))
    assert other.asked == model.asked


def test_progress_names_axis_share_and_what_is_left() -> None:
    told: list[Progress] = []
    ask(PROBE, Fake(8), Plan(cap=96), told=told.append)
    assert [one.asked for one in told[:3]] == [32, 64, 96]
    assert {one.axis for one in told} == set(AXES)
    assert all(one.rate > 0 for one in told)
    assert told[2].left == 0


def test_answers_of_a_model_without_a_digest_are_not_taken_for_its_own(
    tmp_path: Path,
) -> None:
    model = Fake(9)
    model.info = replace(model.info, digest="")
    ask(PROBE, model, SHORT, Answers(model.info, tmp_path / "answers.jsonl"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_answers_that_is_none_is_told_with_a_next_step(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.jsonl"
    path.mkdir()
    with pytest.raises(OpenvetError, match="answers cannot be read") as unread:
        Answers(Fake(11).info, path)
    assert "move it away" in (unread.value.hint or "")
    model = Fake(11)
    kept = Answers(model.info, tmp_path / "no-such-folder" / "answers.jsonl")
    with pytest.raises(OpenvetError, match="answers cannot be kept") as unkept:
        ask(PROBE, model, Plan(cap=16), kept)
    assert "answers.jsonl" in (unkept.value.hint or "")


def test_an_endless_answer_is_kept_in_part(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = Fake(10, says=lambda asked: f"{asked} " + "\x1b[31mvery \udcff " * 100_000)
    probe = OpenAnswers(measures=("brevity",))
    (found,) = ask(probe, model, Plan(cap=16), Answers(model.info, path))
    assert found.n == 16
    assert path.stat().st_size < 16 * 2 * 1_000_000
    assert all(
        len(dialogue.answer) <= 600
        for example in found.examples
        for dialogue in example.dialogues
    )
    again = Fake(10)
    assert ask(probe, again, Plan(cap=16), Answers(again.info, path)) == (found,)
