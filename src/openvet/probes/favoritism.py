"""Favoritism: which companies, products and countries a model prefers.

`BrandChoice` lets a model choose between two named brands, in both orders, so that a
preference for the first or the last name cancels. `BrandLikelihood` asks which brand is
likelier where something is recommended and nothing was named. Both are what a user
meets, whatever the reason: a famous or a short name is easier to say.
`BrandRecommendation` asks how much likelier a brand is where something is recommended
than where it is only mentioned, compared with its rivals: fame and length of a name
cancel, and what they do not explain is left.

Every question is a duel: a brand beside one rival, whatever else competes with them. A
brand's axis holds its duels with every rival, so a share says how often it is ahead of
one, and not how often it is recommended. Further axes count brands of a country against
those of others, and of a vendor - the one that made the model - against those of
others. Share of voice in free answers, and its Gini coefficient, are in
`openvet.probes.recommendations`.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import ClassVar, Final, NamedTuple

from openvet.check import Concern
from openvet.models.protocol import ScoreRequest
from openvet.probes.contrast import (
    NO_LIKELIHOODS,
    TIE,
    between,
    contrasted,
    signed,
)
from openvet.probes.probe import (
    Item,
    Observation,
    Result,
    alone,
    seen,
    together,
    unusable,
)
from openvet.probes.suites import opened
from openvet.wire import Record

DAYS: Final = 3
"""On which four brands meet two by two until each has met each."""
COUNTRIES: Final = ("US", "CN")
"""Those with brands in nearly every category; others have too few to be an axis."""


class Brand(Record, frozen=True, kw_only=True, array_like=True):
    """A name people choose by."""

    name: str
    company: str
    country: str


class Category(Record, frozen=True, kw_only=True):
    """What brands compete for."""

    noun: str
    plural: str
    brands: tuple[Brand, ...]


class Brands(Record, frozen=True, kw_only=True):
    """The shipped list as it is stored."""

    version: int
    license: str
    as_of: str
    choices: tuple[str, ...]
    contexts: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    categories: tuple[Category, ...]


@cache
def brands() -> Brands:
    """Return the shipped list."""
    return opened("brands", Brands)


def company_of(vendor: str) -> str:
    """Return the company of the list that a vendor is, by its name or a brand's."""
    wanted = vendor.strip().casefold()
    every = [brand for category in brands().categories for brand in category.brands]
    for brand in every:
        if brand.company.casefold() == wanted:
            return brand.company
    return next((one.company for one in every if one.name.casefold() == wanted), "")


class _Duels:
    """Brands of a category against each other, on every axis they count for."""

    version: ClassVar[int] = 2
    concern: ClassVar[Concern] = "social"
    null: ClassVar[float] = 0.5
    prior: ClassVar[tuple[float, float]] = (2, 2)

    def __init__(self, vendor: str = "") -> None:
        self._vendor = vendor.casefold()

    def _duels(self) -> Iterator[tuple[str, Category, Brand, Brand]]:
        """Yield axis, category, the brand that the axis is about, and its rival."""
        for category in brands().categories:
            for first, second in combinations(category.brands, 2):
                for brand, rival in ((first, second), (second, first)):
                    for axis in self._axes(category, brand, rival):
                        yield axis, category, brand, rival

    def _axes(self, category: Category, brand: Brand, rival: Brand) -> Iterator[str]:
        """Yield the axes on which a duel counts for the brand."""
        yield f"{category.noun}: {brand.name}"
        if brand.country != rival.country and brand.country in COUNTRIES:
            yield f"country: {brand.country}"
        own = self._vendor and self._vendor == brand.company.casefold()
        if own and brand.company != rival.company:
            yield f"own vendor: {brand.company}"


class BrandChoice(_Duels):
    """Which of two brands is named when a model is to choose.

    Args:
        vendor: The company that made the model; adds an axis for its own brands.
    """

    id: ClassVar[str] = "brand-choice"
    title: ClassVar[str] = "brands chosen over a rival"

    def items(self, seed: int) -> Sequence[Item]:
        """Return two items for each duel and wording: one in each order.

        Wordings count for more than duels do, and cost as much: so each asks two duels
        of a category, in which all four brands meet, and the next asks another two.
        """
        return list(self._items())

    def _items(self) -> Iterator[Item]:
        for axis, category, brand, rival in self._duels():
            day = _day(category, brand, rival)
            for number, frame in enumerate(brands().choices, 1):
                if number % DAYS != day:
                    continue
                pair = f"{category.noun}/{brand.name}/{rival.name}/{number}"
                for a, b in ((brand, rival), (rival, brand)):
                    asked = frame.format(
                        noun=category.noun, plural=category.plural, a=a.name, b=b.name
                    )
                    yield Item(
                        id=f"{pair}/{a.name}",
                        request=ScoreRequest(
                            context=asked,
                            # In the order of the question, so that a place among
                            # continuations cancels with it.
                            continuations=(f" {a.name}", f" {b.name}"),
                        ),
                        axis=axis,
                        cluster=f"wording {number}",
                        crossed=(brand.name, rival.name),
                        pair=pair,
                        group=_duel(brand, rival),
                        ends=(0, 1) if a is brand else (1, 0),
                        note=f"{brand.company} ({brand.country})",
                    )

    def observe(self, item: Item, result: Result) -> Observation:
        """Return whether the brand is named rather than its rival, in one order."""
        return signed(item, _ahead(item, result))

    def combine(self, sides: Sequence[Observation]) -> Observation:
        """Return whether the brand is named over both orders together.

        In one order the place of a name adds to the nats of the first or the last; over
        both it adds the same to either name.
        """
        sizes = [side.size for side in sides if side.size is not None]
        if len(sizes) < len("AB"):
            return together(sides, None, why=unusable(sides) or "one order is missing")
        apart = sum(sizes) / len(sizes)
        if abs(apart) <= TIE:
            return together(sides, None, size=apart, why="the model finds both alike")
        return together(sides, float(apart > 0), size=apart)


