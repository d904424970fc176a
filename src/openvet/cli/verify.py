"""`openvet verify`: is a stored audit what was written?"""

from pathlib import Path

import click

from openvet.cli.output import ANY_PATH
from openvet.run import load


@click.command()
@click.argument("bundle", type=ANY_PATH)
def verify(bundle: str) -> None:
    """Check that a stored audit was not altered.

    Every line of the ledger holds the hash of the line before it; a changed, dropped
    or moved line breaks the chain. Compare the printed head with one kept elsewhere.
    """
    story = load(Path(bundle))
    lines = len(story.steps) + 2
    click.echo(f"whole and unaltered: {lines} lines, head {story.head}")
