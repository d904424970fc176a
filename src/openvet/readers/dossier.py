"""Dossiers: what the files of a folder say of the model in it, together."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.dossier import Card, Dossier, LicenseText, Paper, PaperRole
from openvet.errors import TargetError
from openvet.formats.lineage.gathered import Gathered
from openvet.formats.papers import CARDS, TERMS, role_of
from openvet.source import Source
from openvet.subject import Gap, Inventory, Item, Subject

MOST_CARDS: Final = 50
MOST_TERMS: Final = 200
MOST_PAPERS: Final = 5000


class DossierReader(Reader[Inventory]):
    """Reads what a folder says of its model."""

    id: ClassVar[str] = "dossier"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Inventory

    def claims(self, subject: Inventory) -> bool:
        """Take the target itself; what is in a container says nothing of it."""
        return not subject.container

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield one dossier."""
        yield _Reading(subject, context).dossier()


class _Reading:
    """One pass over the files that say something."""

    def __init__(self, subject: Inventory, context: Context) -> None:
        self.subject = subject
        self.budget = context.budget
        self.gathered = Gathered()
        roles = ((role_of(item.name), item) for item in subject.items)
        self.files: list[tuple[PaperRole, Item]] = [
            (role, item) for role, item in roles if role is not None
        ]
        self.cards: list[Card] = []
        self.licenses: list[LicenseText] = []

    def dossier(self) -> Dossier:
        """Return what the files say."""
        self._each(CARDS, MOST_CARDS, self._card)
        self._each(TERMS, MOST_TERMS, self._terms)
        return Dossier(
            origin=self.subject.origin.aspect("dossier"),
            items=self.subject.items,
            cards=tuple(self.cards),
            licenses=tuple(self.licenses),
            claims=self.gathered.claims,
            edges=self.gathered.edges,
            papers=tuple(
                Paper(role=role, file=item.name, size=item.size)
                for role, item in self.files[:MOST_PAPERS]
            ),
            facts=self.gathered.facts,
            gaps=self.gathered.gaps,
        )

    def _each(
        self,
        roles: frozenset[str],
        most: int,
        take: Callable[[str, Source], None],
    ) -> None:
        """Open the files of some roles, those in the fewest folders first."""
        found = [item for role, item in self.files if role in roles]
        found.sort(key=lambda item: item.name.count("/"))
        if len(found) > most:
            detail = f"only {most} of {len(found)} files: {', '.join(sorted(roles))}"
            self.gathered.gap(Gap(reason="over-budget", detail=detail))
        for item in found[:most]:
            try:
                source = self.subject.tree.open(item.name)
                take(item.name, source)
                source.close()
            except TargetError as error:
                self.gathered.gap(Gap(reason="unreadable", detail=error.message))

    def _card(self, name: str, source: Source) -> None:
        from openvet.formats.card import card_of
        from openvet.formats.lineage.of_card import from_card

        origin = self.subject.origin.at(name)
        card = card_of(name, source, origin, self.budget)
        self.cards.append(card)
        self._gaps(name, card.gaps)
        from_card(card, self.gathered)

    def _terms(self, name: str, source: Source) -> None:
        from openvet.formats.terms import terms_of

        origin = self.subject.origin.at(name)
        terms = terms_of(name, source, origin, self.budget)
        self.licenses.append(terms)
        self._gaps(name, terms.gaps)

    def _gaps(self, name: str, gaps: tuple[Gap, ...]) -> None:
        for gap in gaps:
            detail = f"{name}: {gap.detail}"
            self.gathered.gap(Gap(reason=gap.reason, detail=detail, lift=gap.lift))
