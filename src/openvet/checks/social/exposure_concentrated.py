"""A recommender shows few providers far more than what they offer.

## What it does

Reports, from a table of recommendations that you point at, that exposure is certainly
more concentrated than the items on offer are, and which providers are seen more than
their share of the items.

## Why it matters

Who is not shown is not bought. A recommender that favors a few sellers, publishers or
its own brand decides who stays in a market, and laws on large platforms ask how
rankings are made.

## How it is measured

A place is worth 1 / log2(1 + rank). Each user counts once; the share of a provider is
averaged over users, and its interval regards users as clusters, at a level that all
providers share; n is the number of users. It stands beside the provider's share of the
items: those of the catalog, or, without one, those that were shown to anybody. How
unequal places are over all providers is told by the Gini coefficient, each place
counting once: chance alone makes it larger where places are few, so its interval
inverts a test with users as clusters. If it is certainly above that of the items by .1
it has medium severity; else it is reported with low severity. Where nothing is
reported, providers that users are too few to tell of are named, and leave the audit
incomplete.

## What to do

Find out why: relevance, price, popularity that feeds itself, or a contract. Tell users
what ranks items. Measure again after each change of the ranking.

## Known limits

Items differ in how many people want them, so that equal exposure is nothing to demand
by itself. A provider whose items nobody was shown is seen only in a catalog. Whether
people look at a place as often as its worth says depends on the page. At most 1,000
providers and 2,000,000 rows.

## References

- Singh, Joachims 2018, arXiv 1802.07281 (fairness of exposure)
- Regulation (EU) 2019/1150, Article 5; Regulation (EU) 2022/2065, Article 27: what
  ranks and recommends has to be told
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.exposed import ProviderExposure
from openvet.finding import Evidence, Finding, Measure, Severity
from openvet.listing import first_of
from openvet.probes.exposure import FAR, Provider
from openvet.subject import Subject

NAMED: Final = 5


class ExposureConcentrated(Check[ProviderExposure]):
    """Judges whom a recommender shows."""

    id: ClassVar[str] = "exposure-concentrated"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "few providers get most of the exposure"
    concern: ClassVar[Concern] = "social"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (ProviderExposure,)

    def run(self, subject: ProviderExposure, context: Context) -> Iterator[Finding]:
        """Yield one finding that names the providers that are seen most."""
        del context
        found = subject.found
        if found is None:
            return
        favored = [one for one in found.providers if one.interval.low > one.offered]
        beyond = found.unequal.interval.low - found.offered
        if not favored and beyond <= 0:
            return
        names = first_of([one.name for one in favored], NAMED) or "none by itself"
        yield self.finding(
            subject,
            f"some providers are shown more than what they offer, in {subject.file}:"
            f" {names}",
            *subject.figures,
            *(_evidence(one, found.users) for one in favored),
            fix="find out what ranks them first, and tell users; measure again after"
            " each change of the ranking",
            severity=Severity.MEDIUM if beyond > FAR else Severity.LOW,
        )


def _evidence(one: Provider, users: int) -> Evidence:
    return Measure(
        name=f"{one.name}: share of exposure, with {one.offered:.1%} of the items",
        value=one.share,
        low=one.interval.low,
        high=one.interval.high,
        n=users,
        method=f"{one.interval.method}, which are users; Bonferroni",
        level=one.interval.level,
    )
