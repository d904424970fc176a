"""Go on with many texts at once, computing little but what decides the next token.

The library's own loop pads all prompts to the longest and reads each whole, grows its
memory of the texts by copying it at every step, and goes on with lines that have ended.
Here prompts are read as scored texts are (`openvet.models.packing`): without padding,
what they share once, the last layer only where a prediction is wanted. What a model
remembers of them has its place beforehand, all prompts ending where the answers begin,
and lines that ended are dropped. The model itself runs as the library has it.

`takes` asks the model whether this gives what it gives on whole texts.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, Protocol

from openvet.models.choosing import Choice
from openvet.models.loading import Opened
from openvet.models.packing import Row
from openvet.models.protocol import GenerateRequest
from openvet.models.scoring import BREAKS, TOLERANCE, mask_of

if TYPE_CHECKING:
    import torch

ROW: Final = 256
"""Tokens of prompts that are read at once, if no prompt is longer."""
LONGEST: Final = 2048
"""Tokens of a prompt; what sees what would take too much memory beyond it."""
DROPPED: Final = 8
"""Lines are dropped when one of so many has ended: it costs a copy of the rest."""
TRIAL: Final = ((11, 5), (11, 2), (5, 3))
"""First token and length of prompts that a model is tried with."""
LAID: Final = 8 << 30
"""Bytes of weights that are laid in the faster order; it may take a copy of them."""


class UnderWay(Protocol):
    """Lines that tokens can be added to."""

    @property
    def scores(self) -> "torch.Tensor":
        """Of the token that follows each line, as rows of the vocabulary."""

    def step(self, tokens: Sequence[int]) -> None:
        """Add a token to each line."""


class _Reading:
    """What each layer makes of a row of prompts; nothing came before it.

    Takes the place of the library's cache, of which models ask no more than this.
    """

    def __init__(self) -> None:
        self.layers: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def update(
        self,
        keys: "torch.Tensor",
        values: "torch.Tensor",
        layer: int,
        *_: object,
        **__: object,
    ) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Take note of a layer's keys and values, and return them."""
        self.layers[layer] = keys, values
        return keys, values

    def get_seq_length(self, layer: int = 0) -> int:
        """Return how many tokens came before."""
        return 0


class _Lines(_Reading):
    """What each layer remembers of the lines of a batch.

    Args:
        lines: How many there are.
        length: Tokens of the longest prompt; all end at this place.
        room: Tokens that may follow.
    """

    def __init__(self, lines: int, length: int, room: int) -> None:
        super().__init__()
        self.shape = lines, length + room
        self.length = length

    def take(
        self, row: _Reading, lines: Sequence[int], places: Sequence[list[int]]
    ) -> None:
        """Remember prompts of a row: which line each is, and where its tokens are."""
        import torch

        end = self.length
        who = torch.tensor(lines)
        # What is before a shorter prompt is never looked at, but has to be a number.
        where = torch.tensor([[0] * (end - len(p)) + p for p in places])
        for layer, (keys, values) in row.layers.items():
            if layer not in self.layers:
                self.layers[layer] = self._room(keys), self._room(values)
            for room, found in zip(self.layers[layer], (keys, values), strict=True):
                room[who, :, :end] = found[0][:, where].transpose(0, 1)

    def _room(self, like: "torch.Tensor") -> "torch.Tensor":
        lines, length = self.shape
        return like.new_empty(lines, like.shape[1], length, like.shape[3])

    def update(
        self,
        keys: "torch.Tensor",
        values: "torch.Tensor",
        layer: int,
        *_: object,
        **__: object,
    ) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Add a layer's keys and values of one token, and return all there are."""
        known, held = self.layers[layer]
        end = self.length + 1
        known[:, :, self.length : end] = keys
        held[:, :, self.length : end] = values
        return known[:, :, :end], held[:, :, :end]

    def get_seq_length(self, layer: int = 0) -> int:
        """Return how many tokens came before, shorter prompts filled up."""
        return self.length

    def keep(self, lines: "torch.Tensor") -> None:
        """Forget all but some lines."""
        for layer, (keys, values) in self.layers.items():
            self.layers[layer] = keys[lines], values[lines]


