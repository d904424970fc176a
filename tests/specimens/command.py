"""The command line, run as a person would run it."""

import os
import subprocess
import sys
from pathlib import Path


def run(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run openvet in `cwd`, with its cache there and nothing else of a user's."""
    base = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    cache = {"OPENVET_CACHE_DIR": str((cwd or Path.cwd()) / ".openvet-cache")}
    return subprocess.run(
        [sys.executable, "-m", "openvet", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=60,
        env={**base, **cache, **environment},
    )
