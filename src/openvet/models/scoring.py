"""Score texts with a causal language model, every token once where it can be.

`packed` is exact and fast: rows of whole trees under a block mask, the last layer only
where a prediction is wanted, `logsumexp` and one lookup in place of a whole
`log_softmax`. `plain` is the ordinary padded batch, for architectures that take no such
mask. `takes_block_mask` asks the model which it is: some ignore a mask in silence.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from openvet.models.packing import Row, Tree, rows

if TYPE_CHECKING:
    import torch

TOLERANCE: Final = 1e-3
"""Nats by which two ways of computing one likelihood may differ."""
BATCH: Final = 32
PADDED: Final = 4096
"""Tokens of a plain batch at most, padding included."""
BREAKS: Final = (
    TypeError,
    ValueError,
    RuntimeError,
    AttributeError,
    NotImplementedError,
    ArithmeticError,
    LookupError,
)
"""What libraries raise when they are given what they do not take."""


def mask_of(row: Row) -> "torch.Tensor":
    """Return what a row's tokens see, added to attention: 0, or the lowest number."""
    import torch

    seen = torch.eye(len(row.ids), dtype=torch.bool)
    for place, parent in enumerate(row.parents):
        if parent >= 0:
            seen[place] |= seen[parent]
    mask = torch.zeros(seen.shape, dtype=torch.float32)
    return mask.masked_fill_(~seen, torch.finfo(torch.float32).min)[None, None]


def likelihoods(
    logits: "torch.Tensor", sources: Sequence[int], targets: Sequence[int]
) -> list[float]:
    """Return the log-likelihood in nats of each target token.

    Args:
        logits: One row of the vocabulary for each prediction.
        sources: For each target, the row of `logits` that predicts it.
        targets: Token ids.
    """
    import torch

    logits = logits.float()
    source = torch.tensor(sources, dtype=torch.long)
    target = torch.tensor(targets, dtype=torch.long)
    total = torch.logsumexp(logits, dim=-1)
    found: list[float] = (logits[source, target] - total[source]).double().tolist()
    return found


def packed(
    model: Any,  # noqa: ANN401 - transformers' own type, not imported here
    trees: Iterable[Tree],
    budget: int,
    read: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[float, ...]]:
    """Yield for each tree the log-likelihood in nats of each tail.

    Args:
        model: A causal language model in evaluation mode.
        trees: Each no deeper than the model's window; those that begin alike are
            cheapest next to each other.
        budget: Tokens of a row.
        read: Told after each row how many tokens it had.
    """
    import torch

    for row in rows(trees, budget):
        with torch.inference_mode():
            logits = model(
                input_ids=torch.tensor([row.ids]),
                attention_mask=mask_of(row),
                position_ids=torch.tensor([row.positions]),
                use_cache=False,
                logits_to_keep=torch.tensor(row.keep, dtype=torch.long),
            ).logits[0]
            values = likelihoods(logits, row.sources, row.targets)
        read(len(row.ids))
        yield from row.sums(values)


def plain(
    model: Any,  # noqa: ANN401 - as above
    trees: Iterable[Tree],
    batch: int = BATCH,
    padded: int = PADDED,
) -> Iterator[tuple[float, ...]]:
    """Yield the same as `packed`, from padded batches of whole texts.

    Args:
        model: As for `packed`.
        trees: As for `packed`.
        batch: Texts of a batch at most.
        padded: Tokens of a batch at most, as far as whole trees fit.
    """
    waiting: list[Tree] = []
    longest = texts = 0
    for tree in trees:
        texts += len(tree.tails)
        longest = max(longest, tree.depth)
        if waiting and (texts > batch or texts * longest > padded):
            yield from _batch(model, waiting)
            waiting, texts, longest = [], len(tree.tails), tree.depth
        waiting.append(tree)
    if waiting:
        yield from _batch(model, waiting)


def _batch(model: Any, trees: Sequence[Tree]) -> Iterator[tuple[float, ...]]:  # noqa: ANN401 - as above
    """Score some trees as one batch, padded on the right, where nothing looks at it."""
    import torch

    texts = [(tree, tail) for tree in trees for tail in tree.tails if tail]
    read = [(*tree.prefix, *tail[:-1]) for tree, tail in texts]
    longest = max(map(len, read), default=0)
    sums = []
    with torch.inference_mode():
        if texts:
            logits = model(
                input_ids=torch.tensor(
                    [[*ids, *[ids[0]] * (longest - len(ids))] for ids in read]
                ),
                attention_mask=torch.tensor(
                    [[1] * len(ids) + [0] * (longest - len(ids)) for ids in read]
                ),
                use_cache=False,
            ).logits
        for number, (tree, tail) in enumerate(texts):
            first = len(tree.prefix) - 1
            sources = range(first, first + len(tail))
            sums.append(sum(likelihoods(logits[number], sources, tail)))
    found = iter(sums)
    for tree in trees:
        yield tuple(next(found) if tail else 0.0 for tail in tree.tails)


def takes_block_mask(model: Any, vocabulary: int) -> bool:  # noqa: ANN401 - as above
    """Tell whether a model answers the same packed as text by text.

    Two small trees of fixed token ids are scored in one row and on their own. A model
    that ignores the mask, the positions or the choice of predictions gives itself away.
    """

    def ids(start: int, count: int) -> tuple[int, ...]:
        return tuple((start + 7 * k * k) % vocabulary for k in range(count))

    trees = (
        Tree(prefix=ids(11, 5), tails=(ids(23, 6), ids(5, 3))),
        Tree(
            prefix=(*ids(11, 2), *ids(3, 2)), tails=(ids(31, 2), ids(2, 4), ids(17, 1))
        ),
    )
    try:
        together = list(packed(model, trees, 512))
    except BREAKS:
        return False
    alone = list(plain(model, trees, batch=1))
    return all(
        math.isfinite(a) and abs(a - b) <= TOLERANCE
        for ours, theirs in zip(together, alone, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )
