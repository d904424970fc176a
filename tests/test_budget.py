"""Every limit is real, says which one it is, and nesting multiplies none of them."""

from collections.abc import Callable

import pytest

from openvet.budget import Budget, Limits
from openvet.errors import OverBudgetError


def spend_per_file(budget: Budget, spend: Callable[[Budget], None]) -> None:
    """Spend the same in three files, one after another."""
    for _ in range(3):
        budget.next_file()
        spend(budget)


@pytest.mark.parametrize(
    ("limit", "limits", "spend"),
    [
        (
            "inflated_bytes_per_file",
            Limits(inflated_bytes_per_file=10),
            lambda budget: budget.inflate(11),
        ),
        ("inflated_bytes", Limits(inflated_bytes=10), lambda b: b.inflate(11)),
        (
            "ratio",
            Limits(ratio=10, ratio_from=100),
            lambda budget: budget.inflate(1, total=101, consumed=10),
        ),
        ("entries_per_file", Limits(entries_per_file=10), lambda b: b.entry(11)),
        ("entries", Limits(entries=10), lambda budget: budget.entry(11)),
        ("entries", Limits(entries=10), lambda budget: budget.listed(11)),
        ("steps", Limits(steps=10), lambda budget: budget.step(11)),
        ("seconds_per_file", Limits(seconds_per_file=-1), lambda b: b.step(0)),
        ("seconds_per_file", Limits(seconds_per_file=-1), lambda b: b.inflate(0)),
        ("seconds", Limits(seconds=-1), lambda budget: budget.step(0)),
        ("seconds", Limits(seconds=-1), lambda budget: budget.check_audit()),
    ],
)
def test_a_limit_that_is_passed_is_named_with_how_to_raise_it(
    limit: str, limits: Limits, spend: Callable[[Budget], None]
) -> None:
    with pytest.raises(OverBudgetError) as caught:
        spend(Budget(limits))
    assert caught.value.limit == limit
    assert caught.value.hint is not None
    assert repr(limit) in caught.value.hint


def test_what_is_allowed_may_be_spent_to_the_last() -> None:
    limits = Limits(
        inflated_bytes=10,
        inflated_bytes_per_file=10,
        ratio=10,
        ratio_from=100,
        entries=10,
        entries_per_file=10,
        steps=10,
    )
    budget = Budget(limits)
    budget.inflate(10, total=100, consumed=10)
    budget.entry(10)
    budget.step(10)


def test_a_high_ratio_of_few_bytes_harms_nobody() -> None:
    Budget(Limits(ratio=10, ratio_from=100)).inflate(99, total=99, consumed=1)


@pytest.mark.parametrize(
    "spend",
    [
        lambda budget: budget.inflate(4),
        lambda budget: budget.entry(4),
        lambda budget: budget.step(4),
    ],
)
def test_a_file_has_its_own_share_and_not_that_of_the_file_before(
    spend: Callable[[Budget], None],
) -> None:
    limits = Limits(inflated_bytes_per_file=5, entries_per_file=5, steps=5)
    spend_per_file(Budget(limits), spend)
    budget = Budget(limits)
    spend(budget)
    with pytest.raises(OverBudgetError):
        spend(budget)


@pytest.mark.parametrize(
    ("limits", "spend"),
    [
        (Limits(inflated_bytes=10), lambda budget: budget.inflate(4)),
        (Limits(entries=10), lambda budget: budget.entry(4)),
    ],
)
def test_what_the_whole_audit_may_spend_is_not_renewed_by_another_file(
    limits: Limits, spend: Callable[[Budget], None]
) -> None:
    with pytest.raises(OverBudgetError, match="in all"):
        spend_per_file(Budget(limits), spend)
