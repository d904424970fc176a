"""Choose the next token of each line: the likeliest, or one drawn at random.

What a request asks for holds for its own line alone. A draw is one number between 0
and 1 from the line's own generator, looked up in the distribution of the model
(inverse transform sampling: Devroye 1986, Non-Uniform Random Variate Generation,
chapter II.2): equal seeds give equal texts whatever else is in the batch.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from openvet.models.protocol import GenerateRequest

if TYPE_CHECKING:
    import torch

SEEDS: Final = range(-(1 << 63), 1 << 64)
"""Those that torch takes; others, which questions make of the first, wrap around."""


class Choice:
    """Chooses tokens for the lines of a batch.

    Args:
        requests: What is asked of each line.
    """

    def __init__(self, requests: Sequence[GenerateRequest]) -> None:
        import torch

        self._heat = [request.temperature for request in requests]
        self._draws = [
            torch.Generator().manual_seed(
                r.seed if r.seed in SEEDS else r.seed % SEEDS.stop
            )
            for r in requests
        ]

    def __call__(self, scores: "torch.Tensor", lines: Sequence[int]) -> list[int]:
        """Return a token for each of some lines.

        Args:
            scores: A row of the vocabulary for each, not normalized.
            lines: Which lines they are; each must be asked for each of its tokens.
        """
        import torch

        tokens: list[int] = scores.argmax(-1).tolist()
        hot = [at for at, line in enumerate(lines) if self._heat[line] > 0]
        if not hot:
            return tokens
        heat = scores.new_tensor([self._heat[lines[at]] for at in hot])
        # Many small shares are lost if they are added up in single precision.
        shares = (scores[hot] / heat[:, None]).softmax(-1)
        sums = shares.cumsum(-1, dtype=torch.float64)
        places = torch.stack([self._draw(lines[at]) for at in hot]) * sums[:, -1]
        found = torch.searchsorted(sums, places[:, None], right=True)[:, 0]
        for at, token in zip(hot, found.tolist(), strict=True):
            tokens[at] = min(token, scores.shape[-1] - 1)
        return tokens

    def _draw(self, line: int) -> "torch.Tensor":
        """Return a number from 0 to 1, 1 left out."""
        import torch

        return torch.rand((), generator=self._draws[line], dtype=torch.float64)
