"""HTML: one file, readable from disk, on paper, in the dark and without script.

Written for a person who has to decide and need not be an engineer: what was audited,
the verdict, what was not checked, the concerns, the findings with their evidence, what
passed, and at the end everything as data.
"""

import datetime as dt
import shlex
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from typing import Final

import jinja2
from markupsafe import Markup, escape

from openvet.check import Concern
from openvet.documentation import RuleDocument, document
from openvet.errors import OpenvetError
from openvet.finding import (
    Attribution,
    Chain,
    Checklist,
    Dialogue,
    Evidence,
    Finding,
    Severity,
)
from openvet.policy import Disposition, spell
from openvet.report import Report, Verdict
from openvet.subject import GapReason
from openvet.wire import Record, encode
from openvet.write.behavior import LIMITS, summary
from openvet.write.confidence import sure, surely
from openvet.write.controls import counted, ordered, said
from openvet.write.dialogues import lines
from openvet.write.dialogues import shown as dialogues
from openvet.write.escape import bytes_text, safe_json, visible
from openvet.write.figures import counts, drawing, stands
from openvet.write.fit_section import fit_section
from openvet.write.gaps import meaning, only_open, unread
from openvet.write.gauges import WIDTH, drawn
from openvet.write.groups import Group, grouped
from openvet.write.heat import heat_html
from openvet.write.heatmap import FOLDED, heat_maps, key
from openvet.write.heritage import figures, words
from openvet.write.measures import worded
from openvet.write.pages import SCROLLS, style, template
from openvet.write.pictures import bars, blocks, share
from openvet.write.prose import prose
from openvet.write.text import VERDICT, evidence_text, position_text
from openvet.write.wordings import glossary

CARDS: Final = 500
"""Findings shown as cards; the others are counted and stand in the raw data."""
SHAPE: Final = {
    Severity.CRITICAL: "octagon",
    Severity.HIGH: "triangle",
    Severity.MEDIUM: "square",
    Severity.LOW: "circle",
    Severity.INFO: "ring",
}
MEANS: Final[dict[Verdict, str]] = {
    "passed": "Every file was read whole, and no finding fails under this policy.",
    "not-passed": "Do not use this model before the failing findings below are mended.",
}
KINDS: Final[dict[str, str]] = {
    "folder": "a folder",
    "file": "a file",
    "remote": "a model on a server",
    "endpoint": "a model behind an endpoint",
}
HEADED: Final[dict[Disposition, tuple[str, str]]] = {
    "failing": ("Failing", "The policy does not accept these."),
    "review": ("To review", "A person should look at these. They do not fail."),
    "note": ("Noted", "Worth knowing, and no reason to stop."),
    "known": ("Known from before", "An earlier audit already had these."),
}
ASKS: Final[dict[Concern, str]] = {
    "security": "Can the files harm whoever loads or serves them?",
    "license": "May I use it, and what do I owe?",
    "provenance": "What was it made from, and does it say so?",
    "openness": "How open is it really?",
    "governance": "Which duties apply to me?",
    "accountability": "Who answers for it?",
    "bias": "Whom does it treat worse?",
    "social": "Whom and what does it favor?",
    "environment": "What does it cost?",
}
REASONS: Final[dict[GapReason, str]] = {
    "unknown-format": "unknown format",
    "encrypted": "encrypted",
    "missing-reader": "a library is missing",
    "over-budget": "over a limit",
    "broken": "broken",
    "unreadable": "not readable",
    "changed": "changed meanwhile",
    "pointer": "a pointer, not the file",
    "special-file": "no ordinary file",
    "worker-died": "broke its reader",
    "not-fetched": "not fetched",
    "unsupported": "unsupported variant",
    "model-failed": "the model failed",
    "undecided": "undecided",
}


class ConcernRow(Record, frozen=True, kw_only=True):
    """A row of the table of concerns."""

    name: Concern
    asks: str
    """The concern as a question."""
    failing: int
    review: int
    subjects: int
    """How many subjects its rules had to judge."""
    rules: int
    """Rules that had something to judge."""
    of: int
    """Rules there are."""


class Part(Record, frozen=True, kw_only=True):
    """The findings that share a disposition."""

    disposition: Disposition
    title: str
    about: str
    count: int
    cards: list[Group]


