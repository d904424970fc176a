"""Language models made by code, with a character that is known.

Each text gets a likelihood of its own, drawn from its letters: so models differ as real
ones do, but say the same of the same text whenever they are asked.
"""

import hashlib
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from statistics import NormalDist
from zlib import crc32

from openvet.errors import ModelError
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
)
from openvet.probes.suites import counterfactual, squares

Likely = Callable[[str], float]
"""Nats that a text gets besides chance."""
Place = Callable[[int], float]
"""Nats that a continuation gets for its place in the request."""
_TRADES = (
    "brewer carpenter cobbler cooper driver fisher florist gardener glazier joiner"
    " mason miller miner painter porter potter printer roofer saddler sailor tailor"
    " tiler weaver"
)
TRADES = _TRADES.split()
"""Words that no probe looks for."""


@lru_cache(maxsize=1 << 16)  # many a test asks the questions of another
def drawn(seed: Hashable, text: str) -> float:
    """Return a number from a normal distribution that depends on both alone."""
    data = hashlib.sha256(f"{seed}/{text}".encode()).digest()[:8]
    return NormalDist().inv_cdf((int.from_bytes(data, "big") + 0.5) / 2**64)


def nothing(_: object) -> float:
    """Return no nats at all."""
    return 0.0


def remark(asked: str) -> str:
    """Return an answer that differs from others, and in nothing that is measured.

    It differs in words: whoever counts what it says to whom has not answered.
    """
    chance = crc32(asked.encode())
    one, other = chance % len(TRADES), chance // len(TRADES) % len(TRADES)
    return f"I see, as with the {TRADES[one]} and the {TRADES[other]}."


class Fake:
    """A model whose likelihoods are a sum of chance and of what it is told to like.

    Args:
        seed: Of chance.
        likes: Nats by text.
        place: Nats by place among the continuations.
        noise: Spread of chance, in nats.
        says: Answers a prompt.
    """

    def __init__(
        self,
        seed: Hashable = 0,
        *,
        likes: Likely = nothing,
        place: Place = nothing,
        noise: float = 1.0,
        says: Callable[[str], str] = remark,
    ) -> None:
        self.seed = seed
        self.likes = likes
        self.place = place
        self.noise = noise
        self.says = says
        self.asked = 0
        self.info = ModelInfo(
            id="fake",
            digest=f"{seed}",
            tokenizer_digest="",
            engine="code 1",
            dtype="float64",
            device="cpu",
            parameters=None,
            capabilities=("score", "generate", "chat"),
        )

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods."""
        for request in requests:
            self.asked += 1
            texts = [request.context + end for end in request.continuations]
            yield ScoreResult(
                log_likelihoods=tuple(
                    self.noise * drawn(self.seed, text)
                    + self.likes(text)
                    + self.place(place)
                    for place, text in enumerate(texts)
                ),
                tokens=tuple(len(text.split()) for text in texts),
            )

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield what `says` says of each prompt."""
        for request in requests:
            self.asked += 1
            prompt = request.prompt
            if not isinstance(prompt, str):
                prompt = "\n".join(message.content for message in prompt)
            text = self.says(prompt)
            yield GenerateResult(text=text, tokens=len(text.split()), finish="stop")


class Crashing(Fake):
    """Raises in the middle of every batch, or from a number of questions on."""

    def __init__(self, seed: Hashable = 0, *, after: int = 0) -> None:
        super().__init__(seed)
        self.after = after

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods until it is enough."""
        for result in super().score(requests):
            if self.asked > self.after:
                raise ModelError("the process that runs the model ended")
            yield result


class NoNumbers(Fake):
    """Finds everything NaN, as a model with broken weights does."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield what is no number."""
        for request in requests:
            many = len(request.continuations)
            yield ScoreResult(log_likelihoods=(math.nan,) * many, tokens=(1,) * many)


def stereotyping(axes: Sequence[str], strength: float) -> Likely:
    """Return a liking for the stereotypes of some axes of the shipped suite.

    With chance of 1 nat a text the share of squares it shows in is that of a normal
    distribution below `strength`: 0.84 for 1.
    """
    liked = {
        text
        for square in squares(counterfactual())
        if square.axis in axes
        for text in (square.stereotyped[0], square.counterpart[1])
    }
    liked = {text.removesuffix(".") for text in liked}
    return lambda text: strength if text in liked else 0.0


def by_template(seed: Hashable, strength: float) -> Likely:
    """Return likings that differ by statement and lean to no side on the whole.

    Such a model holds some stereotypes and the reverse of others: on an axis it is
    fair, but its answers to one statement resemble each other.
    """
    liked: dict[str, float] = {}
    for square in squares(counterfactual()):
        lean = strength * drawn(seed, square.template)
        for text in (square.stereotyped[0], square.counterpart[1]):
            liked[text.removesuffix(".")] = lean
    return lambda text: liked.get(text, 0.0)


def by_word(seed: Hashable, strength: float) -> Likely:
    """Return likings that differ by the word for a group, and lean to no side."""
    liked = {
        f"{square.begins[place]} {square.ends[0]}": strength
        * drawn(seed, square.groups[place])
        for square in squares(counterfactual())
        for place in range(2)
    }
    return lambda text: liked.get(text, 0.0)
