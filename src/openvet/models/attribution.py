"""Which words of a context make a causal model find one continuation likelier.

What is explained is a contrast, log P(first | context) - log P(second | context), as in
Yin and Neubig, "Interpreting Language Models with Contrastive Explanations", EMNLP 2022
(arXiv 2202.10419), over whole continuations instead of one token each. The weight of a
token is the gradient of the contrast by the token's embedding, times the embedding:
what the contrast would lose, to first order, if the embedding were 0.

Runs in the model worker only. Many contrasts are one batch, with one pass forth and one
back. The embeddings are taken where the model's own layer puts them out, so that models
that scale them or need token ids elsewhere are asked as they are meant to be.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from openvet.errors import ModelError
from openvet.models.engine import not_finite
from openvet.models.failing import memory_error, unanswered
from openvet.models.loading import Opened
from openvet.models.packing import Tree
from openvet.models.protocol import ExplainRequest, ExplainResult
from openvet.models.scoring import BREAKS

if TYPE_CHECKING:
    import torch

PREDICTIONS: Final = 1 << 25
"""Numbers that a batch predicts at most; the way back takes several times as many."""
LINES: Final = 32
"""Texts of a batch at most."""


def explained(
    opened: Opened,
    requests: Sequence[ExplainRequest],
    trees: Sequence[Tree],
    read: Callable[[int], None] = lambda _: None,
) -> Iterator[ExplainResult]:
    """Yield for each request what its words do for its first continuation.

    Args:
        opened: A causal language model.
        requests: What to explain.
        trees: The tokens of each request.
        read: Told after each batch how many tokens it had.

    Raises:
        ModelError: A text is too long, or the model has no gradients of its input.
    """
    for tree in trees:
        if tree.depth > opened.window:
            raise ModelError(
                f"a text of {tree.depth} tokens; the model takes {opened.window}",
                hint="ask with shorter texts",
            )
    try:
        found = contrasts(opened.model, trees, opened.vocabulary, read)
        for request, (contrast, weights) in zip(requests, found, strict=True):
            if not all(map(math.isfinite, (contrast, *weights))):
                raise not_finite()
            ends = _ends(opened, request.words)
            yield ExplainResult(weights=of_words(weights, ends), contrast=contrast)
    except MemoryError:
        raise memory_error() from None
    except BREAKS as error:
        raise unanswered(error) from None


def contrasts(
    model: Any,  # noqa: ANN401 - transformers' own type, not imported here
    trees: Sequence[Tree],
    vocabulary: int,
    read: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[float, list[float]]]:
    """Yield each tree's contrast in nats, and the weight of each token of its prefix.

    Args:
        model: A causal language model in evaluation mode.
        trees: Each with two tails, no deeper than the model's window.
        vocabulary: How many tokens there are.
        read: Told after each batch how many tokens it had.
    """
    model.requires_grad_(requires_grad=False)
    waiting: list[Tree] = []
    for tree in trees:
        longest = max(one.depth for one in (*waiting, tree))
        lines = 2 * len(waiting) + 2
        many = lines > LINES or lines * longest * vocabulary > PREDICTIONS
        if waiting and many:
            yield from _batch(model, waiting, read)
            waiting = []
        waiting.append(tree)
    if waiting:
        yield from _batch(model, waiting, read)


def _batch(
    model: Any,  # noqa: ANN401 - as above
    trees: Sequence[Tree],
    read: Callable[[int], None],
) -> Iterator[tuple[float, list[float]]]:
    """Yield the same of some trees, from one pass forth and back."""
    import torch

    read_by = [_lines(tree) for tree in trees]
    lines = [line for some in read_by for line in some]
    begins = list(accumulate(map(len, read_by), initial=0))
    longest = max(map(len, lines))
    with _held(model) as held, torch.enable_grad():
        logits = model(
            input_ids=torch.tensor(
                [[*ids, *[ids[0]] * (longest - len(ids))] for ids in lines]
            ),
            attention_mask=torch.tensor(
                [[1] * len(ids) + [0] * (longest - len(ids)) for ids in lines]
            ),
            use_cache=False,
        ).logits
        found = torch.stack(
            [
                _contrast(logits[[begin, end - 1]], tree)
                for begin, end, tree in zip(begins, begins[1:], trees, strict=False)
            ]
        )
        (embedded,) = held
        (slopes,) = torch.autograd.grad(found.sum(), embedded)
    weights = (slopes * embedded).detach().sum(-1)
    read(sum(map(len, lines)))
    for at, (tree, value) in enumerate(zip(trees, found.tolist(), strict=True)):
        row = weights[begins[at] : begins[at + 1]].sum(0).tolist()
        yield value, row[: len(tree.prefix)]


def _lines(tree: Tree) -> list[tuple[int, ...]]:
    """Return what is read of a tree: one text where its tails differ in the last token.

    The last token of a tail is a target only.
    """
    return list(dict.fromkeys((*tree.prefix, *tail[:-1]) for tail in tree.tails))


def _contrast(logits: "torch.Tensor", tree: Tree) -> "torch.Tensor":
    """Return by how many nats the first tail is likelier than the second.

    Args:
        logits: Two texts by places by the vocabulary.
        tree: Which texts they are.
    """
    import torch

    total = torch.zeros(())
    for row, tail, sign in zip(logits, tree.tails, (1, -1), strict=True):
        first = len(tree.prefix) - 1
        rows = row[first : first + len(tail)].float()
        chosen = rows.gather(-1, torch.tensor(tail, dtype=torch.long)[:, None])
        total = total + sign * (chosen[:, 0] - rows.logsumexp(-1)).sum()
    return total


@contextmanager
def _held(model: Any) -> Iterator[list["torch.Tensor"]]:  # noqa: ANN401 - as above
    """Yield a list of what the model's embeddings put out from now on."""
    held: list[torch.Tensor] = []

    def hold(_: object, __: object, output: "torch.Tensor") -> "torch.Tensor":
        held.append(output.detach().requires_grad_())
        return held[-1]

    hook = model.get_input_embeddings().register_forward_hook(hold)
    try:
        yield held
    finally:
        hook.remove()


def _ends(opened: Opened, words: Sequence[str]) -> list[int]:
    """Return how many tokens a text has at the end of each of its words.

    Tokens of a word are those by which the text grows with it: that asks nothing of a
    tokenizer but to turn text into tokens.
    """
    begun = list(accumulate(words))
    found = opened.tokenizer(begun, add_special_tokens=False)["input_ids"]
    return [len(opened.start) + len(ids) for ids in found]


def of_words(weights: Sequence[float], ends: Sequence[int]) -> tuple[float, ...]:
    """Return the weight of each word: the sum of those of its tokens.

    Args:
        weights: Of the tokens, that with which every text starts first.
        ends: How many tokens there are at the end of each word.
    """
    sums, start = [], 1
    for end in ends:
        stop = min(max(end, start), len(weights))
        sums.append(math.fsum(weights[start:stop]))
        start = stop
    return tuple(sums)
