"""Options that name files of the person who audits."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from openvet.cli.numbers import Finite
from openvet.cli.output import ANY_PATH
from openvet.errors import OpenvetError
from openvet.supplied import DecisionTable, Supplied
from openvet.wire import replace

F = TypeVar("F", bound=Callable[..., Any])

ASKING: Final = ("pairs",)
TABLE: Final = (
    "table",
    "protected",
    "prediction",
    "score",
    "threshold",
    "label",
    "positive",
    "favorable",
)
OPTIONS: Final = (
    click.option(
        "--pairs",
        type=ANY_PATH,
        multiple=True,
        metavar="FILE",
        help="Also ask these pairs, CrowS-Pairs or StereoSet; repeatable.",
    ),
    click.option(
        "--table",
        type=ANY_PATH,
        metavar="FILE",
        help="Compare what groups got in this table of decisions.",
    ),
    click.option(
        "--protected",
        multiple=True,
        metavar="COLUMN",
        help="Of which group somebody is; repeatable.",
    ),
    click.option(
        "--prediction", metavar="COLUMN", help="What was decided: a yes or a no."
    ),
    click.option("--score", metavar="COLUMN", help="Or a number, and"),
    click.option(
        "--threshold",
        type=Finite(),
        metavar="N",
        help="the number from which it is yes.",
    ),
    click.option("--label", metavar="COLUMN", help="What became of them."),
    click.option(
        "--positive",
        multiple=True,
        metavar="WORD",
        help="How a yes is written; repeatable.  [default: 1, true, yes]",
    ),
    click.option(
        "--favorable",
        type=click.Choice(["yes", "no"]),
        help="Which decision is good for whom it meets.  [default: yes]",
    ),
)


def options(command: F) -> F:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def supplied_by(known: Supplied, given: dict[str, Any], *, ask: bool) -> Supplied:
    """Return what a configuration and options name together.

    Args:
        known: From the configuration.
        given: What click parsed.
        ask: Whether the model is asked.

    Raises:
        OpenvetError: Options are given that have no use without others.
    """
    if given["pairs"] and not ask:
        raise OpenvetError(
            "--pairs are questions to the model, which is not asked", hint="add --ask"
        )
    told = {name: given[name] for name in TABLE if given[name] not in {None, ()}}
    table = known.table
    if told:
        if "table" not in told:
            raise OpenvetError(
                f"--{next(iter(told))} belongs to a table, and none is named",
                hint="add --table FILE",
            )
        table = (*table, _table(told))
    ask_ = replace(known.ask, pairs=(*known.ask.pairs, *given["pairs"]))
    return replace(known, ask=ask_, table=table)


def _table(told: dict[str, Any]) -> DecisionTable:
    """Return the table that options describe."""
    file, protected = told.pop("table"), told.pop("protected", ())
    try:
        table = DecisionTable(file=file, protected=protected, **told)
    except ValueError as error:
        text = str(error).replace("`", "--", 1)
        for name in TABLE:
            text = text.replace(f"--{name}`", f"--{name}").replace(
                f"`{name}`", f"--{name}"
            )
        raise OpenvetError(
            f"--table {file}: {text}", hint="openvet audit --help lists the options"
        ) from None
    return table
