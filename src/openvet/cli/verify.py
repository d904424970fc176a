"""`openvet verify`: is a stored audit what was written, a model what was signed?"""

import sys
from pathlib import Path
from typing import Any

import click

from openvet.cli.judging import SEVERITIES, config_for, policy_for
from openvet.cli.keys import passphrase
from openvet.cli.output import ANY_PATH
from openvet.cli.progress import progress_bar
from openvet.errors import OpenvetError
from openvet.write.escape import visible


@click.command()
@click.argument("bundle", type=ANY_PATH, required=False)
@click.option(
    "--key", type=ANY_PATH, metavar="FILE", help="Whose signatures count (PEM)."
)
@click.option(
    "--model", type=ANY_PATH, metavar="PATH", help="Compare every file of this model."
)
@click.option(
    "--signature",
    type=ANY_PATH,
    metavar="FILE",
    help="Signature of the model, also one by `model_signing`.",
)
@click.option(
    "--policy",
    type=ANY_PATH,
    metavar="FILE",
    help="The policy that the audit has to have been judged by: a file, or the name of"
    " one that openvet brings.",
)
@click.option("--fail-on", type=SEVERITIES, help="As it was signed with.")
@click.option("--config", type=ANY_PATH, metavar="FILE", help="As it was signed with.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def verify(bundle: str | None, **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Check that a stored audit was not altered.

    Every line of the ledger holds the hash of the line before it; a changed, dropped
    or moved line breaks the chain. With --key, the signatures beside BUNDLE have to be
    made with that key; with --model, every file has to be as it was signed, or else
    audited. Exit codes: 0 all is so, 1 something differs, 2 wrong use, 4 something
    could not be verified.
    """
    from openvet.signing.keys import public
    from openvet.signing.verify import Question
    from openvet.signing.verify import verify as run_verify

    _refuse(bundle, given)
    key = public(Path(given["key"]), passphrase) if given["key"] else None
    policy = None
    if given["policy"] or given["config"] or given["fail_on"]:
        # What was signed does not change with the folder that it is verified in.
        config = config_for(bundle or "", given["config"] or "none")
        policy = policy_for(config, given["policy"], given["fail_on"])
    question = Question(
        bundle=Path(bundle) if bundle else None,
        signature=Path(given["signature"]) if given["signature"] else None,
        model=Path(given["model"]) if given["model"] else None,
        policy=policy,
    )
    with progress_bar(wanted=not given["quiet"], files=0, size=0) as progress:
        found = run_verify(
            question, key, progress and (lambda n: progress("hashed", (), n))
        )
    for sentence in found.holds:
        click.echo(visible(sentence))
    for word, sentences in (
        ("note", found.notes),
        ("not verified", found.unverified),
        ("differs", found.differs),
    ):
        for sentence in sentences:
            click.echo(f"{word}: {visible(sentence)}")
    sys.exit(found.exit_code)


def _refuse(bundle: str | None, given: dict[str, Any]) -> None:
    """Refuse options that do not go together.

    Raises:
        OpenvetError: They do not.
    """
    if bundle is None and given["signature"] is None:
        raise OpenvetError(
            "nothing to verify is named",
            hint="name a bundle, or a model's signature with --signature",
        )
    signed = [n for n in ("signature", "policy", "config", "fail_on") if given[n]]
    if signed and given["key"] is None:
        option = signed[0].replace("_", "-")
        raise OpenvetError(
            f"--{option} is about what was signed, and no key is named",
            hint="name the signer's key with --key",
        )
