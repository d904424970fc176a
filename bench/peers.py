"""Peers on the labeled samples: what each finds at its own failing gate.

    scripts/bench peers                     every peer that installs
    scripts/bench peers picklescan hayward  these

Each peer is installed into an environment of its own under bench/.peers and run as its
users run it: one process a sample, its own exit code or severity as the gate. Nothing
is loaded or unpickled by us.
"""

import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from files import CORPUS, Entry, by_class, entries, rates

HERE = Path(__file__).resolve().parent
SECONDS = 60


@dataclass(frozen=True)
class Peer:
    """A scanner, how it is run, and what it calls bad."""

    name: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    """`{}` stands for the sample."""
    fails: Callable[["subprocess.CompletedProcess[str]"], bool]
    single_files: bool = False
    """Whether it takes files only, so that folders are walked for it."""


def exit_one(done: "subprocess.CompletedProcess[str]") -> bool:
    """Exit code 1, unless it crashed."""
    return done.returncode == 1 and "Traceback" not in done.stderr


def critical(done: "subprocess.CompletedProcess[str]") -> bool:
    """A critical issue in modelaudit's JSON."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return False
    return any(i.get("severity") == "critical" for i in report.get("issues", []))


PEERS = (
    Peer(
        "picklescan",
        ("picklescan==1.0.5", "numpy", "py7zr"),
        ("picklescan", "-p", "{}"),
        exit_one,
    ),
    Peer("modelscan", ("modelscan==0.8.8",), ("modelscan", "-p", "{}"), exit_one),
    Peer(
        "fickling",
        ("fickling==0.1.12", "typing_extensions"),
        ("fickling", "--check-safety", "{}"),
        exit_one,
        single_files=True,
    ),
    Peer("hayward", ("hayward==1.4.1",), ("hayward", "scan", "{}"), exit_one),
    Peer(
        "modelaudit",
        ("modelaudit==0.2.54",),
        ("modelaudit", "scan", "--format", "json", "{}"),
        critical,
    ),
)


def install(peer: Peer) -> Path | None:
    """Return the peer's bin folder, or None where it does not install."""
    home = HERE / ".peers" / peer.name
    program = home / "bin" / peer.command[0]
    if not program.exists():
        venv.create(home, with_pip=True)
        pip = [str(home / "bin" / "pip"), "install", "-q", *peer.packages]
        if subprocess.run(pip, check=False).returncode or not program.exists():
            return None
    return home / "bin"


def judge(peer: Peer, folder: Path, entry: Entry) -> None:
    """Run a peer on one sample."""
    target = CORPUS / entry.path
    targets = [target]
    if peer.single_files and target.is_dir():
        targets = sorted(path for path in target.rglob("*") if path.is_file())
    for path in targets:
        words = [word.replace("{}", str(path)) for word in peer.command]
        try:
            done = subprocess.run(
                [str(folder / words[0]), *words[1:]],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=SECONDS,
                env={**os.environ, "PROMPTFOO_DISABLE_TELEMETRY": "1"},
                stdin=subprocess.DEVNULL,
                cwd=HERE / ".peers",
            )
        except subprocess.TimeoutExpired:
            entry.errors += 1
            continue
        entry.fails |= peer.fails(done)
        entry.errors += "Traceback" in done.stderr


def main() -> None:
    """Run the peers that were named, or all."""
    wanted = sys.argv[1:]
    for peer in PEERS:
        if wanted and peer.name not in wanted:
            continue
        folder = install(peer)
        if folder is None:
            print(f"{peer.name}: does not install here")
            continue
        found = entries()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        for entry in found:
            entry.whole = True
            judge(peer, folder, entry)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        rates(found, peer.name, peer=True)
        by_class(found)
        print(f"{peer.name}: {cpu:.0f} CPU s, {time.monotonic() - begin:.0f} s in all")


if __name__ == "__main__":
    main()
