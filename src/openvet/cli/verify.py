"""`openvet verify`: is a stored audit what was written?"""

from pathlib import Path

import click

from openvet.errors import LedgerError
from openvet.ledger import End, Start, facts_and_head


@click.command()
@click.argument("bundle")
def verify(bundle: str) -> None:
    """Check that a stored audit was not altered.

    Every line of the ledger holds the hash of the line before it; a changed, dropped
    or moved line breaks the chain. Compare the printed head with one kept elsewhere.
    """
    facts, head = facts_and_head(Path(bundle))
    if not facts or not isinstance(facts[0], Start):
        raise LedgerError(f"{bundle} holds no ledger")
    end = facts[-1]
    if not isinstance(end, End) or end.steps != len(facts) - 2:
        raise LedgerError(
            f"{bundle}: lines are missing at the end",
            hint="the audit was interrupted or the ledger was cut; audit again",
        )
    click.echo(f"whole and unaltered: {len(facts)} lines, head {head}")
