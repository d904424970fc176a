"""Measure what it costs to start openvet, beside peers.

Figures are CPU milliseconds (user and system) of a fresh process, the smallest of
several runs taken in turns, so that a busy machine disturbs all alike. A peer is
measured where its program is found on PATH or in bench/.peers/*/bin.

Exits 1 if openvet is over its goal. That it imports no heavy library, a test holds.
"""

import argparse
import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from peers import PEERS

CORE: Final = "import openvet.run"
"""Everything that an audit needs before it opens a file."""
GOALS: Final = {"openvet --help": 150, CORE: 100}
BENCH: Final = Path(__file__).resolve().parent


def cpu_ms(command: Sequence[str]) -> float:
    """Return the CPU time of one run of a command, in milliseconds."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return 1000 * (usage.ru_utime + usage.ru_stime)


def peers() -> dict[str, list[str]]:
    """Return the help command of every peer that is installed."""
    folders = [str(path) for path in sorted((BENCH / ".peers").glob("*/bin"))]
    path = os.pathsep.join([*folders, os.environ.get("PATH", "")])
    found = {peer.name: shutil.which(peer.name, path=path) for peer in PEERS}
    return {f"{name} --help": [at, "--help"] for name, at in found.items() if at}


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="runs of each command")
    runs = parser.parse_args().runs
    # As an installer leaves it, whatever this environment says of byte code.
    compileall.compile_dir(BENCH.parent / "src", quiet=1)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        CORE: [sys.executable, "-c", CORE],
        "openvet --help": [str(Path(sys.executable).with_name("openvet")), "--help"],
        **peers(),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(cpu_ms(command))
    print(f"{'CPU ms, smallest of ' + str(runs):32} {'measured':>9} {'goal':>6}")
    late = False
    for name, measured in times.items():
        best = min(measured)
        goal = GOALS.get(name)
        late = late or (goal is not None and best > goal)
        print(f"{name:32} {best:9.0f} {goal or '-':>6}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
