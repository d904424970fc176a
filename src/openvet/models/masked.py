"""Score text with a model that fills gaps: tokens are hidden in turn.

The log-probabilities of what was hidden are summed: a text's pseudo-log-likelihood
(Salazar et al., "Masked language model scoring", ACL 2020, arXiv 1910.14659). For two
texts that are nearly the same, only the tokens that both have may be hidden: how likely
the rest is by itself then adds nothing (Nangia et al., "CrowS-Pairs", EMNLP 2020, arXiv
2010.00133, section 3).

Each hidden token is a row of its own. Rows of all texts that are as long make a batch,
so that there is no padding, which some architectures see; what stands after the last
layer is computed for the hidden token alone.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

from openvet.errors import ModelError
from openvet.models.failing import memory_error, unanswered
from openvet.models.loading import Opened
from openvet.models.protocol import ScoreRequest
from openvet.models.scoring import BREAKS, TOLERANCE

TOKENS: Final = 2048
"""Of a batch at most."""
PAIR: Final = 2


class Line(NamedTuple):
    """A text as tokens, and which of them are hidden, one after the other."""

    ids: tuple[int, ...]
    places: tuple[int, ...]


class _Row(NamedTuple):
    """A text with one token hidden."""

    line: int
    place: int


def lines_of(request: ScoreRequest, tokenizer: Any, longest: int) -> list[Line]:  # noqa: ANN401 - transformers' type
    """Return the texts of a request.

    Args:
        request: What to score.
        tokenizer: Of the model; what it adds by itself is never hidden.
        longest: Tokens that the model takes.

    Raises:
        ModelError: A text is too long, or not two share their tokens.
    """
    texts = [request.context + end for end in request.continuations]
    asked = [tuple(map(int, tokenizer(text)["input_ids"])) for text in texts]
    most = max(map(len, asked), default=0)
    if most > longest:
        raise ModelError(
            f"a text of {most} tokens; the model takes {longest}",
            hint="ask with shorter texts",
        )
    special = set(tokenizer.all_special_ids)
    kept: list[Sequence[int]] = [range(len(ids)) for ids in asked]
    if request.shared:
        if len(asked) != PAIR:
            raise ModelError(f"{len(asked)} texts are asked for what two share")
        kept = list(_shared(*asked))
    return [
        Line(ids, tuple(at for at in places if ids[at] not in special))
        for ids, places in zip(asked, kept, strict=True)
    ]


def _shared(first: Sequence[int], second: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of the tokens that two texts have in common, in either."""
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    yield [block.a + at for block in blocks for at in range(block.size)]
    yield [block.b + at for block in blocks for at in range(block.size)]


class Filler:
    """Scores lines with a masked language model.

    Args:
        opened: The model and its tokenizer, which has a token for gaps.
        counted: Is told before each batch how many tokens are read.
    """

    def __init__(self, opened: Opened, counted: Callable[[int], None]) -> None:
        self._model = opened.model
        self._gap = int(opened.tokenizer.mask_token_id)
        self._counted = counted
        self._short = self._fits()

    def _fits(self) -> bool:
        """Say whether the head gives the same when it sees the hidden token alone.

        A head may look at other tokens too, or at more than the last layer.
        """
        ids = tuple(1 + 7 * at % 11 for at in range(6))
        rows = [_Row(0, 2), _Row(0, 5)]
        try:
            short = self._batch([Line(ids, ())], rows, short=True)
        except ModelError:
            return False
        whole = self._batch([Line(ids, ())], rows, short=False)
        return all(
            abs(one - other) <= TOLERANCE
            for one, other in zip(short, whole, strict=True)
        )

    def sums(self, lines: Sequence[Line]) -> list[float]:
        """Return for each line the log-probability of its hidden tokens, in nats.

        Raises:
            ModelError: The model cannot be run.
        """
        values: list[list[float]] = [[] for _ in lines]
        rows: dict[int, list[_Row]] = {}
        for number, line in enumerate(lines):
            alike = rows.setdefault(len(line.ids), [])
            alike += [_Row(number, place) for place in line.places]
        for length, alike in sorted(rows.items(), reverse=True):
            size = max(1, TOKENS // length)
            for start in range(0, len(alike), size):
                part = alike[start : start + size]
                found = self._batch(lines, part, short=self._short)
                for row, value in zip(part, found, strict=True):
                    values[row.line].append(value)
        return [math.fsum(one) for one in values]

    def _batch(
        self, lines: Sequence[Line], rows: Sequence[_Row], *, short: bool
    ) -> list[float]:
        """Return the log-probability of what each row hides; all are as long."""
        import torch

        number = torch.arange(len(rows))
        place = torch.tensor([row.place for row in rows])
        ids = torch.tensor([lines[row.line].ids for row in rows])
        wanted = ids[number, place]
        ids[number, place] = self._gap
        self._counted(ids.numel())
        try:
            with torch.inference_mode(), _only(self._model, number, place, short=short):
                logits = self._model(
                    input_ids=ids, attention_mask=torch.ones_like(ids)
                ).logits
            logits = logits[:, 0] if short else logits[number, place]
            chances = logits.double().log_softmax(-1)
            found: list[float] = chances[number, wanted].tolist()
        except MemoryError:
            raise memory_error() from None
        except BREAKS as error:
            raise unanswered(error) from None
        return found


@contextmanager
def _only(model: Any, number: Any, place: Any, *, short: bool) -> Iterator[None]:  # noqa: ANN401 - types of torch
    """Let the head see one token of each text, where that is wanted.

    Most of what a small model computes for a short text is the vocabulary, which is of
    no use where nothing is hidden.
    """
    if not short:
        yield
        return

    def chosen(_: object, __: object, output: Any) -> Any:  # noqa: ANN401 - as above
        output.last_hidden_state = output.last_hidden_state[number, place][:, None]
        return output

    hook = model.base_model.register_forward_hook(chosen)
    try:
        yield
    finally:
        hook.remove()
