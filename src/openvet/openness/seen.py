"""Something that speaks for a component of a release."""

from openvet.dossier import Spot
from openvet.finding import Basis
from openvet.wire import Record


class Seen(Record, frozen=True, kw_only=True):
    """Something that speaks for a component."""

    note: str
    """What it is, in words."""
    spot: Spot
    sure: bool = False
    """Whether it is the component; else a person has to say so."""
    elsewhere: bool = False
    """Whether it lies outside of the folder."""

    @property
    def rank(self) -> int:
        """How much it says."""
        return 2 * self.sure + (not self.elsewhere)


def here(file: str, note: str) -> Seen:
    """Return a file that is the component."""
    return Seen(note=note, spot=Spot(file=file, basis=Basis.BYTES), sure=True)
