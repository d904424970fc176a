"""The option of the commands that print what rules say of themselves."""

from typing import Final

import click

FORM: Final = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
