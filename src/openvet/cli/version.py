"""`openvet version`."""

import importlib.util
import platform
from typing import Final

import click

from openvet import __version__, catalog

OPTIONAL: Final = {"huggingface_hub": "hf: and https: targets"}


@click.command()
def version() -> None:
    """Print the version and what is installed."""
    click.echo(f"openvet {__version__} (Python {platform.python_version()})")
    click.echo(f"{len(catalog.checks())} rules, {len(catalog.readers())} readers")
    for module, purpose in OPTIONAL.items():
        there = "yes" if importlib.util.find_spec(module) else "not installed"
        click.echo(f"  {purpose}: {there}")
