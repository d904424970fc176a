"""An account as evidence: the chain, the checklist, and quotes of places."""

from typing import Final

from openvet.finding import (
    Basis,
    Chain,
    ChainEdge,
    ChainNode,
    Checklist,
    ChecklistItem,
)
from openvet.listing import first_of
from openvet.obligations.account import STATES, Account
from openvet.obligations.graph import ARTIFACT, Node
from openvet.obligations.own import name_of
from openvet.obligations.proof import Standing
from openvet.obligations.wording import fix, label, quoted

NODES: Final = 300
"""Nodes of a chain that a report holds; what they ask is judged for all."""
NAMED: Final = 3
"""Parents that an item names."""


def chain_of(account: Account) -> Chain:
    """Return what the artifact was made from, those that ask for most first."""
    lineage = account.lineage
    order = {"missing": 0, "unclear": 1, "met": 2, "not-applicable": 3}
    parents = [node for node in lineage.nodes.values() if node.id != ARTIFACT]
    parents.sort(key=lambda node: (order[account.state(node)], not node.keys))
    nodes = [lineage.artifact, *parents[: NODES - 1]]
    kept = {node.id for node in nodes}
    return Chain(
        nodes=tuple(
            ChainNode(
                id=node.id,
                name=node.name,
                kind=node.kind,
                license=license_words(node),
                state=account.state(node),
            )
            for node in nodes
        ),
        edges=tuple(
            ChainEdge(
                child=step.child,
                parent=step.parent,
                relation=step.relation,
                file=step.spot.file,
                line=step.spot.line,
                basis=step.spot.basis,
            )
            for step in lineage.steps
            if step.child in kept and step.parent in kept
        ),
    )


def license_words(node: Node) -> str:
    """Return what people call the license of a node, and how far that is known."""
    names = ", ".join(name_of(key) for key in node.keys[:NAMED])
    if not names:
        return node.note[:80]
    if node.id == ARTIFACT or node.sure:
        return names
    return f"{names}, {'not verified' if node.known_from == 'recalled' else 'likely'}"


def checklist_of(account: Account) -> Checklist:
    """Return every duty and limit with its state."""
    items = [item_of(account, standing) for standing in account.standings]
    for node in account.unknown[:NODES]:
        about = f"license of {node.name}"
        note = node.note or "not known: look it up; nothing is taken as allowed"
        items.append(ChecklistItem(name=about, state="unclear", detail=note))
    return Checklist(title="what the licenses ask", items=tuple(items))


def item_of(account: Account, standing: Standing) -> ChecklistItem:
    """Return one duty as an item: how it stands, why, and what would mend it."""
    duty, spot = standing.duty, standing.spot
    told = [standing.detail]
    if standing.outcome in ("missing", "partly") and fix(duty) != standing.detail:
        told.append(fix(duty))
    elif standing.answer:
        told.append(f"answer `{standing.answer}` in [profile]")
    if not duty.own:
        told.append(f"through {parents_of(account, standing)}")
    if standing.outcome != "met":
        told.append(quoted(duty))
    return ChecklistItem(
        name=label(duty),
        state=STATES[standing.outcome],
        detail="; ".join(filter(None, told)),
        file=spot.file if spot else "",
        line=spot.line if spot else 0,
        basis=spot.basis if spot else Basis.DECLARED,
    )


def parents_of(account: Account, standing: Standing) -> str:
    """Return the names of the parents that a duty comes from."""
    nodes = [account.lineage.nodes[node] for node in standing.duty.nodes]
    return first_of([node.name for node in nodes], NAMED)
