"""Texts that state terms: licenses, notices, use policies."""

from typing import Final

from openvet.budget import Budget
from openvet.dossier import LicenseText
from openvet.formats.text import decode
from openvet.source import Source
from openvet.subject import Origin

LONGEST: Final = 1 << 20
"""Bytes; collections of licenses reach some hundred thousand."""


def terms_of(name: str, source: Source, origin: Origin, budget: Budget) -> LicenseText:
    """Return the licenses that the text of a file is.

    Raises:
        OverBudgetError: There is no time left.
        TargetError: The file cannot be read.
    """
    text, gaps = decode(source, LONGEST)
    budget.step(1 + len(text) // 4096)
    return LicenseText(
        origin=origin, file=name, matches=(), words=len(text.split()), gaps=gaps
    )
