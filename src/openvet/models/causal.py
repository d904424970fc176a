"""The exact engine: a model of a folder or of a GGUF file, run by transformers.

Runs in the model worker only; the core speaks to it through `openvet.models.zone`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openvet.errors import ModelError
from openvet.models.attribution import explained
from openvet.models.decoding import LONGEST, lay, run, takes
from openvet.models.engine import Engine, not_finite
from openvet.models.failing import memory_error, unanswered
from openvet.models.files import Place
from openvet.models.generation import generate, library, settle
from openvet.models.loading import Opened, load
from openvet.models.packing import Tree, fitted, tree_of
from openvet.models.protocol import (
    Capability,
    ExplainRequest,
    ExplainResult,
    GenerateRequest,
    GenerateResult,
    ScoreRequest,
    ScoreResult,
)
from openvet.models.scoring import BREAKS, packed, plain, takes_block_mask

if TYPE_CHECKING:
    from openvet.models.genai import Written

ROW: Final = 256
"""Tokens of a packed row; `scripts/bench scoring` shows what others cost."""
LOGITS: Final = 1 << 27
"""Predictions of a plain batch at most, all tokens of the vocabulary counted."""
WINDOW: Final = 256
"""Requests that are put in an order together; results come by so many at most."""
LINES: Final = 64
"""Texts that are generated at once at most: more share the reading of the weights."""
CACHE: Final = 1 << 30
"""Bytes that what is remembered of the texts of a batch may take."""


class CausalModel(Engine):
    """A causal language model on this machine's processor.

    Args:
        opened: The model and its tokenizer.
        name: How reports name it.
    """

    def __init__(self, opened: Opened, name: str = "model") -> None:
        self.packs = takes_block_mask(opened.model, opened.vocabulary)
        self.decodes = self.packs and takes(opened)
        self.laid = False
        self.writer: Written | None = None
        self.row = ROW
        settle(opened)
        super().__init__(opened, name)

    def speed_up(self, folder: str, threads: int) -> str:
        """Have texts written by onnxruntime-genai from now on; return why not, if not.

        Args:
            folder: Of the model as it was built for it.
            threads: Of the processor.
        """
        from openvet.models.genai import Written

        try:
            self.writer = Written(folder, self.opened, threads)
        except MemoryError:
            return "it needs more memory"
        except ValueError as error:
            return str(error)
        self.info = self._info(self.info.id)
        return ""

    def how(self) -> str:
        """Return what of the way it runs belongs to the evidence."""
        scored = "packed trees" if self.packs else "plain batches: no block mask"
        if self.writer is not None:
            return f"{scored}; texts by {self.writer.engine}"
        return scored + (", decoded by openvet" if self.decodes else "")

    def capabilities(self) -> tuple[Capability, ...]:
        """Return what it can be asked."""
        if self.opened.tokenizer.chat_template:
            return ("score", "generate", "chat", "explain")
        return ("score", "generate", "explain")

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield a result for each request, in order.

        Raises:
            ModelError: A text is too long, or the model answers with no numbers.
        """
        for start in range(0, len(requests), WINDOW):
            trees = [self._tree(r) for r in requests[start : start + WINDOW]]
            # Next to each other, texts that begin alike are read once.
            order = sorted(range(len(trees)), key=lambda at: trees[at].prefix)
            found = self._scored([trees[at] for at in order])
            sums = {at: _asked(found) for at in order}
            for at, tree in enumerate(trees):
                if not all(map(math.isfinite, sums[at])):
                    raise not_finite()
                counts = tuple(len(tail) for tail in tree.tails)
                yield ScoreResult(log_likelihoods=sums[at], tokens=counts)

    def _scored(self, trees: Sequence[Tree]) -> Iterator[tuple[float, ...]]:
        """Score trees in their order, each run of them in the way that fits."""
        opened = self.opened
        padded = max(LOGITS // opened.vocabulary, 1)

        # Layers that look back only so far need masks of their own beyond it.
        def flat(tree: Tree) -> bool:
            return not self.packs or tree.depth > opened.reach

        for apart, group in groupby(trees, flat):
            if apart:
                run = list(group)
                self._read(sum(t.depth * len(t.tails) for t in run))
                yield from plain(opened.model, run, padded=padded)
            else:
                yield from packed(opened.model, group, self.row, self._read)

    def _read(self, tokens: int) -> None:
        self.read += tokens
        self.alive()

    def _tree(self, request: ScoreRequest) -> Tree:
        try:
            return fitted(self._whole(request), self.opened.window)
        except ValueError as error:
            raise ModelError(str(error), hint="ask with shorter texts") from None

    def _whole(self, request: ScoreRequest) -> Tree:
        opened = self.opened
        if not request.continuations:
            raise ModelError("a request has nothing to score")
        texts = [request.context + more for more in request.continuations]
        if len(texts) == 1:
            texts.append(request.context)
        if not opened.start:
            raise ModelError(
                "the tokenizer has neither a first nor a last token to start with",
                hint="name bos_token in tokenizer_config.json",
            )
        found = opened.tokenizer(texts, add_special_tokens=False)["input_ids"]
        ids = [(*opened.start, *text) for text in found]
        count = len(request.continuations)
        return tree_of(ids[:count], *ids[count:])

    def _lines(self, requests: Sequence[GenerateRequest]) -> int:
        """Return how many texts can be generated at once."""
        config = self.opened.model.config.get_text_config()
        layers = getattr(config, "num_hidden_layers", 0)
        # Keys and values of every layer, in single precision; fewer where they share.
        each = 8 * layers * getattr(config, "hidden_size", 0)
        # A token has two letters at least, save in texts that no probe asks.
        longest = max(
            (len(str(r.prompt)) // 2 + r.max_tokens for r in requests), default=1
        )
        return min(max(CACHE // max(each * longest, 1), 1), LINES)

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield a result for each request, in order."""
        lines = self._lines(requests)
        for at in range(0, len(requests), lines):
            batch = requests[at : at + lines]
            try:
                results = generate(self.opened, batch, self._run, self._read)
            except MemoryError:
                raise memory_error() from None
            except BREAKS as error:
                raise unanswered(error) from None
            for result in results:
                self.written += result.tokens
                yield result

    def _run(
        self,
        opened: Opened,
        lines: Sequence[list[int]],
        requests: Sequence[GenerateRequest],
        read: Callable[[int], None],
    ) -> list[list[int]]:
        """Go on with lines in the fastest way that is exact for them."""
        if self.writer is not None:
            return self.writer(opened, lines, requests, read)
        longest = max(map(len, lines))
        room = max(request.max_tokens for request in requests)
        # Layers that look back only so far need masks of their own beyond it.
        if not self.decodes or longest > LONGEST or longest + room > opened.reach:
            return library(opened, lines, requests, read)
        if not self.laid:
            lay(opened.model)
            self.laid = True
        return run(opened, lines, requests, read)

    def explain(self, requests: Sequence[ExplainRequest]) -> Iterator[ExplainResult]:
        """Yield which words of each context matter, by gradient times input, in order.

        Raises:
            ModelError: A text is too long, or the model has no gradients of its input.
        """
        trees = [
            self._whole(
                ScoreRequest(context="".join(r.words), continuations=r.continuations)
            )
            for r in requests
        ]
        return explained(self.opened, requests, trees, self._read)


def _asked(found: Iterator[tuple[float, ...]]) -> tuple[float, ...]:
    """Return the next result; an error of the library becomes one of ours."""
    try:
        return next(found)
    except MemoryError:
        raise memory_error() from None
    except BREAKS as error:
        raise unanswered(error) from None


def open_model(place: Place, *, pickles: bool = False, threads: int = 1) -> Engine:
    """Return the model of a place, ready to be asked.

    Args:
        place: Where it lies.
        pickles: Also take weights that are pickles.
        threads: Of the processor; one is the most efficient where cores are shared.

    Raises:
        ModelError: It cannot be opened as it is meant to be.
    """
    import torch
    from transformers.utils import logging

    from openvet.models.encoders import EncoderModel

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    opened, name = load(place, pickles=pickles), place.gguf or place.folder
    if opened.kind == "causal":
        return CausalModel(opened, name)
    return EncoderModel(opened, Path(place.folder), name)
