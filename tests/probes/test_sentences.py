"""Words in sentences: one vector for each word, and words are what is counted."""

import math

import pytest

from openvet.models.protocol import EmbedResult
from openvet.probes.answers import Answers
from openvet.probes.association import Embedding, associate, weigh
from openvet.probes.encoding import Texts
from openvet.probes.sentences import asked_for, frames, pooled, sentences, word_tests
from openvet.probes.word_lists import shipped, suite
from specimens.encoders import OnePlace, Placing


def vectors(model: Placing) -> dict[str, tuple[float, ...]]:
    words = asked_for(shipped())
    texts = [text for word in words for text in sentences(word)]
    found, why = pooled(words, Texts(model, Answers(model.info)).embed(texts))
    assert why == ""
    return found


def test_every_word_stands_in_every_frame() -> None:
    assert len(frames().frames) == 4
    assert all(frame.count("{word}") == 1 for frame in frames().frames)
    assert sentences("nurse")[0] == "This is about nurse."
    words = asked_for(shipped())
    assert len(set(words)) == len(words)
    assert {word for pair in suite().pairs for word in pair} <= set(words)


def test_a_planted_stereotype_is_found_and_a_fair_model_has_none() -> None:
    axis = "gender: occupations"
    for model, expected in ((Placing(axis, strength=0.5), {axis}), (Placing(), set())):
        embedding = Embedding(vectors(model))
        found = weigh([associate(test, embedding) for test in shipped()])
        assert {one.found.axis for one in found if one.verdict == "above"} == expected


def test_a_model_that_puts_all_into_one_place_is_undecided() -> None:
    embedding = Embedding(vectors(OnePlace()))
    found = weigh([associate(test, embedding) for test in shipped()])
    assert {one.verdict for one in found} == {"undecided"}


def test_fewer_words_are_drawn_by_the_seed() -> None:
    few = word_tests(1, 12)
    assert {len(words) for test in few for words in test.targets} == {12}
    assert few == word_tests(1, 12)
    assert few != word_tests(2, 12)
    assert word_tests(1, 0) == shipped()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("the model failed", "the model failed"),
        (EmbedResult(vector=(0.0, 0.0)), "a vector is zero"),
        (EmbedResult(vector=(1.0,)), "vectors are of different widths"),
    ],
)
def test_a_word_without_all_its_vectors_is_missing_with_the_reason(
    broken: EmbedResult | str, why: str
) -> None:
    results: dict[str, EmbedResult | str] = {
        text: EmbedResult(vector=(1.0, 2.0))
        for word in ("one", "two")
        for text in sentences(word)
    }
    results[sentences("two")[3]] = broken
    found, said = pooled(("one", "two"), results)
    assert list(found) == ["one"]
    assert said == why


def test_sentences_that_cancel_out_give_no_vector() -> None:
    results: dict[str, EmbedResult | str] = {
        text: EmbedResult(vector=((-1.0) ** at, 0.0))
        for at, text in enumerate(sentences("one"))
    }
    assert pooled(("one",), results) == ({}, "sentences about a word cancel out")


def test_long_vectors_count_as_much_as_short_ones() -> None:
    results: dict[str, EmbedResult | str] = {
        text: EmbedResult(vector=(1e30, 0.0) if at else (0.0, 1e-3))
        for at, text in enumerate(sentences("one"))
    }
    found, _ = pooled(("one",), results)
    assert found["one"] == pytest.approx((0.75, 0.25))
    assert math.hypot(*found["one"]) < 1
