"""How each fact of a bill is known: CycloneDX 1.7 citations."""

from typing import Any, Final

from openvet.dossier import Spot
from openvet.finding import Basis
from openvet.report import Report
from openvet.write.bom.bill import moment, quoted, where

TOOL: Final = "openvet"


class Citations:
    """Collects who says what, one entry per place.

    What a file declares is attributed to that file; what was seen or measured in its
    bytes is attributed to openvet, which saw it.

    Args:
        report: Of an audit.
    """

    def __init__(self, report: Report) -> None:
        self._files = {file.name for file in report.files}
        self._moment = moment(report.ended)
        self._found: dict[tuple[str, str], dict[str, None]] = {}

    def add(self, pointer: str, spot: Spot, note: str = "") -> None:
        """Say how what `pointer` points to is known.

        Args:
            pointer: A JSON pointer into the document.
            spot: Where it is said, and on what basis.
            note: What follows from it, where it is not said in these words.
        """
        declares = spot.basis in {Basis.DECLARED, Basis.ATTESTED}
        by = f"file:{quoted(spot.file)}" if spot.file in self._files else TOOL
        words = f"{spot.basis.value}: {where(spot)}"
        key = (by if declares else TOOL, f"{words}; {note}" if note else words)
        self._found.setdefault(key, {})[pointer] = None

    def entries(self) -> list[dict[str, Any]]:
        """Return the citations of the document."""
        return [
            {
                "bom-ref": f"citation:{number}",
                "pointers": list(pointers),
                "timestamp": self._moment,
                "attributedTo": by,
                "note": note,
            }
            for number, ((by, note), pointers) in enumerate(self._found.items())
        ]
