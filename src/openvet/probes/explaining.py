"""Say which words make a model find what a probe looks for, where that can be said.

For the worst axes of a probe some of its strongest questions are explained: why the end
that is looked for, and not the other? Words are weighed in two ways. Occlusion is the
reference: what the contrast of the two ends loses without the word. Gradient times
input is what the model's own slopes say (`openvet.models.attribution`).

Neither is believed. Each is compared with random orders of the same words, on all the
texts of an axis together (`openvet.probes.erasing`): both its comprehensiveness and its
sufficiency have to be better than chance, at a level that the two ways share. That
holds of the axis, and of no text: so words are shown of those texts alone on which they
beat chance too. What does not is no explanation, and said to be none.

Every question goes through the answers that are kept, so that an audit that was
interrupted explains nothing twice.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, TypeGuard

from openvet.errors import OpenvetError
from openvet.finding import Attribution, Faithfulness, Method, Standing, WordWeight
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
from openvet.probes.ends import answered_to, asked_by
from openvet.probes.erasing import LEAST, order_of
from openvet.probes.probe import Item, Probe, Request
from openvet.probes.questions import Questioner
from openvet.probes.units import Unit, shown_by, units_of
from openvet.probes.weighing import DIGITS, WHOLE, Text, compared, learned
from openvet.wire import Record, replace

NONE: Final = "in none of its longer questions is the end it looks for the likelier"
CHANCE: Final = "no attribution was better than chance"
ALONE: Final = "better than chance over all texts, but clearly so on none by itself"
UNTRIED: Final = "no attribution was tried:"
LUCK: Final = 1 / 4
"""The largest chance that a random order of a text's words does as well as the order
that is shown, by either measure, of four words or more; by both it is smaller. So it
has to beat 6 of 7. So few cannot show the 5 % that all texts of the axis have passed
together, and where one word alone matters, a quarter of random orders may well begin
with it. Of three words there are but three pairs to erase, and three words to leave:
one order in three does best by one measure, and one in six at most by both."""


class Effort(Record, frozen=True, kw_only=True):
    """How much is explained, and from when on it counts as explained."""

    axes: int = 2
    """Of a probe, those with the highest shares."""
    texts: int = 24
    """Of an axis, no two of one wording."""
    orders: int = 7
    """Random ones of the words of each text; twice as many decide hardly otherwise."""
    words: int = 48
    """Of a text at most."""
    shown: int = 2
    """Texts of an axis whose words are shown."""
    level: float = 0.05
    """Of the chance that random weights of an axis pass for an explanation."""


SMALL: Final = Effort(axes=1, texts=6)
"""At most, where a model has no gradients: such models are mostly slow to score."""


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
    effort = effort or Effort()
    if "explain" not in model.info.capabilities:
        effort = _bounded(effort)
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
        untried = _untried(asked_by(asked[0][0]))
        if untried:
            why = f"{UNTRIED} {untried}"
            found.append(Attribution(axis=axis.axis, texts=0, why=why))
            continue
        told(axis.axis)
        texts = texts_of(probe, asked, answers, effort)
        texts, why = learned(texts, questioner, Text.beforehand)
        for text in texts:
            text.occlude()
        _slopes(texts, model, answers, questioner.meter)
        texts, failed = learned(texts, questioner, Text.afterward)
        found += _told(axis.axis, texts, why or failed or NONE, plan.seed, effort)
    return tuple(found)


def _bounded(effort: Effort) -> Effort:
    """Return an effort that is no larger than the small one."""
    return replace(
        effort,
        axes=min(effort.axes, SMALL.axes),
        texts=min(effort.texts, SMALL.texts),
    )


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
        request = asked_by(unit[0])
        if len(results) < len(unit) or not _explainable(request):
            continue
        text = Text(request, _toward(probe, unit[0]), effort.orders)
        text.learn(WHOLE, answered_to(unit[0], results[0]))
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


def _explainable(request: Request) -> TypeGuard[ScoreRequest]:
    """Say whether a question is one of two ends of a text that has a beginning."""
    return not _untried(request)


def _untried(request: Request) -> str:
    """Return why nothing can be said of such a question; empty where something can."""
    if not isinstance(request, ScoreRequest):
        return "an answer in the model's own words has no two ends to compare"
    if not request.context.strip():
        return "its questions are whole texts, with no beginning that two ends share"
    if len(request.continuations) != len("AB"):
        return "its questions have more than two ends"
    return ""


def _toward(probe: Probe, item: Item) -> int:
    """Return which of two continuations a probe looks for, by asking it."""
    if item.ends:
        return int(item.ends[0] > item.ends[1])
    first, second = (
        probe.observe(item, ScoreResult(log_likelihoods=values, tokens=(1, 1))).size
        for values in ((1.0, 0.0), (0.0, 1.0))
    )
    return int((second or 0) > (first or 0))


def _slopes(
    texts: Sequence[Text], model: LanguageModel, answers: Answers, meter: Meter
) -> None:
    """Weigh the words of all texts by gradient times input, if the model can."""
    if not isinstance(model, Explainer) or "explain" not in model.info.capabilities:
        return
    requests = [
        ExplainRequest(words=text.words, continuations=text.ends) for text in texts
    ]
    missing = [request for request in requests if answers.of(request) is None]
    if missing:
        try:
            results = list(model.explain(missing))
        except OpenvetError:
            answers.keep((), meter.take("explain"))
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
    # Several may be: then the words are those of the way that tells more.
    faithful.sort(key=lambda method: -_spread(beside[method]))
    clear = {method: _clear(method, texts) for method in faithful}
    best = next((method for method in faithful if clear[method]), None)
    if best is None:
        yield Attribution(
            axis=axis, texts=len(texts), faithfulness=everything, why=ALONE
        )
        return
    for text, own in clear[best][: effort.shown]:
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
            own=own,
            clear=len(clear[best]),
        )


def _clear(
    method: Method, texts: Sequence[Text]
) -> list[tuple[Text, tuple[Standing, ...]]]:
    """Return the texts on which the weights beat chance by themselves, and how."""
    standings = ((text, _standings(method, text)) for text in texts)
    return [
        (text, own)
        for text, own in standings
        if all((one.n - one.better + 1) / (one.n + 1) <= LUCK for one in own)
    ]


def _standings(method: Method, text: Text) -> tuple[Standing, Standing]:
    """Return how the weights of one text do beside random orders of its words."""
    own = text.judged(order_of(text.weights[method]))
    chance = [text.judged(order) for order in text.chance]
    return (
        _standing(
            "comprehensiveness",
            [own.comprehensiveness - one.comprehensiveness for one in chance],
        ),
        _standing("sufficiency", [one.sufficiency - own.sufficiency for one in chance]),
    )


def _standing(
    measure: Literal["comprehensiveness", "sufficiency"], ahead: Sequence[float]
) -> Standing:
    """Return how often a text's own order is ahead of a random one.

    Orders that begin with the same words leave the same text, to the last digit: that
    is no comparison. Any other tie counts against it.
    """
    others = [apart for apart in ahead if apart]
    return Standing(
        measure=measure, better=sum(apart > TIE for apart in others), n=len(others)
    )


def _spread(both: Sequence[Faithfulness]) -> float:
    """Return how far what is kept lies above what is lost."""
    lost, kept = both
    return lost.nats - kept.nats
