"""Situations of licenses, what has to be said of each, and who says it.

    scripts/bench obligations               every situation, ours beside the peers
    scripts/bench obligations --ours        without the peers

The situations are those of tests/specimens/situations.py and planted.py: small folders
written by code, many from threads in which somebody told of them. Ours has to say all
that is written there, at the severity written there, and nothing worse. A peer is asked
for less: that its output names the license or the parent that matters, and, more than
that, any word of a conflict or a duty. Peers are installed into environments of their
own under bench/.peers and run as their users run them.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from openvet.check import Settings  # noqa: E402
from openvet.run import Options, audit  # noqa: E402
from openvet.wire import encode  # noqa: E402
from specimens.planted import ALL, APACHE  # noqa: E402 - after its folder is known
from specimens.situations import (  # noqa: E402
    LICENSE_RULES,
    SHARED,
    Situation,
    write,
)

ORDER = ("info", "low", "medium", "high", "critical")
SECONDS = 60
DUTIES = ("obligation", "must not", "incompatible", "conflict", "notice", "attribution")
"""Words that a tool cannot do without when it speaks of a duty or a conflict."""

NAMED = re.compile(
    r"(?m)^[\s\"-]*(?:license|license_name|base_model|datasets|teacher_model|model"
    r"|base_model_name_or_path)\"?:[ \"]*([\w./-]+)|[\"( -]([\w.-]+/[\w.-]+)[\")\n]"
)


class Peer(NamedTuple):
    """A tool, and how it is run; `{}` stands for the folder."""

    name: str
    package: str
    command: tuple[str, ...]


PEERS = (
    Peer("aibom-cli", "aibom-cli==0.3.0", ("aibom", "scan", "{}")),
    Peer("aibom-guard", "aibom-guard==0.2.0", ("aibom-guard", "scan", "{}")),
)


def install(peer: Peer) -> Path | None:
    """Return the peer's program, or None where it does not install."""
    home = HERE / ".peers" / peer.name
    program = home / "bin" / peer.command[0]
    if not program.exists():
        venv.create(home, with_pip=True)
        pip = [str(home / "bin" / "pip"), "install", "-q", peer.package]
        if subprocess.run(pip, check=False).returncode or not program.exists():
            return None
    return program


def ours(situation: Situation, folder: Path, ledger: Path) -> str:
    """Return `as written`, or what is not."""
    options = Options(
        settings=Settings(profile=situation.profile), ledger=str(ledger), cache=False
    )
    report, _ = audit(folder, options)
    found = [judged.finding for judged in report.findings]
    said = [(f.rule, f.severity.value, encode(f).decode()) for f in found]
    for must in situation.must:
        if not any((r, s) == must[:2] and must.words in t for r, s, t in said):
            return f"lacks {must.rule} {must.words}"
    worst = max((ORDER.index(s) for r, s, _ in said if r in LICENSE_RULES), default=0)
    if worst > ORDER.index(situation.worst):
        return f"too severe: {ORDER[worst]}"
    return "as written"


def theirs(peer: Peer, program: Path, situation: Situation, folder: Path) -> str:
    """Return how much of what matters a peer's output has."""
    words = [word.replace("{}", str(folder)) for word in peer.command[1:]]
    try:
        done = subprocess.run(
            [str(program), *words],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            cwd=folder.parent,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except subprocess.TimeoutExpired:
        return "no answer"
    if "Traceback" in done.stderr:
        return "crashes"
    output = (done.stdout + done.stderr).replace(str(folder), "").lower()
    if not situation.must:
        return "quiet" if not any(word in output for word in DUTIES) else "loud"
    if any(word in output for word in DUTIES):
        return "speaks of duties"
    named = [word for word in matters(situation) if _has(output, word)]
    return f"names {named[0]}" if named else "-"


def _has(output: str, word: str) -> bool:
    """Say whether an output has a word that is no part of a longer one."""
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", output) is not None


def matters(situation: Situation) -> list[str]:
    """Return the parents and licenses that a folder names, in lower case."""
    found = []
    for data in situation.files.values():
        if isinstance(data, str):
            found += [m[1] or m[2] for m in NAMED.finditer(data)]
    return list(dict.fromkeys(name.lower() for name in found))


def texts() -> Mapping[str, str]:
    """Return the texts of licenses that are at hand."""
    path = HERE.parents[1] / "shared" / SHARED
    if not path.exists():
        return {"apache-2.0": APACHE}
    data = json.loads(path.read_text("utf-8"))["texts"]
    return {name: one["text"] for name, one in data.items()}


def main() -> int:
    """Print the table; return 1 where a situation does not come out as written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", action="store_true", help="without the peers")
    options = parser.parse_args()
    peers = {p: install(p) for p in (() if options.ours else PEERS)}
    known, wrong, skipped, spent = texts(), 0, 0, 0.0
    print(f"{'situation':58}{'openvet':20}" + "".join(f"{p.name:26}" for p in peers))
    for situation in ALL:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "model")
            folder.mkdir()
            try:
                write(situation, folder, known)
            except KeyError:
                skipped += 1
                continue
            row = []
            for peer, program in peers.items():
                row.append(
                    theirs(peer, program, situation, folder)
                    if program
                    else "does not install"
                )
            begun = time.process_time()
            verdict = ours(situation, folder, Path(name, "ledger"))
            spent += time.process_time() - begun
        wrong += verdict != "as written"
        told = (
            f"{situation.name} [{situation.thread}]"
            if situation.thread
            else (situation.name)
        )
        print(f"{told[:57]:58}{verdict:20}" + "".join(f"{c[:25]:26}" for c in row))
    count = len(ALL) - skipped
    told_of = sum(bool(situation.thread) for situation in ALL)
    print(
        f"\n{count - wrong} of {count} situations as written, {told_of} of all told in"
        f" threads; {skipped} left out for lack of a text;"
        f" {1000 * spent / max(1, count):.0f} CPU ms each"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
