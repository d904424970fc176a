"""Accuracy and cost of the file rules, beside peers, in one run.

    scripts/bench files                     labeled samples, ours alone
    scripts/bench files --misses            and what went wrong
    scripts/bench files --write             and keep each rule's rates for its docs
    scripts/bench files --all               and peers, cost, start-up, honest models

Rates are counted per labeled entry. Half of the entries, chosen by a hash of their
path, were never looked at while rules were written: their rates stand apart as
`held out`. Intervals are Wilson, 95 %.
"""

import argparse
import csv
import datetime as dt
import hashlib
import json
import math
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from openvet import catalog
from openvet.documentation import MEASURED, Measured, RuleRates
from openvet.report import Report
from openvet.run import Options, audit
from openvet.wire import encode

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpora" / "files"
PICKLE_FORMATS = {
    "pickle", "torch", "pt", "joblib", "npy", "npz", "dill", "cloudpickle", "nemo",
    "torchscript", "tar", "tar.gz", "zip",
}  # fmt: skip


@dataclass
class Entry:
    """A labeled sample and what came of it."""

    path: str
    label: str
    klass: str
    technique: str
    format: str
    source: str
    fails: bool = False
    reviews: bool = False
    whole: bool = False
    errors: int = 0
    seconds: float = 0.0
    rules: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)

    @property
    def held_out(self) -> bool:
        """Whether it was kept away from whoever wrote the rules."""
        return int(hashlib.sha256(self.path.encode()).hexdigest(), 16) % 2 == 1

    @property
    def pickle_family(self) -> bool:
        """Whether it counts for the pickle goals."""
        single = not (CORPUS / self.path).is_dir()
        return single and self.format in PICKLE_FORMATS


def entries() -> list[Entry]:
    """Return the labeled samples."""
    manifest = CORPUS / "manifest.tsv"
    if not manifest.exists():
        sys.exit(f"no labeled samples at {CORPUS}")
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Entry(**row) for row in rows]


def interval(hits: int, n: int) -> str:
    """Return a rate with its 95 % Wilson interval."""
    if not n:
        return "-"
    z = 1.959964
    p = hits / n
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(0.0, center - half), min(1.0, center + half)
    return f"{p:.3f} [{low:.3f}, {high:.3f}] {hits}/{n}"


def run(entry: Entry, folder: str) -> None:
    """Audit one sample."""
    begin = time.process_time()
    options = Options(cache=False, ledger=f"{folder}/ledger")
    report, _ = audit(CORPUS / entry.path, options)
    entry.seconds = time.process_time() - begin
    note(entry, report)


def note(entry: Entry, report: Report) -> None:
    """Write down what an audit says of a sample."""
    entry.fails = report.verdict == "not-passed"
    entry.reviews = any(j.disposition == "review" for j in report.findings)
    entry.whole = not report.not_examined and not report.errors
    entry.errors = len(report.errors)
    entry.rules = [
        f"{j.disposition}:{j.finding.rule}:{j.finding.severity.value}"
        f":{j.finding.confidence.value}:{j.finding.title[:90]}"
        for j in report.findings
    ]
    entry.gaps = [f"{g.gap.reason}:{g.gap.detail[:80]}" for g in report.not_examined]
    entry.gaps += [f"ERROR {e.plugin}: {e.reason[:120]}" for e in report.errors]


def rates(found: list[Entry], title: str, *, peer: bool = False) -> None:
    """Print the rates that the goals are about; a peer says only whether it fails."""
    bad = [e for e in found if e.label == "malicious"]
    good = [e for e in found if e.label == "benign"]
    gray = [e for e in found if e.label == "gray"]
    loads = [e for e in bad if e.klass == "exec" and e.pickle_family]
    family = [e for e in good if e.pickle_family]
    print(f"\n{title} ({len(found)} entries)")
    missed = [e for e in bad if not e.fails]
    rows = (
        ("recall, all malicious", [e.fails for e in bad], ">= .97"),
        ("recall, pickle code on load", [e.fails for e in loads], ">= .99"),
        ("false alarms, all benign", [e.fails for e in good], "<= .01"),
        ("false alarms, pickle family", [e.fails for e in family], "<= .01"),
        ("benign read whole", [e.whole for e in good], ">= .97"),
        ("benign with a review remark", [e.reviews for e in good], ""),
        ("missed, but with a review remark", [e.reviews for e in missed], ""),
        ("missed, but said not read whole", [not e.whole for e in missed], ""),
        ("gray at the failing gate", [e.fails for e in gray], ""),
        ("plug-in failures", [bool(e.errors) for e in found], "0"),
    )
    asked = ("recall", "false", "gray", "plug-in") if peer else ("",)
    for name, hits, goal in rows:
        if not name.startswith(asked):
            continue
        print(f"  {name:<33} {interval(sum(hits), len(hits)):<32} {goal}")


