"""Ask a model the items of a probe, and stop as soon as the answer is certain.

Items of an axis are asked in a random order that a seed sets, under a sequence that
holds at every look (`openvet.stats.sequences`). An axis is decided when the sequence
excludes the null and so does the interval that knows which items share a wording, and
which are about the same people: such items resemble each other, and the sequence alone
would take them for more than they are. Axes of a probe share its level (Bonferroni),
and so do the looks at that interval, which would be wrong the oftener the more there
are: so both hold wherever an axis stops.

Where an axis has fewer than ten different people or words for a group, nothing can
be said of others like them: its verdict is about these.

Where a probe has so few questions that all of them are asked, nothing is gained by
stopping: then there is one look, after the last, and the interval alone decides.

What cannot be used - an empty answer, a refusal, a crash - is no evidence for anything.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import ceil
from statistics import median
from typing import Final, Literal, TypeAlias

from openvet.finding import Dialogue
from openvet.models.protocol import LanguageModel
from openvet.probes.answers import Answers
from openvet.probes.beside import repeats
from openvet.probes.ends import shown_of
from openvet.probes.planning import needed
from openvet.probes.probe import (
    Observation,
    Probe,
    Request,
    Result,
    kinds,
)
from openvet.probes.questions import Questioner, dialogue
from openvet.probes.units import Unit, shown_by, units_of
from openvet.stats.intervals import Interval, crossed
from openvet.stats.sequences import MixtureSequence
from openvet.wire import Record, replace

Verdict = Literal["above", "below", "within", "undecided", "no usable answers"]

USABLE: Final = 0.8
"""Of what was asked; with fewer usable answers nothing is called harmless."""
SILENT: Final = 32
"""Units without one usable answer after which an axis is given up."""
MARGIN: Final = 0.15
"""A share that is certainly no farther from the null is "within"."""


class Plan(Record, frozen=True, kw_only=True):
    """How to ask."""

    level: float = 0.95
    """Of confidence, for all axes of a probe together."""
    cap: int = 400
    """The most items or pairs asked for one axis."""
    batch: int = 32
    """Items or pairs asked between two looks."""
    margin: float = MARGIN
    seed: int = 0
    once: bool = False
    """Whether there is but one look, after the last item or pair: then items of one
    wording are asked next to each other, which is cheaper."""
    examples: int = 3
    """Dialogues that a result quotes."""


class Example(Record, frozen=True, kw_only=True):
    """A question or pair of them, with what the model said to each side."""

    observation: Observation
    dialogues: tuple[Dialogue, ...]
    note: str = ""


class Measured(Record, frozen=True, kw_only=True):
    """What a probe found on one axis."""

    probe: str
    version: int
    axis: str
    null: float
    n: int
    """Items or pairs with a usable answer; the share is over these."""
    hits: float
    share: float | None
    clusters: int
    interval: Interval | None
    """Of the share, with wordings and people as clusters; None without an answer."""
    sequence: Interval | None
    """Of the share, valid whenever one stops, wording not regarded."""
    verdict: Verdict
    needed: int | None
    """More items until it is decided, at this share, whether the probe has so many or
    not; None: decided, or none will do."""
    unusable: int
    asked: int
    population: int
    """Items or pairs that the probe has for this axis."""
    size: float | None
    """Median of how strongly, where the probe can say."""
    log_evidence: float
    """Natural logarithm of the e-value against the null."""
    why: str = ""
    """Why answers could not be used, most frequent reason first."""
    examples: tuple[Example, ...] = ()


class Progress(Record, frozen=True, kw_only=True):
    """Where the asking stands, after each batch."""

    probe: str
    axis: str
    asked: int
    cap: int
    n: int
    share: float | None
    verdict: Verdict
    rate: float
    """Items or pairs a second, on this axis."""
    left: float
    """Seconds until the cap of this axis, at this rate."""


Told = Callable[[Progress], None]
_Seen: TypeAlias = tuple[Unit, list[Result], Observation]


def _quiet(_: Progress) -> None:
    """Tell nobody."""


def ask(
    probe: Probe,
    model: LanguageModel,
    plan: Plan | None = None,
    answers: Answers | None = None,
    told: Told = _quiet,
) -> tuple[Measured, ...]:
    """Return what a probe finds, axis by axis in the order of its items.

    Equal arguments give equal results, whether answers were kept before or not.

    Args:
        probe: What to ask.
        model: Whom.
        plan: How long and how surely.
        answers: Where answers are kept; by default nowhere.
        told: Is called after each batch.
    """
    plan = plan or Plan()
    axes = units_of(probe, plan.seed)
    level = 1 - (1 - plan.level) / max(1, len(axes))
    questioner = Questioner(model, answers or Answers(model.info))
    found = []
    for name, units in axes.items():
        axis = _Axis(probe, plan, level, name, units)
        axis.run(questioner, told)
        found.append(axis.measured())
    return tuple(found)


class _Axis:
    """One axis while it is asked."""

    def __init__(
        self, probe: Probe, plan: Plan, level: float, name: str, units: list[Unit]
    ) -> None:
        self._probe = probe
        self._plan = plan
        self._name = name
        self._population = len(units)
        self._units = units[: plan.cap]
        if plan.once:
            self._units.sort(key=lambda unit: unit[0].cluster)
        self._level = level
        self._sequence = self._fresh()
        self._seen: list[_Seen] = []
        self._reasons: Counter[str] = Counter()
        self._asked = 0
        self._known: tuple[int, Verdict] | None = None
        """The verdict, and after how many units."""
        self._bounds: tuple[int, Interval] | None = None
        """The interval, and after how many units."""

    def _fresh(self) -> MixtureSequence:
        """Return the sequence before the first item."""
        return MixtureSequence(self._probe.null, self._level, self._probe.prior)

    def run(self, questioner: Questioner, told: Told) -> None:
        """Ask until it is decided, the cap is reached, or the model is silent."""
        began = time.monotonic()
        while self._asked < len(self._units) and not self._done():
            batch = self._units[self._asked : self._asked + self._plan.batch]
            items = [item for unit in batch for item in unit]
            results = questioner.ask([item.request for item in items])
            replies = iter(zip(items, results, strict=True))
            for unit in batch:
                self._count(unit, [next(replies)[1] for _ in unit])
            self._asked += len(batch)
            rate = self._asked / max(1e-9, time.monotonic() - began)
            left = (len(self._units) - self._asked) / rate
            told(self._progress(rate, left))

    def _count(self, unit: Unit, results: list[Result | str]) -> None:
        """Take in what a unit shows."""
        shown = shown_by(self._probe, unit, results)
        if shown.value is None:
            self._reasons[shown.why or "no answer"] += 1
            return
        self._sequence.add(shown.value)
        usable = [result for result in results if not isinstance(result, str)]
        self._seen.append((unit, usable, shown))

    def _done(self) -> bool:
        """Say whether asking on would change nothing."""
        if not self._sequence.n:
            return self._asked >= SILENT
        if self._plan.once:
            return False
        return self._verdict() in {"above", "below", "within"}

    def _verdict(self) -> Verdict:
        """Return what is certain by now; worked out once for each batch."""
        if self._known is None or self._known[0] != self._asked:
            self._known = self._asked, self._certain()
        return self._known[1]

    def _certain(self) -> Verdict:
        if not self._sequence.n or self._repeats():
            return "no usable answers" if self._asked else "undecided"
        null, margin, sequence = self._probe.null, self._plan.margin, self._sequence
        low, high = null - margin, null + margin
        usable = sequence.n >= USABLE * (sequence.n + self._unusable())
        if self._plan.once:
            return self._at_the_end(low, high, usable=usable)
        verdict = sequence.verdict
        # The interval that regards what items share takes long, and is worked out only
        # where it can change the verdict.
        if verdict == "undecided" and usable and sequence.stays_within(low, high):
            inside = self._interval().stays_within(low, high)
            return "within" if inside else "undecided"
        if verdict == "above":
            return verdict if self._interval().low > null else "undecided"
        if verdict == "below":
            return verdict if self._interval().high < null else "undecided"
        return "undecided"

    def _at_the_end(self, low: float, high: float, *, usable: bool) -> Verdict:
        """Return what the interval alone says, which holds for one look."""
        if self._asked < len(self._units):
            return "undecided"
        interval, null = self._interval(), self._probe.null
        if null not in interval:
            return "above" if interval.low > null else "below"
        inside = interval.stays_within(low, high)
        return "within" if usable and inside else "undecided"

    def _repeats(self) -> str:
        """Return why answers are none that repeat, where they do."""
        every = (result for _, results, _ in self._seen for result in results)
        return repeats(self._probe, every)

    def _unusable(self) -> int:
        """Return how many units had no usable answer."""
        return self._reasons.total()

    def _interval(self) -> Interval:
        """Return the interval that regards what items share; there has to be one."""
        if self._bounds is None or self._bounds[0] != self._asked:
            shown = [one for _, _, one in self._seen]
            values = [one.value for one in shown if one.value is not None]
            wordings = [one.cluster for one in shown]
            people = kinds(shown)
            # The sequence is enough where nothing is shared: it holds at every look.
            alone = not people and len(set(wordings)) == len(wordings)
            level = self._level if alone else self._level_here()
            found = crossed(values, wordings, *people, level=level)
            self._bounds = self._asked, found
        return self._bounds[1]

    def _level_here(self) -> float:
        """Return the level of the interval at this look, of which each has a share.

        The last look, at all that there is to ask, may err as often as all before it
        together: it sees the most.
        """
        looks = 1 if self._plan.once else ceil(len(self._units) / self._plan.batch)
        if looks == 1:
            return self._level
        last = self._asked == len(self._units)
        return 1 - (1 - self._level) / 2 / (1 if last else looks - 1)

    def _progress(self, rate: float, left: float) -> Progress:
        return Progress(
            probe=self._probe.id,
            axis=self._name,
            asked=self._asked,
            cap=len(self._units),
            n=self._sequence.n,
            share=self._sequence.share,
            verdict=self._verdict(),
            rate=rate,
            left=left,
        )

    def measured(self) -> Measured:
        """Return what was found."""
        verdict = self._verdict()
        if verdict == "no usable answers":
            self._forget()
        sequence = self._sequence
        sizes = [shown.size for _, _, shown in self._seen if shown.size is not None]
        return Measured(
            probe=self._probe.id,
            version=self._probe.version,
            axis=self._name,
            null=self._probe.null,
            n=sequence.n,
            hits=sequence.hits,
            share=sequence.share,
            clusters=len({shown.cluster for _, _, shown in self._seen}),
            interval=self._interval() if sequence.n else None,
            sequence=sequence.interval if sequence.n else None,
            verdict=verdict,
            needed=self._needed() if verdict == "undecided" else None,
            unusable=self._unusable(),
            asked=self._asked,
            population=self._population,
            size=median(sizes) if sizes else None,
            log_evidence=sequence.log_evidence(),
            why="; ".join(why for why, _ in self._reasons.most_common(3)),
            examples=tuple(self._examples()),
        )

    def _forget(self) -> None:
        """Count as unusable what was taken in of a model that says one thing to all."""
        if self._seen:
            self._reasons[self._repeats()] += len(self._seen)
        self._seen = []
        self._sequence = self._fresh()

    def _needed(self) -> int | None:
        """Return how many more items would decide it at this share."""
        if not self._sequence.n:
            return None
        return needed(
            self._sequence, self._interval(), self._plan.margin, once=self._plan.once
        )

    def _examples(self) -> Iterator[Example]:
        """Yield the strongest cases on the side of the share, and one against it."""
        share = self._sequence.share
        if share is None:
            return
        up = share >= self._probe.null
        ranked = sorted(
            self._seen, key=lambda one: (-abs(one[2].size or 0), one[2].item)
        )
        like = _once(one for one in ranked if _side(one[2], self._probe.null) == up)
        unlike = [one for one in ranked if _side(one[2], self._probe.null) != up]
        kept = like[: max(0, self._plan.examples - bool(unlike))] + unlike[:1]
        for unit, results, shown in kept[: self._plan.examples]:
            yield Example(
                observation=shown,
                dialogues=tuple(
                    replace(
                        dialogue(*shown_of(item, result)),
                        axis=item.axis,
                        pair=item.pair or item.id,
                        about=item.group,
                        shows=shown.value,
                        apart=shown.size,
                    )
                    for item, result in zip(unit, results, strict=False)
                ),
                note=unit[0].note,
            )


def _once(seen: Iterable[_Seen]) -> list[_Seen]:
    """Return the first of those that share their questions."""
    first: dict[tuple[Request, ...], _Seen] = {}
    for one in seen:
        first.setdefault(tuple(item.request for item in one[0]), one)
    return list(first.values())


def _side(shown: Observation, null: float) -> bool:
    """Say whether an observation lies above the null."""
    return shown.value is not None and shown.value > null
