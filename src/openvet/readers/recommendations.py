"""Tables of recommendations of the person who audits: whom a recommender shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openvet.check import Context
from openvet.errors import OpenvetError
from openvet.exposed import ProviderExposure
from openvet.finding import Measure
from openvet.listing import first_of
from openvet.models.protocol import Spent
from openvet.probes.asking import Measured, Verdict
from openvet.probes.exposure import FAR, Exposure, Provider, exposure, read_slots
from openvet.readers.supplied import counted, rows_left_out, unusable
from openvet.subject import Gap, Subject
from openvet.supplied import RecommendationTable

ID: Final = "provider-exposure"
VERSION: Final = 1
MARGIN: Final = 0.05
"""A share that is certainly no farther from that of the items counts as alike."""
HINT: Final = "mend these rows, or leave them out on purpose"
MORE: Final = "take more users"
NAMED: Final = 8


def exposures(subject: Subject, context: Context) -> Iterator[Subject]:
    """Yield whom each table of recommendations shows."""
    supplied = context.settings.supplied
    for table in supplied.recommendations:
        context.budget.check_audit()
        name = Path(table.file).name
        try:
            text = supplied.text(table.file)
            catalog = supplied.text(table.catalog) if table.catalog else ""
            shown = read_slots(table, text, catalog)
            found = exposure(shown, context.settings.seed, context.budget.check_audit)
        except OpenvetError as error:
            yield _exposure(subject, table, None, (unusable(error),))
            continue
        gaps = (*rows_left_out(name, shown.broken, HINT), *_open(name, found))
        yield _exposure(subject, table, found, gaps)


def _open(file: str, found: Exposure) -> Iterator[Gap]:
    """Yield that users are too few to tell, where they are.

    Of many providers some stay undecided. That is told where nothing else is: without a
    finding it would read as if all were seen as they should be.
    """
    bounds = found.unequal.interval
    if bounds.low > found.offered:
        return
    if found.offered < bounds.high - FAR:
        detail = f"{file}: whether exposure is concentrated is undecided"
        yield Gap(reason="undecided", detail=detail, lift=MORE)
    verdicts = {one.name: _verdict(one) for one in found.providers}
    undecided = [name for name, verdict in verdicts.items() if verdict == "undecided"]
    if undecided and "above" not in verdicts.values():
        some = first_of(undecided, NAMED)
        detail = f"{file}: whether exposure is that of the items is undecided of {some}"
        yield Gap(reason="undecided", detail=detail, lift=MORE)


def _exposure(
    subject: Subject,
    table: RecommendationTable,
    found: Exposure | None,
    gaps: tuple[Gap, ...],
) -> ProviderExposure:
    """Return what a table shows, as probes of models give theirs."""
    file = Path(table.file).name
    axes = tuple(measured(one, found.users) for one in found.providers) if found else ()
    return ProviderExposure(
        origin=subject.origin.at(file).at(ID),
        probe=ID,
        version=VERSION,
        title=f"share of exposure of providers, of {file}",
        concern="social",
        null=1 / found.among if found else 0,
        margin=MARGIN,
        model=counted(file),
        axes=axes,
        spent=Spent(),
        figures=_figures(found) if found else (),
        gaps=gaps,
        file=file,
        found=found,
    )


def _verdict(one: Provider) -> Verdict:
    """Say how a provider is seen beside what it offers."""
    low, high = one.interval.low, one.interval.high
    if low > one.offered:
        return "above"
    if high < one.offered:
        return "below"
    alike = one.offered - MARGIN <= low and high <= one.offered + MARGIN
    return "within" if alike else "undecided"


def measured(one: Provider, users: int) -> Measured:
    """Return a provider as an axis; what it offers is its null.

    Its share is averaged over all users, also those whom it was not shown: they are
    what the interval rests on, and not its places.
    """
    return Measured(
        probe=ID,
        version=VERSION,
        axis=f"{one.name} (offers {one.offered:.1%} of the items)",
        null=one.offered,
        n=users,
        hits=one.share * users,
        share=one.share,
        clusters=users,
        interval=one.interval,
        sequence=None,
        verdict=_verdict(one),
        needed=None,
        unusable=0,
        asked=users,
        population=users,
        size=None,
        log_evidence=0,
    )


def _figures(found: Exposure) -> tuple[Measure, ...]:
    """Return how unequal exposure is, beside what is offered."""
    bounds = found.unequal.interval
    return (
        Measure(
            name=f"Gini coefficient of {found.slots:,} places over {found.among:,}"
            f" providers (of the items that they offer: {found.offered:.3f})",
            value=found.unequal.estimate,
            low=bounds.low,
            high=bounds.high,
            n=found.users,
            method=f"{bounds.method}, users as clusters",
        ),
    )
