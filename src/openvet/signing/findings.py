"""What came of verifying, gathered part by part."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.wire import Record

NAMED: Final = 50
"""Sentences of one kind that are told; the rest is counted."""


class Verification(Record, frozen=True, kw_only=True):
    """What came of it, in sentences."""

    holds: tuple[str, ...]
    notes: tuple[str, ...]
    """What was not asked for, or is good to know."""
    unverified: tuple[str, ...]
    """What was asked for and could not be verified."""
    differs: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """The exit code of the command line."""
        if self.differs:
            return 1
        return 4 if self.unverified else 0


class Findings:
    """Gathers what comes of each part."""

    def __init__(self) -> None:
        self.holds: list[str] = []
        self.notes: list[str] = []
        self.unverified: list[str] = []
        self.differs: list[str] = []

    def differ(self, what: str, sentences: Iterable[str]) -> None:
        """Add differences of one kind."""
        self.differs += _told(what, sentences)

    def leave(self, what: str, sentences: Iterable[str]) -> None:
        """Add what could not be verified."""
        self.unverified += _told(what, sentences)

    @contextmanager
    def of_file(self, path: Path) -> Iterator[None]:
        """Take what does not hold of a signature for a difference.

        Raises:
            SignatureError: The file is no signature.
        """
        try:
            yield
        except DoesNotHoldError as error:
            self.differs.append(f"{path.name}: {error.message}")
        except SignatureError as error:
            message = f"{path}: {error.message}"
            raise SignatureError(message, hint=error.hint) from None

    def all(self) -> Verification:
        """Return everything."""
        return Verification(
            holds=tuple(self.holds),
            notes=tuple(self.notes),
            unverified=tuple(self.unverified),
            differs=tuple(self.differs),
        )


def counted(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _told(what: str, sentences: Iterable[str]) -> Iterator[str]:
    """Yield sentences with what they are about; of too many, the first and a count."""
    found = list(sentences)
    yield from (f"{what}: {sentence}" for sentence in found[:NAMED])
    if len(found) > NAMED:
        yield f"{what}: {len(found) - NAMED:,} more"
