"""Long lists in one line: the first of them, and how many more there are."""

from collections.abc import Sequence


def first_of(names: Sequence[str], most: int) -> str:
    """Return the first `most` of some names, and the number of the others."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
