"""What each model shows, unit by unit, so that models can be paired."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from openvet.check import Settings
from openvet.models.metering import together
from openvet.models.protocol import (
    Capability,
    GenerateRequest,
    GenerateResult,
    LanguageModel,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.probes.answers import Answers
from openvet.probes.beside import observed
from openvet.probes.probe import Observation, Probe
from openvet.probes.quality import RightChoices, RightEndings
from openvet.probes.questions import Questioner, verb_of
from openvet.probes.units import Unit, name_of, units_of
from openvet.readers.battery import battery
from openvet.readout import Gauge

QUALITY: Final = (RightEndings.id, RightChoices.id)
"""Probes of what a model knows; the others are of how it treats people and brands."""
Gauges = Mapping[str, Mapping[str, Gauge]]
"""What an audit had told of each probe, axis by axis."""
Told = Callable[[str, str, int, int], None]
"""Called with the title of a probe, an axis, how many are asked, and how many were."""


class Turn(NamedTuple):
    """A probe that all models are asked, in the form that each is made for."""

    probe: Callable[[bool], Probe]
    """Given whether the model answers messages."""
    cap: int
    """Units of each axis."""

    @property
    def verb(self) -> Capability | None:
        """What a model has to be able to do; `generate` stands for `chat` as well."""
        items = self.probe(False).items(0)
        return next((verb_of(item.request) for item in items), None)

    def fits(self, able: Collection[Capability]) -> bool:
        """Say whether a model can be asked."""
        if self.verb == "generate":
            return "generate" in able or "chat" in able
        return self.verb in able


class Shown(NamedTuple):
    """What one model shows."""

    info: ModelInfo
    units: dict[tuple[str, str], dict[str, Observation]]
    """By probe and axis, then by unit, in the order in which they were asked."""
    probes: dict[str, Probe]
    spent: dict[str, Spent]
    """By probe."""
    total: Spent
    gauges: Gauges | None = None
    """Of a stored audit: errors are not kept as answers, and counted there alone."""


class Wanted(NamedTuple):
    """What all models are asked."""

    turns: Sequence[Turn]
    seed: int
    """Of the order of the questions."""


def wanted(
    settings: Settings, able: Sequence[Collection[Capability]], only: Collection[str]
) -> Wanted:
    """Return what models are asked that can do different things.

    Args:
        settings: Say how far each probe goes, and which files are asked besides.
        able: What each model can do.
        only: Ids of probes; empty for all.
    """
    scores = all("score" in one for one in able)
    common: list[Capability] = ["generate", "chat"]
    if scores:
        common.append("score")
    # All of the first, whatever the cap: a yardstick is not cut.
    turns = [
        Turn(_endings if scores else _choices, 10**6),
        *(
            Turn(one.probe, settings.items or one.cap)
            for one in battery(settings, common)
        ),
    ]
    return Wanted(
        [
            turn
            for turn in turns
            if (not only or turn.probe(False).id in only)
            and sum(turn.fits(one) for one in able) > 1
        ],
        settings.seed,
    )


def _endings(chat: bool) -> Probe:
    del chat
    return RightEndings()


def _choices(chat: bool) -> Probe:
    return RightChoices(chat=chat)


def shown(
    model: LanguageModel,
    answers: Answers,
    wanted: Wanted,
    *,
    told: Told = lambda *_: None,
    among: Collection[tuple[str, str, str]] | None = None,
) -> Shown:
    """Ask a model, and return what it shows.

    Args:
        model: Whom.
        answers: What it answered before.
        wanted: What all models are asked; what this one cannot be asked is left out.
        told: Is called after each batch.
        among: Probe, axis and unit of what alone is asked: what a stored audit knows.
    """
    able = model.info.capabilities
    units: dict[tuple[str, str], dict[str, Observation]] = {}
    probes: dict[str, Probe] = {}
    spent: dict[str, Spent] = {}
    for turn in wanted.turns:
        if not turn.fits(able):
            continue
        probe = turn.probe("chat" in able)
        before = len(answers.costs)
        probes[probe.id] = probe
        for axis, asked in _chosen(probe, wanted.seed, turn.cap, among):
            tell = partial(told, probe.title, axis, len(asked))
            found = observed(probe, asked, Questioner(model, answers), tell)
            units[probe.id, axis] = _named(asked, found)
        spent[probe.id] = together(answers.costs[before:])
    return Shown(model.info, units, probes, spent, together(answers.costs))


def known(info: ModelInfo, answers: Answers, wanted: Wanted, gauges: Gauges) -> Shown:
    """Return what the answers of an earlier audit show; nobody is asked.

    Args:
        info: Of the model that it asked.
        answers: That were kept.
        wanted: What all models are asked.
        gauges: What that audit had told.
    """
    units: dict[tuple[str, str], dict[str, Observation]] = {}
    probes: dict[str, Probe] = {}
    for turn in wanted.turns:
        if not turn.fits(info.capabilities):
            continue
        probe = turn.probe("chat" in info.capabilities)
        probes[probe.id] = probe
        for axis, asked in _chosen(probe, wanted.seed, None, None):
            there = [unit for unit in asked if _answered(unit, answers)]
            found = observed(probe, there, Questioner(Nobody(info), answers))
            gauge = gauges.get(probe.id, {}).get(axis)
            if there or (gauge is not None and gauge.unusable):
                units[probe.id, axis] = _named(there, found)
    return Shown(info, units, probes, {}, Spent(), gauges)


def _named(
    units: Sequence[Unit], found: Sequence[Observation]
) -> dict[str, Observation]:
    """Return what units show by their names."""
    return {name_of(unit[0]): one for unit, one in zip(units, found, strict=True)}


def _answered(unit: Unit, answers: Answers) -> bool:
    return all(answers.of(item.request) is not None for item in unit)


def _chosen(
    probe: Probe,
    seed: int,
    cap: int | None,
    among: Collection[tuple[str, str, str]] | None,
) -> Iterator[tuple[str, list[Unit]]]:
    """Yield the units of each axis that are asked."""
    for axis, units in units_of(probe, seed).items():
        if among is None:
            yield axis, units[:cap]
            continue
        kept = [u for u in units if (probe.id, axis, name_of(u[0])) in among]
        if kept:
            yield axis, kept


class Nobody:
    """Stands for a model of which only answers are left.

    Args:
        info: Of the model.
    """

    def __init__(self, info: ModelInfo) -> None:
        self.info = info

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield nothing."""
        del requests
        return iter(())

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield nothing."""
        del requests
        return iter(())
