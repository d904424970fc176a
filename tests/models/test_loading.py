"""Models that are not whole: each is refused with its own reason, none is guessed."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.files import place_of
from openvet.models.loading import load
from specimens.language_models import make, needed

pytestmark = pytest.mark.slow
needed()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "model")


def settings(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def weights(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def refused(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load(place_of(folder))
    assert caught.value.hint
    return caught.value


def test_a_whole_model_opens(folder: Path) -> None:
    opened = load(place_of(folder))
    assert opened.window == 64
    assert opened.start == (0,)


def test_without_a_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()
    assert refused(folder).message == "there is no tokenizer"


def test_with_a_vocabulary_of_sentencepiece_alone_it_has_a_tokenizer(
    folder: Path,
) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()
    (folder / "sentencepiece.bpe.model").write_bytes(b"broken")
    assert refused(folder).message != "there is no tokenizer"


def test_with_a_broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{")
    assert "cannot be opened" in refused(folder).message


def test_of_the_wrong_shape(folder: Path) -> None:
    settings(folder, intermediate_size=48)
    message = refused(folder).message
    assert message.startswith("6 tensors of the wrong shape: model.layers.0.mlp.")
    assert "64" in message
    assert "48" in message


def test_with_a_tensor_missing_that_a_library_would_make_up(folder: Path) -> None:
    weights(folder, lambda tensors: tensors.pop("model.norm.weight"))
    message = refused(folder).message
    assert message == "1 tensor missing from the weights: model.norm.weight"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_with_weights_that_are_no_numbers(folder: Path, value: float) -> None:
    def spoil(tensors: dict[str, object]) -> None:
        tensors["model.norm.weight"][3] = value  # type: ignore[index] # a tensor

    weights(folder, spoil)
    assert refused(folder).message == (
        "the tensor model.norm.weight holds values that are not finite"
    )


def test_with_a_shard_missing(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    index["weight_map"]["b"] = "model-00002-of-00002.safetensors"
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert refused(folder).message == (
        "model-00002-of-00002.safetensors of the weights is missing"
    )


def test_cut_short(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[: len(data) // 2])
    assert "the weights are broken" in refused(folder).message


def test_that_runs_only_with_code_of_its_own(folder: Path) -> None:
    (folder / "modeling_own.py").write_text("raise SystemExit('ran')")
    names = {"AutoModelForCausalLM": "modeling_own.Own"}
    settings(folder, model_type="own", auto_map=names)
    assert refused(folder).message == (
        "the model runs only with code of its author (modeling_own.py, by auto_map of"
        " config.json), which is never run here"
    )


def test_that_brings_code_it_does_not_need_is_run_without_it(folder: Path) -> None:
    (folder / "modeling_own.py").write_text("raise SystemExit('ran')")
    (folder / "tokenization_own.py").write_text("raise SystemExit('ran')")
    settings(folder, auto_map={"AutoModelForCausalLM": "modeling_own.Own"})
    path = folder / "tokenizer_config.json"
    names = {"AutoTokenizer": ["tokenization_own.Own", None]}
    path.write_text(json.dumps({**json.loads(path.read_text()), "auto_map": names}))
    assert load(place_of(folder)).vocabulary > 0


def test_of_an_architecture_that_nobody_knows(folder: Path) -> None:
    settings(folder, model_type="unheard-of")
    assert "'unheard-of' is unknown to this transformers" in refused(folder).message


def test_whose_weights_are_a_pickle_opens_only_when_asked_to(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    tensors = load_file(folder / "model.safetensors")
    torch.save(tensors, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    error = refused(folder)
    assert error.message == "the weights are a pickle: pytorch_model.bin"
    assert load(place_of(folder), pickles=True).vocabulary > 0


def test_whose_pickle_runs_code_is_not_opened_even_when_asked_to(folder: Path) -> None:
    import torch

    class Call:
        def __reduce__(self) -> tuple[object, ...]:
            return print, ("ran",)

    (folder / "model.safetensors").unlink()
    torch.save({"a": Call()}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot be opened"):
        load(place_of(folder), pickles=True)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"model_type": 7}', '{"model_type": ["llama"]}', "\xff"]
)
def test_whose_settings_are_none(folder: Path, text: str) -> None:
    (folder / "config.json").write_bytes(text.encode("latin-1"))
    refused(folder)


def test_a_gguf_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"GGUF\x03\0\0\0" + b"\xff" * 64)
    refused(tmp_path / "a.gguf")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"hidden_size": "32"}, "'hidden_size' expected int, got str"),
        ({"max_position_embeddings": None}, "'max_position_embeddings' expected int"),
        ({"max_position_embeddings": "lots"}, "value: 'lots'"),
        ({"num_attention_heads": 7}, "not a multiple of the number of attention heads"),
        ({"num_attention_heads": 0, "num_key_value_heads": 0}, "by zero"),
        ({"hidden_act": "\x1b[31m\nred" * 99}, "\\x1b[31m"),
    ],
)
def test_whose_settings_transformers_refuses_says_why(
    folder: Path, changes: dict[str, object], why: str
) -> None:
    settings(folder, **changes)
    error = refused(folder)
    assert why in error.message
    assert len(error.message) < 400
    assert error.message.isprintable()
    if "hidden_act" not in changes:
        assert error.message.startswith("no model can be opened as config.json says: ")
        assert error.hint == "mend config.json, or get it again"


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({"a": {"b": 1}, "c": "model.safetensors"}, '{"b": 1}'),
        ({"a": [1]}, "[1]"),
        ([1, 2], "[1, 2]"),
        (None, "null"),
        ({"a": "\x00" * 999}, "is missing"),
        ({"a": "x" * 999}, "is missing"),
    ],
)
def test_whose_index_names_no_files(folder: Path, files: object, shown: str) -> None:
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": files}))
    message = refused(folder).message
    assert shown in message
    assert len(message) < 400
    assert message.isprintable()


def test_that_takes_texts_of_less_than_a_token(folder: Path) -> None:
    settings(folder, max_position_embeddings=-5)
    error = refused(folder)
    assert error.message == "config.json says that a text has -5 tokens at most"


@pytest.mark.parametrize(
    ("name", "count", "why"),
    [
        ("num_hidden_layers", 10**7, "10,000,000 layers; no model has more than 4,096"),
        ("num_hidden_layers", 2**30, "1,073,741,824 layers; no model has more"),
        ("num_hidden_layers", 10**99, "1,000,000,000,000 or more layers"),
        ("num_hidden_layers", 4000, "4,000 layers, and the weights hold 2"),
        ("n_layer", 10**7, "10,000,000 layers"),
        ("num_layers", 10**7, "10,000,000 layers"),
        ("text_config", {"num_hidden_layers": 10**7}, "10,000,000 layers"),
    ],
)
def test_with_more_layers_than_the_weights_hold(
    folder: Path, name: str, count: object, why: str
) -> None:
    settings(folder, **{name: count})
    began = time.monotonic()
    message = refused(folder).message
    assert time.monotonic() - began < 60, "they are not built first"
    assert message.startswith("config.json asks for ")
    assert why in message


def test_a_gguf_file_that_claims_more_layers_than_it_holds(tmp_path: Path) -> None:
    import gguf

    path = tmp_path / "a.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(10**7)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert refused(path).message == (
        "a.gguf asks for 10,000,000 layers; no model has more than 4,096"
    )
