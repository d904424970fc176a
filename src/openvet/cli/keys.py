"""The option `--key`, and how a passphrase is come by."""

import os
import sys
from typing import Final

import click

from openvet.errors import OpenvetError

PASSPHRASE: Final = "OPENVET_PASSPHRASE"
"""The variable that holds it, where nobody can be asked."""


def passphrase() -> str:
    """Return what opens an encrypted key, from the environment or the person.

    Raises:
        OpenvetError: It is not in the environment, and nobody is there to be asked.
    """
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise OpenvetError(
            "the key is encrypted and nobody can be asked for its passphrase",
            hint=f"put the passphrase into the variable {PASSPHRASE}",
        )
    asked: str = click.prompt("passphrase of the key", hide_input=True, err=True)
    return asked
