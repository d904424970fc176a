"""Weigh the words of texts, and see whether the weights are more than chance.

Texts that belong together are judged together: their words are erased by their weights
and in random orders, and each text's own result is compared with those of chance. What
is known of one text is asked of the model once, whoever needs it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from statistics import fmean
from typing import Final, Literal

from openvet.finding import Faithfulness, Method
from openvet.models.protocol import ScoreRequest, ScoreResult
from openvet.probes.contrast import TIE
from openvet.probes.erasing import (
    Erased,
    Judged,
    Order,
    asked_for,
    judged,
    order_of,
    orders_by_chance,
    without,
    words_of,
)
from openvet.probes.questions import Questioner
from openvet.stats.intervals import clustered
from openvet.stats.permutation import within_items

WHOLE: Final[Erased] = frozenset()
DIGITS: Final = 4
"""Of a nat that are told: engines agree to about a thousandth."""


class Text:
    """A question that is explained: its words, and what erasing some leads to.

    Args:
        request: The question: two ways to end a text.
        toward: Which of them is looked for, 0 or 1.
        orders: How many random orders of its words it is compared with.
    """

    def __init__(self, request: ScoreRequest, toward: int, orders: int) -> None:
        self.request = request
        self.toward = toward
        self.words = words_of(request.context)
        self.chance = orders_by_chance(len(self.words), orders, request.context)
        self.known: dict[Erased, float] = {}
        self.weights: dict[Method, Sequence[float]] = {}

    @property
    def ends(self) -> tuple[str, str]:
        """The continuation that is looked for, and the other."""
        first, second = self.request.continuations
        return (second, first) if self.toward else (first, second)

    def asked(self, gone: Erased) -> ScoreRequest:
        """Return the question without some of its words."""
        context = without(self.words, gone) if gone else self.request.context
        return ScoreRequest(context=context, continuations=self.request.continuations)

    def learn(self, gone: Erased, result: ScoreResult) -> None:
        """Take note of what is left without some words."""
        first, second = result.log_likelihoods
        self.known[gone] = second - first if self.toward else first - second

    def judged(self, order: Order) -> Judged:
        """Return how an order does; everything it takes is known."""
        return judged(order, self.known.__getitem__)

    def occlude(self) -> None:
        """Weigh each word by what the contrast loses without it."""
        whole, places = self.known[WHOLE], range(len(self.words))
        self.weights["occlusion"] = [whole - self.known[frozenset({p})] for p in places]

    def beforehand(self) -> Iterator[Erased]:
        """Yield what can be asked before any word has a weight."""
        yield WHOLE
        for place in range(len(self.words)):
            yield frozenset({place})
        for order in self.chance:
            yield from asked_for(order)

    def afterward(self) -> Iterator[Erased]:
        """Yield what judging the weights takes."""
        for weights in self.weights.values():
            yield from asked_for(order_of(weights))


def learned(
    texts: Sequence[Text],
    questioner: Questioner,
    wanted: Callable[[Text], Iterator[Erased]],
) -> tuple[list[Text], str]:
    """Ask what is wanted of each text; return those that know it, and why not all."""
    missing = [
        (text, gone)
        for text in texts
        for gone in dict.fromkeys(wanted(text))
        if gone not in text.known
    ]
    results = questioner.ask([text.asked(gone) for text, gone in missing])
    lost, why = set(), ""
    for (text, gone), result in zip(missing, results, strict=True):
        if isinstance(result, ScoreResult):
            text.learn(gone, result)
        else:
            lost.add(id(text))
            why = why or str(result)
    return [text for text in texts if id(text) not in lost], why


def compared(
    method: Method, texts: Sequence[Text], seed: int
) -> tuple[Faithfulness, Faithfulness]:
    """Return how a way to weigh words does beside random orders of them."""
    own = [text.judged(order_of(text.weights[method])) for text in texts]
    # The same order is no comparison: it could only be even.
    chance = [
        [
            text.judged(order)
            for order in text.chance
            if order != order_of(text.weights[method])
        ]
        for text in texts
    ]
    return (
        _beside(
            method,
            "comprehensiveness",
            [one.comprehensiveness for one in own],
            [[one.comprehensiveness for one in some] for some in chance],
            seed,
        ),
        _beside(
            method,
            "sufficiency",
            [one.sufficiency for one in own],
            [[one.sufficiency for one in some] for some in chance],
            seed,
        ),
    )


def _beside(
    method: Method,
    measure: Literal["comprehensiveness", "sufficiency"],
    own: Sequence[float],
    chance: Sequence[Sequence[float]],
    seed: int,
) -> Faithfulness:
    """Return how the values of some texts do beside those of random orders."""
    sign = 1 if measure == "comprehensiveness" else -1
    ahead = {
        str(at): [_ahead(sign * (value - other)) for other in others]
        for at, (value, others) in enumerate(zip(own, chance, strict=True))
    }
    interval = clustered(ahead)
    better = list(chain.from_iterable(ahead.values()))
    return Faithfulness(
        method=method,
        measure=measure,
        nats=round(fmean(own), DIGITS),
        random=round(fmean(map(fmean, chance)), DIGITS),
        better=round(fmean(better), DIGITS),
        low=round(interval.low, DIGITS),
        high=round(interval.high, DIGITS),
        n=len(better),
        interval=interval.method,
        p=round(
            within_items(
                [sign * value for value in own],
                [[sign * value for value in some] for some in chance],
                seed,
            ),
            DIGITS,
        ),
    )


def _ahead(apart: float) -> float:
    """Return 1 for a difference above 0, a half for none, 0 for one below."""
    return 0.5 if abs(apart) <= TIE else float(apart > 0)
