"""What an installed Python package says: its core metadata, a header and a text."""

from typing import Final

from openvet.dossier import Kind
from openvet.formats.lineage.gathered import Gathered, spot

FACTS: Final[dict[str, str]] = {
    "name": "name",
    "version": "version",
    "author": "publisher",
    "maintainer": "publisher",
    "author-email": "contact",
    "maintainer-email": "contact",
    "home-page": "repository",
    "summary": "description",
}
LINKS: Final[dict[str, str]] = {
    "homepage": "repository",
    "repository": "repository",
    "source": "repository",
    "source code": "repository",
    "changelog": "changelog",
    "issues": "contact",
    "bug tracker": "contact",
    "security": "security-contact",
}
"""Subjects by the label of a `Project-URL`."""
FIELDS: Final = 5000
LONGEST: Final = 200
"""Characters of a license field that names one; longer ones hold its text."""


def fields(text: str) -> tuple[list[tuple[str, str, int]], int]:
    """Return name, value and line of each header field, and the first line after.

    The format is that of mail headers; lines that begin with space go on.
    """
    found: list[tuple[str, str, int]] = []
    lines = text.split("\n")
    for number, line in enumerate(lines[:FIELDS], 1):
        if not line.strip():
            return found, number + 1
        if line[:1] in " \t" and found:
            name, value, at = found[-1]
            if len(value) < LONGEST:
                found[-1] = (name, f"{value}\n{line.strip()}", at)
            continue
        name, colon, value = line.partition(":")
        if colon:
            found.append((name.strip().lower(), value.strip(), number))
    return found, len(lines) + 1


def from_package(
    file: str, header: list[tuple[str, str, int]], about: Kind, gathered: Gathered
) -> None:
    """Write down what the fields of a package's metadata say.

    Args:
        file: Where they stand.
        header: Name, value and line of each.
        about: What the package holds: the license is that of all of it.
        gathered: Takes what they say.
    """
    expressed = any(name == "license-expression" for name, _, _ in header)
    for name, value, line in header:
        place = spot(file, line, name, value)
        if value in ("", "UNKNOWN"):
            continue
        if name == "license-expression":
            gathered.claim(value, about, "package", place)
        elif name == "license" and not expressed:
            first = value.split("\n")[0]
            gathered.claim(first[:LONGEST], about, "package", place)
        elif name == "classifier" and value.startswith("License ::"):
            # PEP 639 lets the expression stand for the classifiers.
            if not expressed:
                named = value.rpartition("::")[2].strip()
                gathered.claim(named, about, "package", place)
        elif name == "project-url":
            label, _, address = value.partition(",")
            subject = LINKS.get(label.strip().lower())
            if subject:
                gathered.fact(subject, address.strip(), place)
        elif name in FACTS:
            gathered.fact(FACTS[name], value, place)
