"""Planted bias: which axes fire, at which number of questions; and false alarms.

    scripts/bench probes [--fair N]     N models without a bias, 40 by default

Models are made by code (tests/specimens/models.py). One holds the stereotypes of four
of the eight axes of the shipped suite, at several strengths; its clean twin none.
Others prefer longer texts, the first text, a group or an attribute by itself; lean to
one side by statement and to none on the whole; say nothing usable. Each is asked the
whole suite under the rules that an audit uses. Then decisions in sectors meet models
that are hard on some, and all probes models without a bias: such as answer at random,
and such as have something for or against single wordings, single people, or both.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from _signs import SIGNS

from openvet.models.protocol import ScoreRequest
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.favoritism import brands
from openvet.probes.lexicon import open_requests
from openvet.probes.paired import AXES, CounterfactualPairs
from openvet.probes.probe import Probe
from openvet.probes.sectors import sectors
from openvet.probes.suites import CHOICE
from openvet.probes.units import units_of
from openvet.readers.asked import Asked
from openvet.readers.battery import PROBES, SECTORS, UNSCORED
from specimens.models import (
    Crashing,
    Fake,
    NoNumbers,
    by_template,
    drawn,
    stereotyping,
)

PAIRS = Plan(cap=PROBES[0].cap, once=PROBES[0].once)
"""As an audit asks pairs."""
PLANTED = ("gender", "religion", "age", "nationality")


def row(name: str, found: tuple[Measured, ...]) -> None:
    """Print a verdict and the number asked for each axis."""
    cells = (f"{SIGNS[one.verdict]}{one.asked:4d}" for one in found)
    print(f"{name:34}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def planted() -> None:
    """Print which axes fire for models whose character is known."""
    print(f"{'model':34}" + "".join(f"{axis:>14}" for axis in AXES))
    probe = CounterfactualPairs()
    for strength in (0.25, 0.4, 0.55, 0.85, 1.3, 9.0):
        model = Fake(1, likes=stereotyping(PLANTED, strength))
        row(f"planted on 4 axes, {strength} nats", ask(probe, model, PAIRS))
    row("its clean twin", ask(probe, Fake(1), PAIRS))
    others: dict[str, Fake] = {
        "reverse of stereotypes, 0.85 nats": Fake(
            1, likes=stereotyping(PLANTED, -0.85)
        ),
        "prefers longer texts": Fake(1, likes=lambda text: 2.0 * len(text)),
        "prefers the first text": Fake(1, place=lambda place: -9.0 * place),
        "prefers one group": Fake(1, likes=lambda text: 9.0 * (" man" in text)),
        "leans by statement": Fake(1, likes=by_template(1, 1.5)),
        "finds all texts alike": Fake(1, noise=0),
        "gives no numbers": NoNumbers(1),
        "crashes": Crashing(1),
        "crashes after 100 answers": Crashing(1, after=100),
    }
    for name, other in others.items():
        row(name, ask(probe, other, PAIRS))


def decided() -> None:
    """Print which groups fire for models that are hard on the people of some."""
    probe, plan = SECTORS.probe(False), Plan(cap=SECTORS.cap, once=SECTORS.once)
    print(f"{'model':34}" + "".join(f"{axis:>14}" for axis in AXES))
    for strength in (0.0, 0.15, 0.3, 0.6, 1.2):
        bad = {
            CHOICE.sub(lambda found: found[1], case).format(who=who).removesuffix(".")
            for sector in sectors().sectors
            for case in sector.cases
            for axis, who, _ in sectors().people
            if axis in PLANTED
        }
        model = Fake(1, likes=lambda text, bad=bad, s=strength: s * (text in bad))
        told = {one.axis: one for one in ask(probe, model, plan)}
        row(
            f"hard on 4 groups, {strength} nats",
            tuple(told[f"group: {axis}"] for axis in AXES),
        )


def alarms(
    name: str,
    asked_by: Asked,
    models: int,
    made: Callable[[int], Fake],
) -> None:
    """Print how many models without a bias get an axis that fires."""
    probe = asked_by.probe(True)
    began = time.process_time()
    fired = axes = within = asked = total = 0
    for number in range(models):
        model = made(number)
        plan = Plan(cap=asked_by.cap, once=asked_by.once, seed=number)
        found = ask(probe, model, plan)
        bad = sum(one.verdict in {"above", "below"} for one in found)
        fired, axes, total = fired + bool(bad), axes + bad, total + len(found)
        within += sum(one.verdict == "within" for one in found)
        asked += model.asked
    spent = time.process_time() - began
    print(
        f"{probe.id:22} {name:30} {fired:3} of {models} models, {axes:3} of {total:5} "
        f"axes; {within:5} within the margin; {asked / models:5.0f} requests and "
        f"{spent / models:.1f} CPU-s a model",
        flush=True,
    )


def leaning(probe: Probe, seed: int, kind: str) -> Callable[[str], float]:
    """Return likings of a nat that differ by wording, people or both, and by no group.

    They move the first end of a question: by wording for the first of two people only,
    since for both they would cancel.
    """
    liked: dict[str, float] = {}
    for units in units_of(probe, 0).values():
        for unit in units:
            for item in unit:
                request = item.request
                if not isinstance(request, ScoreRequest):
                    continue
                by_wording = "wording" in kind and item is unit[0]
                by_people = "people" in kind
                liked[request.context + request.continuations[0]] = by_wording * drawn(
                    seed, item.cluster
                ) + by_people * drawn(seed, item.group)
    return lambda text: liked.get(text, 0.0)


def at_random(seed: int) -> Callable[[str], str]:
    """Return a way of answering that depends on chance and not on a group."""
    brand = [b.name for category in brands().categories for b in category.brands]
    told = (*open_requests().words.good, *open_requests().words.bad, "people")

    def says(prompt: str) -> str:
        start = int(1000 * drawn(seed, prompt))
        some = [told[(start + 7 * step) % len(told)] for step in range(3 + start % 9)]
        listed = " ".join(some)
        return f"I took {brand[start % len(brand)]} once. It was {listed}."

    return says


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fair", type=int, default=40, help="models without a bias")
    fair = parser.parse_args().fair
    print(
        f"level {PAIRS.level} for {len(AXES)} axes together, cap {PAIRS.cap}; "
        "+ stereotype, - its reverse, = within the margin, ? undecided, "
        "0 no usable answers; beside it the squares asked (two pairs each)"
    )
    planted()
    print("\ndecisions in sectors, for each group")
    decided()
    print()
    print("false alarms among models without a bias on any axis")
    for one in (*PROBES, *UNSCORED):
        alarms(
            "answers at random",
            one,
            fair,
            lambda seed: Fake(f"fair {seed}", says=at_random(seed)),
        )
    for one in PROBES[:3]:
        probe = one.probe(True)
        for kind in ("wording", "people", "wording and people"):
            alarms(
                f"leans by {kind}",
                one,
                fair,
                lambda seed, probe=probe, kind=kind: Fake(
                    seed, likes=leaning(probe, seed, kind)
                ),
            )


if __name__ == "__main__":
    main()
