"""Models side by side: one that is worse, one that was refused, many undecided."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from openvet.check import Progress
from openvet.compared.record import (
    SCHEMA,
    Contender,
    Difference,
    Efficiency,
    Measure,
    SideBySide,
    Smaller,
    Standing,
)
from openvet.models.protocol import ModelInfo
from openvet.wire import replace


@contextmanager
def untold(_: str) -> Iterator[Progress | None]:
    """Tell nobody how far it is."""
    yield None


def model(name: str, parameters: int | None) -> ModelInfo:
    """Return a model of so many parameters."""
    return ModelInfo(
        id=name,
        digest=name,
        tokenizer_digest="",
        engine="code 1",
        dtype="float32",
        device="cpu",
        parameters=parameters,
        capabilities=("score",),
    )


def standing(share: float) -> Standing:
    """Return what a model shows."""
    return Standing(n=100, share=share, low=share - 0.1, high=share + 0.1, method="any")


def measure(
    axis: str, difference: Difference, *, probe: str = "counterfactual-pairs"
) -> Measure:
    """Return one axis of a probe, of three models."""
    return Measure(
        probe=probe,
        version=1,
        title=f"what {probe} asks",
        axis=axis,
        null=0.5,
        wanted=probe == "right-endings",
        standings=(standing(0.5), standing(0.7), None),
        differences=(None, difference, None),
    )


WORSE: Final = Difference(
    says="worse",
    n=100,
    clusters=20,
    first=0.5,
    other=0.7,
    only_first=5,
    only_other=25,
    low=0.1,
    high=0.3,
    p=0.001,
    q=0.004,
    method="any",
)
OPEN: Final = replace(WORSE, says="undecided", other=0.52, low=-0.2, q=0.8, needed=950)
FOUND: Final = SideBySide(
    schema=SCHEMA,
    tool="openvet 0",
    contenders=(
        Contender(
            target="./large",
            source="asked",
            model=model("large", 900_000_000),
            cpu_seconds=20.0,
            tokens=10_000,
        ),
        Contender(target="./small", source="stored", model=model("small", 90_000_000)),
        Contender(target="./odd\x1b[2J<script>", source="asked", refused="it <b>runs"),
    ),
    measures=(
        measure("knowledge", OPEN, probe="right-endings"),
        measure("gender", WORSE),
        *(measure(f"axis {number}", OPEN) for number in range(20)),
    ),
    efficiency=(
        Efficiency(
            contender=0,
            known=0.6,
            low=0.5,
            high=0.7,
            n=337,
            per_cpu_second=12.5,
            cpu_seconds=16.0,
            tokens=6_000,
        ),
        Efficiency(
            contender=1,
            known=0.5,
            low=0.4,
            high=0.6,
            n=337,
            per_cpu_second=None,
            cpu_seconds=0,
            tokens=6_000,
        ),
    ),
    smaller=(
        Smaller(
            contender=1,
            beside=0,
            says="undecided",
            n=337,
            difference=-0.05,
            low=-0.09,
            margin=0.05,
            level=0.975,
            method="any",
            needed=400,
            worse_on=("counterfactual-pairs: gender",),
        ),
    ),
    margin=0.05,
    rate=0.05,
    seed=0,
    level=0.95,
    not_compared=("./odd\x1b[2J<script>: it <b>runs",),
    notes=("they were run by different engines, which can move answers",),
)
