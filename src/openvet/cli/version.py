"""`openvet version`."""

import importlib.util
import platform
from typing import Final

import click

from openvet import __version__, catalog

OPTIONAL: Final = {
    "huggingface_hub": ("hub", "hf: and https: targets"),
    "cryptography": ("sign", "signing and verifying with keys"),
}
"""The module that an extra brings: the extra, and what it is for."""


@click.command()
def version() -> None:
    """Print the version and what is installed."""
    click.echo(f"openvet {__version__} (Python {platform.python_version()})")
    click.echo(f"{len(catalog.checks())} rules, {len(catalog.readers())} readers")
    for module, (extra, purpose) in OPTIONAL.items():
        there = bool(importlib.util.find_spec(module))
        state = "yes" if there else f"no; install openvet with its extra `{extra}`"
        click.echo(f"{purpose}: {state}")
