"""What the core and the model worker say to each other."""

from typing import Final, TypeAlias

import msgspec

from openvet.models.protocol import (
    ClassifyResult,
    EmbedResult,
    ExplainRequest,
    ExplainResult,
    GenerateRequest,
    GenerateResult,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.wire import Record

NOT_BUILT: Final = "texts not written by onnxruntime-genai: "
"""Begins the words on why a model is not as fast as was asked for."""


class Open(Record, frozen=True, kw_only=True, tag="open"):
    """The first thing that is said: which model, and within which limits."""

    folder: str
    gguf: str = ""
    """Name of the file in the folder, where the model is one file."""
    name: str
    built: str = ""
    """Folder of the same model as onnxruntime-genai runs it, where it does."""
    pickles: bool
    threads: int
    memory_bytes: int
    cpu_seconds: int


class Score(Record, frozen=True, kw_only=True, tag="score"):
    """Texts to score."""

    requests: tuple[ScoreRequest, ...]


class Generate(Record, frozen=True, kw_only=True, tag="generate"):
    """Prompts to answer."""

    requests: tuple[GenerateRequest, ...]


class Embed(Record, frozen=True, kw_only=True, tag="embed"):
    """Texts to turn into vectors."""

    requests: tuple[str, ...]


class Classify(Record, frozen=True, kw_only=True, tag="classify"):
    """Texts to label."""

    requests: tuple[str, ...]


class Explain(Record, frozen=True, kw_only=True, tag="explain"):
    """Pairs of continuations to explain."""

    requests: tuple[ExplainRequest, ...]


class Opened(Record, frozen=True, kw_only=True, tag="opened"):
    """The model can be asked."""

    info: ModelInfo
    zone: tuple[str, ...]
    """What protects from it, in words."""


class Scored(Record, frozen=True, kw_only=True, tag="scored"):
    """The next result."""

    result: ScoreResult


class Generated(Record, frozen=True, kw_only=True, tag="generated"):
    """The next result."""

    result: GenerateResult


class Embedded(Record, frozen=True, kw_only=True, tag="embedded"):
    """The next result."""

    result: EmbedResult


class Classified(Record, frozen=True, kw_only=True, tag="classified"):
    """The next result."""

    result: ClassifyResult


class Explained(Record, frozen=True, kw_only=True, tag="explained"):
    """The next result."""

    result: ExplainResult


class Alive(Record, frozen=True, kw_only=True, tag="alive"):
    """It takes its time, and is at work."""


class Finished(Record, frozen=True, kw_only=True, tag="finished"):
    """All results of a question were sent."""

    spent: Spent


class Failed(Record, frozen=True, kw_only=True, tag="failed"):
    """The model cannot be opened, or not be asked this."""

    message: str
    hint: str = ""
    over: bool = False
    """The process ends with it: it is nothing that was expected."""


Asking: TypeAlias = Score | Generate | Embed | Classify | Explain
Question: TypeAlias = Open | Asking
Result: TypeAlias = Scored | Generated | Embedded | Classified | Explained
Answer: TypeAlias = Opened | Result | Alive | Finished | Failed

questions: "msgspec.json.Decoder[Question]" = msgspec.json.Decoder(Question)
answers: "msgspec.json.Decoder[Answer]" = msgspec.json.Decoder(Answer)
