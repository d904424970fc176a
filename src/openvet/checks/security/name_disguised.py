"""A file's name reads otherwise than it is.

## What it does

Notes names with marks that turn the text after them around, with characters that
nobody sees between letters that everybody sees, with letters of another alphabet in an
otherwise Latin extension, and with control characters.

## Why it matters

A person decides by the name. `model<U+202E>srotnesefas.pkl` is shown as
`modellkp.safetensors`; `.pkl` written with a Cyrillic letter passes every filter on
extensions, and a name with a line break or an escape forges lines in logs and commands
terminals. Publishers have no use for any of it.

## How it is measured

From the last part of the name: U+202A to U+202E and U+2066 to U+2069 anywhere; other
characters without a shape of their own only beside a printable ASCII character, since
scripts of India and Persia, and emoji, need some of them; Cyrillic, Greek, Armenian,
Cherokee and fullwidth letters only in an extension that has Latin ones too; control
characters but for the one at the end of `Icon`, which macOS writes.

## What to do

Do not open the file by a double click or by what its name seems to be. Rename it, look
at what it is, and ask the publisher why it was called so.

## Known limits

Names that are wrong in plain letters are the business of file-type-mismatch. Letters
that look alike before the extension are not judged, since other alphabets are no
disguise; nor are the names of folders.

## References

- Boucher, Anderson, "Trojan Source: Invisible Vulnerabilities" (USENIX Security 2023)
- CWE-451, CWE-1007: what is shown is not what is meant; CWE-117, CWE-150
- MITRE ATT&CK T1036.002, right-to-left override
- Unicode Technical Report 36, "Unicode Security Considerations"
"""

import unicodedata
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.patterns import pattern
from openvet.subject import Identity

TURNED: Final = pattern("[\u202a-\u202e\u2066-\u2069]")
UNSEEN: Final = (
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064"
    "\u206a-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f]"
)
BETWEEN: Final = pattern(f"(?<=[!-~]){UNSEEN}|{UNSEEN}(?=[!-~])")
CONTROL: Final = pattern("[\x00-\x1f\x7f-\x9f]")
ALIKE: Final = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH"})
"""Alphabets with letters that look like Latin ones, as Unicode names begin."""
OF_MACOS: Final = "Icon\r"


class NameDisguised(Check[Identity]):
    """Judges what a file is called by what people see of it."""

    id: ClassVar[str] = "name-disguised"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a file's name reads otherwise than it is"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Identity], ...]] = (Identity,)

    def run(self, subject: Identity, context: Context) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        name = subject.name.rpartition("/")[2]
        if found := _disguise(name):
            yield self.finding(
                subject,
                f"the name of a file {found}",
                Quote(text=ascii(name)),
                fix="rename it, look at what it is, and ask the publisher why",
                live="people and filters that go by names",
            )


def _disguise(name: str) -> str:
    """Return what a name does that no honest one needs, if anything."""
    if TURNED.search(name):
        return "turns its own letters around"
    if CONTROL.search(name) and name != OF_MACOS:
        return "holds control characters"
    if BETWEEN.search(name):
        return "holds characters that nobody sees"
    stem, _, suffix = name.rpartition(".")
    if stem and suffix.isalnum() and not suffix.isascii():
        scripts = {_alphabet(letter) for letter in suffix if letter.isalpha()}
        if "LATIN" in scripts and scripts & ALIKE:
            return "has letters of another alphabet in its extension"
    return ""


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
