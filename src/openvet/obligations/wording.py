"""Duties in words: what they are called, and what to do about each."""

from typing import Final

from openvet.licenses import License, TermKind, license_of
from openvet.obligations.duties import Duty
from openvet.obligations.own import name_of

LABELS: Final[dict[TermKind, str]] = {
    "license-copy": "copy of the license",
    "notice-text": "notice",
    "keep-notices": "notices kept",
    "attribution": "attribution",
    "display": "words to display",
    "name-prefix": "name of the model",
    "state-changes": "changes stated",
    "share-alike": "the same license",
    "source-code": "source code",
    "pass-down": "restrictions passed down",
    "non-commercial": "no commercial use",
    "research-only": "research only",
    "no-derivatives": "no changed versions",
    "use-restrictions": "restrictions of use",
    "use-policy": "policy of use",
    "territory": "territory",
    "monthly-users": "monthly users",
    "revenue": "revenue",
    "no-improving-other-models": "no improving of other models",
    "no-competing": "no competing",
    "no-military": "no military use",
}


def label(duty: Duty) -> str:
    """Return what a duty is called, with its license."""
    return f"{LABELS[duty.term.kind]} ({license_name(duty.key)})"


def license_name(key: str) -> str:
    """Return what people call a license; one that has no name is the publisher's."""
    return name_of(key) if key else "terms of its publisher"


def quoted(duty: Duty) -> str:
    """Return the license's own words with their source, if they were read."""
    term = duty.term
    if term.evidence == "read" and term.quote:
        return f"the license says “{term.quote}”"
    return "recalled, not read: look at the license"


def fix(duty: Duty) -> str:
    """Return what to add or to do so that a duty is met."""
    term, name = duty.term, license_name(duty.key)
    known: License | None = license_of(duty.key)
    page = f" from {known.page}" if known and known.page else ""
    said = {
        "license-copy": f"add the text of {name}{page} as a file named LICENSE",
        "notice-text": f"add a file named NOTICE that says: {term.text or term.quote}",
        "display": f"write “{term.text}” where people see it, as in the card",
        "name-prefix": f"begin the name of the model with “{term.text}”",
        "attribution": "name the creator, the work, its license and a link in the card",
        "state-changes": "say in the card what was changed",
        "share-alike": f"license it under {name}",
        "source-code": f"say where the source code is, and keep it there {term.text}",
        "keep-notices": "keep the copyright notices of the original with the model",
        "pass-down": (
            f"put {term.text or 'its restrictions'} into your own terms, or give the"
            f" model under {name}"
        ),
    }
    return said.get(term.kind, f"follow {name}, or choose another parent").strip()