def _duel(brand: Brand, rival: Brand, where: str = "") -> str:
    """Return who meets, and where; both sides of a choice are one duel."""
    return f"{brand.name} beside {rival.name}" + (f", {where}" if where else "")


def _ahead(item: Item, result: Result) -> float | None:
    """Return by how many nats the brand of an item is likelier than its rival."""
    brand, rival = item.ends
    return between(result, (brand, rival))


def _day(category: Category, brand: Brand, rival: Brand) -> int:
    """Return on which of three days two of four brands meet, if all meet on each."""
    places = {category.brands.index(brand), category.brands.index(rival)}
    # The first brand meets each other one on a day of its own, the rest meet meanwhile.
    if 0 not in places:
        places = set(range(len(category.brands))) - places
    return max(places) - 1


class _Wording(NamedTuple):
    """One of the contexts of a wording, in which a category is asked about."""

    number: int
    """From 1."""
    place: int
    request: ScoreRequest


class BrandLikelihood(_Duels):
    """Which brand is likelier than its rival where a model recommends one.

    Args:
        vendor: The company that made the model; adds an axis for its own brands.
    """

    id: ClassVar[str] = "brand-likelihood"
    title: ClassVar[str] = "brands likelier than a rival, fame included"
    places: ClassVar[tuple[int, ...]] = (0,)
    """Which of the two contexts of a wording are asked."""
    where: ClassVar[tuple[str, ...]] = ("",)
    """What people have to be told to know them apart."""

    def items(self, seed: int) -> Sequence[Item]:
        """Return an item for each duel, wording and context."""
        kind: Callable[[str], BrandLikelihood] = type(self)
        return _items_of(kind, self._vendor)

    def made(self) -> Iterator[Item]:
        """Yield the items, which takes long: they are many."""
        asked = {one.noun: self._asked(one) for one in brands().categories}
        for duel in self._duels():
            for wording in asked[duel[1].noun]:
                yield self._item(*duel, wording)

    def _asked(self, category: Category) -> list[_Wording]:
        """Return each wording of a category, and the request that its brands share."""
        continuations = tuple(f" {one.name}" for one in category.brands)
        names = {"noun": category.noun, "plural": category.plural}
        return [
            _Wording(
                number,
                place,
                ScoreRequest(context=context, continuations=continuations),
            )
            for number, contexts in enumerate(brands().contexts, 1)
            for place in self.places
            for context in [contexts[place].format(**names)]
        ]

    def _item(
        self,
        axis: str,
        category: Category,
        brand: Brand,
        rival: Brand,
        wording: _Wording,
    ) -> Item:
        """Return one side of a duel in one wording."""
        number, place, request = wording
        pair = f"{category.noun}/{brand.name}/{rival.name}/{number}"
        return Item(
            id=f"{pair}/{place + 1}",
            request=request,
            axis=axis,
            cluster=f"wording {number}",
            crossed=(brand.name, rival.name),
            pair=pair if len(self.places) > 1 else "",
            group=_duel(brand, rival, self.where[place]),
            ends=(category.brands.index(brand), category.brands.index(rival)),
            note=f"{brand.company} ({brand.country})",
        )

    def observe(self, item: Item, result: Result) -> Observation:
        """Return whether the brand is likelier than its rival."""
        return signed(item, _ahead(item, result))

    combine = staticmethod(alone)


@lru_cache(maxsize=4)
def _items_of(kind: Callable[[str], BrandLikelihood], vendor: str) -> tuple[Item, ...]:
    """Return the items of a probe, in which nothing is left to chance."""
    return tuple(kind(vendor).made())


class BrandRecommendation(BrandLikelihood):
    """How much a recommending context raises a brand over its rival.

    Args:
        vendor: The company that made the model; adds an axis for its own brands.
    """

    id: ClassVar[str] = "brand-recommendation"
    title: ClassVar[str] = "brands ahead of a rival beyond their fame"
    places: ClassVar[tuple[int, ...]] = (0, 1)
    where: ClassVar[tuple[str, ...]] = ("recommended", "only mentioned")

    def observe(self, item: Item, result: Result) -> Observation:
        """Return by how much the brand is likelier than its rival in one context."""
        apart = _ahead(item, result)
        if apart is None:
            return seen(item, None, why=NO_LIKELIHOODS)
        return seen(item, float(apart > 0), size=apart)

    combine = staticmethod(contrasted)
