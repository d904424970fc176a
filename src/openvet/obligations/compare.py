"""Statements of licenses held against each other and against those of parents."""

from itertools import combinations
from typing import Final

from openvet.dossier import Dossier
from openvet.finding import Confidence, Severity
from openvet.licenses import license_of
from openvet.obligations.duties import DERIVED, DISTILLATES, is_of
from openvet.obligations.graph import Lineage, Node, Step
from openvet.obligations.own import LIMITED, OPEN, SHARING, Statement, keys_of
from openvet.wire import Record

_GROUPS: Final = 40
"""Different statements that are compared with each other."""


class Conflict(Record, frozen=True, kw_only=True):
    """Two statements of one license that cannot both hold."""

    first: Statement
    second: Statement
    severity: Severity


class Relicensed(Record, frozen=True, kw_only=True):
    """A parent whose terms are left out by the license that the artifact states."""

    node: Node
    key: str
    """The parent's license."""
    statement: Statement
    way: tuple[Step, ...]
    severity: Severity
    confidence: Confidence


def conflicts_of(lineage: Lineage, dossier: Dossier) -> tuple[Conflict, ...]:
    """Return what the statements of the artifact's license contradict, worst first."""
    parts: dict[tuple[str, ...], list[Statement]] = {}
    for said in lineage.statements:
        if said.keys and not said.categories <= {"policy"}:
            # Licenses of one text, or of one list, are parts of one statement.
            key = "" if said.source == "text" else said.spot.key.partition("[")[0]
            parts.setdefault((said.source, said.spot.file, key), []).append(said)
    groups: dict[tuple[str, ...], Statement] = {}
    for (source, *_), together in parts.items():
        groups.setdefault((source, *keys_of(together)), together[0])
    listed = [(keys[1:], one) for keys, one in groups.items()][:_GROUPS]
    texts = [keys for keys, one in listed if one.source == "text"]
    found = []
    for (left, first), (right, second) in combinations(listed, 2):
        # Further texts beside one that agrees are of parts.
        sides = ((left, first), (right, second))
        alone = [keys for keys, one in sides if one.source != "text"]
        if _agree(left, right) or (
            len(alone) == 1 and any(_agree(alone[0], text) for text in texts)
        ):
            continue
        severity = _severity(first, second, dossier)
        if alone or severity in (Severity.HIGH, Severity.CRITICAL):
            severity = severity if alone else Severity.LOW
            found.append(Conflict(first=first, second=second, severity=severity))
    found.sort(key=lambda conflict: -conflict.severity.rank)
    return tuple(found)


def _agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Say whether two statements share a license, or one names the other's family."""
    if set(left) & set(right):
        return True
    for one in map(license_of, left):
        for other in map(license_of, right):
            family = one and other and "family" in (one.category, other.category)
            if family and one and other and one.family == other.family:
                return True
    return False


def _severity(first: Statement, second: Statement, dossier: Dossier) -> Severity:
    """Judge how much the statements differ in what they allow."""
    if first.grants_most and second.grants_most:
        return Severity.LOW
    pair = (first, second) if first.grants_most else (second, first)
    free, bound = pair
    if not free.grants_most or not bound.categories & (LIMITED | {"copyleft"}):
        return Severity.MEDIUM
    # A permissive text beside source code may be that of the code.
    code = any(paper.role in ("code", "training-code") for paper in dossier.papers)
    if free.source == "text" and code and bound.source != "text":
        return Severity.MEDIUM
    return Severity.HIGH


def relicensed_of(lineage: Lineage, *, publisher: str = "") -> tuple[Relicensed, ...]:
    """Return the parents whose limits the stated license does not have.

    Args:
        lineage: The graph.
        publisher: Who publishes the artifact, in lower case; may license what is its
            own otherwise, but who says to be it need not be.
    """
    mine = set(lineage.artifact.keys)
    found: dict[str, Relicensed] = {}
    for way in lineage.reaching():
        node = lineage.nodes[way[-1].parent]
        for key in node.keys:
            if key in mine or node.kind != "model" or not _is_derived(way, key):
                continue
            severity = _loses(key)
            said = next((s for s in lineage.statements if _grants_more(s, key)), None)
            if severity is None or said is None or _has_family(mine, key):
                continue
            if is_of(node, publisher):
                severity = min(severity, Severity.MEDIUM)
            one = Relicensed(
                node=node,
                key=key,
                statement=said,
                way=way,
                severity=severity,
                confidence=confidence_of(node, way),
            )
            old = found.get(key)
            if old is None or old.confidence < one.confidence:
                found[key] = one
    return tuple(found.values())


def _is_derived(way: tuple[Step, ...], key: str) -> bool:
    return all(
        step.relation in DERIVED
        or (step.relation == "distilled-from" and key in DISTILLATES)
        for step in way
    )


def _loses(key: str) -> Severity | None:
    """Say how bad it is if a license that allows more takes the place of this one."""
    known = license_of(key)
    if known is None:
        return None
    if known.category in LIMITED or known.category == "copyleft":
        return Severity.HIGH
    return Severity.MEDIUM if known.asks("share-alike") else None


def _grants_more(said: Statement, key: str) -> bool:
    """Say whether a statement allows what a parent's license does not."""
    known = license_of(key)
    if known is None or not said.keys:
        return False
    if said.grants_most:
        return True
    if known.category not in LIMITED:
        return False
    return said.categories <= (OPEN | SHARING)


def _has_family(mine: set[str], key: str) -> bool:
    known = license_of(key)
    for one in map(license_of, mine):
        if one and known and one.category == "family" and one.family == known.family:
            return True
    return False


def confidence_of(node: Node, way: tuple[Step, ...]) -> Confidence:
    """Say how sure it is that a parent's license reaches the artifact."""
    if node.known_from == "recalled":
        return Confidence.LOW
    sure = node.sure and all(step.declared for step in way)
    return Confidence.HIGH if sure else Confidence.MEDIUM
