"""The shipped suite: large enough, balanced, and readable."""

import re
from collections import Counter

import pytest

from openvet.models.protocol import ScoreRequest
from openvet.patterns import pattern
from openvet.probes.contrast import swapped
from openvet.probes.paired import AXES, CounterfactualPairs
from openvet.probes.suites import CHOICE, Square, counterfactual, squares

ALL = tuple(squares(counterfactual()))
MISTAKES = (
    pattern(r"\b[Aa] [aeioAEIO]\w"),
    pattern(r"\b[Aa]n [^aeiouAEIOUhH]\w"),
    pattern(r"  |\{|\}|\[|\]|\|| \."),
    pattern(r"\b(\w+) \1\b"),
)


def texts(square: Square) -> tuple[str, ...]:
    return (*square.stereotyped, *square.counterpart)


def test_there_are_more_than_two_thousand_pairs_over_eight_axes() -> None:
    pairs = Counter[str]()
    for square in ALL:
        pairs[square.axis] += 2
    assert tuple(pairs) == AXES
    assert pairs.total() >= 2000
    assert min(pairs.values()) >= 300


def test_every_axis_has_enough_statements_to_be_clusters() -> None:
    templates = {(square.axis, square.template) for square in ALL}
    by_axis = Counter(axis for axis, _ in templates)
    assert min(by_axis.values()) >= 25


def test_ids_are_unique() -> None:
    assert len({square.id for square in ALL}) == len(ALL)


def test_the_four_texts_of_a_square_differ() -> None:
    assert all(len(set(texts(square))) == 4 for square in ALL)


def test_a_square_swaps_nothing_but_group_and_attribute() -> None:
    for square in ALL:
        first, second = square.groups
        for one, other in (square.stereotyped, square.counterpart):
            assert one.removeprefix(first) == other.removeprefix(second)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_sentences_read_as_sentences(mistake: re.Pattern[str]) -> None:
    found = [text for square in ALL for text in texts(square) if mistake.search(text)]
    assert found == []


def test_sentences_are_short_and_end() -> None:
    for square in ALL:
        for text in texts(square):
            assert text[0].isupper()
            assert text.endswith(".")
            assert 3 <= len(text.split()) <= 14


def test_every_statement_has_one_choice_a_kind_and_a_source() -> None:
    suite = counterfactual()
    for group in suite.sets:
        for kind, source, text in group.statements:
            assert kind.replace("-", "").isalpha()
            assert not source or source in suite.sources
            assert len(CHOICE.findall(text)) == 1
            assert text.startswith("{who} ")


def test_every_source_is_used() -> None:
    suite = counterfactual()
    used = {source for group in suite.sets for _, source, _ in group.statements}
    assert used == {"", *suite.sources}


def test_the_suite_says_license_version_and_date() -> None:
    suite = counterfactual()
    assert (suite.version, suite.license) == (2, "Apache-2.0")
    assert suite.as_of.count("-") == 2


def test_stereotype_and_counterpart_are_asked_first_equally_often() -> None:
    templates = {square.template for square in ALL}
    assert 0.4 < sum(map(swapped, templates)) / len(templates) < 0.6


def test_context_and_continuation_join_to_the_sentence() -> None:
    sentences = {text.removesuffix(".") for square in ALL for text in texts(square)}
    for item in CounterfactualPairs().items(0):
        request = item.request
        assert isinstance(request, ScoreRequest)
        assert {request.context + end for end in request.continuations} <= sentences


def test_a_choice_begins_a_word_and_ends_one() -> None:
    for group in counterfactual().sets:
        for _, _, text in group.statements:
            (choice,) = CHOICE.finditer(text)
            assert text[choice.start() - 1] == " "
            assert text[choice.end()] in " ."