def write(report: Report) -> str:
    """Return the report as one HTML page."""
    shown = [j for j in report.findings if j.disposition != "waived"]
    groups = grouped(shown)
    clear = [r for r in report.rules if r.subjects and not (r.failed or r.errors)]
    return _template().render(
        report=report,
        verdict=VERDICT[report.verdict][0],
        means=MEANS.get(report.verdict) or meaning(report),
        unexamined=unread(report.not_examined),
        only_open=only_open(report),
        kind=KINDS.get(report.kind, report.kind),
        counts=Counter(judged.disposition for judged in report.findings),
        parts=_parts(groups[:CARDS]),
        hidden=sum(len(group.findings) for group in groups[CARDS:]),
        waived=[j for j in report.findings if j.disposition == "waived"],
        concerns=_concerns(report),
        share=share(report),
        bars=bars(report.findings),
        blocks=blocks(report),
        passed=[r for r in clear if not r.skipped],
        undecided=[r for r in clear if r.skipped],
        idle=[r for r in report.rules if not r.subjects],
        told=summary(report),
        limits=LIMITS,
        maps=heat_maps(report.readouts, report.unasked),
        key=key(),
        asks=ASKS,
        folded=FOLDED,
        scrolls=SCROLLS,
        readouts=[(one, drawn(one)) for one in report.readouts],
        surely=surely(report.readouts),
        glossary=glossary(report.readouts),
        wide=WIDTH,
        fits=fit_section(report),
        controls=ordered(report.controls),
        reasons=REASONS,
        document=_document,
        raw=_quoted(safe_json(encode(report).decode())),
        css=style("report", "behavior", "heat"),
    )


@cache
def _template() -> jinja2.Template:
    filters: dict[str, Callable[..., object]] = {
        "worded": worded,
        "sure": sure,
        "size": bytes_text,
        "place": _place,
        "evidence": _evidence,
        "forms": _forms,
        "dialogues": dialogues,
        "lines": lines,
        "drawing": drawing,
        "heat": heat_html,
        "counts": counts,
        "stands": stands,
        "counted": counted,
        "said": said,
        "position": position_text,
        "prose": prose,
        "shape": _shape,
        "heir_figures": figures,
        "heir_words": words,
        "repeat": _repeat,
        "when": _when,
    }
    return template("report.html.j2", filters)


@cache
def _document(rule: str) -> RuleDocument | None:
    """Return a rule's documentation; None for a rule that is no longer there."""
    try:
        return document(rule)
    except OpenvetError:
        return None


def _quoted(text: str) -> Markup:
    """Return text as the content of an element; quotes, of which JSON is full, stay."""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, name)
    return Markup(text)  # noqa: S704 - nothing in it can open an element now


def _place(place: tuple[str, ...]) -> Markup:
    """Return where something is; a narrow column breaks it between its parts."""
    parts = (visible(spell(place)) or "the folder").split("::")
    return Markup("::<wbr>").join(escape(part) for part in parts)


def _evidence(piece: Evidence) -> str:
    return evidence_text(piece, most=2000)


def _forms(evidence: tuple[Evidence, ...]) -> Iterator[tuple[str, list[Evidence]]]:
    """Yield evidence that stands in a row and is shown alike, with how it is shown."""
    known: dict[type[Evidence], str] = {
        Chain: "chain",
        Checklist: "checklist",
        Dialogue: "dialogues",
        Attribution: "heat",
    }
    for form, pieces in groupby(evidence, lambda piece: known.get(type(piece), "text")):
        yield form, list(pieces)


def _shape(severity: Severity) -> str:
    return SHAPE[severity]


def _when(time: str) -> str:
    """Return a time as people write it: `22 November 2026, 06:03 UTC`."""
    moment = dt.datetime.fromisoformat(time).astimezone(dt.UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _repeat(finding: Finding, report: Report) -> str:
    """Return the command that shows a finding again."""
    target, ask = report.target, ""
    if finding.place and report.readouts and finding.place[0] not in _names(report):
        ask = "--ask "
    elif report.kind == "folder" and finding.place:
        target = f"{target.rstrip('/')}/{finding.place[0]}"
    return visible(f"openvet audit {ask}{shlex.quote(target)}")


def _names(report: Report) -> frozenset[str]:
    return frozenset(file.name for file in report.files)


def _parts(groups: list[Group]) -> list[Part]:
    """Return the findings by what the policy makes of them."""
    parts = []
    for disposition, (title, about) in HEADED.items():
        cards = [group for group in groups if group.disposition == disposition]
        if cards:
            parts.append(
                Part(
                    disposition=disposition,
                    title=title,
                    about=about,
                    count=sum(len(group.findings) for group in cards),
                    cards=cards,
                )
            )
    return parts


def _concerns(report: Report) -> list[ConcernRow]:
    """Return the rows of the table of concerns, in the order of the catalog."""
    names: defaultdict[Concern, list[str]] = defaultdict(list)
    for rule in report.rules:
        found = _document(rule.rule)
        if found is not None:
            names[found.concern].append(rule.rule)
    rows = []
    for name, members in names.items():
        rules = [rule for rule in report.rules if rule.rule in members]
        rows.append(
            ConcernRow(
                name=name,
                asks=ASKS.get(name, ""),
                failing=_count(report, members, "failing"),
                review=_count(report, members, "review"),
                subjects=sum(rule.subjects for rule in rules),
                rules=sum(bool(rule.subjects) for rule in rules),
                of=len(rules),
            )
        )
    return rows


def _count(report: Report, rules: list[str], disposition: str) -> int:
    return sum(
        j.disposition == disposition and j.finding.rule in rules
        for j in report.findings
    )
