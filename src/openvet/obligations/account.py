"""The whole account: lineage, duties and how each stands, for one folder."""

from typing import Final

from openvet.check import Profile
from openvet.dossier import Dossier
from openvet.finding import Confidence, State
from openvet.obligations.duties import Duty, duties_of
from openvet.obligations.graph import ARTIFACT, Lineage, Node, lineage_of
from openvet.obligations.limits import Limits
from openvet.obligations.own import publisher_of
from openvet.obligations.proof import Evidence, Outcome, Standing
from openvet.wire import Record, replace

STATES: Final[dict[Outcome, State]] = {
    "met": "met",
    "missing": "missing",
    "partly": "missing",
    "forbidden": "missing",
    "answer": "unclear",
    "unclear": "unclear",
    "not-asked": "not-applicable",
}
_WORST: Final[tuple[State, ...]] = ("missing", "unclear", "met", "not-applicable")


class Account(Record, frozen=True, kw_only=True):
    """What a folder owes, and how it stands."""

    lineage: Lineage
    standings: tuple[Standing, ...]
    """One per license and term that reaches the artifact; duties before limits."""
    unknown: tuple[Node, ...]
    """Parents whose license is not known."""

    def state(self, node: Node) -> State:
        """Return how a node of the chain stands: as the worst of what it asks.

        The artifact stands as the worst of all.
        """
        asked = (
            standing
            for standing in self.standings
            if node.id in (ARTIFACT, *standing.duty.nodes)
        )
        states = [STATES[standing.outcome] for standing in asked]
        if not node.keys:
            states.append("unclear")
        return min(states, key=_WORST.index, default="not-applicable")

    def confidence(self, duty: Duty) -> Confidence:
        """Say how sure it is that a duty reaches the artifact.

        Nothing that is only recalled is more than a hint.
        """
        nodes = [self.lineage.nodes[node] for node in duty.nodes if node != ARTIFACT]
        recalled = not duty.own and all(n.known_from == "recalled" for n in nodes)
        if duty.term.evidence != "read" or recalled:
            return Confidence.LOW
        sure = duty.reach == "reaches" and (duty.own or duty.sure)
        return Confidence.HIGH if sure else Confidence.MEDIUM


_last: list[tuple[Dossier, Profile, Account]] = []
"""Several rules ask about one folder in a row."""


def account_of(dossier: Dossier, profile: Profile) -> Account:
    """Return what a folder owes, held against the planned use."""
    for known, planned, account in _last:
        if known is dossier and planned == profile:
            return account
    account = _account(dossier, profile)
    _last[:] = [(dossier, profile, account)]
    return account


def _account(dossier: Dossier, profile: Profile) -> Account:
    lineage = lineage_of(dossier)
    evidence = Evidence(dossier, lineage)
    limits = Limits(profile, dossier, lineage)
    standings = []
    for duty in duties_of(lineage, publisher=publisher_of(dossier)):
        asked = limits if duty.limits else evidence
        standings.append(_asked(asked.of(duty), profile))
    standings.sort(key=lambda standing: standing.duty.limits)
    unknown = (n for n in lineage.nodes.values() if not n.keys and n.id != ARTIFACT)
    return Account(lineage=lineage, standings=tuple(standings), unknown=tuple(unknown))


def _asked(standing: Standing, profile: Profile) -> Standing:
    """Say of what is due when a model is passed on whether that is planned."""
    duty = standing.duty
    if duty.limits or standing.outcome == "met":
        return standing
    if duty.reach == "asks":
        detail = f"if the data's terms hold for the model: {standing.detail}"
        return replace(standing, outcome="unclear", detail=detail)
    if profile.passes_on is False and duty.term.on in ("share", "derive"):
        detail = "due when the model is passed on, which is not planned"
        return replace(standing, outcome="not-asked", detail=detail)
    if duty.own and profile.passes_on is None:
        missing = standing.outcome in ("missing", "partly")
        detail = f"due when the model is passed on: {standing.detail}"
        if missing:
            return replace(
                standing, outcome="answer", answer="passes_on", detail=detail
            )
    return standing


def of_duties(account: Account, *outcomes: Outcome) -> tuple[Standing, ...]:
    """Return what stands in one of some ways."""
    return tuple(s for s in account.standings if s.outcome in outcomes)


__all__ = ["Account", "Duty", "Standing", "account_of", "of_duties"]
