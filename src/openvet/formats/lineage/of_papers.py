"""What citations, Croissant descriptions and policies say."""

from typing import Any, Final

from openvet.formats.lineage.gathered import Gathered, listed, name_in
from openvet.formats.lineage.of_config import Document
from openvet.patterns import pattern

CITATION: Final[dict[str, str]] = {
    "title": "name",
    "version": "version",
    "date-released": "released",
    "repository-code": "repository",
    "repository": "repository",
    "url": "repository",
    "doi": "paper",
    "commit": "revision",
}
"""Subjects by key (Citation File Format 1.2.0)."""
CROISSANT: Final[dict[str, str]] = {
    "name": "name",
    "version": "version",
    "datePublished": "released",
    "url": "repository",
    "usageInfo": "usage",
    "sdLicense": "description-license",
    "isLiveDataset": "live",
}
"""Subjects by key, without prefix (mlcommons/croissant, croissant-spec-1.1)."""
RAI: Final = pattern(r"(?:rai:|http://mlcommons\.org/croissant/RAI/)(\w{1,60})\Z")
DERIVED: Final = ("isBasedOn", "prov:wasDerivedFrom", "wasDerivedFrom")
MAILS: Final = pattern(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
LINKS: Final = pattern(r"https?://[^\s<>()\"'\]]{4,300}")
RELEASE: Final = pattern(r"^#{1,4}\s*\[?v?(\d+\.\d+[\w.+-]*)\]?(.*)$", 8)
REPORTED: Final = 100
"""Properties of responsible use that are kept."""


def from_citation(document: Document, gathered: Gathered) -> None:
    """Write down what a `CITATION.cff` says."""
    data = document.data
    if not isinstance(data, dict):
        return
    dataset = data.get("type") == "dataset"
    for key, value in listed(data.get("license"), "license"):
        place = document.at(key, value)
        gathered.claim(value, "dataset" if dataset else "code", "config", place)
    for key, subject in CITATION.items():
        gathered.fact(subject, name_in(data.get(key)), document.at(key, data.get(key)))
    for key, author in listed(data.get("authors"), "authors"):
        if isinstance(author, dict):
            person = f"{name_in(author.get('given-names'))} "
            person += name_in(author.get("family-names")) or name_in(author.get("name"))
            gathered.fact("publisher", person.strip(), document.at(key, person))
            if author.get("email"):
                place = document.at(f"{key}.email", author["email"])
                gathered.fact("contact", author["email"], place)


def from_croissant(document: Document, gathered: Gathered) -> None:
    """Write down what a Croissant description says of its data set."""
    data = document.data
    if not isinstance(data, dict):
        return
    for key, value in listed(data.get("license"), "license"):
        written = _named(value)
        gathered.claim(written, "dataset", "config", document.at(key, written))
    reported = 0
    for key, value in list(data.items())[:500]:
        name = key.rpartition(":")[2].rpartition("/")[2]
        found = RAI.match(key)
        if found is not None and reported < REPORTED:
            reported += 1
            gathered.fact(f"rai-{found.group(1)}", value, document.at(key, value))
        elif name in CROISSANT:
            gathered.fact(CROISSANT[name], _flat(value), document.at(key, value))
        elif key in DERIVED:
            for path, part in listed(value, key):
                parent = _named(part)
                gathered.edge(parent, "dataset", "base", document.at(path, parent))
    for key, person in listed(data.get("creator"), "creator"):
        gathered.fact("publisher", _named(person), document.at(key, _named(person)))
    _distribution(document, gathered)


def _distribution(document: Document, gathered: Gathered) -> None:
    data = document.data
    for key, part in listed(data.get("distribution"), "distribution"):
        if isinstance(part, dict):
            shown = {
                "name": name_in(part.get("name") or part.get("@id")),
                "url": name_in(part.get("contentUrl")),
                "sha256": name_in(part.get("sha256")),
            }
            gathered.fact("distribution", shown, document.at(key, shown["name"]))


def _named(value: object) -> str:
    """Return the name, address or id of a node of JSON-LD."""
    if isinstance(value, dict):
        for key in ("name", "url", "@id", "email"):
            if name_in(value.get(key)):
                return name_in(value[key])
    return name_in(value)


def _flat(value: object) -> Any:  # noqa: ANN401 - a plain value
    if isinstance(value, list):
        return [_named(part) for part in value[:REPORTED]]
    return _named(value) if isinstance(value, dict) else value


def from_security(document: Document, gathered: Gathered) -> None:
    """Write down the address that a security policy names."""
    for number, line in enumerate(document.text.split("\n")[:2000], 1):
        found = MAILS.search(line[:2000]) or LINKS.search(line[:2000])
        if found is not None:
            place = Document(document.file, None, lines={"": number}).at("", line[:300])
            gathered.fact("security-contact", found.group(0), place)
            return


def from_changelog(document: Document, gathered: Gathered) -> None:
    """Write down the newest version that a list of changes names."""
    found = RELEASE.search(document.text[:20_000])
    if found is not None:
        line = document.text.count("\n", 0, found.start()) + 1
        place = Document(document.file, None, lines={"": line}).at("", found.group(0))
        gathered.fact("changelog", found.group(1), place)
