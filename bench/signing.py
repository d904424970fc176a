"""CPU seconds to audit and sign 2 GiB, beside OpenSSF model signing and raw hashing.

    scripts/bench signing               ours, `model_signing`, and SHA-256 alone
    scripts/bench signing --runs 5      median of so many runs

Times are user + system CPU seconds of whole processes, start-up included. All run in
turns, so that a busy machine disturbs all alike, from the page cache: what the first
turn reads from the disk is not counted. Raw hashing is `hashlib.file_digest` over the
same files in one process; how fast this processor is at SHA-256 is printed first, for
all ratios hang on it.
"""

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

from cost import WORK, cost, installed, made
from peers import Peer, exit_one, install

GOAL: Final = 1.05
RAW: Final = (
    "import hashlib, sys\n"
    "for name in sys.argv[1:]:\n"
    "    with open(name, 'rb') as file: print(hashlib.file_digest(file, 'sha256'))"
)
MAPPED: Final = (
    "import hashlib, mmap, sys\n"
    "for name in sys.argv[1:]:\n"
    "    with open(name, 'rb') as file:\n"
    "        print(hashlib.sha256(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)))"
)
MODEL_SIGNING: Final = Peer(
    "model_signing", ("model-signing==1.1.1", "pyopenssl"), ("model_signing",), exit_one
)


class Job(NamedTuple):
    """What is measured, and the commands that it takes."""

    title: str
    commands: tuple[list[str], ...]
    goal: str = ""


def speed() -> None:
    """Print how fast each hash is here."""
    block = bytes(1 << 20)
    names = ("sha256", "sha512", "blake2b")
    rates = []
    for name in names:
        begin, hasher = time.process_time(), hashlib.new(name)
        for _ in range(512):
            hasher.update(block)
        rates.append(f"{name} {0.5 / (time.process_time() - begin):.2f}")
    print(f"hashlib here, GiB a CPU second: {', '.join(rates)}")
    flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    print(f"the processor has SHA instructions: {'sha_ni' in flags}\n")


def key() -> tuple[Path, Path]:
    """Return a private key and its public one, made if they are not there."""
    private, public = WORK / "key.pem", WORK / "key.pub"
    if not public.exists():
        curve = ("-pkeyopt", "ec_paramgen_curve:P-256")
        make = ["openssl", "genpkey", "-algorithm", "EC", *curve, "-out", str(private)]
        subprocess.run(make, check=True)
        private.chmod(0o600)
        read = ["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)]
        subprocess.run(read, check=True)
    return private, public


def jobs(program: str, folder: Path, peer: Path | None) -> list[Job]:
    """Return everything that is measured."""
    files = sorted(str(path) for path in folder.iterdir())
    private, public = map(str, key())
    bundle = str(WORK / "signing.openvet")
    audit = [program, "audit", str(folder), "-q", "--config=none", "--exit-zero"]
    audit += ["--no-cache", "--ledger", str(WORK / "ledger" / "signing")]
    audit += ["--bundle", bundle]
    sign = [program, "sign", bundle, "--key", private, "-q", "--config=none"]
    verify = [program, "verify", bundle, "--key", public, "--model", str(folder)]
    found = [
        Job("raw SHA-256, read", ([sys.executable, "-c", RAW, *files],)),
        Job("raw SHA-256, mapped", ([sys.executable, "-c", MAPPED, *files],)),
        Job("sha256sum", (["sha256sum", *files],)),
        Job("openvet audit --hash none", ([*audit, "--hash=none"],)),
        Job(
            "openvet audit + sign, hashing once",
            ([*audit, "--hash=sha256"], sign),
            f"goal <= {GOAL}",
        ),
        Job("openvet verify --model", (verify,)),
        Job("openvet audit (BLAKE3) + sign", (audit, sign)),
    ]
    if peer is not None:
        tool, out = str(peer / "model_signing"), str(WORK / "model_signing.sig")
        sides = ["key", str(folder), "--signature", out]
        found += [
            Job(
                "model_signing sign",
                ([tool, "sign", *sides, "--private_key", private],),
            ),
            Job(
                "model_signing verify",
                ([tool, "verify", *sides, "--public_key", public],),
            ),
        ]
    return found


def main() -> None:
    """Measure in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    folder = made()["2 GiB folder"]
    program = installed("sign")
    speed()
    todo = jobs(program, folder, install(MODEL_SIGNING))
    os.environ["OPENVET_CACHE_DIR"] = str(WORK / "cache")
    found: dict[str, list[float]] = {job.title: [] for job in todo}
    for turn in range(runs + 1):
        for job in todo:
            print(f"turn {turn}: {job.title:<40}", end="\r", file=sys.stderr)
            taken = [cost(command) for command in job.commands]
            if any(one.code for one in taken):
                sys.exit(f"{job.title} failed: {[one.code for one in taken]}")
            if turn:
                found[job.title].append(sum(one.seconds for one in taken))
    raw = found["raw SHA-256, read"]
    print("2 GiB in two files: CPU s (smallest-largest), and how many times the first,")
    print("median beside median (smallest beside smallest: least disturbed by others)")
    for job in todo:
        seconds = found[job.title]
        middle = statistics.median(seconds)
        print(
            f"  {job.title:<36} {middle:6.2f} ({min(seconds):.2f}-{max(seconds):.2f})"
            f" {middle / statistics.median(raw):6.2f}x"
            f" ({min(seconds) / min(raw):.2f}x)   {job.goal}"
        )


if __name__ == "__main__":
    main()
