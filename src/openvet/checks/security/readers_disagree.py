"""One file is two formats at once, so that different loaders see different things.

## What it does

Reports a file of which two readers each made a whole format: a picture that is also an
archive, weights that are also a zip, a pickle that is also a program.

## Why it matters

Zip is found from its end, most other formats from their beginning, tar from its blocks;
one file can satisfy several. What was reviewed as a picture is opened as an archive by
the next tool. No exporter of models writes such a file; whoever did meant one reader to
see what another does not.

## How it is measured

Each reader decides from the bytes alone. Only formats with a strong sign count - a
magic and a structure that holds, or a pickle that runs to an import - and only pairs
that do not contain each other: a compressed pickle or an array of pickled objects is
one thing. Both readings are judged by all other rules as well.

## What to do

Do not use the file. Ask for one that is a single format from its first byte to its
last.

## Known limits

Two readings of the same format - duplicate members, headers that disagree - are
reported by `malformed-file`.

## References

- CWE-436, interpretation conflict
- A. Albertini, Corkami: polyglot files
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Bytes, Finding, Severity
from openvet.formats.families import STRONG, families
from openvet.subject import Identity

FIX: Final = "do not use the file; ask for one that is a single format"
_CONTAINS: Final = frozenset({frozenset({"npy", "pickle"})})
"""Pairs of which one is written inside the other by design."""


class ReadersDisagree(Check[Identity]):
    """Judges files that are several formats."""

    id: ClassVar[str] = "readers-disagree"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a file is two formats at once"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Identity], ...]] = (Identity,)

    def run(self, subject: Identity, context: Context) -> Iterator[Finding]:
        """Yield a finding if two readings contradict each other."""
        found = families(subject.formats) & STRONG
        if len(found) < 2 or found in _CONTAINS:  # noqa: PLR2004 - one reading is no contradiction
            return
        yield self.finding(
            subject,
            f"the file is {' and '.join(sorted(found))} at once",
            Bytes(offset=0, shows=f"read as {', '.join(subject.formats)}"),
            fix=FIX,
            live="loaders that look for either format",
        )
