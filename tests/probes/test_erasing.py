"""Erasing words: what is left of a text, and how an order of words does."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.probes.erasing import (
    LEAST,
    asked_for,
    judged,
    order_of,
    orders_by_chance,
    without,
    words_of,
)

NURSE = ("The", " nurse", " said", " that")


@given(st.text())
def test_words_joined_are_the_text(text: str) -> None:
    words = words_of(text)
    assert "".join(words) == text or not text.strip()
    assert all(word.strip() for word in words)


def test_what_is_left_begins_as_the_text_began() -> None:
    assert words_of("The nurse said that") == NURSE
    assert without(NURSE, frozenset({1})) == "The said that"
    assert without(NURSE, frozenset({0})) == "nurse said that"
    assert without(NURSE, frozenset({0, 1, 2})) == "that"
    assert without((" The", " nurse"), frozenset({0})) == " nurse"


def test_the_heaviest_word_is_first_and_ties_keep_their_places() -> None:
    assert order_of([0.5, 2, -3, 2]) == (1, 3, 0, 2)


def test_all_orders_are_drawn_where_there_are_few() -> None:
    assert set(orders_by_chance(3, 15, "a")) == set(permutations(range(3)))
    drawn = orders_by_chance(9, 15, "a")
    assert len(drawn) == 15
    assert all(sorted(order) == list(range(9)) for order in drawn)
    assert drawn == orders_by_chance(9, 15, "a") != orders_by_chance(9, 15, "b")


@given(st.permutations(range(9)), st.integers(LEAST, 9))
def test_no_order_is_judged_by_a_word_alone_or_by_nothing_left(
    places: list[int], count: int
) -> None:
    order = tuple(place for place in places if place < count)
    for gone in asked_for(order):
        assert 2 <= len(gone) < count


@given(st.lists(st.integers(-5, 5), min_size=LEAST, max_size=6))
def test_where_words_add_up_no_order_does_better_than_that_of_their_weights(
    weights: list[int],
) -> None:
    def outcome(gone: frozenset[int]) -> float:
        return sum(w for place, w in enumerate(weights) if place not in gone)

    best = judged(order_of([float(w) for w in weights]), outcome)
    for order in permutations(range(len(weights))):
        other = judged(order, outcome)
        assert best.comprehensiveness >= other.comprehensiveness
        assert best.sufficiency <= other.sufficiency


def test_both_measures_are_means_over_parts_of_the_words() -> None:
    weights = [8, 4, 2, 1, 0, 0, 0, 0, 0, 0]

    def outcome(gone: frozenset[int]) -> float:
        return sum(w for place, w in enumerate(weights) if place not in gone)

    found = judged(tuple(range(10)), outcome)
    # Two words and five of ten.
    assert found.comprehensiveness == pytest.approx((12 + 15) / 2)
    assert found.sufficiency == pytest.approx((3 + 0) / 2)
