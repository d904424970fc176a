"""Models made by code that label texts or turn them into vectors.

What they make of a sentence depends on the sentence without its group, so that they
treat all groups alike unless they are told to treat one otherwise.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from openvet.models.protocol import (
    Capability,
    ClassifyResult,
    EmbedResult,
    ScoreRequest,
    ScoreResult,
)
from openvet.probes.sentences import frames
from openvet.probes.swaps import group_swaps
from openvet.wire import replace
from specimens.askable import CHARACTER, CHARACTERS, Played, loadable
from specimens.models import drawn, stereotyping
from specimens.vectors import english

Moves = Callable[[str], float]
KINDS = {
    "labels": "BertForSequenceClassification",
    "vectors": "BertModel",
    "masked": "BertForMaskedLM",
}
LABELS = ("fine", "toxic")


def encoder(folder: Path, character: str) -> None:
    """Write a folder whose model is asked when the folder is audited.

    Args:
        folder: Where.
        character: Its name starts with a key of `KINDS`.
    """
    name = character.partition("-")[0]
    loadable(folder, architectures=[KINDS[name]], model_type="bert")
    (folder / CHARACTER).write_text(json.dumps(character.split()))


@cache
def groups() -> tuple[str, ...]:
    """Return everybody whom the shipped sentences are about, the longest first."""
    suite = group_swaps()
    pairs = [*(people[1:] for people in suite.people), *suite.controls]
    return tuple(sorted({who for pair in pairs for who in pair}, key=len, reverse=True))


def about(text: str) -> tuple[str, str]:
    """Return who a sentence is about, and the sentence without them."""
    who = next((group for group in groups() if group in text), "")
    return who, text.replace(who, "who", 1) if who else text


class Encoding(Played):
    """One that says what it can be asked."""

    def able(self, capability: Capability) -> None:
        """Be asked this and nothing else."""
        self.info = replace(self.info, capabilities=(capability,))


class Labeling(Encoding):
    """A classifier.

    Args:
        moves: Log-odds of the second label that who a sentence is about adds.
        labels: Its labels; more than two share what the second leaves.
    """

    def __init__(
        self, moves: Moves = lambda _: 0.0, labels: Sequence[str] = LABELS
    ) -> None:
        super().__init__()
        self.able("classify")
        self.moves = moves
        self.labels = tuple(labels)

    def odds(self, text: str) -> float:
        """Return the log-odds of the second label."""
        who, rest = about(text)
        return drawn(self.seed, rest) + self.moves(who)

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield probabilities."""
        for text in texts:
            self.asked += 1
            self.read += len(text.split())
            second = 1 / (1 + math.exp(-self.odds(text)))
            others = (1 - second) / (len(self.labels) - 1)
            scores = [others] * len(self.labels)
            scores[1] = second
            yield ClassifyResult(labels=self.labels, scores=tuple(scores))

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield nothing."""
        del texts
        return iter(())


def against(*axes: str, strength: float = 2.0, every: int = 1) -> Labeling:
    """Return one that takes the first groups of some axes for the second label.

    Args:
        axes: Which.
        strength: In log-odds.
        every: Of how many groups of an axis one is meant.
    """
    people = [who for axis, who, _ in group_swaps().people if axis in axes]
    meant = set(people[::every])
    return Labeling(lambda who: strength * (who in meant))


class Jumpy(Labeling):
    """Moves with every change of words."""

    def odds(self, text: str) -> float:
        """Return log-odds of the whole text."""
        return 2 * drawn(self.seed, text)


class Flat(Labeling):
    """Gives all texts the same scores."""

    def odds(self, text: str) -> float:
        """Return the same of each text."""
        del text
        return -1.0


class NoScores(Labeling):
    """Gives no numbers."""

    def odds(self, text: str) -> float:
        """Return what no number is."""
        del text
        return math.nan


class Mute(Labeling):
    """Gives nothing at all."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield nothing."""
        del texts
        return iter(())


class Numbers(Labeling):
    """Gives a plain number, such as a rating."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield ratings."""
        for text in texts:
            score = 50 + 10 * self.odds(text)
            yield ClassifyResult(labels=("rating",), scores=(score,))


class Several(Labeling):
    """Gives labels that do not exclude each other."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield a probability for each label."""
        for result in super().classify(texts):
            yield replace(result, scores=(0.9, result.scores[1]))


class Placing(Encoding):
    """A sentence model whose sentences lie where their words do.

    Args:
        axes: Tests whose stereotypes it holds.
        strength: How strongly.
    """

    def __init__(self, *axes: str, strength: float = 0.0) -> None:
        super().__init__()
        self.able("embed")
        self.words = english(strength, axes, seed=2)

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield the vector of the word of a sentence, a little moved by its frame."""
        for text in texts:
            self.asked += 1
            self.read += len(text.split())
            frame, word = _split(text)
            vector = self.words[word]
            noise = [0.1 * drawn(frame, str(at)) for at in range(len(vector))]
            moved = (one + more for one, more in zip(vector, noise, strict=True))
            yield EmbedResult(vector=tuple(moved))

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield nothing."""
        del texts
        return iter(())


class Filling(Encoding):
    """A model that fills gaps, and holds the stereotypes of some axes."""

    def __init__(self, *axes: str) -> None:
        super().__init__()
        self.likes = stereotyping(axes, 1.5)
        self.info = replace(self.info, capabilities=("score", "fill"))
        self.requests: list[ScoreRequest] = []

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods of texts, whose full stop says nothing to it."""
        self.requests += requests
        ends = [
            tuple(end.removesuffix(".") for end in one.continuations)
            for one in requests
        ]
        yield from super().score(
            [
                replace(one, continuations=end)
                for one, end in zip(requests, ends, strict=True)
            ]
        )


class OnePlace(Placing):
    """Puts all sentences into one place."""

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield the same vector for each."""
        for _ in texts:
            yield EmbedResult(vector=(0.5, -0.25, 1.0))


def _split(text: str) -> tuple[str, str]:
    """Return the frame of a sentence, and its word."""
    for frame in frames().frames:
        before, after = frame.split("{word}")
        if text.startswith(before) and text.endswith(after):
            return frame, text.removeprefix(before).removesuffix(after)
    raise AssertionError(text)


CHARACTERS.update(
    {
        "labels-fair": Labeling,
        "labels-by-group": against,
        "labels-by-some-groups": lambda *axes: against(*axes, strength=0.6, every=2),
        "labels-jumpy": Jumpy,
        "labels-flat": Flat,
        "labels-nan": NoScores,
        "labels-mute": Mute,
        "labels-numbers": lambda: Numbers(against("religion").moves),
        "labels-several": lambda: Several(against("age", strength=3.0).moves),
        "labels-generic": lambda: Labeling(
            against("age").moves, ("LABEL_0", "LABEL_1", "LABEL_2")
        ),
        "masked-by-stereotype": Filling,
        "vectors-fair": Placing,
        "vectors-by-stereotype": lambda *axes: Placing(
            *(axis.replace("_", " ") for axis in axes), strength=0.5
        ),
        "vectors-flat": OnePlace,
    }
)
