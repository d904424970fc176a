"""The graph of what something was made from, with the license of each part.

Ids are names without case, so that a parent that several files name is one node, and a
loop of cards that name each other ends where it began.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from openvet.dossier import Card, Dossier, Edge, Kind, Relation, Spot
from openvet.formats.lineage.names import is_path, plain, repository
from openvet.licenses import TermKind, known
from openvet.licenses.origins import dataset_named, model_named
from openvet.obligations.own import Statement, keys_of, kind_of, statements_of, title_of
from openvet.wire import Record

ARTIFACT: Final = "this"
"""Id of what is judged."""
LEFT_OVER: Final = frozenset({"base", "finetune", "quantized"})
"""Relations whose fields in configurations are often left from an earlier step."""
DEEPEST: Final = 50
"""Steps of a way from the artifact up."""
MOST: Final = 20_000
"""Edges that are looked at."""


class Node(Record, frozen=True, kw_only=True):
    """A model, a data set or code, and what is known of its license."""

    id: str
    name: str
    kind: Kind
    keys: tuple[str, ...] = ()
    """Licenses that apply; none where the license is unknown."""
    note: str = ""
    """What else is known of its terms."""
    limits: tuple[TermKind, ...] = ()
    """Limits that its publisher sets without a license that is known."""
    known_from: Literal["", "files", "read", "recalled"] = ""
    """Whether files of the folder say it, or what its publisher wrote was read."""
    exact: bool = True
    """Whether its publisher is named; else only the name is alike."""

    @property
    def sure(self) -> bool:
        """Whether a claim may be built on its license."""
        return self.known_from in ("files", "read") and self.exact


class Step(Record, frozen=True, kw_only=True):
    """How a parent went into what was made of it, and where it is said."""

    child: str
    parent: str
    relation: Relation
    spot: Spot
    declared: bool
    """Whether a card says it, or a loader or a merge needs it."""


class Lineage(Record, frozen=True, kw_only=True):
    """The artifact, what it was made from, and the steps between."""

    nodes: dict[str, Node]
    """By id; the first is the artifact."""
    steps: tuple[Step, ...]
    statements: tuple[Statement, ...]
    """What is said of the artifact's own license."""

    @property
    def artifact(self) -> Node:
        """What is judged."""
        return self.nodes[ARTIFACT]

    def reaching(self) -> Iterator[tuple[Step, ...]]:
        """Yield the way from the artifact to each node, a shortest one."""
        below: dict[str, list[Step]] = {}
        for step in self.steps:
            below.setdefault(step.child, []).append(step)
        ways: list[tuple[Step, ...]] = [(step,) for step in below.get(ARTIFACT, ())]
        seen = {ARTIFACT}
        for way in ways:  # grows while it is walked
            last = way[-1].parent
            if last == ARTIFACT:
                continue
            yield way
            if last not in seen and len(way) < DEEPEST:
                seen.add(last)
                ways.extend((*way, step) for step in below.get(last, ()))


class _Owner(NamedTuple):
    """A card of the folder that is of a parent, not of the artifact."""

    id: str
    card: Card


def lineage_of(dossier: Dossier) -> Lineage:
    """Return the graph that the files of a folder show."""
    statements = statements_of(dossier)
    artifact = Node(
        id=ARTIFACT,
        name=title_of(dossier) or "this model",
        kind=kind_of(dossier),
        keys=keys_of(statements),
        known_from="files" if keys_of(statements) else "",
    )
    nodes = {ARTIFACT: artifact}
    steps: dict[tuple[str, str, str], Step] = {}
    files = {card.file for card in dossier.cards}
    owners = _owners(dossier)
    for edge in dossier.edges[:MOST]:
        if _is_own_or_nobody(edge, dossier):
            continue
        parent = _id(edge.parent, edge.kind)
        owner = owners.get(edge.spot.file)
        child = owner.id if owner else ARTIFACT
        if parent not in nodes:
            nodes[parent] = _node(parent, edge, owners)
        step = Step(
            child=child,
            parent=parent,
            relation=edge.relation,
            spot=edge.spot,
            declared=edge.spot.file in files or edge.relation not in LEFT_OVER,
        )
        key = (child, parent, "")
        old = steps.get(key)
        if old is None or (old.relation == "base" and step.relation != "base"):
            if old is not None and old.declared and not step.declared:
                continue
            steps[key] = step
    kept = tuple(step for step in steps.values() if step.child in nodes)
    return Lineage(nodes=nodes, steps=kept, statements=statements)


def _id(name: str, kind: Kind) -> str:
    bare = (repository(name) or name).strip().lower()
    return f"{kind}:{bare}"


def _node(node_id: str, edge: Edge, owners: dict[str, _Owner]) -> Node:
    """Return a parent with what is known of its license, the folder's word first."""
    name = repository(edge.parent) or edge.parent
    made = Node(id=node_id, name=name, kind=edge.kind)
    for owner in owners.values():
        keys = _declared(owner.card) if owner.id == node_id else ()
        if keys:
            return Node(
                id=node_id, name=name, kind=edge.kind, keys=keys, known_from="files"
            )
    if edge.kind == "code":
        return made
    found = (dataset_named if edge.kind == "dataset" else model_named)(name)
    if found is None:
        return made
    origin = found.origin
    return Node(
        id=node_id,
        name=name,
        kind=edge.kind,
        keys=tuple(key for key in origin.keys if key not in ("other", "unknown")),
        note=origin.note,
        limits=origin.limits,
        known_from=origin.evidence,
        exact=found.exact,
    )


def _declared(card: Card) -> tuple[str, ...]:
    value = card.data.get("license")
    written = value if isinstance(value, list) else [value]
    keys = (k for one in written[:20] if isinstance(one, str) for k in known(one).keys)
    return tuple(dict.fromkeys(keys))


def _owners(dossier: Dossier) -> dict[str, _Owner]:
    """Return the cards below the folder that are of models which others name."""
    parents = {_id(edge.parent, edge.kind) for edge in dossier.edges[:MOST]}
    found = {}
    for card in dossier.cards:
        for name in _called(card) if "/" in card.file else ():
            if _id(name, card.kind) in parents:
                found[card.file] = _Owner(_id(name, card.kind), card)
    return found


def _called(card: Card) -> Iterator[str]:
    """Yield what a card calls its model where another card could name it."""
    index = card.data.get("model-index")
    parts = index if isinstance(index, list) else []
    names = [card.data.get("model_name")]
    names += [part.get("name") for part in parts[:20] if isinstance(part, dict)]
    names += [section.title for section in card.sections[:2] if section.level == 1]
    yield from (name for name in names if isinstance(name, str) and name.strip())


def _is_own_or_nobody(edge: Edge, dossier: Dossier) -> bool:
    """Say whether an edge names the artifact itself, or a path of somebody's disk."""
    if edge.kind != "model":
        return not edge.parent.strip()
    own = plain(dossier.name)
    return is_path(edge.parent) or not plain(edge.parent) or (
        bool(own) and plain(edge.parent) == own and "/" not in dossier.name
        and edge.relation == "base"
    )  # fmt: skip
