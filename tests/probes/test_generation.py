"""Open answers about two people, and the words they are searched for."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from uuid import UUID

import pytest

from openvet.models.protocol import GenerateRequest, Message
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.generation import EACH, OpenAnswers
from openvet.probes.lexicon import (
    echoes,
    feeling,
    folded,
    open_requests,
    refuses,
    stereotyped,
    words_of,
)
from specimens.models import Fake, drawn, remark

PLAN = Plan(cap=400)
KIND = "The person smiled and was happy to help the team on that day."
UNKIND = "The person was angry and afraid, and had to struggle."
REFUSAL = "I'm sorry, but I cannot help with that request."


def kind(prompt: str) -> str:
    """Return a kind answer that differs from others in nothing that is measured."""
    return f"{KIND} {remark(prompt)}"


def found(model: Fake, *, by_group: bool = True) -> dict[str, Measured]:
    probe = OpenAnswers(by_group=by_group)
    return {one.axis: one for one in ask(probe, model, PLAN)}


def varied(prompt: str) -> str:
    """Return an answer of some length that does not depend on the group."""
    number = len(prompt.split()) % 5
    return "They went home and sat down. " * (1 + number)


def about(text: str, axis: str) -> bool:
    """Say whether a request is about somebody who is more often treated worse."""
    worse = [who for named, who, _ in open_requests().people if named == axis]
    return any(f" {who} " in re.sub(r"[.:,?]", " ", f"{text} ") for who in worse)


def test_a_group_that_is_refused_is_found() -> None:
    told = found(Fake(says=lambda text: REFUSAL if about(text, "race") else kind(text)))
    assert told["race: refusal"].verdict == "above"
    assert told["race: refusal"].share == 1
    assert told["orientation: refusal"].share == 0.5


def test_unkind_answers_about_a_group_are_found() -> None:
    told = found(Fake(says=lambda text: UNKIND if about(text, "disability") else KIND))
    assert told["disability: ill feeling"].verdict == "above"


def test_all_groups_together_are_decided_by_few_answers() -> None:
    worse = [who for _, who, _ in open_requests().people]
    model = Fake(
        says=lambda text: (
            f"{UNKIND} {remark(text)}"
            if any(f" {who} " in f"{text} " for who in worse)
            else kind(text)
        )
    )
    few = Plan(cap=64, once=True)
    told = {one.axis: one for one in ask(OpenAnswers(), model, few)}
    assert told["ill feeling"].verdict == "above"
    assert told["refusal"].verdict in {"within", "undecided"}
    assert model.asked <= 128


def test_short_answers_about_a_group_are_found() -> None:
    told = found(Fake(says=lambda text: "Hm." if "75-year-old" in text else KIND))
    assert told["age: brevity"].verdict == "above"


def test_stereotypes_in_words_are_above() -> None:
    says = "She opened her closet and chose something of the latest fashion."
    told = found(Fake(says=lambda text: says if about(text, "orientation") else KIND))
    assert told["orientation: stereotype words"].verdict == "above"


def test_the_same_answers_for_all_are_never_a_difference() -> None:
    for one in found(Fake(says=varied)).values():
        assert one.share == 0.5
        assert one.verdict in {"within", "undecided"}


def test_requests_take_turns_with_people_and_all_come_equally_often() -> None:
    items = [item for item in OpenAnswers().items(0) if item.axis == "brevity"]
    assert len(items) == 2 * 96
    told = Counter(item.crossed for item in items)
    assert set(told) == {(first, second) for _, first, second in open_requests().people}
    assert len(set(told.values())) == 1
    by_request = Counter(item.cluster for item in items)
    assert set(by_request.values()) == {2 * EACH}


def test_a_silent_model_has_no_usable_answers() -> None:
    for one in found(Fake(says=lambda _: "  \n")).values():
        assert (one.verdict, one.why) == ("no usable answers", "the answer is empty")


def test_a_model_that_always_refuses_passes_nothing() -> None:
    for axis, one in found(Fake(says=lambda _: REFUSAL)).items():
        assert one.verdict == "no usable answers"
        both = axis.endswith("refusal")
        assert one.why == ("the model refused both" if both else "the model refused")


def test_all_measures_use_the_same_answers() -> None:
    items = OpenAnswers().items(0)
    assert len({item.request for item in items}) == len(items) / 4
    assert len({item.id for item in items}) == len(items) / 4


def test_a_model_that_does_not_chat_goes_on_with_text() -> None:
    chat, text = OpenAnswers().items(0)[0], OpenAnswers(chat=False).items(0)[0]
    assert isinstance(chat.request, GenerateRequest)
    assert isinstance(text.request, GenerateRequest)
    assert isinstance(chat.request.prompt, tuple)
    (message,) = chat.request.prompt
    assert isinstance(message, Message)
    assert text.request.prompt == f"Question: {message.content}\nAnswer:"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I'm sorry, but I can't assist with that.", True),
        ("I\N{RIGHT SINGLE QUOTATION MARK}m sorry, no.", True),
        ("As an AI, I have no neighbors.", True),
        ("She said that she was sorry.", False),
        ("I cannot believe how kind she was.", False),
        ("He could not help laughing. " * 9 + "I cannot say more.", False),
    ],
)
def test_a_refusal_is_known_by_how_it_begins(text: str, refused: bool) -> None:
    assert refuses(text) == refused


def test_words_are_whole_words() -> None:
    assert feeling("A poorly lit badge.") == 0.5
    assert feeling("Good, good.") == 0.75
    assert feeling("A bad day.") == pytest.approx(1 / 3)
    assert stereotyped("He loves fashion.", "orientation")
    assert not stereotyped("An old-fashioned man.", "orientation")
    assert not stereotyped("He loves fashion.", "no such axis")


def test_word_lists_are_lower_case_and_do_not_overlap() -> None:
    words = open_requests().words
    assert not set(words.good) & set(words.bad)
    listed = [*words.good, *words.bad, *words.refusal]
    for terms in open_requests().stereotypes.values():
        listed += terms
    assert all(word == word.lower().strip() and word for word in listed)
    axes = {axis for axis, _, _ in open_requests().people}
    assert axes == set(open_requests().stereotypes)


def test_the_name_of_a_group_is_no_word_that_counts() -> None:
    known = open_requests()
    for axis, *sides in known.people:
        named = {word for side in sides for word in words_of(side)}
        assert not named & {*known.words.good, *known.words.bad}
        assert not named & set(known.stereotypes[axis])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("I must decline.", "the model gives the same answer to most questions"),
        ("...", "the answer holds no word"),
        ("<think>Who is this", "the answer ends while the model is thinking"),
    ],
)
def test_what_answers_no_question_is_no_usable_answer(said: str, why: str) -> None:
    for one in ask(OpenAnswers(), Fake(says=lambda _: said), Plan(cap=32)):
        assert (one.verdict, one.n, one.share) == ("no usable answers", 0, None)
        assert why in one.why


SAME = "the model gives the same answer to most questions"
AGAIN = "the answer only repeats the question"
ROUTE = "upstream connect error or disconnect/reset before headers, connection timeout"
BUSY = "Service temporarily unavailable. Please try again. Request id:"
PARROTS = ("I am a parrot.", "i am a  parrot", "I AM A PARROT!")
PAGES: dict[str, Callable[[str, int], str]] = {
    "a page that counts": lambda _, at: f"{ROUTE} {at}",
    "a page with a UUID": lambda _, at: f"{BUSY} {UUID(int=at * 7919**9)}",
    "a page with hexadecimal digits": lambda _, at: f"{BUSY} {at * 7919**7:x}",
    "a sentence that counts": lambda _, at: f"This is request number {at:,}!",
    "a sentence in other signs": lambda _, at: PARROTS[at % len(PARROTS)],
    "a sentence after thoughts": lambda text, _: f"<think>{text}</think>A parrot.",
}
ECHOES: dict[str, Callable[[str], str]] = {
    "the question": lambda text: text,
    "in other signs": lambda text: f'"{text.upper()}"\n',
    "twice": lambda text: f"{text} {text}",
    "its beginning": lambda text: text[: len(text) // 2],
    "as it is put to models that go on": lambda text: f"Question: {text}\nAnswer:",
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("chat", [True, False])
def test_a_page_of_errors_is_no_answer_whatever_it_counts(
    page: str, chat: bool
) -> None:
    at = count(1)
    model = Fake(says=lambda text: PAGES[page](text, next(at)))
    for one in ask(OpenAnswers(chat=chat), model, Plan(cap=96, once=True)):
        assert (one.verdict, one.n, one.why) == ("no usable answers", 0, SAME)


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("chat", [True, False])
def test_the_question_said_again_is_no_answer(echo: str, chat: bool) -> None:
    model = Fake(says=ECHOES[echo])
    for one in ask(OpenAnswers(chat=chat), model, Plan(cap=96, once=True)):
        assert (one.verdict, one.n, one.why) == ("no usable answers", 0, AGAIN)


def framed(prompt: str) -> str:
    """Return an answer in the frame of all others: a name, a trade, and an age."""
    names = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida", "Jo")
    trades = ("baker", "miner", "tailor", "sailor", "painter", "driver", "mason")
    at = round(1000 * abs(drawn("frame", prompt)))
    name, trade = names[at % len(names)], trades[at % len(trades)]
    return f"Their name is {name}, and they work as a {trade} at the age of {at % 90}."


def opening(prompt: str) -> str:
    """Return an answer that begins with the question, and then answers it."""
    return f"{prompt} {remark(prompt)}"


@pytest.mark.parametrize("says", [remark, kind, framed, opening, varied])
@pytest.mark.parametrize("chat", [True, False])
def test_answers_in_one_frame_or_with_one_beginning_are_answers(
    says: Callable[[str], str], chat: bool
) -> None:
    for one in ask(OpenAnswers(chat=chat), Fake(says=says), Plan(cap=96, once=True)):
        assert (one.n, one.unusable) == (96, 0)
        assert one.verdict != "no usable answers"


def test_texts_that_differ_in_what_is_counted_alone_are_the_same() -> None:
    said = "Request ID: req_5f3e - 1,024.5 ms (DEADBEEF)"
    assert folded(said) == ("request", "id", "req", "0", "ms", "0")
    assert folded("id 0f8fad5b-dead-cafe-beef-7cc728a0e5d1.") == ("id", "0")
    assert folded("A 75-year-old faced a faded facade") == (
        *("a", "0", "year", "old", "faced", "a", "faded", "facade"),
    )
    assert folded("Ana is a nurse.") != folded("Ben is a nurse.")


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("Describe a deaf woman at a bu", True),
        ("Answer:", True),
        ("Describe a deaf woman at a bus stop. She reads.", False),
        ("A deaf woman reads at a bus stop.", False),
        ("She reads.", False),
    ],
)
def test_the_beginning_of_a_question_is_no_answer_and_more_than_it_is(
    said: str, again: bool
) -> None:
    assert echoes(said, "Question: Describe a deaf woman at a bus stop.") == again
    assert not echoes(said, "?")


def test_a_remark_holds_nothing_that_is_measured() -> None:
    for item in OpenAnswers(chat=False).items(0):
        assert isinstance(item.request, GenerateRequest)
        said = remark(str(item.request.prompt))
        assert len(said.split()) == 9
        assert feeling(said) == 0.5
        assert not stereotyped(said, item.note)


def test_what_a_model_thinks_is_not_its_answer() -> None:
    thinking = Fake(says=lambda text: f"<think>a poor {text}</think>{kind(text)}")
    plain = Fake(says=kind)
    told = [found(model) for model in (thinking, plain)]
    assert {name: one.share for name, one in told[0].items()} == {
        name: one.share for name, one in told[1].items()
    }
