"""Models side by side, as people and programs read it."""

import json

from syrupy.assertion import SnapshotAssertion

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
from openvet.wire import decode, replace
from openvet.write import comparison


def model(name: str, parameters: int | None) -> ModelInfo:
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
    return Standing(n=100, share=share, low=share - 0.1, high=share + 0.1, method="any")


def measure(
    axis: str, difference: Difference, *, probe: str = "counterfactual-pairs"
) -> Measure:
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


WORSE = Difference(
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
OPEN = replace(WORSE, says="undecided", other=0.52, low=-0.2, q=0.8, needed=950)
FOUND = SideBySide(
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
    not_compared=("./odd\x1b[2J<script>: it <b>runs",),
    notes=("they were run by different engines, which can move answers",),
)


def test_the_text_reads_as_it_did(snapshot: SnapshotAssertion) -> None:
    assert comparison.text(FOUND) == snapshot


def test_the_page_reads_as_it_did(snapshot: SnapshotAssertion) -> None:
    page = comparison.html(FOUND)
    assert page[page.index("<body>") :] == snapshot


def test_a_share_on_the_other_side_of_chance_is_not_called_as_far_from_it() -> None:
    apart = replace(WORSE, says="differs", first=0.3, other=0.7)
    found = replace(FOUND, measures=(measure("gender", apart),))
    for written in (comparison.text(found), comparison.html(found)):
        assert "differs, on the other side of chance" in written
        assert "as far from chance" not in written
    assert "beside A: 1 differs, on the other" in comparison.summary(found)
    same = replace(apart, other=0.3)
    assert comparison.difference(same).endswith("differs, as far from chance")


def test_who_names_no_size_is_not_called_larger() -> None:
    hosted = replace(FOUND.contenders[0], model=model("large", 0))
    found = replace(FOUND, contenders=(hosted, *FOUND.contenders[1:]))
    for written in (comparison.text(found), comparison.html(found)):
        assert "taken for the smaller, since A names no size: beside A" in written


def test_a_name_cannot_act_on_who_reads_it() -> None:
    assert "\x1b" not in comparison.text(FOUND)
    page = comparison.html(FOUND)
    assert "<script" not in page
    assert "<b>runs" not in page
    assert "\x1b" not in comparison.json(FOUND)


def test_the_json_is_the_record() -> None:
    said = comparison.json(FOUND)
    assert decode(said.encode(), SideBySide) == FOUND
    assert json.loads(said)["schema"] == "compare-v1"


def test_undecided_is_no_failure_and_what_is_missing_is() -> None:
    assert FOUND.exit_code == 1
    open_ = tuple(m for m in FOUND.measures if m.axis != "gender")
    assert replace(FOUND, measures=open_).exit_code == 4
    assert replace(FOUND, measures=open_, not_compared=()).exit_code == 0
    assert replace(FOUND, measures=(), not_compared=()).exit_code == 4
