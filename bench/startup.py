"""Measure what it costs to start openvet, beside peers.

Figures are CPU milliseconds (user and system) of a fresh process, the smallest of
several runs taken in turns, so that a busy machine disturbs all alike. A peer is
measured where its program is found on PATH or in bench/.peers/*/bin.

Exits 1 if openvet is over its goal or imports a heavy library.
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

CORE: Final = "import openvet.run"
"""Everything that an audit needs before it opens a file."""
GOALS: Final = {"openvet --help": 150, CORE: 100}
PEERS: Final = ("picklescan", "modelscan", "modelaudit", "fickling", "hayward")
HEAVY: Final = (
    "torch",
    "numpy",
    "tensorflow",
    "onnxruntime",
    "onnx",
    "cv2",
    "transformers",
    "ray",
    "langchain",
    "h5py",
)
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
    found = {name: shutil.which(name, path=path) for name in PEERS}
    return {f"{name} --help": [at, "--help"] for name, at in found.items() if at}


def heavy_modules() -> list[str]:
    """Return the heavy libraries that a help command of ours imports."""
    code = (
        f"import sys, openvet.cli\nprint(*sorted(set({HEAVY!r}) & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


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
    heavy = heavy_modules()
    print(f"heavy libraries imported: {', '.join(heavy) or 'none'}")
    return 1 if late or heavy else 0


if __name__ == "__main__":
    sys.exit(main())
