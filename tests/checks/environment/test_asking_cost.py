from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.answered import Spending
from openvet.check import Context, Environment, Settings
from openvet.checks.environment.asking_cost import AskingCost
from openvet.energy import watts_of
from openvet.finding import Finding, Measure
from openvet.models.metering import Cost
from openvet.models.protocol import Capability, Spent
from openvet.report import Report
from openvet.subject import Origin
from openvet.wire import replace
from openvet.write.text import evidence_text
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


EXPLAINED = (cost("explain", 4.0, 1000), cost("explain", 3.0, 800))


def spending(*costs: Cost, cpu: str = "", active: int | None = None) -> Spending:
    """Return what some batches have cost."""
    return Spending(
        origin=Origin(place=("answers",), digest="0" * 64),
        model=replace(Fake().info, parameters=500_000_000, active=active),
        weights=1,
        costs=costs,
        watts=watts_of(cpu),
    )


def noted(subject: Spending, grid: str | float = "WORLD") -> Finding:
    """Return what the rule says of it."""
    settings = Settings(environment=Environment(grid=grid))
    (found,) = AskingCost().run(subject, Context(settings))
    return found


def measures(found: Finding) -> list[Measure]:
    """Return the figures of a finding."""
    return [piece for piece in found.evidence if isinstance(piece, Measure)]


def told(*costs: Cost, grid: str | float = "WORLD", cpu: str = "") -> list[Measure]:
    """Return what the rule measures in some batches."""
    return measures(noted(spending(*costs, cpu=cpu), grid))


def named(name: str, *costs: Cost, cpu: str = "") -> Measure:
    """Return the one figure whose name begins so."""
    (found,) = (one for one in told(*costs, cpu=cpu) if one.name.startswith(name))
    return found


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


def test_the_title_is_a_figure_of_the_evidence() -> None:
    found = noted(spending(*BATCHES, *EXPLAINED))
    first = measures(found)[0]
    assert found.title.startswith(
        f"reading a thousand tokens takes {first.value:.3g} seconds"
    )
    assert evidence_text(first).startswith(
        f"CPU seconds per 1,000 tokens read = {first.value:.3g} ["
    )
    found = noted(spending(*BATCHES[2:]))
    assert found.title.startswith("writing a thousand tokens takes 10.6 seconds")
    assert "reading 2,000 tokens of prompts included" in measures(found)[0].method


def test_explaining_is_a_line_of_its_own_and_in_no_other() -> None:
    assert told(*BATCHES)[:2] == told(*BATCHES, *EXPLAINED)[:2]
    explained = told(*BATCHES, *EXPLAINED)[2]
    assert explained.name == "CPU seconds per 1,000 tokens explained by gradients"
    assert explained.value == pytest.approx(7 / 1.8)
    assert explained.n == 1800
    assert explained.low < explained.value < explained.high


def test_the_parts_of_the_summary_are_those_of_the_evidence() -> None:
    subject = spending(*BATCHES, *EXPLAINED)
    found = {one.name.split()[5]: one for one in measures(noted(subject))[:3]}
    assert {part.work: part.tokens for part in subject.work} == {
        work: one.n for work, one in found.items()
    }
    total = sum(part.tokens + part.prompts for part in subject.work)
    assert total == subject.spent.tokens_read + subject.spent.tokens_written
    seconds = sum(part.cpu_seconds for part in subject.work)
    assert seconds == pytest.approx(subject.spent.cpu_seconds)
    prompts = subject.work[1].prompts
    assert f"reading {prompts:,} tokens of prompts taken off" in found["written"].method


def test_a_server_that_writes_to_score_is_counted_whole() -> None:
    subject = spending(cost("score", 0, 100, 1), cost("score", 0, 50))
    assert [part.work for part in subject.work] == ["read", "written"]
    assert sum(part.tokens + part.prompts for part in subject.work) == 151


def test_electricity_names_its_source_and_what_it_leaves_out() -> None:
    hours = named("watt-hours per 1,000 tokens read", *BATCHES)
    assert hours.name.endswith("memory and idling left out")
    assert hours.method.startswith("default")
    assert hours.value == pytest.approx(3.2 / 3 * 5 / 3600)
    written = named("watt-hours per 1,000 tokens written", *BATCHES)
    assert written.value == pytest.approx(told(*BATCHES)[1].value * 5 / 3600)
    cpu = "Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz"
    known = named("watt-hours per 1,000 tokens read", *BATCHES, cpu=cpu)
    assert known.method.startswith("tdp")
    assert known.name.endswith("memory and idling left out")
    assert known.low < known.value < known.high


