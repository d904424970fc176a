"""`openvet audit`: the main job."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openvet.cli.judging import (
    SEVERITIES,
    config_for,
    here,
    is_remote,
    policy_for,
    policy_option,
)
from openvet.cli.numbers import Seed
from openvet.cli.output import (
    ANY_PATH,
    COLORS,
    destinations,
    emit,
    format_names,
    replacing,
)
from openvet.cli.progress import progress_over
from openvet.cli.supplied import ASKING, TABLE, supplied_by
from openvet.cli.supplied import options as supplied_options
from openvet.errors import OpenvetError
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import replace

if TYPE_CHECKING:
    from openvet.askable import Endpoint
    from openvet.config import Config
    from openvet.subject import Folder

GROUPS: Final = {
    "Audit": ("policy", "fail_on", "since", "hash", "weights", "config"),
    "Asking": ("ask", "base", "load_unsafe", "items", "seed", *ASKING),
    "Table": TABLE,
    "Output": ("format", "output", "bundle", "exit_zero", "color", "quiet"),
    "Cache and network": ("ledger", "no_cache", "offline"),
    "Other": ("_click_default_help",),
}


class Grouped(click.Command):
    """A command whose help lists its options in groups."""

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the options group by group."""
        records = {p.name: p.get_help_record(ctx) for p in self.get_params(ctx)}
        for title, names in GROUPS.items():
            rows = [row for name in names if (row := records.get(name)) is not None]
            with formatter.section(title):
                formatter.write_dl(rows)


@click.command(cls=Grouped)
@click.argument("target", type=ANY_PATH)
@policy_option
@click.option(
    "--fail-on",
    type=SEVERITIES,
    help="Least severity that fails.  [default: high]",
)
@click.option(
    "--since",
    type=ANY_PATH,
    metavar="BUNDLE",
    help="Findings of this earlier audit do not fail.",
)
@click.option(
    "--hash",
    type=click.Choice(["blake3", "sha256", "none"]),
    help="Digest of each file; sha256 matches hubs.  [default: blake3]",
)
@click.option(
    "--weights", is_flag=True, help="Also read every tensor value for hidden payloads."
)
@click.option(
    "--ask",
    is_flag=True,
    help="Also load the model, in a zone of its own, and ask it.",
)
@click.option(
    "--base",
    type=ANY_PATH,
    metavar="BASE",
    help="The model it was made from, asked beside it: what is inherited, what added?",
)
@click.option(
    "--load-unsafe", is_flag=True, help="Load it even where its files run code."
)
@click.option(
    "--items",
    type=click.IntRange(1),
    metavar="N",
    help="Most questions for each axis: more decide more, and take longer.",
)
@click.option(
    "--seed", type=Seed(), help="Of the order of the questions.  [default: 0]"
)
@supplied_options
@click.option(
    "--config",
    type=ANY_PATH,
    metavar="FILE",
    help="Configuration instead of the nearest openvet.toml; `none` for none.",
)
@click.option(
    "--format",
    multiple=True,
    metavar="NAME",
    shell_complete=format_names,
    help="text, json, html, sarif, junit, markdown, cyclonedx, spdx; repeatable."
    "  [default: text]",
)
@click.option(
    "--output",
    type=ANY_PATH,
    multiple=True,
    metavar="PATH",
    help="A file for each --format, or a folder for all (one that is there, or a name"
    " that ends in /); `-` prints.",
)
@click.option(
    "--bundle",
    type=ANY_PATH,
    metavar="FILE",
    help="Keep the audit for report and verify.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
@click.option(
    "--color",
    type=click.Choice(COLORS),
    default="auto",
    help="Colors on standard output.  [default: auto]",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
@click.option(
    "--ledger",
    type=ANY_PATH,
    metavar="FOLDER",
    help="Where the audit is kept so that it continues.",
)
@click.option("--no-cache", is_flag=True, help="Read every file again.")
@click.option("--offline", is_flag=True, help="Refuse targets that need the network.")
def audit(target: str, **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Audit a model: a file, a folder, or one on a server.

    TARGET is a path, hf:org/name@revision, an https:// URL, or an endpoint:
    openai:https://host/v1#model. Nothing in it is run or unpickled; with --ask its
    weights are loaded once its files were read. An endpoint is always asked. Exit
    codes: 0 complete and nothing failing, 1 findings, 2 wrong use, 3 nothing to audit,
    4 incomplete.
    """
    config = config_for(target, given["config"])
    names = given["format"] or config.format or ("text",)
    destinations(names, given["output"])
    offline = given["offline"] or bool(config.offline)
    folder = _target(target, offline=offline)
    # Of an endpoint there is nothing to see but answers.
    ask = given["ask"] or config.settings.ask or folder.kind == "endpoint"
    options = Options(
        settings=replace(
            config.settings,
            weights=given["weights"] or config.settings.weights,
            profile=config.profile or config.settings.profile,
            environment=config.environment or config.settings.environment,
            machine=config.machine or config.settings.machine,
            ask=ask,
            load_unsafe=given["load_unsafe"] or config.settings.load_unsafe,
            items=given["items"] or config.settings.items,
            seed=config.settings.seed if given["seed"] is None else given["seed"],
            base=_base(given["base"], config, ask=ask, offline=offline),
            supplied=supplied_by(config.settings.supplied, given, ask=ask),
        ),
        limits=config.limits,
        policy=policy_for(config, given["policy"], given["fail_on"]),
        hashing=given["hash"] or config.hash or "blake3",
        cache=not given["no_cache"],
        ledger=given["ledger"] or "",
        since=given["since"] or "",
    )
    with progress_over(folder, wanted=not given["quiet"]) as progress:
        report, ledger = run_audit(folder, options, progress=progress)
    if given["bundle"]:
        _bundle(ledger, Path(given["bundle"]))
    emit(report, names, given["output"], given["color"])
    sys.exit(0 if given["exit_zero"] else report.exit_code)


def _target(name: str, *, offline: bool) -> "Folder | Endpoint":
    """Return the target as a subject, listed but not read.

    Raises:
        OpenvetError: It cannot be opened, or needs the network that is refused.
    """
    if not is_remote(name):
        return here(name)
    if name.startswith("openai:"):
        from openvet.addresses import is_loopback
        from openvet.endpoint import endpoint

        found = endpoint(name)
        if not offline or is_loopback(found.url):
            return found
    if offline:
        raise OpenvetError(
            f"{name} needs the network, and --offline refuses it",
            hint="download the model first and audit the folder",
        )
    from openvet.remote import remote

    return remote(name)


def _base(name: str | None, config: "Config", *, ask: bool, offline: bool) -> str:
    """Return the base to ask beside the target, or nothing.

    Raises:
        OpenvetError: It cannot be opened, or nothing is asked.
    """
    base = name or config.settings.base
    if name and not ask:
        raise OpenvetError(
            "--base compares what two models answer, and nothing is asked",
            hint="add --ask",
        )
    if base and ask:
        _target(base, offline=offline)
    return base


def _bundle(ledger: Path, path: Path) -> None:
    """Copy a ledger into a zip, whole or not at all."""
    import shutil
    import zipfile

    with (
        replacing(path, "--bundle") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle,
    ):
        info = zipfile.ZipInfo("ledger.jsonl", (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        with ledger.open("rb") as source, bundle.open(info, "w") as out:
            shutil.copyfileobj(source, out)
