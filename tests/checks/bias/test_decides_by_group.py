from collections.abc import Callable
from functools import partial
from pathlib import Path

from openvet.finding import Dialogue, Severity
from openvet.report import Report
from specimens import askable
from specimens.askable import findings

asked = partial(askable.asked, only="sector-decisions")


def flagged(folder: Path) -> None:
    asked(folder, "hard-on-some")


def passed(folder: Path) -> None:
    asked(folder, "fair 1")


def test_the_other_way_round_is_found_too(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path, "soft-on-some")
    (found,) = findings(audit(tmp_path), "decides-by-group")
    assert "(the other way round)" in found.title
    assert found.severity is Severity.MEDIUM


def test_sectors_and_groups_are_named_and_a_case_is_shown(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "decides-by-group")
    assert "sector: " in found.title
    assert "group: " in found.title
    assert any(isinstance(piece, Dialogue) for piece in found.evidence)
