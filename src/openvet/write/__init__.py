"""Writers: one file per format, each turns a report into text."""

from collections.abc import Callable
from typing import Final

from openvet import catalog
from openvet.errors import OpenvetError
from openvet.report import Report

Writer = Callable[[Report], str]

# format: (module:function, file ending)
FORMATS: Final = {
    "text": ("openvet.write.text:write", ".txt"),
    "json": ("openvet.write.json:write", ".json"),
    "json-v1": ("openvet.write.json:write", ".json"),
    "html": ("openvet.write.html:write", ".html"),
    "sarif": ("openvet.write.sarif:write", ".sarif"),
    "junit": ("openvet.write.junit:write", ".xml"),
    "markdown": ("openvet.write.markdown:write", ".md"),
    "cyclonedx": ("openvet.write.cyclonedx:write", ".cdx.json"),
    "spdx": ("openvet.write.spdx:write", ".spdx.json"),
}


def formats() -> dict[str, tuple[str, str]]:
    """Return every format with its writer and file ending, third parties' included."""
    others = {name: (where, f".{name}") for name, where in catalog.writers()}
    return {**others, **FORMATS}


def writer(name: str) -> Writer:
    """Return the writer of a format.

    Raises:
        OpenvetError: There is no such format; the nearest is suggested.
    """
    known = FORMATS if name in FORMATS else formats()
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        raise OpenvetError(
            f"there is no output format {name!r}",
            hint=f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}",
        )
    found: Writer = catalog.load(known[name][0])
    return found
