"""How a language model is asked, whatever runs it.

Engines take requests in batches and yield results in the order of the requests, so
that they can schedule as they like. Every number names its unit. Nothing here imports
a library that runs models.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from openvet.wire import Record

Capability: TypeAlias = Literal[
    "score", "generate", "chat", "embed", "classify", "fill", "explain"
]
"""What a model can be asked. `score`: likelihood of text; `generate`: go on with text;
`chat`: answer messages; `embed`: vectors; `classify`: labels; `fill`: a masked word;
`explain`: which words make one text likelier than another, by its gradients."""


class ModelInfo(Record, frozen=True, kw_only=True):
    """Which model answered, and what ran it: part of the evidence.

    Engine and number format belong to it because they change answers: quantized
    engines flip verdicts.
    """

    id: str
    """How reports name it."""
    digest: str
    """Of its weights and configuration, as far as they can be seen."""
    tokenizer_digest: str
    """Of the files that turn text into tokens; empty where they are not seen."""
    engine: str
    """What ran it, with its version: `transformers 5.23.0`."""
    dtype: str
    """Of the numbers it was computed with: `float32`."""
    device: str
    """`cpu`, `cuda`, or the host of an endpoint."""
    parameters: int | None
    """None where the engine cannot tell."""
    capabilities: tuple[Capability, ...]
    active: int | None = None
    """Parameters that each token goes through, of a mixture of experts; None where it
    goes through all, or the engine cannot tell."""


class ScoreRequest(Record, frozen=True, kw_only=True):
    """A context and several ways to continue it."""

    context: str
    """May be empty: then whole texts are compared."""
    continuations: tuple[str, ...]
    """At least one. The text that is scored is context and continuation, joined."""
    shared: bool = False
    """Score only the tokens that two whole texts have in common, given those in which
    they differ. Models that fill gaps can do that, and no others."""


class ScoreResult(Record, frozen=True, kw_only=True):
    """How likely the model finds each continuation.

    Engines tokenize the joined text and may leave out what all continuations of a
    request have in common: it adds the same to each of them. So differences between
    continuations of one request are exact, and single values are not comparable
    between requests.
    """

    log_likelihoods: tuple[float, ...]
    """In nats, one for each continuation, summed over its tokens."""
    tokens: tuple[int, ...]
    """How many tokens each sum runs over."""


class Message(Record, frozen=True, kw_only=True):
    """A turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class GenerateRequest(Record, frozen=True, kw_only=True):
    """Text to go on with, or a conversation to answer."""

    prompt: str | tuple[Message, ...]
    """Messages are laid out by the model's own chat template."""
    max_tokens: int
    temperature: float = 0
    """0 takes the likeliest token each time."""
    seed: int = 0
    """Of the sampling; equal seeds give equal texts where the engine can."""


class GenerateResult(Record, frozen=True, kw_only=True):
    """What the model said."""

    text: str
    """Without the prompt and without special tokens."""
    tokens: int
    """Generated, the one that ends the text included."""
    finish: Literal["stop", "length", "error"]
    error: str = ""
    """Why there is no text, in words; only where `finish` is `error`."""


class EmbedRequest(Record, frozen=True, kw_only=True):
    """A text that becomes a vector."""

    text: str


class ClassifyRequest(Record, frozen=True, kw_only=True):
    """A text that is labeled."""

    text: str


class EmbedResult(Record, frozen=True, kw_only=True):
    """A text as a vector."""

    vector: tuple[float, ...]
    """As the model's own settings make it: pooled, and of length 1 if they say so."""


class ClassifyResult(Record, frozen=True, kw_only=True):
    """How strongly a text belongs to each label."""

    labels: tuple[str, ...]
    """As the model names them, in its order."""
    scores: tuple[float, ...]
    """Probabilities: together 1, or each on its own where labels do not exclude each
    other. A model with one label and no classes gives its plain number."""


class ExplainRequest(Record, frozen=True, kw_only=True):
    """Why one way to go on, and not another?"""

    words: tuple[str, ...]
    """At least one; joined as they are, they are the context."""
    continuations: tuple[str, str]
    """The one in question, then the other."""


class ExplainResult(Record, frozen=True, kw_only=True):
    """What each word of a context does for the first of two continuations."""

    weights: tuple[float, ...]
    """One for each word, in nats to first order; above 0 where it makes the first
    continuation likelier against the second."""
    contrast: float
    """By how many nats the first continuation is likelier than the second."""


class Spent(Record, frozen=True, kw_only=True):
    """What asking has cost so far, in the process that runs the model."""

    cpu_seconds: float = 0
    """Processor time of all its threads, loading not included."""
    tokens_read: int = 0
    """Tokens that went through the model to be scored or answered."""
    tokens_written: int = 0
    """Tokens that it generated."""
    peak_bytes: int = 0
    """The most memory that the process has held, weights included."""


@runtime_checkable
class LanguageModel(Protocol):
    """A model that can be asked.

    Both methods may raise `openvet.errors.ModelError` for what concerns the model as a
    whole.
    """

    @property
    def info(self) -> ModelInfo:
        """Which model this is."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield a result for each request, in order."""

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield a result for each request, in order."""


@runtime_checkable
class Encoder(Protocol):
    """A model that makes vectors or labels of texts: its capabilities say which."""

    @property
    def info(self) -> ModelInfo:
        """Which model this is."""

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield a vector for each text, in order."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield the labels of each text, in order."""


@runtime_checkable
class Explainer(Protocol):
    """A model that can tell which words matter, where its capabilities say so."""

    @property
    def info(self) -> ModelInfo:
        """Which model this is."""

    def explain(self, requests: Sequence[ExplainRequest]) -> Iterator[ExplainResult]:
        """Yield a result for each request, in order."""


@runtime_checkable
class Metered(Protocol):
    """A model whose cost can be seen, as far as it can."""

    @property
    def spent(self) -> Spent:
        """What asking has cost since the model was opened."""
