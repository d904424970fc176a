from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.answered import Spending
from openvet.check import Context, Environment, Settings
from openvet.checks.environment.asking_cost import AskingCost
from openvet.energy import watts_of
from openvet.finding import Measure
from openvet.models.metering import Cost
from openvet.models.protocol import Capability, Spent
from openvet.report import Report
from openvet.subject import Origin
from openvet.wire import replace
from specimens.askable import asked, findings
from specimens.models import Fake


def flagged(folder: Path) -> None:
    asked(folder)


def passed(folder: Path) -> None:
    asked(folder, "costs-nothing")


def cost(
    verb: Capability, seconds: float, read: int, written: int = 0, seen: float = 0
) -> Cost:
    spent = Spent(
        cpu_seconds=seconds,
        tokens_read=read,
        tokens_written=written,
        peak_bytes=3 << 29,
    )
    return Cost(verb=verb, spent=spent, watt_hours=seen or None)


BATCHES = (
    cost("score", 1.0, 1000),
    cost("score", 2.2, 2000),
    cost("generate", 5.0, 1000, 500),
    cost("generate", 4.5, 1000, 400),
)


def told(*costs: Cost, grid: str | float = "WORLD", cpu: str = "") -> list[Measure]:
    """Return what the rule measures in some batches."""
    subject = Spending(
        origin=Origin(place=("answers",), digest="0" * 64),
        model=replace(Fake().info, parameters=500_000_000),
        weights=1,
        costs=costs,
        watts=watts_of(cpu),
    )
    settings = Settings(environment=Environment(grid=grid))
    found = AskingCost().run(subject, Context(settings))
    return [
        piece for one in found for piece in one.evidence if isinstance(piece, Measure)
    ]


def test_the_figures_are_those_of_the_process(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "asking-cost")
    read, written, *_ = [one for one in found.evidence if isinstance(one, Measure)]
    assert read.value == pytest.approx(1)
    assert written.value == pytest.approx(4)


def test_reading_and_writing_are_told_apart() -> None:
    read, written, *_ = told(*BATCHES)
    assert read.value == pytest.approx(3.2 / 3)
    assert read.n == 3000
    assert written.value == pytest.approx((9.5 - 2 * 3.2 / 3) / 0.9)
    assert written.n == 900
    assert "taken off" in written.method


def test_an_interval_is_as_wide_as_batches_differ() -> None:
    alike = told(*[cost("score", 1, 1000)] * 3)[0]
    assert alike.low == pytest.approx(alike.high)
    read = told(*BATCHES)[0]
    assert read.low < read.value < read.high
    assert "not known" in told(BATCHES[0])[0].method


def test_of_one_batch_that_wrote_only_bounds_are_known() -> None:
    written = told(cost("score", 1.0, 1000), cost("generate", 5.0, 1000, 500))[1]
    assert written.value == pytest.approx(8)
    assert (written.low, written.high) == (0, 10)
    assert "bounds" in written.method


def test_electricity_names_its_source_and_leaves_memory_out() -> None:
    hours = told(*BATCHES)[2]
    assert "memory and idling left out" in hours.name
    assert hours.method.startswith("default")
    assert hours.value == pytest.approx(12.7 / 5900 * 1000 * 5 / 3600)
    known = told(*BATCHES, cpu="Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz")[2]
    assert known.method.startswith("tdp")
    assert known.low < known.value < known.high


def test_a_counter_of_the_machine_is_believed_where_every_batch_has_one() -> None:
    seen = [cost("score", 1, 100, seen=0.2), cost("score", 1, 100, seen=0.2)]
    hours = told(*seen)[1]
    assert hours.value == hours.high == pytest.approx(2)
    assert 0 < hours.low < hours.value
    assert hours.method.startswith("counter")
    assert told(*seen, cost("score", 1, 100))[1].method.startswith("default")


def test_carbon_is_that_of_the_stated_grid_with_source_and_year() -> None:
    hours, world = told(*BATCHES)[2:4]
    assert world.value == pytest.approx(hours.value * 0.481)
    assert "Ember" in world.method
    assert "2023" in world.method
    assert told(*BATCHES, grid="no")[3].value < world.value / 10
    assert told(*BATCHES, grid=1000.0)[3].value == pytest.approx(hours.value)


@pytest.mark.parametrize("grid", ["Atlantis", -1.0, float("nan"), 1e9])
def test_a_grid_without_a_figure_is_refused(grid: str | float) -> None:
    with pytest.raises(ValueError, match="grid"):
        Environment(grid=grid)


def test_a_token_takes_two_operations_for_each_parameter() -> None:
    assert told(*BATCHES)[4].value == 1


def test_memory_is_told_where_it_was_seen() -> None:
    assert told(*BATCHES)[5].value == 1.5


def test_writing_that_cannot_be_told_from_reading_is_not_told() -> None:
    names = [one.name for one in told(cost("score", 9, 10), cost("chat", 1, 10, 5))]
    assert not any("written" in name for name in names)
