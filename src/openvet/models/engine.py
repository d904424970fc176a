"""What all models have in common that run in the model worker."""

from collections.abc import Callable, Iterator, Sequence

from openvet.errors import ModelError
from openvet.experts import active, in_settings
from openvet.models.files import Kind
from openvet.models.loading import Opened
from openvet.models.protocol import (
    Capability,
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

MADE_TO: dict[Kind, str] = {
    "causal": "go on with text",
    "masked": "fill gaps in text",
    "classifier": "label text",
    "sentences": "turn text into vectors",
}


class Engine:
    """A model in memory; it answers what its kind can.

    Args:
        opened: The model and its tokenizer.
        name: How reports name it.
        alive: Called now and then while it works.
    """

    def __init__(
        self,
        opened: Opened,
        name: str = "model",
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self.opened = opened
        self.alive = alive
        self.read = self.written = 0
        self.info = self._info(name)

    @property
    def spent(self) -> Spent:
        """Tokens so far; the worker that runs it knows the rest."""
        return Spent(tokens_read=self.read, tokens_written=self.written)

    def how(self) -> str:
        """Return what of the way it runs belongs to the evidence."""
        raise NotImplementedError

    def capabilities(self) -> tuple[Capability, ...]:
        """Return what it can be asked."""
        raise NotImplementedError

    def _info(self, name: str) -> ModelInfo:
        import torch
        import transformers

        model = self.opened.model
        sizes = [(name, p.numel()) for name, p in model.named_parameters()]
        return ModelInfo(
            id=name,
            digest="",
            tokenizer_digest="",
            engine=f"transformers {transformers.__version__}, "
            f"torch {torch.__version__}, {self.how()}",
            dtype="float32",
            device="cpu",
            parameters=sum(size for _, size in sizes),
            capabilities=self.capabilities(),
            active=active(sizes, in_settings(model.config.to_dict())),
        )

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield a result for each request, in order."""
        raise self._cannot("score text")

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield a result for each request, in order."""
        raise self._cannot("write")

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield a vector for each text, in order."""
        raise self._cannot("make vectors")

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield the labels of each text, in order."""
        raise self._cannot("label text")

    def explain(self, requests: Sequence[ExplainRequest]) -> Iterator[ExplainResult]:
        """Yield which words matter for each request, in order."""
        raise self._cannot("explain text")

    def _cannot(self, what: str) -> ModelError:
        return ModelError(
            f"the model cannot {what}: it is made to {MADE_TO[self.opened.kind]}",
            hint="ask only what its capabilities name",
        )


def not_finite() -> ModelError:
    """Return the error of a model whose answers are no numbers."""
    return ModelError(
        "the model answers with values that are not finite",
        hint="its weights are damaged, or overflow: get the files again",
    )
