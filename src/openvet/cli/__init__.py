"""The command line: one file per command."""

import sys

import click

from openvet import __version__
from openvet.errors import OpenvetError

COMMANDS = {
    "audit": "openvet.cli.audit:audit",
    "explain": "openvet.cli.explain:explain",
    "report": "openvet.cli.report:report",
    "rules": "openvet.cli.rules:rules",
    "verify": "openvet.cli.verify:verify",
    "version": "openvet.cli.version:version",
}


class Lazy(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which people need them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        from openvet.catalog import load  # noqa: PLC0415 - only when a command runs

        command: click.Command = load(COMMANDS[cmd_name])
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="openvet")
def app() -> None:
    """Vet an open AI model before you ship it: evidence, not a score."""


def main() -> None:
    """Run the command line and exit with the designed code."""
    try:
        app.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except OpenvetError as error:
        print(error.diagnostics(), file=sys.stderr)
        sys.exit(error.exit_code)
