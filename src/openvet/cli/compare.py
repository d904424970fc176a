"""`openvet compare`: which of several models, on the same questions?"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from openvet.cli.form import form_option
from openvet.cli.judging import config_for, here, is_remote
from openvet.cli.numbers import FiniteRange, Seed
from openvet.cli.output import ANY_PATH, deliver
from openvet.cli.progress import progress_bar, progress_over
from openvet.compared.compare import How, compare
from openvet.errors import OpenvetError
from openvet.run import Options
from openvet.wire import replace
from openvet.write import comparison

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openvet.check import Progress

FEWEST: Final = 2
"""Models."""


@click.command("compare")
@click.argument("models", nargs=-1, required=True, type=ANY_PATH)
@click.option(
    "--margin",
    type=FiniteRange(0, 0.5, min_open=True),
    default=0.05,
    show_default=True,
    help="How much less often right a smaller model may be, and still do.",
)
@click.option(
    "--probe",
    multiple=True,
    metavar="NAME",
    help="Ask only this, as `right-endings` or `counterfactual-pairs`; repeatable.",
)
@click.option(
    "--items",
    type=click.IntRange(1),
    metavar="N",
    help="Questions for each axis: more decide more, and take longer.",
)
@click.option(
    "--seed", type=Seed(), help="Of the order of the questions.  [default: 0]"
)
@click.option(
    "--load-unsafe", is_flag=True, help="Load models even where their files run code."
)
@click.option("--config", type=ANY_PATH, metavar="FILE", help="As of `openvet audit`.")
@form_option("text", "json", "html")
@click.option("--output", type=ANY_PATH, metavar="PATH", help="A file; `-` prints.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
@click.option("--no-cache", is_flag=True, help="Ask everything again.")
@click.option("--offline", is_flag=True, help="Refuse models that need the network.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
def command(models: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 - what click parsed
    """Hold models side by side, on the same questions.

    MODELS are folders, GGUF files, endpoints (openai:https://host/v1#model) and stored
    audits (a ledger or bundle); the others are held against the first. Told are what
    each shows of bias and favoritism, what it knows for what it costs, and which
    smaller model does as well as the largest. Exit codes: 0 none is certainly worse
    than the first, 1 one is, 2 wrong use, 3 nothing to compare, 4 not all was compared.
    """
    if len(models) < FEWEST:
        raise OpenvetError(
            "one model cannot be compared",
            hint="name at least two, the first is held against the others",
        )
    config = config_for(models[0], given["config"])
    for name in models:
        _check(name, offline=given["offline"] or bool(config.offline))
    settings = replace(
        config.settings,
        ask=True,
        base="",
        items=given["items"] or config.settings.items,
        seed=config.settings.seed if given["seed"] is None else given["seed"],
        load_unsafe=given["load_unsafe"] or config.settings.load_unsafe,
    )
    options = Options(
        settings=settings, limits=config.limits, cache=not given["no_cache"]
    )
    how = How(options, given["margin"], given["probe"])

    @contextmanager
    def telling(name: str) -> "Iterator[Progress | None]":
        with _progress(name, wanted=not given["quiet"]) as progress:
            yield progress

    found = compare(models, how, telling)
    deliver(getattr(comparison, given["form"])(found), given["output"])
    sys.exit(0 if given["exit_zero"] else found.exit_code)


def _check(name: str, *, offline: bool) -> None:
    """Refuse what cannot be compared before anything is opened.

    Raises:
        OpenvetError: It is not there, or needs the network that is refused.
    """
    if not is_remote(name):
        here(name)
        return
    if not name.startswith("openai:"):
        raise OpenvetError(
            f"{name} is on a server, and only what is here can be loaded",
            hint="download it, or name an endpoint: openai:https://host/v1#model",
        )
    from openvet.addresses import is_loopback
    from openvet.endpoint import endpoint

    if offline and not is_loopback(endpoint(name).url):
        raise OpenvetError(
            f"{name} needs the network, and --offline refuses it",
            hint="leave it out, or compare it without --offline",
        )


@contextmanager
def _progress(name: str, *, wanted: bool) -> "Iterator[Progress | None]":
    """Show a bar over the files of a model, and then what it is asked."""
    if is_remote(name) or Path(name).suffix == ".zip":
        with progress_bar(wanted=wanted, files=0, size=0) as progress:
            yield progress
        return
    with progress_over(here(name), wanted=wanted) as progress:
        yield progress
