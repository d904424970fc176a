"""The command line: one file per command.

Exit codes: 0 complete and nothing failing · 1 findings · 2 wrong use · 3 nothing to
audit · 4 incomplete · 70 a bug of ours · 130 interrupted; 1 beats 4.
"""

import errno
import gc
import os
import sys
from typing import Final

import click
from click.exceptions import NoArgsIsHelpError

from openvet import __version__
from openvet.errors import OpenvetError

# name: (module:command, what it does); the second must equal the command's own help.
COMMANDS: Final = {
    "audit": ("audit:audit", "Audit a model: a file, a folder, or one on a server."),
    "explain": ("explain:explain", "Explain a rule: what, why, how, what to do."),
    "rules": ("rules:rules", "List every rule."),
    "report": ("report:report", "Print a stored audit again, under any policy."),
    "diff": ("diff:diff", "Tell what changed from one version of a model to the next."),
    "compare": ("compare:command", "Hold models side by side, on the same questions."),
    "sign": ("sign:sign", "Sign a stored audit and the model it is about."),
    "verify": ("verify:verify", "Check that a stored audit was not altered."),
    "draft": ("draft:draft", "Begin a document with what the files prove."),
    "version": ("version:version", "Print the version and what is installed."),
}
BUG: Final = 70
INTERRUPTED: Final = 130
COMPLETE: Final = "_OPENVET_COMPLETE"
"""The variable through which a shell asks for completions."""
FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class Commands(click.Group):
    """A group whose commands are imported only when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which people need them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        from openvet.catalog import load

        command: click.Command = load(f"openvet.cli.{COMMANDS[cmd_name][0]}")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest one."""
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else "see openvet --help"
            if os.path.exists(args[0]):  # noqa: PTH110 - pathlib is not loaded yet
                hint = f"did you mean `openvet audit {args[0]}`?"
            raise OpenvetError(f"there is no command {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _completions(
    ctx: click.Context, option: click.Parameter, shell: str | None
) -> None:
    """Print the completion script of a shell and leave."""
    del option
    if shell is None or ctx.resilient_parsing:
        return
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:  # the choice of shells is closed
        raise AssertionError(shell)
    click.echo(kind(app, {}, "openvet", COMPLETE).source())
    ctx.exit()


@click.group(
    cls=Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "OPENVET",
        "max_content_width": 100,
    },
)
@click.version_option(__version__, message="openvet %(version)s")
@click.option(
    "--completions",
    type=click.Choice(["bash", "zsh", "fish"]),
    callback=_completions,
    expose_value=False,
    is_eager=True,
    help="Print the completion script for a shell.",
)
def app() -> None:
    """Vet an open AI model before you ship it: evidence, not a score."""


def main() -> None:
    """Run the command line and exit with the designed code."""
    sys.excepthook = excepthook
    # An audit makes many small records and few cycles; looking for them is no use.
    gc.set_threshold(50_000)
    try:
        code = app.main(standalone_mode=False, complete_var=COMPLETE)
    except NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        code = _say(_explained(error))
    except (click.Abort, KeyboardInterrupt):
        print("interrupted; the same command continues the audit", file=sys.stderr)
        code = INTERRUPTED
    except OpenvetError as error:
        code = _say(error)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say.
        _silence()
        code = 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        _silence()
        hint = "free some space, or write to another place"
        code = _say(OpenvetError(f"cannot write: {error.strerror}", hint=hint))
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: OpenvetError) -> int:
    """Print an error and its next step; return the exit code."""
    from openvet.write.escape import visible

    print(f"error: {visible(error.message)}", file=sys.stderr)
    if error.hint:
        print(f"help: {visible(error.hint)}", file=sys.stderr)
    return error.exit_code


def _explained(error: click.ClickException) -> OpenvetError:
    """Return an error of the command line's library in the shape of ours."""
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "openvet"
    return OpenvetError(
        message[:1].lower() + message[1:], hint=f"see `{command} --help`"
    )


def _silence() -> None:
    """Let what is left to write to standard output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def excepthook(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Say of an unexpected error that it is ours, keep the traceback, exit 70."""
    import traceback

    del trace
    traceback.print_exception(kind, error, error.__traceback__)
    print(
        "error: this is a bug of openvet\n"
        "help: please report it with the text above;"
        " nothing about the audited files is sent by itself",
        file=sys.stderr,
    )
    sys.stderr.flush()
    os._exit(BUG)