def by_class(found: list[Entry]) -> None:
    """Print recall by class of harm and by technique family."""
    for title, key in (
        ("by class", lambda e: e.klass),
        ("by technique", lambda e: e.technique.split("/")[0].split(":")[0]),
    ):
        groups: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in found:
            if entry.label == "malicious":
                groups[key(entry)].append(entry)
        print(f"\nrecall {title}")
        for name, group in sorted(groups.items(), key=lambda item: -len(item[1])):
            print(f"  {name:<40} {interval(sum(e.fails for e in group), len(group))}")


def measured(found: list[Entry]) -> Measured:
    """Return how each rule fared, for its documentation."""
    rules = {plugin.id for plugin in catalog.checks()}
    held_out = [e for e in found if e.held_out]
    return Measured(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        malicious=sum(e.label == "malicious" for e in found),
        benign=sum(e.label == "benign" for e in found),
        held_out_malicious=sum(e.label == "malicious" for e in held_out),
        held_out_benign=sum(e.label == "benign" for e in held_out),
        rules={
            rule: RuleRates(
                malicious=fired(found, rule, "malicious"),
                benign=fired(found, rule, "benign"),
                held_out_malicious=fired(held_out, rule, "malicious"),
                held_out_benign=fired(held_out, rule, "benign"),
                benign_review=fired(found, rule, "benign", "review"),
            )
            for rule in sorted(rules)
        },
    )


def fired(found: list[Entry], rule: str, label: str, how: str = "failing") -> int:
    """Return on how many entries of a label a rule fails, or asks for review."""
    return sum(
        e.label == label and any(r.startswith(f"{how}:{rule}:") for r in e.rules)
        for e in found
    )


def misses(found: Iterable[Entry], *, held_out: bool) -> None:
    """Print what went wrong; of held-out entries only the class."""
    for entry in found:
        wrong = (
            (entry.label == "malicious" and not entry.fails)
            or (entry.label == "benign" and (entry.fails or not entry.whole))
            or entry.errors
        )
        if not wrong or (entry.held_out and not held_out):
            continue
        mark = "held out " if entry.held_out else ""
        print(f"{mark}{entry.label} {entry.path} [{entry.technique}]")
        for line in entry.rules[:4]:
            print(f"      {line}")
        for line in entry.gaps[:3]:
            print(f"      gap {line}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list what went wrong")
    parser.add_argument(
        "--held-out", action="store_true", help="list held-out ones too"
    )
    parser.add_argument("--json", help="write every entry's result to this file")
    parser.add_argument(
        "--write", action="store_true", help="put each rule's rates into its docs"
    )
    parser.add_argument("--all", action="store_true", help="run the other benches too")
    parser.add_argument("--only", default="", help="entries whose path holds this")
    arguments = parser.parse_args()
    found = [entry for entry in entries() if arguments.only in entry.path]
    with tempfile.TemporaryDirectory() as folder:
        for entry in found:
            run(entry, folder)
    rates(found, "all entries")
    rates([e for e in found if e.held_out], "held out")
    by_class(found)
    slow = sorted(found, key=lambda e: -e.seconds)[:5]
    print("\nslowest:", ", ".join(f"{e.path} {e.seconds:.2f} s" for e in slow))
    print("rules that fired:")
    counts = Counter(f"{r.split(':')[1]} on {e.label}" for e in found for r in e.rules)
    for name, count in sorted(counts.items()):
        print(f"  {name:<60} {count}")
    if arguments.misses:
        misses(found, held_out=arguments.held_out)
    if arguments.json:
        rows = [vars(entry) for entry in found]
        Path(arguments.json).write_text(json.dumps(rows, indent=1), "utf-8")
    if arguments.write and not arguments.only:
        MEASURED.write_bytes(encode(measured(found)) + b"\n")
    if arguments.all:
        for name in ("peers", "cost", "startup", "honest"):
            print(f"\n== {name}", flush=True)
            script = Path(__file__).with_name(f"{name}.py")
            subprocess.run([sys.executable, str(script)], check=True)


if __name__ == "__main__":
    main()
