"""Say which words make a model find what a probe looks for, where that can be said.

For the worst axes of a probe some of its strongest questions are explained: why the end
that is looked for, and not the other? Words are weighed in two ways. Occlusion is the
reference: what the contrast of the two ends loses without the word. Gradient times
input is what the model's own slopes say (`openvet.models.attribution`).

Neither is believed. Each is compared with random orders of the same words, on all the
texts of an axis together (`openvet.probes.erasing`): both its comprehensiveness and its
sufficiency have to be better than chance, at a level that the two ways share. What is
not is no explanation, and said to be none.

Every question goes through the answers that are kept, so that an audit that was
interrupted explains nothing twice.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeGuard

from openvet.errors import OpenvetError
from openvet.finding import Attribution, Faithfulness, Method, WordWeight
from openvet.models.metering import Meter
from openvet.models.protocol import (
    Explainer,
    ExplainRequest,
    LanguageModel,
    ScoreRequest,
    ScoreResult,
)
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan
from openvet.probes.contrast import TIE
from openvet.probes.erasing import LEAST
from openvet.probes.probe import Item, Probe
from openvet.probes.questions import Questioner
from openvet.probes.units import Unit, shown_by, units_of
from openvet.probes.weighing import DIGITS, WHOLE, Text, compared, learned
from openvet.wire import Record

NONE: Final = "in none of its longer questions is the end it looks for the likelier"
CHANCE: Final = "no attribution was better than chance"


class Effort(Record, frozen=True, kw_only=True):
    """How much is explained, and from when on it counts as explained."""

    axes: int = 2
    """Of a probe, those with the highest shares."""
    texts: int = 24
    """Of an axis, no two of one wording."""
    orders: int = 15
    """Random ones of the words of each text."""
    words: int = 48
    """Of a text at most."""
    shown: int = 2
    """Texts of an axis whose words are shown."""
    level: float = 0.05
    """Of the chance that random weights of an axis pass for an explanation."""


SMALL: Final = Effort(axes=1, texts=6, orders=7)
"""Where a model has no gradients, since such models are mostly slow to score texts."""


def explain(  # noqa: PLR0913 - what was asked, of whom, how, and how much
    probe: Probe,
    axes: Sequence[Measured],
    model: LanguageModel,
    answers: Answers,
    *,
    plan: Plan,
    effort: Effort | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Attribution, ...]:
    """Return what can be said of the worst axes of a probe.

    Args:
        probe: What was asked.
        axes: What it found.
        model: Who was asked.
        answers: Those to the probe, and where new ones are kept.
        plan: How it was asked.
        effort: How much is explained.
        told: Is called with each axis before it is explained.
    """
    able = "explain" in model.info.capabilities
    effort = effort or (Effort() if able else SMALL)
    # Those that its rule names first.
    worst = sorted(
        (axis for axis in axes if axis.verdict == "above"),
        key=lambda axis: (-(axis.share or 0), axis.axis),
    )[: effort.axes]
    found: list[Attribution] = []
    units = units_of(probe, plan.seed) if worst else {}
    questioner = Questioner(model, answers)
    for axis in worst:
        asked = units[axis.axis][: axis.asked]
        if not _explainable(asked[0][0].request):
            continue
        told(axis.axis)
        texts = texts_of(probe, asked, answers, effort)
        texts, why = learned(texts, questioner, Text.beforehand)
        for text in texts:
            text.occlude()
        _slopes(texts, model, answers)
        texts, failed = learned(texts, questioner, Text.afterward)
        found += _told(axis.axis, texts, why or failed or NONE, plan.seed, effort)
    return tuple(found)


def texts_of(
    probe: Probe, units: Sequence[Unit], answers: Answers, effort: Effort
) -> list[Text]:
    """Return the questions that show most what the probe looks for, one of a wording.

    Of a pair the first side is explained, and only where the end that is looked for is
    the likelier one: why it is, is no question elsewhere.
    """
    strong: list[tuple[float, Item, Text]] = []
    for unit in units:
        found = [answers.of(item.request) for item in unit]
        results = [one for one in found if isinstance(one, ScoreResult)]
        request = unit[0].request
        if len(results) < len(unit) or not _explainable(request):
            continue
        text = Text(request, _toward(probe, unit[0]), effort.orders)
        text.learn(WHOLE, results[0])
        shown = shown_by(probe, unit, results)
        if (
            shown.value is not None
            and shown.value > probe.null
            and text.known[WHOLE] > TIE
            and LEAST <= len(text.words) <= effort.words
        ):
            strong.append((abs(shown.size or 0), unit[0], text))
    strong.sort(key=lambda one: (-one[0], one[1].id))
    chosen: dict[str, Text] = {}
    for _, item, text in strong:
        if len(chosen) < effort.texts:
            chosen.setdefault(item.cluster, text)
    return list(chosen.values())


def _explainable(request: object) -> TypeGuard[ScoreRequest]:
    """Say whether a question is one of two ends of a text that has a beginning."""
    if not isinstance(request, ScoreRequest) or not request.context.strip():
        return False
    return len(request.continuations) == len("AB")


def _toward(probe: Probe, item: Item) -> int:
    """Return which of two continuations a probe looks for, by asking it."""
    first, second = (
        probe.observe(item, ScoreResult(log_likelihoods=values, tokens=(1, 1))).size
        for values in ((1.0, 0.0), (0.0, 1.0))
    )
    return int((second or 0) > (first or 0))


def _slopes(texts: Sequence[Text], model: LanguageModel, answers: Answers) -> None:
    """Weigh the words of all texts by gradient times input, if the model can."""
    if not isinstance(model, Explainer) or "explain" not in model.info.capabilities:
        return
    requests = [
        ExplainRequest(words=text.words, continuations=text.ends) for text in texts
    ]
    missing = [request for request in requests if answers.of(request) is None]
    if missing:
        meter = Meter(model)
        try:
            results = list(model.explain(missing))
        except OpenvetError:
            return  # the reference is left
        answers.keep(zip(missing, results, strict=False), meter.take("explain"))
    found = [answers.of(request) for request in requests]
    for text, result in zip(texts, found, strict=True):
        if result is None or len(result.weights) != len(text.words):
            return
    for text, result in zip(texts, found, strict=True):
        if result is not None:
            text.weights["gradient x input"] = result.weights


def _told(
    axis: str, texts: Sequence[Text], why: str, seed: int, effort: Effort
) -> Iterator[Attribution]:
    """Yield the words of some texts of an axis, or why there are none to show."""
    methods: list[Method] = list(texts[0].weights) if texts else []
    beside = {method: compared(method, texts, seed) for method in methods}
    faithful = [
        method
        for method, both in beside.items()
        if all(one.p <= effort.level / len(methods) for one in both)
    ]
    everything = tuple(one for both in beside.values() for one in both)
    if not faithful:
        yield Attribution(
            axis=axis,
            texts=len(texts),
            faithfulness=everything,
            why=CHANCE if texts else why,
        )
        return
    # Both may be: then the words are those of the way that tells more.
    best = max(faithful, key=lambda method: _spread(beside[method]))
    for text in texts[: effort.shown]:
        toward, against = text.ends
        yield Attribution(
            axis=axis,
            texts=len(texts),
            faithfulness=everything,
            method=best,
            words=tuple(
                WordWeight(word=word, weight=round(weight, DIGITS))
                for word, weight in zip(text.words, text.weights[best], strict=True)
            ),
            toward=toward,
            against=against,
            contrast=round(text.known[WHOLE], DIGITS),
        )


def _spread(both: Sequence[Faithfulness]) -> float:
    """Return how far what is kept lies above what is lost."""
    lost, kept = both
    return lost.nats - kept.nats
