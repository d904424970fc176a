"""The limits that property tests put around what they try."""

import re
import resource

import pytest

from specimens.guard import little_memory, needs_more_than


def test_work_that_hangs_in_one_regular_expression_is_stopped() -> None:
    assert needs_more_than(0.01, lambda: bool(re.search("(a+)+b", "a" * 40)))


def test_work_that_is_slow_only_at_first_is_not_slow() -> None:
    tries = iter(range(9))
    assert not needs_more_than(
        0.02, lambda: bool(next(tries) or re.search("(a+)+b", "a" * 40))
    )


def test_memory_is_little_for_the_work_and_not_after_it() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), little_memory(16 << 20):
        bytearray(1 << 30)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    bytearray(1 << 30)
