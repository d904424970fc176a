"""Which regular expressions can take exponential time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.formats.regex import exponential

SLOW = [
    "(a+)+$", "(a*)*b", "(a|a)*$", r"(\w+\s?)*$", "([a-zA-Z]+)*!", "(.*a){20}",
    "^(([a-z])+.)+[A-Z]([a-z])+$", r"(?:\s*\s*)+x", r"(\d|\w)+$", "((a+)b?)+c",
    r"(\p{L}+)+\p{N}", "(?:x{2,})+y",
]  # fmt: skip
FAST = [
    "(foo|bar)+", "(?>a+)+", "([a-z]+-)*[a-z]+", r"(?:\s+\w+)*", "(a+)?b", "(a+){3}",
    r"<\|[^|]+\|>|\s?\S+", r"(?=(\d{3})+(?!\d))", "a++b", "[]a]+", "(", ")", "[", "\\",
    r"[^(\s|[.,!?…])]+",
]  # fmt: skip


@pytest.mark.parametrize("pattern", SLOW)
def test_rounds_that_can_be_cut_in_many_ways_are_exponential(pattern: str) -> None:
    assert exponential(pattern)


@pytest.mark.parametrize("pattern", FAST)
def test_rounds_with_a_clear_end_are_not(pattern: str) -> None:
    assert exponential(pattern) == ""


def test_the_part_that_is_slow_is_named() -> None:
    assert exponential("x|(a+)+y") == "(a+)+"


@given(st.text(alphabet="ab()[]{}|*+?^$\\wds.,1p:=!<>-", max_size=40))
def test_any_text_is_judged_without_an_error(pattern: str) -> None:
    found = exponential(pattern)
    assert found == "" or found in pattern or not re.escape(found)
