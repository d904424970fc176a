"""What is audited, and what it is judged by: the configuration and its policy."""

from pathlib import Path
from typing import Final

import click

from openvet import config as configuration
from openvet.cli.numbers import check
from openvet.cli.output import ANY_PATH
from openvet.config import Config
from openvet.errors import OpenvetError
from openvet.finding import Severity
from openvet.policy import Policy
from openvet.subject import Folder
from openvet.target import local
from openvet.wire import replace
from openvet.write.escape import visible

SHIPPED = Path(configuration.__file__).parent / "policies"
"""Policies that are named without a path."""
NAMED: Final = ("baseline", "eu-ai-act", "nist-ai-rmf", "osaid", "owasp-llm-2025")
"""Their names, written out so that help reads no folder."""
policy_option = click.option(
    "--policy",
    type=ANY_PATH,
    metavar="FILE",
    help=f"Judge by this policy: a file (TOML), or {', '.join(NAMED[:-1])} or"
    f" {NAMED[-1]}.",
)
SEVERITIES = click.Choice([severity.value for severity in Severity])


def is_remote(target: str) -> bool:
    """Tell whether a target is on a server."""
    return target.startswith(("hf:", "https://", "http://", "openai:"))


def here(name: str) -> Folder:
    """Return a target on this machine, listed but not read.

    Raises:
        OpenvetError: It cannot be opened.
    """
    if not name:
        raise OpenvetError(
            "the target is empty", hint="name a file or folder; is a variable not set?"
        )
    return local(Path(name))


def config_for(target: str, name: str | None) -> Config:
    """Return the configuration for a target.

    Args:
        target: As the person named it.
        name: A configuration file, `none`, or None for the nearest one.

    Raises:
        OpenvetError: It cannot be read or says something that does not exist.
    """
    if name == "none":
        return Config()
    path = Path(name) if name else _found(target)
    if path is None:
        return Config()
    config = configuration.read(path)
    check(config, path)
    if config.policy:
        config = replace(config, policy=str(path.parent / config.policy))
    supplied = config.supplied(path.parent)
    return replace(config, settings=replace(config.settings, supplied=supplied))


def policy_for(config: Config, name: str | None, fail_on: str | None) -> Policy:
    """Return the policy of a file or a configuration, with the person's changes."""
    named = name or config.policy
    policy = Policy()
    if named:
        shipped = SHIPPED / f"{Path(named).name}.toml"
        ours = shipped.is_file() and not Path(named).exists()
        policy = configuration.read_policy(shipped if ours else Path(named))
    policy = config.judge_by(policy)
    if fail_on:
        policy = replace(policy, fail_on=Severity(fail_on))
    return policy


def _found(target: str) -> Path | None:
    """Return the nearest configuration that did not come with the target."""
    path, brought = configuration.find(
        Path.cwd(), None if is_remote(target) else Path(target)
    )
    for other in brought:
        click.echo(
            f"{visible(str(other))} came with what is audited and is not used\n"
            "help: if it is yours, name it with --config",
            err=True,
        )
    return path
