"""A rule's documentation: the docstring of its module."""

import re
import sys
from typing import Final

from openvet import catalog
from openvet.check import Concern
from openvet.errors import OpenvetError
from openvet.finding import Severity
from openvet.wire import Record

HEADINGS: Final = (
    "What it does",
    "Why it matters",
    "How it is measured",
    "What to do",
    "Known limits",
    "References",
)


class RuleDocument(Record, frozen=True, kw_only=True):
    """Everything written about a rule."""

    id: str
    version: int
    title: str
    concern: Concern
    severity: Severity
    summary: str
    sections: dict[str, str]
    """Markdown by heading."""


def document(rule: str) -> RuleDocument:
    """Return the documentation of a rule.

    Raises:
        OpenvetError: There is no such rule; the nearest is suggested.
    """
    plugins = {plugin.id: plugin for plugin in catalog.checks()}
    if rule not in plugins:
        from difflib import get_close_matches

        near = get_close_matches(rule, plugins, n=1)
        raise OpenvetError(
            f"there is no rule {rule!r}",
            hint=f"did you mean {near[0]}?" if near else "see `openvet rules`",
        )
    check = catalog.check(plugins[rule].where)
    text = sys.modules[type(check).__module__].__doc__ or ""
    summary, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return RuleDocument(
        id=check.id,
        version=check.version,
        title=check.title,
        concern=check.concern,
        severity=check.severity,
        summary=summary.strip(),
        sections={
            name.strip(): body.strip()
            for name, body in zip(parts[::2], parts[1::2], strict=True)
        },
    )