class _Batch:
    """Lines under way: their prompts are read, and tokens can be added.

    Args:
        model: A causal language model in evaluation mode.
        lines: Token ids of the prompts.
        room: Tokens that may follow.
        read: Told how many tokens were read.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - transformers' own type, not imported here
        lines: Sequence[list[int]],
        room: int,
        read: Callable[[int], None],
    ) -> None:
        import torch

        self._model = model
        self._next = torch.tensor([len(ids) for ids in lines])
        longest = int(self._next.max())
        empty = torch.arange(longest + room) < (longest - self._next)[:, None]
        lowest = torch.finfo(torch.float32).min
        mask = torch.zeros(empty.shape).masked_fill_(empty, lowest)
        self._mask = mask[:, None, None]
        self._known = _Lines(len(lines), longest, room)
        self.scores = self._read(lines, read)
        """Of the token that follows each line."""

    def _read(
        self, lines: Sequence[list[int]], read: Callable[[int], None]
    ) -> "torch.Tensor":
        """Read the prompts and return the scores of what follows each."""
        import torch

        order, parts = [], []
        for row, some in rows(lines):
            reading = _Reading()
            paths = [row.read(lines[line]) for line in some]
            keep = torch.tensor([path[-1] for path in paths])
            parts.append(
                self._model(
                    input_ids=torch.tensor([row.ids]),
                    attention_mask=mask_of(row),
                    position_ids=torch.tensor([row.positions]),
                    past_key_values=reading,
                    use_cache=True,
                    logits_to_keep=keep,
                ).logits[0]
            )
            self._known.take(reading, some, paths)
            order += some
            read(len(row.ids))
        return torch.cat(parts)[torch.tensor(order).argsort()]

    def step(self, tokens: Sequence[int]) -> None:
        """Add a token to each line."""
        import torch

        self.scores = self._model(
            input_ids=torch.tensor(tokens)[:, None],
            attention_mask=self._mask[..., : self._known.length + 1],
            position_ids=self._next[:, None],
            past_key_values=self._known,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        self._known.length += 1
        self._next = self._next + 1

    def keep(self, lines: Sequence[int]) -> None:
        """Drop all but some lines."""
        import torch

        some = torch.tensor(lines)
        self._known.keep(some)
        self._next, self._mask = self._next[some], self._mask[some]


def rows(lines: Sequence[list[int]]) -> Iterator[tuple[Row, list[int]]]:
    """Yield rows that hold prompts, and which prompts each holds."""
    row, some = Row(), list[int]()
    before: list[int] = []
    for line in sorted(range(len(lines)), key=lambda at: lines[at]):
        ids = lines[line]
        alike = takewhile(lambda two: two[0] == two[1], zip(before, ids, strict=False))
        if row.ids and len(row.ids) + len(ids) - sum(1 for _ in alike) > ROW:
            yield row, some
            row, some = Row(), []
        row.read(ids)
        some.append(line)
        before = ids
    if some:
        yield row, some


def run(
    opened: Opened,
    lines: Sequence[list[int]],
    requests: Sequence[GenerateRequest],
    read: Callable[[int], None],
) -> list[list[int]]:
    """Return the new token ids of each line, the one that ends it included.

    Args:
        opened: The model.
        lines: Token ids of the prompts, none empty, none longer than `LONGEST`.
        requests: What is asked of each line.
        read: Told how many tokens of prompts were read since; 0 after other steps.
    """
    import torch

    new: list[list[int]] = [[] for _ in lines]
    room = max(request.max_tokens for request in requests)
    asked, choice = list(range(len(lines))), Choice(requests)

    with torch.inference_mode():
        batch = _Batch(opened.model, lines, room, read)
        while True:
            tokens = choice(batch.scores, asked)
            under_way = going(new, tokens, asked, requests, opened.ends)
            if not under_way:
                return new
            if (len(asked) - len(under_way)) * DROPPED >= len(asked):
                batch.keep(under_way)
                asked = [asked[at] for at in under_way]
                tokens = [tokens[at] for at in under_way]
            batch.step(tokens)
            read(0)


def going(
    new: list[list[int]],
    tokens: Sequence[int],
    lines: Sequence[int],
    requests: Sequence[GenerateRequest],
    ends: Sequence[int],
) -> list[int]:
    """Add tokens to lines that have not ended; return the places of those that go on.

    Args:
        new: What was added to each line so far; is changed.
        tokens: One for each of some lines.
        lines: Which lines they are.
        requests: What is asked of each line.
        ends: Tokens that end a text.
    """

    def ended(line: int) -> bool:
        said = new[line]
        full = len(said) == requests[line].max_tokens
        return bool(said) and (full or said[-1] in ends)

    for line, token in zip(lines, tokens, strict=True):
        if not ended(line):
            new[line].append(token)
    return [at for at, line in enumerate(lines) if not ended(line)]


def lay(model: Any) -> None:  # noqa: ANN401 - as above
    """Lay weights in the order in which few rows are multiplied fastest.

    Same values and shapes: what changes is that numbers which are read together stand
    together. Weights that are also looked up by row, as those of words, stay.
    """
    import torch

    words = model.get_input_embeddings().weight
    layers = [one for one in model.modules() if type(one) is torch.nn.Linear]
    weights = [one.weight for one in layers if one.weight is not words]
    if sum(weight.nbytes for weight in weights) > LAID:
        return
    try:
        for weight in weights:
            weight.data = weight.data.t().contiguous().t()
    except (MemoryError, RuntimeError):
        return  # it is as right as it was, and slower


def takes(opened: Opened) -> bool:
    """Tell whether a model goes on here as it does on whole texts."""
    try:
        return agrees(
            opened,
            lambda lines, room: _Batch(opened.model, lines, room, lambda _: None),
        )
    except BREAKS:
        return False


def agrees(
    opened: Opened, start: Callable[[Sequence[list[int]], int], UnderWay]
) -> bool:
    """Tell whether lines under way have the scores of whole texts.

    Prompts of fixed token ids are gone on with for some tokens; the scores of each must
    be those of the whole text, read without any memory.

    Args:
        opened: The model.
        start: Reads prompts, with room for so many tokens more.
    """
    import torch

    vocabulary, steps = opened.vocabulary, 3
    lines = [[(n + 7 * k * k) % vocabulary for k in range(count)] for n, count in TRIAL]
    with torch.inference_mode():
        batch = start(lines, steps)
        for step in range(steps):
            for line, scores in zip(lines, batch.scores, strict=True):
                whole = opened.model(torch.tensor([line]), use_cache=False).logits
                if not bool((whole[0, -1] - scores).abs().max() <= TOLERANCE):
                    return False
                line.append(int(scores.argmax()))
            if step < steps - 1:
                batch.step([line[-1] for line in lines])
    return True
