"""The fast engine: texts gone on with by onnxruntime-genai, from a model built before.

Prompts of a batch are filled up behind their end with a token that none of them holds:
the library takes that one, wherever it stands, for no token. It chooses nothing itself:
at each step it gives the scores and is told the token. Runs in the model worker only.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from openvet.models.choosing import Choice
from openvet.models.decoding import agrees, going
from openvet.models.failing import line
from openvet.models.generation import library
from openvet.models.loading import Opened
from openvet.models.protocol import GenerateRequest
from openvet.models.scoring import BREAKS

if TYPE_CHECKING:
    import torch

LINES: Final = 32
"""More at once the library does not take."""


class _Batch:
    """Lines under way in the library.

    Args:
        model: As the library has it.
        lines: Token ids of the prompts.
        room: Tokens that may follow.
        filler: A token that no line holds.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - the library's type
        lines: Sequence[list[int]],
        room: int,
        filler: int,
    ) -> None:
        import onnxruntime_genai
        import torch

        longest = max(map(len, lines))
        options = onnxruntime_genai.GeneratorParams(model)
        options.set_search_options(
            max_length=longest + room, batch_size=len(lines), do_sample=False
        )
        self._generator = onnxruntime_genai.Generator(model, options)
        filled = [ids + [filler] * (longest - len(ids)) for ids in lines]
        self._generator.append_tokens(torch.tensor(filled, dtype=torch.int32).numpy())

    @property
    def scores(self) -> "torch.Tensor":
        """Of the token that follows each line."""
        import torch

        found: Any = self._generator.get_logits()
        return torch.from_numpy(found)[:, -1].float()

    def step(self, tokens: Sequence[int]) -> None:
        """Add a token to each line."""
        import torch

        scores = torch.zeros_like(self.scores)
        scores[range(len(tokens)), list(tokens)] = 1
        self._generator.set_logits(scores[:, None].numpy())
        self._generator.generate_next_token()


class Written:
    """Goes on with lines of token ids, as `openvet.models.generation.Run` says.

    Args:
        folder: Of the built model.
        opened: The same model, as transformers runs it.
        threads: Of the processor.

    Raises:
        ValueError: It cannot be run, or says something else than the model.
    """

    def __init__(self, folder: str, opened: Opened, threads: int) -> None:
        from importlib.metadata import version

        self.engine = f"onnxruntime-genai {version('onnxruntime-genai')}, float32"
        """As reports name it."""
        self._filler = opened.vocabulary - 1
        try:
            self._model = _model(folder, self._filler, threads)
            same = agrees(opened, self._batch)
        except BREAKS as error:
            raise ValueError(f"it does not run: {line(error)}") from None
        if not same:
            raise ValueError("it answers otherwise than transformers")

    def _batch(self, lines: Sequence[list[int]], room: int) -> _Batch:
        return _Batch(self._model, lines, room, self._filler)

    def __call__(
        self,
        opened: Opened,
        lines: Sequence[list[int]],
        requests: Sequence[GenerateRequest],
        read: Callable[[int], None],
    ) -> list[list[int]]:
        """Return the new token ids of each line."""
        new: list[list[int]] = [[] for _ in lines]
        order = sorted(range(len(lines)), key=lambda at: len(lines[at]))
        for at in range(0, len(order), LINES):
            some = order[at : at + LINES]
            texts, asked = [lines[n] for n in some], [requests[n] for n in some]
            found = self._part(opened, texts, asked, read)
            if found is None:  # the filler is a token like others here
                found = library(opened, texts, asked, read)
            for number, said in zip(some, found, strict=True):
                new[number] = said
        return new

    def _part(
        self,
        opened: Opened,
        lines: Sequence[list[int]],
        requests: Sequence[GenerateRequest],
        read: Callable[[int], None],
    ) -> list[list[int]] | None:
        """Return the new token ids of lines that run together; None if they cannot."""
        if any(self._filler in ids for ids in lines):
            return None
        choice, every = Choice(requests), range(len(lines))
        new: list[list[int]] = [[] for _ in lines]
        batch = self._batch(lines, max(r.max_tokens for r in requests))
        read(sum(map(len, lines)))
        while True:
            tokens = choice(batch.scores, every)
            if self._filler in tokens:
                return None
            under_way = going(new, tokens, every, requests, opened.ends)
            if not under_way:
                return new
            batch.step(tokens)
            read(0)


def _model(folder: str, filler: int, threads: int) -> Any:  # noqa: ANN401 - the library's type
    """Return the built model, which ends nothing itself."""
    import onnxruntime_genai

    session = {"intra_op_num_threads": threads, "inter_op_num_threads": 1}
    config = onnxruntime_genai.Config(folder)
    config.overlay(
        json.dumps(
            {
                "model": {
                    "pad_token_id": filler,
                    "eos_token_id": filler,
                    "decoder": {"session_options": session},
                }
            }
        )
    )
    return onnxruntime_genai.Model(config)
