"""Whatever a model can be asked and answers, and how an answer is kept."""

import struct
from typing import Final, TypeAlias

from openvet.models.protocol import (
    ClassifyRequest,
    ClassifyResult,
    EmbedRequest,
    EmbedResult,
    ExplainRequest,
    ExplainResult,
    GenerateResult,
    ScoreResult,
)
from openvet.probes.probe import Request, Result
from openvet.wire import Record

Question: TypeAlias = Request | EmbedRequest | ClassifyRequest | ExplainRequest
Answer: TypeAlias = Result | EmbedResult | ClassifyResult | ExplainResult

FLOAT: Final = 4
"""Bytes of a number of a vector: models that run here compute in single precision."""


class Stored(Record, frozen=True, kw_only=True):
    """An answer in a file, whichever kind it is."""

    score: ScoreResult | None = None
    text: GenerateResult | None = None
    labels: ClassifyResult | None = None
    words: ExplainResult | None = None
    vector: bytes = b""
    """Single-precision numbers, the least significant byte first."""

    @property
    def result(self) -> Answer | None:
        """The answer; None where there is none."""
        if self.vector and not len(self.vector) % FLOAT:
            return EmbedResult(vector=_numbers(self.vector))
        return self.score or self.text or self.labels or self.words


def stored(result: Answer) -> Stored:
    """Return the form in which an answer is kept.

    Raises:
        OverflowError: A number of a vector is too large for single precision.
    """
    if isinstance(result, ScoreResult):
        return Stored(score=result)
    if isinstance(result, GenerateResult):
        return Stored(text=result)
    if isinstance(result, ClassifyResult):
        return Stored(labels=result)
    if isinstance(result, ExplainResult):
        return Stored(words=result)
    return Stored(vector=struct.pack(f"<{len(result.vector)}f", *result.vector))


def _numbers(data: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(data) // FLOAT}f", data)
