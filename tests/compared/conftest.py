"""What comparisons of models made by code share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.compared.compare import How, compare
from openvet.compared.record import SideBySide
from openvet.run import Options
from specimens import askable
from specimens.compared import untold

PAIRS = ("counterfactual-pairs",)


@pytest.fixture
def side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., SideBySide]:
    """Return what compares folders below one, by the characters they have."""
    monkeypatch.setenv("OPENVET_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("openvet.readers.answers.opened", askable.opened)

    def run(*names: str, only: tuple[str, ...] = PAIRS, items: int = 0) -> SideBySide:
        options = Options(settings=Settings(ask=True, items=items))
        targets = [str(tmp_path / name) for name in names]
        return compare(targets, How(options, 0.05, only), untold)

    return run
