"""Compare models: open each, ask what they have in common, and judge it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from openvet.compared.judged import Judged, Side, judged
from openvet.compared.record import Contender, SideBySide
from openvet.compared.rivals import Rival, Stored, rival
from openvet.compared.shown import Shown, Wanted, known, shown, wanted
from openvet.errors import OpenvetError
from openvet.wire import replace

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from openvet.check import Progress
    from openvet.run import Options


Telling: TypeAlias = "Callable[[str], AbstractContextManager[Progress | None]]"
"""Makes what is told of the files and questions of the model with a name."""


class How(NamedTuple):
    """How to compare."""

    options: "Options"
    margin: float
    """Of the share of right ends that a smaller model may be worse by."""
    only: Collection[str] = ()
    """Ids of the probes to ask; empty for all."""


class _Met(NamedTuple):
    """A model that was opened so far that it is known what it can do."""

    rival: Rival | Stored
    contender: Contender


def compare(names: Sequence[str], how: How, telling: Telling) -> SideBySide:
    """Return what can be said of models side by side.

    Each is opened, asked and closed before the next, so that the memory of one is
    enough. What earlier audits of the same files had asked is not asked again.

    Args:
        names: Folders, GGUF files, endpoints, and stored audits.
        how: With which settings.
        telling: Told of files and questions, model by model.

    Raises:
        OpenvetError: One cannot be opened, or is no model at all.
    """
    met = [_met(name, how, telling) for name in names]
    able = [one.rival.able for one in met if not one.contender.refused]
    asked = wanted(how.options.settings, able, how.only)
    if how.only and len(able) > 1 and not asked.turns:
        raise OpenvetError(
            f"no two of these models can be asked {', '.join(how.only)}",
            hint="openvet compare without --probe says what they can be asked",
        )
    found: dict[int, Side] = {}
    for number in _stored_first(met):
        among = _among(found) if isinstance(met[number].rival, Rival) else None
        found[number] = _side(met[number], asked, telling, among)
    sides = [found[number] for number in range(len(met))]
    return judged(sides, Judged(how.margin, asked.seed), _notes(sides))


def _met(name: str, how: How, telling: Telling) -> _Met:
    """Open a model so far that it is known what it can do."""
    with telling(name) as progress:
        found = rival(name, how.options, progress)
    contender = found.contender()
    if not contender.refused:
        try:
            found.able  # noqa: B018 - an endpoint that does not answer says so here
        except OpenvetError as error:
            contender = _refused(contender, error)
    return _Met(found, contender)


def _refused(contender: Contender, error: OpenvetError) -> Contender:
    """Return a contender that is not compared, with what to do about it."""
    return replace(contender, refused=error.message, hint=error.hint or "")


def _stored_first(met: Sequence[_Met]) -> list[int]:
    """Return the order of asking: what is stored says what the others are asked."""
    return sorted(range(len(met)), key=lambda n: isinstance(met[n].rival, Rival))


def _among(found: dict[int, Side]) -> set[tuple[str, str, str]] | None:
    """Return the units that every stored audit has; None where there is none."""
    units = [
        {(*key, name) for key, names in side.shown.units.items() for name in names}
        for side in found.values()
        if side.shown is not None and side.contender.source == "stored"
    ]
    return set.intersection(*units) if units else None


def _side(
    met: _Met,
    asked: Wanted,
    telling: Telling,
    among: set[tuple[str, str, str]] | None,
) -> Side:
    """Ask one model, or look up what it was asked; refusals are told, not raised."""
    one, contender = met.rival, met.contender
    if contender.refused:
        return Side(contender, None)
    with telling(one.name) as progress:

        def told(title: str, axis: str, last: int, count: int) -> None:
            if progress is not None:
                place = (one.name, title, axis, f"{count} of {last} asked")
                progress("asked", place, count)

        try:
            with one.opened() as (model, answers):
                if isinstance(one, Stored):
                    seen = known(one.info, answers, asked, one.gauges)
                else:
                    seen = shown(model, answers, asked, told=told, among=among)
        except OpenvetError as error:
            return Side(_refused(contender, error), None)
    return Side(_asked(contender, seen), seen)


def _asked(contender: Contender, seen: Shown) -> Contender:
    """Return a contender with what asking it has shown of itself."""
    return replace(
        contender,
        model=seen.info,
        cpu_seconds=round(seen.total.cpu_seconds, 3),
        tokens=seen.total.tokens_read + seen.total.tokens_written,
    )


def _notes(sides: Sequence[Side]) -> Iterator[str]:
    """Yield what could not be, from what was given."""
    infos = [side.shown.info for side in sides if side.shown is not None]
    if any(side.contender.source == "stored" for side in sides):
        yield (
            "of a stored audit there are only the answers that it had asked for, and"
            " no questions of quality"
        )
    digests = [info.digest for info in infos if info.digest]
    if len(set(digests)) < len(digests):
        yield "two of the models have the same weights"
    if len({"chat" in info.capabilities for info in infos}) > 1:
        yield (
            "some answer messages and some go on with text: each was asked in the form"
            " that it is made for"
        )
    if len({(info.engine, info.dtype) for info in infos}) > 1:
        yield "they were run by different engines, which can move answers"
