"""Numbers that a person gives: those that can be counted with, and no others."""

import math
from pathlib import Path
from typing import Any, Final

import click
from click.types import FloatParamType, IntParamType

from openvet.config import KEYS, Config
from openvet.errors import OpenvetError

SEEDS: Final = range(-(1 << 63), 1 << 63)
"""Those that every library takes for a seed: what eight bytes hold."""
BETWEEN: Final = f"between {SEEDS.start} and {SEEDS.stop - 1}"


class Seed(IntParamType):
    """A whole number of eight bytes.

    No range as click has it: help would be of little else than its two ends.
    """

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number, or say that it is none, or too large."""
        found = int(super().convert(value, param, ctx))
        if found not in SEEDS:
            self.fail(f"a seed lies {BETWEEN}", param, ctx)
        return found


class Finite(FloatParamType):
    """A number that others can be held against: neither nan nor infinite."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number, or say that it is none."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{found} is no number to compare with", param, ctx)
        return found


class FiniteRange(click.FloatRange):
    """The same between two ends; comparing nan with them tells nothing."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number, or say what is wrong with it."""
        return float(super().convert(Finite().convert(value, param, ctx), param, ctx))


def check(config: Config, path: Path) -> None:
    """Refuse numbers of a configuration that options would not take.

    Args:
        config: What it says.
        path: Where it stands.

    Raises:
        OpenvetError: It says such a number.
    """
    if config.settings.seed not in SEEDS:
        raise OpenvetError(f"{path}: `settings.seed` lies {BETWEEN}", hint=KEYS)
    for table in (*config.settings.supplied.table, *config.table):
        if table.threshold is not None and not math.isfinite(table.threshold):
            raise OpenvetError(
                f"{path}: the `threshold` of the table {table.file} is"
                f" {table.threshold}, which is no number to compare with",
                hint=KEYS,
            )
