"""What changed between two versions, for people and for programs."""

from collections.abc import Iterator
from typing import Final

from openvet.changes.compare import Area, Change, Comparison, Version, What
from openvet.policy import Judged, spell
from openvet.wire import encode
from openvet.write.escape import safe_json, visible
from openvet.write.markdown import code, plain
from openvet.write.text import LEVEL, VERDICT

SHOWN: Final = 20
"""Facts printed of one file."""
FILES: Final = 200
SIGN: Final[dict[What, str]] = {
    "added": "+",
    "removed": "-",
    "changed": "~",
    "renamed": ">",
}
MATTERS: Final[tuple[Area, ...]] = (
    *("license", "card", "template", "configuration", "tensors", "file"),
)
"""The order in which people should look at changes."""


def text(found: Comparison) -> str:
    """Return a comparison for a terminal."""
    return "\n".join(_lines(found)) + "\n"


def json(found: Comparison) -> str:
    """Return a comparison as JSON."""
    return safe_json(encode(found).decode()) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    yield f"old: {_version(found.old)}"
    yield f"new: {_version(found.new)}"
    for sentence in found.not_compared:
        yield f"not compared: {visible(sentence)}"
    for sentence in found.notes:
        yield f"note: {visible(sentence)}"
    yield ""
    if found.changes:
        yield from _changes(_sorted(found))
        yield ""
    for sign, findings in (("+", found.gained), ("-", found.lost)):
        for judged in findings[:FILES]:
            yield f"{sign} {_finding(judged)}"
        if len(findings) > FILES:
            yield f"{sign} … and {len(findings) - FILES} more"
    yield summary(found)


def _changes(changes: list[Change]) -> Iterator[str]:
    for change in changes[:FILES]:
        yield f"{SIGN[change.what]} {change.area}: {visible(change.file)}"
        for fact in change.facts[:SHOWN]:
            yield f"    {visible(fact, most=300)}"
        if len(change.facts) > SHOWN:
            yield f"    … and {len(change.facts) - SHOWN} more; --format json has all"
    if len(changes) > FILES:
        yield f"… and {len(changes) - FILES} more; --format json has all"


def summary(found: Comparison) -> str:
    """Return what changed, in one sentence."""
    counts = dict.fromkeys(SIGN, 0)
    files = {(c.file.partition("::")[0], c.what) for c in found.changes}
    for _, what in files:
        counts[what] += 1
    said = [f"{number} {what}" for what, number in counts.items() if number]
    told = ", ".join([*said, f"{found.same} the same"])
    return (
        f"files: {told} · findings: {len(found.gained)} gained, {len(found.lost)} lost"
    )


def _version(version: Version) -> str:
    verdict = VERDICT[version.verdict][0]
    return f"{visible(version.target)} ({version.files} files, {verdict})"


def _finding(judged: Judged) -> str:
    finding = judged.finding
    where = visible(spell(finding.place)) or "the folder"
    word = LEVEL[judged.disposition]
    return f"{word}[{finding.rule}]: {visible(finding.title)} --> {where}"


def _sorted(found: Comparison) -> list[Change]:
    return sorted(found.changes, key=lambda c: (MATTERS.index(c.area), c.file))


def markdown(found: Comparison) -> str:
    """Return a comparison for a pull request."""
    return "\n".join(_blocks(found)) + "\n"


def _blocks(found: Comparison) -> Iterator[str]:
    yield f"## What changed: {code(found.old.target)} to {code(found.new.target)}"
    yield ""
    yield plain(summary(found))
    for sentence in (*found.not_compared, *found.notes):
        yield f"- {plain(sentence)}"
    for title, sign, findings in (
        ("Findings gained", "+", found.gained),
        ("Findings lost", "-", found.lost),
    ):
        if findings:
            yield f"\n### {title}\n"
            for judged in findings[:FILES]:
                yield f"- {sign} {plain(_finding(judged))}"
    changes = _sorted(found)
    if changes:
        yield "\n### Files\n"
    for change in changes[:FILES]:
        yield f"- {change.what} ({change.area}): {code(change.file)}"
        for fact in change.facts[:SHOWN]:
            yield f"  - {code(fact[:300])}"
        if len(change.facts) > SHOWN:
            yield f"  - … and {len(change.facts) - SHOWN} more"
