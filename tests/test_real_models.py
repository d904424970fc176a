"""Real, shipped models are read whole, and nothing about them fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.report import Report

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    line.partition("==")[0]
    for line in (ROOT / "tests/models.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
DATA = {"opencv-python-headless": "cv2/data"}
"""Where a package is a library first, and the model is only a part of it."""

KNOWN = {"nudenet": "license-disagreement"}
"""Rules that are right to fail: a package under MIT around weights under the AGPL."""


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_a_real_model_is_read_whole_and_does_not_fail(
    package: str, models: Path, audit: Callable[..., Report]
) -> None:
    folder = models / package / DATA.get(package, "")
    if not folder.is_dir():
        pytest.skip(f"not installed: run scripts/install model:{package}")
    report = audit(folder)
    failing = [j.finding for j in report.findings if j.disposition == "failing"]
    known = KNOWN.get(package, "")
    others = [(f.rule, f.place, f.title) for f in failing if f.rule != known]
    assert others == []
    assert not known or len(failing) > 0
    assert report.errors == ()
    assert [(item.place, item.gap.detail) for item in report.not_examined] == []
