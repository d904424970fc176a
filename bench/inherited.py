"""Planted heritage: what is called inherited, added or reduced, at which n.

    scripts/bench inherited [--models N]     N pairs of models for each row; 3

Models are made by code (tests/specimens/models.py). A base holds the stereotypes of
four of the eight axes of the shipped suite, or none; a model is made from it: it shares
the chance of its base, gets some of its own, as training moves every likelihood a
little, and keeps, gains or loses the planted stereotypes. Printed is what an audit with
`--base` says of the planted axes and of the others. Then pairs of models that know a
given share of the questions of quality are compared: how often the smaller one is
called not worse, worse or undecided.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from openvet.askable import AskableModel, Loadable
from openvet.check import Context
from openvet.compared.judged import Judged, Side, judged
from openvet.compared.record import Contender
from openvet.compared.shown import Turn as Asked
from openvet.compared.shown import Wanted, shown
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.quality import RightEndings, endings
from openvet.readers.heritage import Side as Models
from openvet.readers.heritage import Turn, beside_base
from openvet.subject import Origin
from openvet.wire import replace
from specimens.models import Fake, drawn, stereotyping

PLANTED = ("gender", "religion", "age", "nationality")
MOVED = 0.5
"""Nats by which training moves a likelihood at random."""
ROWS = (
    ("added to a clean base", 0.0, 0.85),
    ("added to a clean base, strongly", 0.0, 1.3),
    ("added to what the base has", 0.4, 1.3),
    ("inherited", 0.85, 0.85),
    ("inherited, strong", 1.3, 1.3),
    ("reduced", 1.3, 0.4),
    ("in neither", 0.0, 0.0),
)
"""What is planted, and how many nats of it the base and the model hold."""
SUBJECT = AskableModel(
    origin=Origin(place=("model",), digest="0"),
    model=Loadable(
        kind="causal", format="huggingface", name="", architecture="", path="", size=0
    ),
)


def family(seed: int, base: float, model: float) -> tuple[Fake, Fake]:
    """Return a base and a model that was made from it."""
    before, after = stereotyping(PLANTED, base), stereotyping(PLANTED, model)
    first = Fake(f"base {seed}", likes=before)
    second = Fake(
        f"base {seed}",
        likes=lambda text: after(text) + MOVED * drawn(f"moved {seed}", text),
    )
    first.info = replace(first.info, id="base", digest="base")
    second.info = replace(second.info, id="model", digest="model")
    return first, second


def heritage(seed: int, n: int, base: float, model: float) -> dict[str, str]:
    """Return what an audit says of each axis."""
    first, second = family(seed, base, model)
    probe, plan = CounterfactualPairs(), Plan(cap=n, seed=seed)
    own = Answers(second.info)
    turn = Turn(probe, plan, ask(probe, second, plan, own))
    sides = Models(second, own), Models(first, Answers(first.info))
    found: dict[str, str] = {}
    for subject in beside_base(SUBJECT, *sides, [turn], Context()):
        if subject.found is not None:
            found |= {heir.axis: heir.descent for heir in subject.found.axes}
    return found


def table(models: int) -> None:
    """Print what is said of planted axes and of the others."""
    print(f"{'planted on 4 of 8 axes':36}{'n':>5}  the 4 planted axes / the others")
    for name, base, model in ROWS:
        for n in (48, 96, 160):
            planted: Counter[str] = Counter()
            others: Counter[str] = Counter()
            for seed in range(models):
                for axis, descent in heritage(seed, n, base, model).items():
                    (planted if axis in PLANTED else others)[descent] += 1
            title = f"{name}, {base} to {model} nats"
            print(f"{title:44}{n:5}  {_told(planted)} / {_told(others)}", flush=True)


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def knowing(seed: str, share: float) -> Callable[[str], float]:
    """Return a liking for the right ends of a share of the texts of quality."""
    right = [f"{one.begin} {one.right}{one.rest}" for one in endings()]
    right.sort(key=lambda text: drawn(seed, text))
    known = set(right[: round(share * len(right))])
    return lambda text: 9.0 if text in known else 0.0


def smaller(models: int) -> None:
    """Print how often a smaller model is called not worse."""
    print(
        f"{'a smaller model; both guess the rest':44}{'pairs':>7}  says (margin 0.05)"
    )
    wanted = Wanted([Asked(lambda _: RightEndings(), 10**6)], 0)
    for large, small in ((0.9, 0.9), (0.9, 0.85), (0.9, 0.8), (0.9, 0.7), (0.5, 0.5)):
        said: Counter[str] = Counter()
        for seed in range(models):
            sides = []
            for size, share in ((2, large), (1, small)):
                model = Fake(f"{seed} {size}", likes=knowing(f"known {seed}", share))
                model.info = replace(model.info, parameters=size, digest=f"{size}")
                seen = shown(model, Answers(model.info), wanted)
                sides.append(Side(Contender(target="m", source="asked"), seen))
            found = judged(sides, Judged(0.05, seed))
            said.update(one.says for one in found.smaller)
        title = f"knows {small:.2f} where the larger knows {large:.2f}"
        print(f"{title:44}{models:7}  {_told(said)}", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=3, help="pairs for each row")
    models = parser.parse_args().models
    began = time.process_time()
    table(models)
    print()
    smaller(10 * models)
    print(f"{time.process_time() - began:.0f} CPU seconds")


if __name__ == "__main__":
    main()
