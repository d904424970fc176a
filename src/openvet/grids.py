"""How much carbon dioxide a kilowatt-hour stands for, by country and year.

Figures count all greenhouse gases over the life cycle of what generates electricity, as
grams of CO2 equivalent: Our World in Data, from Ember and the Energy Institute. They
are averages of a year; an hour of it can be a third or three times as much.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from openvet.wire import Record

TABLE: Final = Path(__file__).with_name("grids.json")
WORLD: Final = "WORLD"
MOST: Final = 5000.0
"""Grams that no way of generating electricity reaches."""


class Grid(Record, frozen=True, kw_only=True):
    """What electricity of a place stands for."""

    name: str
    grams: float
    """Of CO2 equivalent for each kilowatt-hour."""
    source: str
    """Where the figure comes from, and its year."""


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    return table


def names() -> tuple[str, ...]:
    """Return every place there is a figure for."""
    return tuple(_table()["grids"])


def grid(place: str | float) -> Grid:
    """Return the figure of a place, or that which the person gave.

    Args:
        place: An ISO 3166 code of two letters, `EU`, `WORLD`, or grams of CO2
            equivalent for each kilowatt-hour.

    Raises:
        ValueError: There is no figure for it, or no such figure.
    """
    if not isinstance(place, str):
        if not 0 <= place <= MOST:
            raise ValueError(f"`grid` has to lie between 0 and {MOST:.0f} g for a kWh")
        return Grid(name="the stated grid", grams=place, source="stated by the owner")
    found = _table()["grids"].get(place.strip().upper())
    if found is None:
        raise ValueError(
            f"there is no figure for the grid {place!r}; name a country by two letters,"
            " `EU`, `WORLD`, or give grams of CO2 equivalent for each kWh"
        )
    name, grams, year = found
    return Grid(name=name, grams=grams, source=f"{_table()['source']}, {year}")
