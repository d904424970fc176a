"""Models that do not go on with text: they fill gaps, label texts, or make vectors.

How a masked language model scores text stands in `openvet.models.masked`. A sentence
model pools as its own
sentence-transformers settings say. Texts longer than the model takes are cut, as these
libraries do, save where a text is scored: then they are an error.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openvet.errors import ModelError
from openvet.models.engine import Engine, not_finite
from openvet.models.failing import memory_error, unanswered
from openvet.models.files import parts_of
from openvet.models.loading import Opened, settings_of
from openvet.models.protocol import (
    Capability,
    ClassifyResult,
    EmbedResult,
    ScoreRequest,
    ScoreResult,
)
from openvet.models.scoring import BREAKS
from openvet.write.escape import visible

if TYPE_CHECKING:
    import torch

BATCH: Final = 32
ASKED: Final = 256
"""Texts that are looked at together, to find those that are as long."""
WINDOW: Final = 64
"""Requests whose texts are scored together."""
LENGTHS: Final = "sentence_bert_config.json"
"""Says how long a text of a sentence model may be."""
NAME: Final = 40
"""Characters shown of what stands there."""
POOLING: Final = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "first",
    "pooling_mode_max_tokens": "largest",
    "pooling_mode_lasttoken": "last",
}
"""Names that sentence-transformers gives to ways to make one vector of many."""


class Layout:
    """How a sentence model makes one vector of many.

    Args:
        folder: Where it lies.

    Raises:
        ModelError: It asks for what is not done here.
    """

    def __init__(self, folder: Path) -> None:
        self.pool, self.unit, self.longest = "mean", False, 1 << 30
        for step, path in parts_of(folder):
            if step == "Pooling":
                self._pooling(settings_of(folder / path / "config.json"))
            elif step == "Normalize":
                self.unit = True
            elif step != "Transformer" or path:
                raise ModelError(
                    f"the sentence model has a part that is not known here: {step}",
                    hint="only Transformer, Pooling and Normalize are",
                )
        name = folder / LENGTHS
        longest = settings_of(name).get("max_seq_length") if name.is_file() else None
        if longest is not None:
            if not isinstance(longest, int) or longest < 1:
                said = visible(str(longest), most=NAME)
                raise ModelError(
                    f"{LENGTHS} says that a text has {said} tokens at most",
                    hint=f"mend max_seq_length in {LENGTHS}, or get the file again",
                )
            self.longest = longest

    def _pooling(self, settings: dict[str, object]) -> None:
        modes = [name for name, value in settings.items() if value is True]
        found = [name for name in modes if name.startswith("pooling_mode_")]
        if len(found) != 1 or found[0] not in POOLING:
            raise ModelError(
                f"vectors are pooled in a way that is not known here: {found}",
                hint=f"only one of {', '.join(POOLING)} is",
            )
        self.pool = POOLING[found[0]]

    def vectors(self, hidden: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
        """Return one vector for each text.

        Args:
            hidden: Texts by tokens by size.
            mask: Texts by tokens, 0 where there is no text; padded on the right.
        """
        import torch

        seen = mask[..., None].to(hidden.dtype)
        if self.pool == "mean":
            made = (hidden * seen).sum(1) / seen.sum(1).clamp(min=1e-9)
        elif self.pool == "first":
            made = hidden[:, 0]
        elif self.pool == "last":
            made = hidden[torch.arange(len(hidden)), mask.sum(1) - 1]
        else:
            made = hidden.masked_fill(seen == 0, -math.inf).amax(1)
        return torch.nn.functional.normalize(made, dim=-1) if self.unit else made


class EncoderModel(Engine):
    """A masked language model, a classifier or a sentence model.

    Args:
        opened: The model and its tokenizer.
        folder: Where it lies.
        name: How reports name it.
    """

    def __init__(self, opened: Opened, folder: Path, name: str = "model") -> None:
        sentences = opened.kind == "sentences"
        self.layout = Layout(folder) if sentences else None
        limits = [opened.window, opened.tokenizer.model_max_length]
        self.longest = min([*limits, *([self.layout.longest] if self.layout else [])])
        if self.longest < 1:
            raise ModelError(
                f"its tokenizer says that a text has {self.longest} tokens at most",
                hint="mend model_max_length in tokenizer_config.json",
            )
        ends = (opened.tokenizer.pad_token_id, opened.tokenizer.eos_token_id, 0)
        self.pad = next(end for end in ends if end is not None)
        opened.model.config.pad_token_id = self.pad
        super().__init__(opened, name)

    def how(self) -> str:
        """Return what of the way it runs belongs to the evidence."""
        if self.layout is not None:
            return f"pooled by {self.layout.pool}"
        return "pseudo-likelihood" if self.opened.kind == "masked" else "classifier"

    def capabilities(self) -> tuple[Capability, ...]:
        """Return what it can be asked."""
        if self.opened.kind == "masked":
            return ("score", "fill")
        return ("embed",) if self.opened.kind == "sentences" else ("classify",)

    def embed(self, texts: Sequence[str]) -> Iterator[EmbedResult]:
        """Yield a vector for each text, in order.

        Raises:
            ModelError: The model makes no vectors, or they are no numbers.
        """
        layout = self.layout
        if layout is None:
            raise self._cannot("make vectors")

        def pooled(output: Any, mask: "torch.Tensor") -> "torch.Tensor":  # noqa: ANN401 - transformers' type
            return layout.vectors(output.last_hidden_state, mask)

        for vector in self._each(texts, pooled):
            yield EmbedResult(vector=vector)

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield the labels of each text, in order.

        Raises:
            ModelError: The model gives no labels, or their scores are no numbers.
        """
        config = self.opened.model.config
        if self.opened.kind != "classifier":
            raise self._cannot("label text")
        count = config.num_labels
        labels = tuple(
            str(config.id2label.get(at, f"LABEL_{at}")) for at in range(count)
        )

        def scored(output: Any, _: "torch.Tensor") -> "torch.Tensor":  # noqa: ANN401 - as above
            logits: torch.Tensor = output.logits
            if config.problem_type == "multi_label_classification":
                return logits.sigmoid()
            if count > 1 and config.problem_type != "regression":
                return logits.softmax(-1)
            return logits

        for scores in self._each(texts, scored):
            yield ClassifyResult(labels=labels, scores=scores)

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield the pseudo-log-likelihoods of each request's whole texts, in order.

        Raises:
            ModelError: The model does not fill gaps, or a text is too long for it.
        """
        if self.opened.kind != "masked" or self.opened.tokenizer.mask_token_id is None:
            raise self._cannot("score text")
        from openvet.models.masked import Filler, lines_of

        filler = Filler(self.opened, self._counted)
        for start in range(0, len(requests), WINDOW):
            part = requests[start : start + WINDOW]
            asked = [lines_of(one, self.opened.tokenizer, self.longest) for one in part]
            sums = iter(filler.sums([line for lines in asked for line in lines]))
            for lines in asked:
                values = tuple(next(sums) for _ in lines)
                if not all(map(math.isfinite, values)):
                    raise not_finite()
                yield ScoreResult(
                    log_likelihoods=values,
                    tokens=tuple(len(line.places) for line in lines),
                )

    def _each(
        self,
        texts: Sequence[str],
        made: Callable[[Any, "torch.Tensor"], "torch.Tensor"],
    ) -> Iterator[tuple[float, ...]]:
        """Yield what is made of the model's output for each text, in order.

        Texts that are as long make a batch: some architectures see padding, and would
        answer otherwise beside other texts.
        """
        import torch

        for start in range(0, len(texts), ASKED):
            lines = self.opened.tokenizer(
                list(texts[start : start + ASKED]),
                truncation=True,
                max_length=self.longest,
            )["input_ids"]
            found: dict[int, list[float]] = {}
            order = sorted(range(len(lines)), key=lambda at: -len(lines[at]))
            for size, alike in groupby(order, key=lambda at: len(lines[at])):
                places = list(alike)
                for at in range(0, len(places), BATCH):
                    part = places[at : at + BATCH]
                    # An empty text of a tokenizer that adds nothing is padding alone.
                    rows = [lines[place] or [self.pad] for place in part]
                    mask = torch.full((len(part), max(1, size)), int(size > 0))
                    numbers = made(self._run(torch.tensor(rows), mask), mask)
                    found.update(zip(part, numbers.tolist(), strict=True))
            for place in range(len(lines)):
                if not all(map(math.isfinite, found[place])):
                    raise not_finite()
                yield tuple(found[place])

    def _run(self, ids: "torch.Tensor", mask: "torch.Tensor") -> Any:  # noqa: ANN401 - transformers' type
        """Return what the model makes of a batch."""
        import torch

        self._counted(int(mask.sum()))
        try:
            with torch.inference_mode():
                return self.opened.model(input_ids=ids, attention_mask=mask)
        except MemoryError:
            raise memory_error() from None
        except BREAKS as error:
            raise unanswered(error) from None

    def _counted(self, tokens: int) -> None:
        """Take note of tokens that are about to be read, and give a sign of life."""
        self.read += tokens
        self.alive()
