"""The scores that a model gives to labels, and how far apart two of them are.

A score has moved where it differs by more than a step: 0.05 of a probability, or a
tenth of how far the scores of all sentences lie apart where they are plain numbers.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from openvet.models.protocol import ClassifyResult
from openvet.patterns import pattern
from openvet.wire import Record

STEP: Final = 0.05
"""By which a probability has moved. What it should be is a choice, not a finding."""
PART: Final = 0.1
"""Of the middle nine tenths of all scores, by which a plain number has moved."""
HALF: Final = 0.5
"""From here on, a label that excludes no other is given."""
ONE: Final = 1e-3
"""By which probabilities that exclude each other may miss 1 together."""
TWENTY: Final = 20
SMALLEST: Final = 1e-6
"""Of a number, is rounding."""
LABELS: Final = 512
"""More of them are not looked at."""
GENERIC: Final = pattern(r"LABEL_\d+")

Form = Literal["one of several", "any of several", "a number"]
Results = Mapping[str, ClassifyResult | str]
"""By text; a string says why there is none."""


class Scale(Record, frozen=True, kw_only=True):
    """How a model's scores are to be read."""

    form: Form
    labels: tuple[str, ...]
    steps: tuple[float, ...]
    """By which the score of each label has moved."""
    flat: bool
    """Whether no score moves by a step, over all sentences."""

    @property
    def generic(self) -> bool:
        """Whether its settings do not say what the labels mean."""
        return all(GENERIC.fullmatch(label) for label in self.labels)

    def moved(self, one: Sequence[float], other: Sequence[float]) -> bool:
        """Say whether the score of any label differs by its step."""
        return any(
            abs(first - second) > step
            for first, second, step in zip(one, other, self.steps, strict=True)
        )

    def given(self, scores: Sequence[float]) -> tuple[int, ...]:
        """Return the places of the labels that a text gets; none for numbers."""
        if self.form == "one of several":
            return (max(range(len(scores)), key=scores.__getitem__),)
        if self.form == "any of several":
            return tuple(at for at, score in enumerate(scores) if score >= HALF)
        return ()


def scale_of(results: Results) -> Scale | None:
    """Return how scores are to be read, or None without any, or with ever other labels.

    Args:
        results: To all sentences.
    """
    usable = [one for one in results.values() if isinstance(one, ClassifyResult)]
    if not usable or not 1 <= len(usable[0].labels) <= LABELS:
        return None
    labels = usable[0].labels
    if any(
        one.labels != labels or len(one.scores) != len(labels) for one in usable
    ) or not all(math.isfinite(score) for one in usable for score in one.scores):
        return None
    form = _form(usable)
    columns = [sorted(one) for one in zip(*(one.scores for one in usable), strict=True)]
    steps = [_step(one) if form == "a number" else STEP for one in columns]
    flat = all(
        one[-1] - one[0] <= step for one, step in zip(columns, steps, strict=True)
    )
    return Scale(form=form, labels=labels, steps=tuple(steps), flat=flat)


def _step(ranked: Sequence[float]) -> float:
    """Return by how much plain numbers have moved, from all of them in order."""
    cut = len(ranked) // TWENTY
    rounding = SMALLEST * max(abs(ranked[0]), abs(ranked[-1]))
    return max(PART * (ranked[-1 - cut] - ranked[cut]), rounding)


def _form(usable: Sequence[ClassifyResult]) -> Form:
    """Return whether scores are probabilities, and whether of one label."""
    if not all(0 <= score <= 1 for one in usable for score in one.scores):
        return "a number"
    alone = all(abs(sum(one.scores) - 1) <= ONE for one in usable)
    return "one of several" if alone and len(usable[0].labels) > 1 else "any of several"
