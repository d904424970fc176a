"""`openvet sign`: vouch for an audit and for the files it is about."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from openvet.cli.judging import SEVERITIES, config_for, policy_for, policy_option
from openvet.cli.keys import passphrase
from openvet.cli.output import ANY_PATH, replacing
from openvet.cli.progress import progress_bar
from openvet.errors import OpenvetError
from openvet.write.escape import visible


@click.command()
@click.argument("bundle", type=ANY_PATH)
@click.option(
    "--key",
    type=ANY_PATH,
    required=True,
    metavar="FILE",
    help="Private key (PEM): EC P-256, P-384, P-521 or Ed25519.",
)
@click.option(
    "--model",
    type=ANY_PATH,
    metavar="PATH",
    help="Where the model is.  [default: where it was audited]",
)
@policy_option
@click.option("--fail-on", type=SEVERITIES, help="Least severity that fails.")
@click.option("--config", type=ANY_PATH, metavar="FILE", help="As of `openvet audit`.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def sign(bundle: str, **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Sign a stored audit and the model it is about.

    BUNDLE is what `openvet audit --bundle` wrote. Three files are put beside it: the
    model's files and digests as OpenSSF model signing has them, what was verified
    under which policy, and the checkpoint of the ledger, which is also printed. Keep
    the checkpoint where others see it. The passphrase of an encrypted key is asked
    for, or taken from OPENVET_PASSPHRASE.
    """
    from openvet.run import load
    from openvet.signing import record
    from openvet.signing.findings import counted
    from openvet.signing.keys import private

    path = Path(bundle)
    key = private(Path(given["key"]), passphrase)
    story = load(path)
    model = Path(given["model"] or story.start.target)
    config = config_for(story.start.target, given["config"])
    policy = policy_for(config, given["policy"], given["fail_on"])
    sizes = [step.size for step in story.steps if step.content is not None]
    with progress_bar(
        wanted=not given["quiet"],
        files=len(sizes),
        size=sum(sizes),
    ) as progress:
        signed = record.sign(
            path, model, policy, key, progress and (lambda n: progress("hashed", (), n))
        )
    _write({record.beside(path, suffix): d for suffix, d in signed.files.items()})
    report, files = signed.report, counted(len(signed.manifest.parts), "file")
    name = visible(f"{report.policy.name} {report.policy.version}")
    click.echo(f"signed {files}, root {signed.manifest.root}", err=True)
    click.echo(f"the audit: {report.verdict} under {name}", err=True)
    click.echo(f"the key: {key.public.kind} {key.public.fingerprint}", err=True)
    click.echo(signed.files[record.CHECKPOINT], nl=False)


def _write(files: dict[Path, bytes]) -> None:
    """Write all files, or none.

    Raises:
        OpenvetError: One of them cannot be written.
    """
    for place in files:
        if place.is_dir():
            raise OpenvetError(
                f"cannot write {place}: a folder is there",
                hint="move the folder away; nothing was half-written",
            )
    with ExitStack() as stack:
        for place, data in files.items():
            file = stack.enter_context(replacing(place, "BUNDLE"))
            file.write(data)
            file.flush()
    for place in files:
        click.echo(f"wrote {visible(str(place))}", err=True)
