"""Let a causal language model go on with text, many texts at once.

What a request asks for - greedy or sampled, how long, which seed - holds for its own
line alone: the lines of a batch do not influence each other, see
`openvet.models.choosing`.
`library` is the loop of transformers, for architectures that `openvet.models.decoding`
cannot run and as its measure: prompts are padded on the left, so that all end where the
answers begin.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from openvet.models.choosing import Choice
from openvet.models.loading import Opened
from openvet.models.protocol import GenerateRequest, GenerateResult
from openvet.models.scoring import BREAKS

if TYPE_CHECKING:
    import torch

Run: TypeAlias = Callable[
    [Opened, Sequence[list[int]], Sequence[GenerateRequest], Callable[[int], None]],
    list[list[int]],
]
"""Goes on with lines of token ids, each as its request asks, and returns the new ids of
each; what follows the end of a line does not count. The last argument is told how many
tokens of prompts were read, and 0 after steps that read none."""


class _Chosen:
    """Gives the token that was chosen for a line a score above all others."""

    def __init__(self, requests: Sequence[GenerateRequest]) -> None:
        self.choice = Choice(requests)
        self.lines = range(len(requests))

    def __call__(
        self,
        input_ids: "torch.Tensor",
        scores: "torch.Tensor",
    ) -> "torch.Tensor":
        import torch

        tokens = torch.tensor(self.choice(scores, self.lines))
        return torch.zeros_like(scores).scatter_(1, tokens[:, None], 1)


class _Stop:
    """Ends a line at its own length, and tells that the model is at work."""

    def __init__(
        self,
        requests: Sequence[GenerateRequest],
        start: int,
        read: Callable[[int], None],
    ) -> None:
        import torch

        self.ends = torch.tensor([start + request.max_tokens for request in requests])
        self.read = read

    def __call__(
        self,
        input_ids: "torch.Tensor",
        scores: "torch.Tensor",
        **_: object,
    ) -> "torch.Tensor":
        self.read(0)
        return self.ends <= input_ids.shape[1]


def settle(opened: Opened) -> None:
    """Keep nothing of a model's own settings for generation but where a text ends.

    A generation_config.json can steer answers - forbid or force tokens, sample, repeat
    less. What is measured is the model and not these settings.
    """
    from transformers import GenerationConfig

    model, tokenizer = opened.model, opened.tokenizer
    ends = {tokenizer.eos_token_id}
    for settings in (getattr(model, "generation_config", None), model.config):
        found = getattr(settings, "eos_token_id", None)
        ends.update(found if isinstance(found, list | tuple) else [found])
    opened.ends = tuple(sorted(end for end in ends if isinstance(end, int)))
    model.generation_config = GenerationConfig(
        eos_token_id=list(opened.ends) or None,
        pad_token_id=opened.ends[0] if opened.ends else 0,
    )


def prompt_ids(opened: Opened, request: GenerateRequest) -> list[int]:
    """Return the token ids of a prompt, laid out by the chat template if it is a chat.

    Raises:
        ValueError: It cannot be laid out, or is too long to be answered.
    """
    from jinja2 import TemplateError

    tokenizer = opened.tokenizer
    if request.max_tokens < 1:
        raise ValueError("no token is to be written")
    if isinstance(request.prompt, str):
        ids: list[int] = tokenizer(request.prompt)["input_ids"]
    elif not tokenizer.chat_template:
        raise ValueError("the model has no chat template")
    else:
        turns = [{"role": m.role, "content": m.content} for m in request.prompt]
        try:
            text = tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, tokenize=False
            )
        except (TemplateError, *BREAKS) as error:
            raise ValueError(f"the chat template refuses: {error}") from None
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    ids = ids or list(opened.start)
    if not ids:
        raise ValueError("an empty prompt, and the model has no token to start with")
    if len(ids) + request.max_tokens > opened.window:
        raise ValueError(
            f"a prompt of {len(ids)} tokens and {request.max_tokens} to be written; "
            f"the model takes {opened.window}"
        )
    return ids


def generate(
    opened: Opened,
    requests: Sequence[GenerateRequest],
    run: Run,
    read: Callable[[int], None] = lambda _: None,
) -> list[GenerateResult]:
    """Return the answers to one batch of requests, in their order.

    Args:
        opened: The model, after `settle`.
        requests: As many as are to run at once.
        run: Goes on with lines of token ids.
        read: Told how many tokens of prompts were read; 0 after other steps.
    """
    results: list[GenerateResult | None] = [None] * len(requests)
    ready: list[tuple[int, list[int]]] = []
    for at, request in enumerate(requests):
        try:
            ready.append((at, prompt_ids(opened, request)))
        except ValueError as error:
            results[at] = GenerateResult(
                text="", tokens=0, finish="error", error=str(error)[:300]
            )
    if ready:
        lines = [ids for _, ids in ready]
        found = run(opened, lines, [requests[at] for at, _ in ready], read)
        for (at, ids), new in zip(ready, found, strict=True):
            results[at] = _result(opened, ids, new, requests[at].max_tokens)
    return [result for result in results if result is not None]


def library(
    opened: Opened,
    lines: Sequence[list[int]],
    requests: Sequence[GenerateRequest],
    read: Callable[[int], None],
) -> list[list[int]]:
    """Return the new token ids of each line, as the library's own loop finds them."""
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    start = max(map(len, lines))
    pad = opened.model.generation_config.pad_token_id
    read(sum(map(len, lines)))
    with torch.inference_mode():
        out = opened.model.generate(
            input_ids=torch.tensor([[pad] * (start - len(n)) + n for n in lines]),
            attention_mask=torch.tensor(
                [[0] * (start - len(n)) + [1] * len(n) for n in lines]
            ),
            max_new_tokens=max(request.max_tokens for request in requests),
            do_sample=False,
            logits_processor=LogitsProcessorList([_Chosen(requests)]),
            stopping_criteria=StoppingCriteriaList([_Stop(requests, start, read)]),
        )
    new: list[list[int]] = out[:, start:].tolist()
    return new


def _result(
    opened: Opened, prompt: list[int], new: list[int], most: int
) -> GenerateResult:
    """Return an answer, cut where it ends."""
    new = new[:most]
    end = next((at for at, token in enumerate(new) if token in opened.ends), None)
    new = new if end is None else new[: end + 1]
    decode = opened.tokenizer.decode
    # Some tokenizers drop the space before a first word: only the whole has it.
    head = decode(prompt, skip_special_tokens=True)
    whole = decode(prompt + new, skip_special_tokens=True)
    alone = decode(new, skip_special_tokens=True)
    return GenerateResult(
        text=whole[len(head) :] if whole.startswith(head) else alone,
        tokens=len(new),
        finish="length" if end is None else "stop",
    )
