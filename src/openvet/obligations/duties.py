"""Which terms of a parent's license reach what was made from it.

A model that was changed, quantized, merged or adapted is a derivative: all terms reach
it. What was distilled is one only where the license says so. Terms of a data set reach
a trained model as questions, because licenses of data seldom say what they mean for it.
"""

from collections.abc import Iterator
from typing import Final, Literal

from openvet.dossier import Relation, Spot
from openvet.licenses import License, Term, TermKind, license_of
from openvet.obligations.graph import ARTIFACT, Lineage, Node, Step
from openvet.wire import Record, replace

Reach = Literal["reaches", "asks"]
"""`asks`: whether it reaches the artifact is a question."""
DERIVED: Final[frozenset[Relation]] = frozenset(
    {"base", "finetune", "adapter", "quantized", "merge"}
)
DISTILLATES: Final = frozenset(
    {
        *("gemma", "health-ai-developer", "hyperclova-x-seed", "deepseek"),
        *("bigscience-openrail-m", "bigscience-bloom-rail-1.0", "openrail++"),
        *("creativeml-openrail-m", "hunyuan-3d-2.0"),
    }
)
"""Licenses whose text counts models distilled from outputs among the derivatives."""
NAMED_BY_OUTPUTS: Final = frozenset({"llama3.1", "llama3.2", "llama3.3", "llama4"})
"""Licenses whose rule of names holds for models trained on outputs, too."""
OF_DATA: Final[frozenset[TermKind]] = frozenset(
    {
        *("attribution", "share-alike", "non-commercial", "research-only"),
        *("no-derivatives", "use-restrictions", "territory", "revenue"),
        *("monthly-users", "no-improving-other-models", "no-competing"),
    }
)
"""Terms of a data set that are asked about where a model was trained on it."""
LIMITS: Final[frozenset[TermKind]] = frozenset(
    {
        *("non-commercial", "research-only", "no-derivatives", "use-restrictions"),
        *("use-policy", "territory", "monthly-users", "revenue", "no-competing"),
        *("no-improving-other-models", "no-military"),
    }
)
"""Terms that limit what may be done; the others are to be done."""
_PARENTS: Final = 50
"""Parents named of one duty."""


class Duty(Record, frozen=True, kw_only=True):
    """A term of one license, and the parents through which it reaches the artifact."""

    key: str
    term: Term
    nodes: tuple[str, ...]
    """Ids; the artifact itself where its own license asks."""
    relations: tuple[Relation, ...] = ()
    reach: Reach = "reaches"
    sure: bool = True
    """Whether some parent is certain and its license was read."""
    spot: Spot | None = None
    """Where the first of the parents is named."""

    @property
    def own(self) -> bool:
        """Whether it is of the license under which the artifact itself is given."""
        return ARTIFACT in self.nodes

    @property
    def limits(self) -> bool:
        """Whether it limits use, rather than asks for something."""
        return self.term.kind in LIMITS


def duties_of(lineage: Lineage, *, publisher: str = "") -> tuple[Duty, ...]:
    """Return every term that reaches the artifact, one per license and kind.

    Args:
        lineage: The graph.
        publisher: Who publishes the artifact, in lower case. What it owes to a parent
            of its own is asked of others only, as by its own license.
    """
    found: dict[tuple[str, str, str], Duty] = {}
    for way in lineage.reaching():
        node = lineage.nodes[way[-1].parent]
        ours = is_of(node, publisher)
        for duty in _through(way, node):
            kept = replace(duty, nodes=(ARTIFACT,), spot=None) if ours else duty
            _add(found, kept)
    for key in lineage.artifact.keys:
        for term in _terms(key):
            if term.on != "derive":
                _add(found, _own_duty(lineage, key, term))
    return tuple(found.values())


def _own_duty(lineage: Lineage, key: str, term: Term) -> Duty:
    said = next((s for s in lineage.statements if key in s.keys), None)
    return Duty(key=key, term=term, nodes=(ARTIFACT,), spot=said.spot if said else None)


def _add(found: dict[tuple[str, str, str], Duty], duty: Duty) -> None:
    """Keep a duty, or add its parents to the one that is there."""
    key = (duty.key or duty.nodes[0], duty.term.kind, duty.term.on)
    old = found.get(key)
    if old is None:
        found[key] = duty
    elif not duty.own and len(old.nodes) < _PARENTS:
        first = duty if old.own or _rank(duty) > _rank(old) else old
        found[key] = replace(
            first,
            nodes=tuple(dict.fromkeys((*_parents(old), *duty.nodes))),
            relations=tuple(dict.fromkeys((*old.relations, *duty.relations))),
        )


def _rank(duty: Duty) -> tuple[bool, bool]:
    return duty.reach == "reaches", duty.sure


def _parents(duty: Duty) -> tuple[str, ...]:
    return tuple(node for node in duty.nodes if node != ARTIFACT)


def _through(way: tuple[Step, ...], node: Node) -> Iterator[Duty]:
    """Yield what reaches the artifact along a way of steps."""
    first = way[0]
    for key in node.keys:
        for term in _terms(key):
            reach = _along(key, term, way, node)
            if reach is not None:
                yield Duty(
                    key=key,
                    term=term,
                    nodes=(node.id,),
                    relations=(way[-1].relation,),
                    reach=reach,
                    sure=node.sure and all(step.declared for step in way),
                    spot=first.spot,
                )
    for limit in node.limits if not node.keys else ():
        # No words of such terms are at hand, so that they are questions at most.
        term = Term(kind=limit, on="use", text=node.note)
        reach = _along("", term, way, node)
        if reach is not None:
            yield Duty(
                key="",
                term=term,
                nodes=(node.id,),
                relations=(way[-1].relation,),
                reach=reach,
                sure=False,
                spot=first.spot,
            )


def _along(key: str, term: Term, way: tuple[Step, ...], node: Node) -> Reach | None:
    """Say whether a term passes every step of a way; one question makes it one."""
    passed = [_flows(key, term, step.relation, node) for step in way]
    if None in passed:
        return None
    return "asks" if "asks" in passed else "reaches"


def _flows(key: str, term: Term, relation: Relation, node: Node) -> Reach | None:
    """Say whether a term passes from a parent to what was made from it."""
    if relation in DERIVED:
        return "reaches"
    if relation == "bundles":
        return None if term.on == "derive" else "reaches"
    if relation == "distilled-from" or node.kind == "model":
        if key in DISTILLATES or term.on == "outputs":
            return "reaches"
        if term.kind == "name-prefix" and key in NAMED_BY_OUTPUTS:
            return "reaches"
        return "asks" if term.kind in ("non-commercial", "research-only") else None
    return "asks" if term.kind in OF_DATA else None


def _terms(key: str) -> tuple[Term, ...]:
    found: License | None = license_of(key)
    return found.terms if found else ()


def is_of(node: Node, publisher: str) -> bool:
    """Say whether a parent is of the one who publishes the artifact."""
    owner = node.name.partition("/")[0].lower() if "/" in node.name else ""
    owner = "".join(c for c in owner if c.isalnum())
    return bool(owner) and bool(publisher) and publisher.startswith(owner)
