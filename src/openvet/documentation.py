"""A rule's documentation: the docstring of its module."""

import re
import sys
import textwrap
from pathlib import Path
from typing import Final

from openvet import catalog
from openvet.check import Concern
from openvet.errors import OpenvetError
from openvet.finding import Severity
from openvet.wire import Record, decode

HOW: Final = "How it is measured"
HEADINGS: Final = (
    "What it does",
    "Why it matters",
    HOW,
    "What to do",
    "Known limits",
    "References",
)


MEASURED: Final = Path(__file__).with_name("measured.json")
"""Written by `scripts/bench files --write`, and by nothing else."""


class RuleRates(Record, frozen=True, kw_only=True):
    """On how many labeled samples a rule fires."""

    malicious: int
    benign: int
    held_out_malicious: int
    held_out_benign: int
    benign_review: int
    """Benign samples on which it asks for review."""


class Measured(Record, frozen=True, kw_only=True):
    """The rates of all rules on the labeled samples, in one run."""

    date: str
    malicious: int
    benign: int
    held_out_malicious: int
    held_out_benign: int
    rules: dict[str, RuleRates]


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
    sections = dict(zip(map(str.strip, parts[::2]), parts[1::2], strict=True))
    sections = {name: body.strip() for name, body in sections.items()}
    if HOW in sections:
        sections[HOW] = f"{sections[HOW]}\n\n{rates(rule, check.severity)}".strip()
    return RuleDocument(
        id=check.id,
        version=check.version,
        title=check.title,
        concern=check.concern,
        severity=check.severity,
        summary=summary.strip(),
        sections=sections,
    )


def rates(rule: str, severity: Severity) -> str:
    """Return in words how a rule fared on labeled samples, if that was measured."""
    if not MEASURED.exists():
        return ""
    if severity is Severity.INFO:
        return "It only notes, so the labeled samples do not measure it."
    found = decode(MEASURED.read_bytes(), Measured)
    rule_rates = found.rules.get(rule)
    if rule_rates is None:
        return "Not measured on labeled samples yet."
    return textwrap.fill(
        f"On labeled samples ({found.date}) it fails {rule_rates.malicious} of"
        f" {found.malicious} malicious ones of every kind and {rule_rates.benign} of"
        f" {found.benign} benign ones; on the half that was held out,"
        f" {rule_rates.held_out_malicious} of {found.held_out_malicious} and"
        f" {rule_rates.held_out_benign} of {found.held_out_benign}. It asks for review"
        f" of {rule_rates.benign_review} benign ones.",
        width=88,
    )
