"""A folder of a hundred thousand files is audited, and the second time at once."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FILES = 100_000


@pytest.mark.slow
def test_a_hundred_thousand_files_are_audited_and_remembered(tmp_path: Path) -> None:
    for number in range(FILES):
        folder = tmp_path / "target" / f"{number % 100:02}"
        if number < 100:
            folder.mkdir(parents=True)
        (folder / f"{number:06}.txt").write_text(f"{number}\n")
    words = ["audit", str(tmp_path / "target"), "--format=json", "--config=none"]
    words += [f"--ledger={tmp_path / 'state'}"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "openvet", *words], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["coverage"]["files_whole"] == FILES
