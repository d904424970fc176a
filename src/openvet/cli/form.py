"""The option of commands whose output is no report: in which form it is printed."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])
MEANT = {
    "text": "for people",
    "markdown": "for documents and pull requests",
    "json": "for programs",
    "html": "to read and to keep",
}
"""Forms, and whom each is for."""


def form_option(*names: str) -> Callable[[C], C]:
    """Return `--format`, passed on as `form`; the first name is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="; ".join(f"{name}: {MEANT[name]}" for name in names) + ".",
    )
