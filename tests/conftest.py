"""What every test may ask for: fuzz depth, real models, labelled samples."""

import gc
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from openvet.report import Report
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import replace
from specimens.askable import played
from specimens.brought import brought

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one number that says how long property tests look for trouble."""
    parser.addoption(
        "--fuzz",
        type=int,
        default=50,
        metavar="N",
        help="inputs tried by each property test (default: %(default)s)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Try the same inputs each time when few, new ones when many."""
    # A shell has its background jobs ignore Ctrl-C, and so would every program that a
    # test starts to see what it makes of one.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # As the command does: looking for cycles among all that stands takes a third of the
    # time, and finds few.
    gc.set_threshold(50_000)
    inputs = config.getoption("--fuzz")
    settings.register_profile(
        "openvet",
        max_examples=inputs,
        deadline=None,  # a loaded machine is no failure; hangs have limits of their own
        derandomize=inputs <= 100,
        database=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    settings.load_profile("openvet")


@pytest.fixture(autouse=True, scope="session")
def _no_disk() -> Iterator[None]:
    """Wait for no disk: what tests write need not survive a power cut."""
    with patch("os.fsync", lambda _: None):
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of labelled samples and data beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "corpora").is_dir():
        pytest.skip(f"no labelled samples: {folder} is not there")
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """Return the folder of real models, one folder per package of tests/models.txt."""
    folder = ROOT / ".models"
    if not folder.is_dir():
        pytest.skip("no real models: run scripts/install models")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a model card and nothing else."""
    path = tmp_path / "model"
    path.mkdir()
    (path / "README.md").write_text("# A model\n")
    return path


@pytest.fixture
def audit(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Report]:
    """Return a function that audits a path and keeps no memory of it."""

    def run(target: Path, options: Options | None = None) -> Report:
        ledger = str(tmp_path_factory.mktemp("ledger"))
        with played(target, brought(target, options or Options())) as given:
            report, _ = run_audit(target, replace(given, ledger=ledger))
        return report

    return run