def test_bounds_of_electricity_hold_those_of_time_and_of_watts() -> None:
    for work in ("read", "written"):
        time = named(f"CPU seconds per 1,000 tokens {work}", *BATCHES)
        hours = named(f"watt-hours per 1,000 tokens {work}", *BATCHES)
        carbon = named(f"grams of CO2e per 1,000 tokens {work}", *BATCHES)
        assert hours.low == pytest.approx(time.low * 2 / 3600)
        assert hours.high == pytest.approx(time.high * 10 / 3600)
        assert carbon.low == pytest.approx(hours.low * 0.481)
        assert carbon.high == pytest.approx(hours.high * 0.481)


SEEN = (
    cost("score", 1, 100, seen=0.2),
    cost("score", 1, 120, seen=0.3),
    cost("generate", 2, 100, 20, seen=0.4),
    cost("generate", 3, 100, 30, seen=0.6),
)


def test_counters_are_believed_where_every_batch_has_been_seen() -> None:
    hours = named("watt-hours per 1,000 tokens read", *SEEN)
    assert hours.value == pytest.approx(0.5 / 220 * 1000)
    assert hours.method.startswith("counter: processor packages")
    assert "ratio of sums over 2 batches" in hours.method
    written = named("watt-hours per 1,000 tokens written", *SEEN)
    assert written.value == pytest.approx((1.0 - 0.5 / 220 * 200) / 50 * 1000)
    unseen = named("watt-hours per 1,000 tokens read", *SEEN, cost("score", 1, 100))
    assert unseen.method.startswith("default")


def test_counters_hold_idling_and_say_so() -> None:
    for work in ("read", "written"):
        hours = named(f"watt-hours per 1,000 tokens {work}", *SEEN)
        assert hours.name.endswith("idling counted, memory left out")


def test_what_counters_saw_is_widened_by_its_batches_and_by_least_watts() -> None:
    alike = [cost("score", 1, 100, seen=0.2)] * 3
    hours = named("watt-hours per 1,000 tokens read", *alike)
    assert hours.high == pytest.approx(hours.value)
    assert hours.low == pytest.approx(10 * 2 / 3600)
    spread = named("watt-hours per 1,000 tokens read", *SEEN)
    assert spread.high > spread.value


def test_carbon_is_that_of_the_stated_grid_with_source_and_year() -> None:
    _, _, hours, world, *_ = told(*BATCHES)
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
    operations = named("billion operations", *BATCHES)
    assert operations.value == 1
    assert operations.method.startswith("two for each parameter; attention")


def test_of_a_mixture_only_the_experts_that_are_used_take_operations() -> None:
    subject = spending(*BATCHES, active=137_500_000)
    operations = measures(noted(subject))[-2]
    assert operations.value == pytest.approx(0.275)
    assert "27.5% of all: of a mixture of experts" in operations.method


def test_what_was_counted_is_told_without_an_interval() -> None:
    texts = [evidence_text(one) for one in told(*BATCHES)]
    operations, memory = texts[-2:]
    assert operations.startswith("billion operations per token = 1 (n = 1, two for")
    assert memory.startswith("GiB of memory needed = 1.5 (n = 1, most that")
    assert all(" [" in text for text in texts[:-2])


def test_memory_is_told_where_it_was_seen() -> None:
    assert named("GiB of memory", *BATCHES).value == 1.5


def test_a_model_behind_a_server_costs_tokens_and_nobody_knows_what_else() -> None:
    found = noted(spending(cost("chat", 0, 30, 12)))
    assert found.title.startswith("asking took 42 tokens of cpu; the electricity is")
    (tokens,) = measures(found)
    assert evidence_text(tokens).startswith("tokens = 42 (n = 42, counted by")


def test_writing_that_cannot_be_told_from_reading_is_not_told() -> None:
    names = [one.name for one in told(cost("score", 9, 10), cost("chat", 1, 10, 5))]
    assert not any("written" in name for name in names)
