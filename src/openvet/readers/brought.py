"""Tables of the person who audits, read beside the target.

What reads them is imported only where there are any.
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.askable import Endpoint
from openvet.check import Context, Reader
from openvet.subject import Inventory, Subject


class TablesReader(Reader[Inventory]):
    """Tells what tables of decisions and recommendations show."""

    id: ClassVar[str] = "tables"
    version: ClassVar[int] = 4
    subject: ClassVar[type[Subject]] = Inventory

    def claims(self, subject: Inventory) -> bool:
        """Take the target itself: the tables are not in it, but belong to its audit."""
        return not subject.container

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield rates of each protected column of each table, then exposures."""
        yield from _brought(subject, context)


class EndpointTablesReader(Reader[Endpoint]):
    """The same beside an endpoint."""

    id: ClassVar[str] = "endpoint-tables"
    version: ClassVar[int] = 4
    subject: ClassVar[type[Subject]] = Endpoint

    def read(self, subject: Endpoint, context: Context) -> Iterator[Subject]:
        """Yield rates of each protected column of each table, then exposures."""
        yield from _brought(subject, context)


def _brought(subject: Subject, context: Context) -> Iterator[Subject]:
    """Yield what tables show, decisions first."""
    supplied = context.settings.supplied
    if supplied.table:
        from openvet.readers.tables import rates

        yield from rates(subject, context)
    if supplied.recommendations:
        from openvet.readers.recommendations import exposures

        yield from exposures(subject, context)
