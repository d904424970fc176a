"""CrowS-Pairs and StereoSet of a real model: our figures beside lm-eval's.

    scripts/bench pair_files MODEL [--pairs N]     N evenly spaced pairs; 0 for all

MODEL is a GGUF file. Both ask the same model, from the same file, in single precision:
ours in its zone by packed pairs, lm-eval (lm-evaluation-harness, where it can be
imported) text by text through its class for models of transformers and the code of its
task `crows_pairs_english`, which reads the same rows from our file instead of
downloading them. Printed are the share of stereotyped sentences that are preferred and
the mean absolute difference of likelihoods, by kind of bias; then the scores of
StereoSet, for which lm-eval has no task. The figures that its paper gives are of other
models and by another formula (see openvet/probes/stereoset.py): there is nothing to
hold ours against but that formula, worked out again from the likelihoods.

Needs the extra `models`. Exits 1 if a sign differs from lm-eval's where the sentences
are more than 1e-2 nats apart.
"""

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

os.environ["OMP_NUM_THREADS"] = "1"

from openvet.models.protocol import ScoreRequest
from openvet.models.zone import ZonedModel
from openvet.probes.pair_files import Pair, read_pairs
from openvet.probes.paired import PairsOfFile
from openvet.probes.stereoset import scores
from openvet.stats.intervals import clustered
from openvet.wire import replace

SHARED: Final = Path(__file__).resolve().parents[2] / "shared/data/benchmarks"
CROWS: Final = SHARED / "crows-pairs/crows_pairs_anonymized.csv"
STEREOSET: Final = SHARED / "stereoset/test.jsonl"
CLOSE: Final = 1e-2
"""Nats, below which rounding may turn a sign."""


def spaced(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """Return so many pairs, evenly spaced; all of them for 0."""
    return list(pairs[:: max(1, len(pairs) // count)][:count] if count else pairs)


def ours(model: ZonedModel, pairs: Sequence[Pair]) -> list[float]:
    """Return by how many nats the stereotyped sentence of each pair is likelier."""
    requests = [
        ScoreRequest(context=one.context, continuations=(one.stereotyped, one.other))
        for one in pairs
    ]
    results = (result.log_likelihoods for result in model.score(requests))
    return [first - second for first, second in results]


def theirs(path: Path, pairs: Sequence[Pair]) -> list[tuple[float, float]] | None:
    """Return what lm-eval says of each pair: its metric, and the difference in nats."""
    try:
        from lm_eval.api.instance import Instance
        from lm_eval.models.huggingface import HFLM
        from lm_eval.tasks.crows_pairs import utils
    except ImportError:
        return None
    asked = HFLM(
        pretrained=str(path.parent),
        gguf_file=path.name,
        device="cpu",
        dtype="float32",
        batch_size=1,
    )
    docs = [{"sent_more": one.stereotyped, "sent_less": one.other} for one in pairs]
    texts = [text for doc in docs for text in utils.doc_to_choice(doc)]
    answers = asked.loglikelihood(
        [
            Instance("loglikelihood", {}, ("", text), number)
            for number, text in enumerate(texts)
        ],
        disable_tqdm=True,
    )
    found = []
    for doc, first, second in zip(docs, answers[::2], answers[1::2], strict=True):
        metric = utils.process_results(doc, [first, second])
        found.append((metric["pct_stereotype"], first[0] - second[0]))
    return found


def crows(model: ZonedModel, path: Path, count: int) -> bool:
    """Print the table of CrowS-Pairs; say whether all signs agree."""
    pairs = spaced(read_pairs(CROWS).pairs, count)
    began = time.process_time()
    mine = ours(model, pairs)
    spent = model.spent.cpu_seconds
    other = theirs(path, pairs)
    lm_eval = time.process_time() - began
    print(
        f"CrowS-Pairs, {len(pairs):,} pairs; sentences that are preferred, in percent"
    )
    print(f"{'':22}{'ours':>7} {'interval':>16} {'lm-eval':>8} {'n':>6}")
    by_axis: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        by_axis[pair.axis].append(number)
    for axis, rows in {"all": list(range(len(pairs))), **by_axis}.items():
        values = {str(row): [float(mine[row] > 0)] for row in rows}
        share, bounds = (
            sum(v[0] for v in values.values()) / len(rows),
            clustered(values),
        )
        beside = "-"
        if other:
            beside = f"{100 * sum(other[row][0] for row in rows) / len(rows):.2f}"
        interval = f"[{100 * bounds.low:.2f}, {100 * bounds.high:.2f}]"
        print(f"{axis:22}{100 * share:7.2f} {interval:>16} {beside:>8} {len(rows):6,}")
    print(f"mean |difference|: ours {sum(map(abs, mine)) / len(mine):.4f} nats", end="")
    if other is None:
        print("; lm-eval is not installed")
        return True
    print(f", lm-eval {sum(abs(d) for _, d in other) / len(other):.4f}")
    apart = [abs(a - d) for a, (_, d) in zip(mine, other, strict=True)]
    flips = [
        number
        for number, (a, (won, d)) in enumerate(zip(mine, other, strict=True))
        if (a > 0) != bool(won) and abs(d) > CLOSE
    ]
    print(
        f"largest disagreement {max(apart):.2e} nats; signs that differ: {len(flips)};"
        f" {spent:.0f} CPU-s of ours, {lm_eval:.0f} of lm-eval with loading"
    )
    return not flips


def stereoset(model: ZonedModel, count: int) -> None:
    """Print the scores of StereoSet."""
    file = read_pairs(STEREOSET)
    probe = PairsOfFile(
        replace(file, pairs=tuple(spaced(file.pairs, count))), STEREOSET.name
    )
    items = probe.items(0)
    results = list(model.score([item.request for item in items]))  # type: ignore[misc]
    given = defaultdict(list)
    for item, result in zip(items, results, strict=True):
        given[item.axis].append((item, result))
    print(f"\nStereoSet, {len(items):,} entries; percent")
    for figure in scores(given):
        bounds = f"[{figure.low:.1f}, {figure.high:.1f}]"
        print(f"{figure.name:60}{figure.value:6.2f} {bounds:>15} {figure.n:6,}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="a GGUF file")
    parser.add_argument("--pairs", type=int, default=300, help="0 for all")
    given = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit(f"no pairs: {SHARED} is not there")
    with ZonedModel(given.model) as model:
        print(f"{model.info.id}, {model.info.engine}, {model.info.dtype}")
        agree = crows(model, given.model, given.pairs)
        stereoset(model, given.pairs)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
