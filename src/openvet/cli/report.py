"""`openvet report`: a stored audit, printed again."""

import sys
from pathlib import Path
from typing import Any

import click

from openvet.cli.judging import SEVERITIES, config_for, policy_for, policy_option
from openvet.cli.output import ANY_PATH, COLORS, emit, format_names
from openvet.run import judge, load


@click.command()
@click.argument("bundle", type=ANY_PATH)
@policy_option
@click.option("--fail-on", type=SEVERITIES, help="Least severity that fails.")
@click.option(
    "--since",
    type=ANY_PATH,
    metavar="BUNDLE",
    help="Findings of this earlier audit do not fail.",
)
@click.option("--config", type=ANY_PATH, metavar="FILE", help="As of `openvet audit`.")
@click.option(
    "--format",
    multiple=True,
    metavar="NAME",
    shell_complete=format_names,
    help="As of `openvet audit`.",
)
@click.option(
    "--output",
    type=ANY_PATH,
    multiple=True,
    metavar="PATH",
    help="As of `openvet audit`.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
@click.option(
    "--color", type=click.Choice(COLORS), default="auto", help="Colors or none."
)
def report(bundle: str, **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Print a stored audit again, under any policy.

    BUNDLE is what `openvet audit --bundle` wrote. Nothing is read again: outcomes are
    facts, only the verdict follows the policy and the configuration.
    """
    story = load(Path(bundle))
    config = config_for(story.start.target, given["config"])
    policy = policy_for(config, given["policy"], given["fail_on"])
    since = load(Path(given["since"])) if given["since"] else None
    stored = judge(story, policy, since=since)
    names = given["format"] or config.format or ("text",)
    emit(stored, names, given["output"], given["color"])
    sys.exit(0 if given["exit_zero"] else stored.exit_code)
