"""Agreement of the openness scorer with published declarations, and what they lack.

    scripts/bench openness                  figures
    scripts/bench openness --models         and the class of each model

273 models declare themselves in the format of the Model Openness Framework
(lfai/model_openness_tool at 8b5d30e, models/*.yml). Each is scored three times: with
licenses to the letter, as the framework's own tool reads them; with spellings
understood; and by the arithmetic of that tool's `getProgress`, which counts instead of
comparing. Models on which two ways differ are named.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from openvet.openness.mof import (
    NUMERAL,
    PAPER,
    REPORT,
    Score,
    Standing,
    classify,
    declared,
    lacking,
    score,
)
from openvet.openness.terms import framework, identify, states_none

MODELS = Path(__file__).resolve().parents[2] / "shared/data/governance/mot-models"
LOWEST = 3
EXPECTED = {0: 242, 3: 16, 2: 1, 1: 14}
"""Counted before this scorer was written, by another program."""


def counted(found: Score) -> int:
    """Return the class as the framework's tool counts it, sum by sum."""
    good = [r.component for r in found.ratings if r.fulfilled and r.component.required]
    names = {component.name for component in good}
    paper_for_report = PAPER in names and REPORT not in names
    reached = total = 0
    for klass in (3, 2, 1):
        total += sum(c.required and c.klass == klass for c in framework().components)
        have = sum(component.klass >= klass for component in good)
        have += paper_for_report and klass > 1
        if have < total - (paper_for_report and klass == 1):
            break
        reached = klass
    return reached


def releases() -> dict[str, dict[str, Any]]:
    """Return what each model declares."""
    return {
        path.stem: yaml.load(path.read_bytes(), yaml.CSafeLoader)["release"]
        for path in sorted(MODELS.glob("*.yml"))
    }


def table(rows: dict[str, Counter[int]]) -> None:
    """Print how many models each way of scoring puts into each class."""
    print(f"{'':34}{'none':>6}{'III':>6}{'II':>6}{'I':>6}")
    for name, classes in rows.items():
        print(f"{name:34}" + "".join(f"{classes[k]:6}" for k in (0, 3, 2, 1)))


def blockers(scores: list[Score]) -> None:
    """Print what keeps models from Class III, by component and by standing."""
    stands: tuple[Standing, ...] = ("missing", "unlicensed", "not-open")
    print(f"\n{'keeps from Class III':34}" + "".join(f"{s:>12}" for s in stands))
    for component in lacking(LOWEST, ()):
        ratings = [r for s in scores for r in s.ratings if r.component == component]
        counts = Counter(rating.standing for rating in ratings)
        print(f"{component.name:34}" + "".join(f"{counts[s]:12}" for s in stands))


def spellings(scores: list[Score]) -> None:
    """Print the licenses that nothing was made of, most frequent first."""
    unknown = Counter(
        r.license for s in scores for r in s.ratings if r.standing == "not-open"
    )
    print(f"\n{len(unknown)} spellings that are no open license; the most frequent:")
    for text, number in unknown.most_common(12):
        print(f"{number:6}  {text[:70]}")


def main() -> int:
    """Print the figures; return 1 where a way of scoring is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", action="store_true", help="print each class")
    options = parser.parse_args()
    if not MODELS.is_dir():
        print("the published declarations are not here", file=sys.stderr)
        return 2
    read = {name: declared(release) for name, release in releases().items()}
    begun = time.process_time()
    strict = {name: score(*one, literal=True) for name, one in read.items()}
    spent = time.process_time() - begun
    understood = {name: score(*one) for name, one in read.items()}
    ways = {
        "licenses to the letter": Counter(s.klass for s in strict.values()),
        "spellings understood": Counter(s.klass for s in understood.values()),
        "counted as the tool counts": Counter(counted(s) for s in strict.values()),
        "expected": Counter(EXPECTED),
    }
    table(ways)
    differ = [
        f"{name}: {s.klass}, {understood[name].klass}, {counted(s)}"
        for name, s in strict.items()
        if len({s.klass, understood[name].klass, counted(s)}) > 1
    ]
    print(f"\n{len(differ)} models on which two ways differ", *differ, sep="\n  ")
    lifted = sum(
        classify(read[name][0]) > 0 for name, s in strict.items() if s.klass == 0
    )
    print(f"{lifted} in no class would be in one if all they include were open")
    stated = {
        text for _, terms in read.values() for text in terms.by_component.values()
    }
    mended = sorted(t for t in stated if t and identify(t) not in ("", t))
    none = sorted(text for text in stated if text and states_none(text))
    print(f"{len(mended)} spellings mean an open license:", "; ".join(mended))
    print(f"{len(none)} spellings mean that there is none:", "; ".join(none))
    blockers(list(strict.values()))
    spellings(list(understood.values()))
    print(f"\n{1000 * spent / len(read):.2f} CPU ms a model")
    if options.models:
        for name, found in strict.items():
            print(f"{NUMERAL.get(found.klass, '-'):4} {name}")
    return int(ways["licenses to the letter"] != Counter(EXPECTED) or bool(differ))


if __name__ == "__main__":
    sys.exit(main())
