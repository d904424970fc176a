from collections.abc import Callable
from pathlib import Path

from openvet.check import Settings
from openvet.finding import Severity
from openvet.machine import Machine
from openvet.report import Report
from openvet.run import Options
from specimens.askable import findings, loadable

HUGE = {
    "num_hidden_layers": 10_000,
    "num_attention_heads": 10_000,
    "head_dim": 10_000,
    "max_position_embeddings": 1_000_000,
}


def flagged(folder: Path) -> None:
    loadable(folder, **HUGE)


def passed(folder: Path) -> None:
    loadable(folder, **{**HUGE, "num_hidden_layers": 2, "head_dim": 8})


def on(memory: str) -> Options:
    return Options(settings=Settings(machine=Machine(memory=memory)))


def test_both_bounds_are_told_for_every_way(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "does-not-fit")
    assert found.severity is Severity.MEDIUM
    assert "in any way" in found.title
    assert len(found.evidence) == 5


def test_a_way_that_fits_is_the_way_out(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    passed(tmp_path)
    (found,) = findings(audit(tmp_path, on("10 MiB")), "does-not-fit")
    assert "the machine" in found.title
    assert findings(audit(tmp_path, on("8 GiB")), "does-not-fit") == []


def test_between_the_bounds_nothing_is_claimed(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    passed(tmp_path)
    assert findings(audit(tmp_path, on("600 MiB")), "does-not-fit") == []
