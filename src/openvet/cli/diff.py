"""`openvet diff`: what changed from one version to the next?"""

import sys
from pathlib import Path
from typing import Any

import click

from openvet.changes.compare import compare
from openvet.changes.seen import Seen, is_bundle, of_bundle, of_folder
from openvet.cli.form import form_option
from openvet.cli.judging import config_for, here, is_remote, policy_for, policy_option
from openvet.cli.output import ANY_PATH, deliver
from openvet.cli.progress import progress_over
from openvet.errors import OpenvetError
from openvet.run import Options
from openvet.write import changes


@click.command()
@click.argument("old", type=ANY_PATH)
@click.argument("new", type=ANY_PATH)
@policy_option
@click.option("--config", type=ANY_PATH, metavar="FILE", help="As of `openvet audit`.")
@form_option("text", "markdown", "json")
@click.option("--output", type=ANY_PATH, metavar="PATH", help="A file; `-` prints.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def diff(old: str, new: str, **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Tell what changed from one version of a model to the next.

    OLD and NEW are folders, files or bundles of `openvet audit`. Compared are files,
    tensors, configurations, vocabularies, templates, cards, licenses and findings.
    Exit codes: 0 no finding that fails is new, 1 one is, 4 not all was compared.
    """
    config = config_for(new, given["config"])
    options = Options(
        settings=config.settings,
        limits=config.limits,
        policy=policy_for(config, given["policy"], None),
    )
    before, after = (_seen(name, options, quiet=given["quiet"]) for name in (old, new))
    found = compare(before, after)
    writer = getattr(changes, given["form"])
    deliver(writer(found), given["output"])
    sys.exit(0 if given["exit_zero"] else found.exit_code)


def _seen(name: str, options: Options, *, quiet: bool) -> Seen:
    """Return a version: a folder is audited, a bundle is loaded.

    Raises:
        OpenvetError: It is neither.
    """
    if is_remote(name):
        raise OpenvetError(
            f"{name} is on a server, and only what is here can be compared",
            hint="download both, or audit each with --bundle and compare the bundles",
        )
    path = Path(name)
    if is_bundle(path):
        return of_bundle(path, options)
    folder = here(name)
    with progress_over(folder, wanted=not quiet) as progress:
        return of_folder(folder, options, progress)
