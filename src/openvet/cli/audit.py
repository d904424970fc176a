"""`openvet audit`: the main job."""

import sys

import click

from openvet.run import Options, audit as run
from openvet.wire import encode


@click.command()
@click.argument("target")
@click.option("--format", "formats", multiple=True, default=("text",))
def audit(target: str, formats: tuple[str, ...]) -> None:
    """Audit TARGET: a file, a folder, hf:org/name@revision or an https:// URL."""
    report = run(target, Options())
    for form in formats:
        if form == "json":
            sys.stdout.buffer.write(encode(report) + b"\n")
        else:
            for judged in report.findings:
                f = judged.finding
                print(f"{judged.disposition} {f.severity.value}[{f.rule}] {f.place}: {f.title}")
            for item in report.not_examined:
                print("not examined:", item.place, item.gap.reason, item.gap.detail)
            for e in report.errors:
                print("ERROR", e)
            print(report.verdict, report.why, report.coverage)
    sys.exit(report.exit_code)
