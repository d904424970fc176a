"""Every reader on files that something befell: crashes, hangs and memory.

    scripts/bench fuzz                      10,000 inputs for each reader of files
    scripts/bench fuzz --inputs 500 zip tar these readers only
    scripts/bench fuzz --seed 7             other inputs

The inputs are those of the property test `tests/readers/test_every_reader.py`: valid
and bad files of every format, the labeled samples where they are there, after up to
four accidents each, drawn from a seed. An input counts as slow where reading and
judging it takes more than two CPU seconds each of three times; a reader is given one
and a half, and has to heed that. Exits 1 if any input made a reader or rule raise, or
was slow.
"""

import argparse
import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from openvet.budget import Budget  # noqa: E402 - tests are no package
from openvet.catalog import Plugin  # noqa: E402
from openvet.subject import File  # noqa: E402
from readers.test_every_reader import (  # noqa: E402
    EXTREMES,
    KINDS,
    LIMITS,
    READERS,
    SECONDS,
    Accident,
    damaged,
)
from specimens.guard import needs_more_than  # noqa: E402
from specimens.seeds import LARGEST, read_and_judge, seeds  # noqa: E402


class Fuzzed(NamedTuple):
    """What came of one reader."""

    reader: str
    inputs: int
    raised: tuple[str, ...]
    slow: tuple[int, ...]
    """Numbers of the inputs."""
    worst: float
    """CPU seconds of the input that took longest."""
    spent: float


def accident(draw: random.Random) -> Accident:
    """Return something that befalls a file."""
    extreme = draw.random() < 0.5  # noqa: PLR2004 - as often as not
    return Accident(
        kind=draw.choice(KINDS),
        near=draw.random() < 0.5,  # noqa: PLR2004 - as often as not
        start=draw.randint(0, LARGEST),
        stop=draw.randint(0, LARGEST),
        new=draw.choice(EXTREMES) if extreme else draw.randbytes(draw.randint(1, 16)),
        times=draw.randint(2, 300),
    )


def tried(line: Plugin, subject: File) -> None:
    """Read a file and judge all that is read."""
    read_and_judge(line, subject, Budget(LIMITS))


def fuzzed(line: Plugin, inputs: int, seed: int) -> Fuzzed:
    """Try so many inputs on a reader."""
    draw = random.Random(f"{seed} {line.id}")  # noqa: S311 - inputs, no secrets
    known = seeds(wide=True)[line.id]
    raised, slow, worst = [], [], 0.0
    begun = time.process_time()
    for number in range(inputs):
        accidents = [accident(draw) for _ in range(draw.randint(1, 4))]
        subject = damaged(draw.choice(known), accidents)
        started = time.process_time()
        try:
            if needs_more_than(SECONDS, partial(tried, line, subject)):
                slow.append(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            raised.append(f"input {number}: {error!r}"[:200])
        worst = max(worst, time.process_time() - started)
    spent = time.process_time() - begun
    return Fuzzed(line.id, inputs, tuple(raised), tuple(slow), worst, spent)


def main() -> int:
    """Print a row for each reader and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    lines = [one for one in READERS if not given.readers or one.id in given.readers]
    bad = 0
    print(f"{'reader':24} {'inputs':>7} {'raised':>7} {'slow':>5} {'worst':>6} CPU s")
    with ProcessPoolExecutor(given.processes) as pool:
        jobs = [pool.submit(fuzzed, one, given.inputs, given.seed) for one in lines]
        for job in jobs:
            found = job.result()
            bad += len(found.raised) + len(found.slow)
            print(
                f"{found.reader:24} {found.inputs:7,} {len(found.raised):7}"
                f" {len(found.slow):5} {found.worst:6.2f} {found.spent:7.1f}",
                flush=True,
            )
            for words in (*found.raised[:5], *(f"input {n}" for n in found.slow[:5])):
                print(f"    {words}", flush=True)
    print(f"{len(lines)} readers, {bad} inputs that made one raise or were slow")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
