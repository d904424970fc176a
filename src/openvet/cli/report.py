"""`openvet report`: a stored audit, printed again."""

import sys
from pathlib import Path

import click

from openvet import config as configuration
from openvet.cli.output import COLORS, emit
from openvet.policy import Policy
from openvet.run import load


@click.command()
@click.argument("bundle")
@click.option("--policy", metavar="FILE", help="Judge by this policy (TOML).")
@click.option("--format", "names", multiple=True, metavar="NAME", default=("text",))
@click.option("--output", multiple=True, metavar="PATH", help="A file or folder.")
@click.option("--color", type=click.Choice(COLORS), default="auto")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
def report(  # noqa: PLR0913 - one parameter an option
    bundle: str,
    policy: str | None,
    names: tuple[str, ...],
    output: tuple[str, ...],
    color: str,
    *,
    exit_zero: bool,
) -> None:
    """Print a stored audit again, under any policy.

    BUNDLE is what `openvet audit --bundle` wrote. Nothing is read again: outcomes are
    facts, only the verdict follows the policy.
    """
    judged_by = configuration.read_policy(Path(policy)) if policy else Policy()
    stored = load(Path(bundle), judged_by)
    emit(stored, names, output, color)
    sys.exit(0 if exit_zero else stored.exit_code)
