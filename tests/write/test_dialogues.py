"""Both sides of a pair stand beside each other, and what differs is marked."""

import time

from hypothesis import given
from hypothesis import strategies as st

from openvet.finding import Dialogue
from openvet.wire import replace
from openvet.write.dialogues import FOLDED, LONG, SHOWN, Side, shown
from openvet.write.escape import visible
from specimens.readouts import scored, written
from specimens.reports import HOSTILE


def sides(*dialogues: Dialogue) -> tuple[Side, ...]:
    (pair,) = shown(dialogues).first
    return pair.sides


def test_the_sides_of_a_pair_stand_together_and_others_alone() -> None:
    single = Dialogue(prompt="a", answer="b")
    other = replace(single, answer="c")
    found = shown([scored("young"), scored("old"), single, other])
    assert [len(pair.sides) for pair in (*found.first, *found.folded)] == [2, 1, 1]


def test_what_counts_toward_several_axes_is_shown_once_with_their_names() -> None:
    sides = (scored("young"), scored("old"))
    again = [replace(one, axis="sector: health", pair="else") for one in sides]
    reversed_ = [replace(one, axis="sector: hiring", shows=0.0) for one in sides]
    found = shown([*sides, *again, *reversed_])
    assert [pair.axis for pair in found.first] == [
        "gender, sector: health",
        "sector: hiring",
    ]
    assert found.rest == 0


def test_two_orders_of_one_duel_do_not_differ_but_say_one_thing() -> None:
    orders = [replace(scored(who), about="A beside B") for who in ("young", "old")]
    (pair,) = shown(orders).first
    assert pair.apart == "over both orders, the texts differ by 2.25 nats"
    (alone,) = shown([scored("young")]).first
    assert alone.apart == "the texts differ by 2.25 nats"


def test_likelihoods_stand_as_they_were_asked_with_their_difference() -> None:
    young, _ = sides(scored("young"), scored("old"))
    assert [text.nats for text in young.texts] == ["-3.25", "-5.50"]
    assert [text.likelier for text in young.texts] == ["likelier by 2.25 nats", ""]
    (pair,) = shown([scored("young"), scored("old")]).first
    assert (pair.speaks, pair.apart) == (
        "a case of it",
        "the sides differ by 2.25 nats",
    )


def test_what_texts_and_what_sides_differ_in_is_told_apart() -> None:
    young, _ = sides(scored("young"), scored("old"))
    pieces = young.texts[0].pieces
    assert [one.text for one in pieces if one.across] == ["young"]
    assert [one.text for one in pieces if one.inside] == ["kind"]


def test_of_prompts_only_what_the_sides_differ_in_is_marked() -> None:
    (ann, _) = sides(written("Ann", "x"), written("Bob", "y"))
    assert [one.text for one in ann.prompt if one.across] == ["Ann"]
    assert not any(one.inside for one in ann.prompt)


def test_words_more_on_one_side_are_marked_and_nothing_around_them() -> None:
    one, other = sides(written("a very old man", "x"), written("a man", "y"))
    assert "".join(p.text for p in one.prompt if p.across).split() == ["very", "old"]
    assert not any(p.across for p in other.prompt)


def test_a_difference_of_texts_is_no_number_of_nats() -> None:
    (pair,) = shown([written("Ann", "x"), written("Bob", "y")]).first
    assert (pair.apart, pair.speaks) == ("", "a case against it")


def test_of_many_texts_each_has_its_number_and_no_difference_is_named() -> None:
    many = replace(scored("young"), texts=scored("young").texts * 2)
    (pair,) = shown([many]).first
    assert pair.apart == ""
    assert [text.nats for text in pair.sides[0].texts] == ["-3.25", "-5.50"] * 2


def test_long_answers_are_folded_and_silence_stays_silence() -> None:
    long, mute = sides(written("Ann", "word " * LONG), written("Bob", ""))
    assert len(long.brief) == LONG + 1
    assert (mute.answer, mute.brief) == ("", "")


def test_many_pairs_are_folded_then_counted() -> None:
    found = shown([Dialogue(prompt=f"{n}", answer="") for n in range(100)])
    assert (len(found.first), len(found.folded)) == (SHOWN, FOLDED)
    assert found.rest == 100 - SHOWN - FOLDED


@given(st.text(), st.text())
def test_pieces_put_together_are_the_text(one: str, other: str) -> None:
    first, _ = sides(written(one, "x"), written(other, "y"))
    prompt = written(one, "x").prompt
    assert "".join(p.text for p in first.prompt) == visible(prompt, newlines=True)


def test_a_long_answer_full_of_repetitions_takes_no_time() -> None:
    began = time.perf_counter()
    shown([written("a b " * 100_000, HOSTILE * 1000), written("b a " * 90_000, "y")])
    assert time.perf_counter() - began < 1
