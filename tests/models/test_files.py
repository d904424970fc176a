"""What names a model: every file that changes its answers, and no other."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openvet.errors import ModelError
from openvet.models.files import (
    Place,
    digests_of,
    is_vocabulary,
    parts_of,
    place_of,
)
from specimens.language_models import encoder, make, needed

MODEL = {"config.json": "{}", "model.safetensors": "weights"}
WORDS = {"tokenizer.json": "{}"}


def folder_of(folder: Path, **files: str) -> Path:
    """Write a folder of a model; `__` stands for a slash in a name."""
    for name, text in {**MODEL, **WORDS, **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def changed(folder: Path, name: str) -> tuple[bool, bool]:
    """Say which of the two digests another text of a file changes."""
    place, path = place_of(folder), folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("one")
    before = digests_of(place)
    path.write_text("another")
    after = digests_of(place)
    return before[0] != after[0], before[1] != after[1]


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "generation_config.json",
        "adapter_config.json",
        "adapter_model.safetensors",
        "model.safetensors.index.json",
        "modules.json",
    ],
)
def test_what_a_model_computes_is_in_its_digest(tmp_path: Path, name: str) -> None:
    assert changed(folder_of(tmp_path), name) == (True, False)


@pytest.mark.parametrize(
    "name",
    [
        "tokenizer_config.json",
        "tokenizer.4.0.json",
        "tokenizer.model.v3",
        "sentencepiece.bpe.model",
        "spiece.model",
        "source.spm",
        "vocab.txt",
        "entity_vocab.json",
        "merges.txt",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.jinja",
        "chat_template.json",
        "additional_chat_templates/tools.jinja",
        "sentence_bert_config.json",
        "qwen.tiktoken",
    ],
)
def test_how_text_becomes_tokens_is_in_the_digest_of_the_tokenizer(
    tmp_path: Path, name: str
) -> None:
    assert changed(folder_of(tmp_path), name) == (False, True)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "README.txt",
        "LICENSE",
        "modeling_own.py",
        "trainer_state.json",
        "openvet.json",
        "onnx/config.json",
    ],
)
def test_what_no_loader_reads_is_in_none(tmp_path: Path, name: str) -> None:
    assert changed(folder_of(tmp_path), name) == (False, False)


def modules(*paths: str) -> str:
    return json.dumps([{"type": "a.Pooling", "path": path} for path in paths])


@pytest.mark.parametrize("path", ["1_Pooling", "parts/1_Pooling", "./1_Pooling/"])
def test_how_vectors_are_pooled_is_in_the_digest(tmp_path: Path, path: str) -> None:
    settings = f"{path}/config.json"
    folder_of(tmp_path, **{"modules.json": modules(path), settings: "{}"})
    assert changed(tmp_path, settings) == (True, False)


@pytest.mark.parametrize("path", ["/etc", "../other", "1_Pooling/../../other"])
def test_a_part_outside_of_the_folder_is_refused_and_not_looked_at(
    tmp_path: Path, path: str
) -> None:
    folder = folder_of(tmp_path / "model", **{"modules.json": modules(path)})
    with pytest.raises(ModelError, match="outside of the folder"):
        parts_of(folder)
    other = folder_of(tmp_path / "other")
    before = digests_of(place_of(folder))
    (other / "config.json").write_text("changed")
    assert digests_of(place_of(folder)) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{}",
        '[{"type": "a"}]',
        "[" * 9000,
        modules("a" * 5000),
        modules("a\0b"),
        '[{"type": "a", "path": "\\ud800"}]',
    ],
)
def test_a_list_of_parts_that_is_none_breaks_no_audit(
    tmp_path: Path, text: str
) -> None:
    folder = folder_of(tmp_path, **{"modules.json": text})
    assert len(set(digests_of(place_of(folder)))) == 2


def test_a_folder_of_links_has_the_digests_of_what_it_links_to(tmp_path: Path) -> None:
    real = folder_of(tmp_path / "model")
    (tmp_path / "cache").mkdir()
    for number, path in enumerate(real.iterdir()):
        blob = tmp_path / f"blob{number}"
        blob.write_bytes(path.read_bytes())
        (tmp_path / "cache" / path.name).symlink_to(blob)
    linked = digests_of(place_of(tmp_path / "cache"))
    assert linked == digests_of(place_of(real))


def test_files_that_exchange_their_texts_are_another_model(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, **{"tokenizer.json": "a", "vocab.txt": "b"})
    before = digests_of(place_of(folder))
    folder_of(tmp_path, **{"tokenizer.json": "b", "vocab.txt": "a"})
    assert digests_of(place_of(folder)) != before


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("tokenizer.json", (False, True)),
        ("tokenizer_config.json", (False, True)),
        ("adapter_config.json", (True, False)),
        ("notes.json", (False, False)),
    ],
)
def test_what_lies_beside_a_gguf_file_counts_where_it_is_read(
    tmp_path: Path, name: str, which: tuple[bool, bool]
) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    assert changed(tmp_path, name) == which
    before = digests_of(place_of(tmp_path))
    (tmp_path / "m.gguf").write_bytes(b"GGUF2")
    after = digests_of(place_of(tmp_path))
    assert all(one != other for one, other in zip(before, after, strict=True))


def files_of_tokenizers() -> Iterator[str]:
    """Yield the names of files that the tokenizers of transformers read."""
    import transformers

    for path in Path(transformers.__file__).parent.glob("models/*/tokenization_*.py"):
        name = f"transformers.models.{path.parent.name}.{path.stem}"
        try:
            module = __import__(name, fromlist=["x"])
        except (ImportError, NameError):  # of music, without the library for it
            continue
        yield from getattr(module, "VOCAB_FILES_NAMES", {}).values()


@pytest.mark.slow
def test_no_vocabulary_that_transformers_knows_is_left_out(tmp_path: Path) -> None:
    needed()
    folder = folder_of(tmp_path)
    names = set(files_of_tokenizers())
    assert len(names) > 15
    assert "sentencepiece.bpe.model" in names
    for name in names:
        assert changed(folder, name) == (False, True), name
    assert is_vocabulary("sentencepiece.bpe.model"), "it is enough by itself"


_watched: list[set[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watched:
        _watched[-1].add(str(arguments[0]))


def opened(place: Place) -> set[str]:
    """Return the paths of the files that are opened where a model is."""
    from openvet.models.causal import open_model

    if not _watched:
        sys.addaudithook(_watch)
    _watched.append(set())
    open_model(place)
    found = {path for path in _watched[-1] if path.startswith(place.folder)}
    _watched.append(set())
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["causal", "masked", "classifier", "sentences"])
def test_every_file_that_a_loader_opens_is_in_a_digest(
    tmp_path: Path, kind: str
) -> None:
    needed()
    folder = tmp_path / "model"
    made = make(folder, chat=True) if kind == "causal" else encoder(folder, kind)
    if kind == "sentences":
        (made / "modules.json").write_text(modules("1_Pooling"))
        (made / "1_Pooling").mkdir()
        pooling = json.dumps({"pooling_mode_cls_token": True})
        (made / "1_Pooling/config.json").write_text(pooling)
        (made / "sentence_bert_config.json").write_text('{"max_seq_length": 9}')
    place = place_of(made)
    seen = opened(place)
    assert len(seen) > 2
    for path in map(Path, seen):
        before, data = digests_of(place), path.read_bytes()
        path.write_bytes(data + b" ")
        assert digests_of(place) != before, path.name
        path.write_bytes(data)


@pytest.mark.slow
def test_answers_are_not_those_of_the_model_before_its_texts_ended_elsewhere(
    tmp_path: Path,
) -> None:
    needed()
    from openvet.models.protocol import GenerateRequest
    from openvet.models.zone import ZonedModel
    from openvet.probes.answers import key

    folder = make(tmp_path)
    path = folder / "generation_config.json"
    settings, seen = json.loads(path.read_text()), []
    request = GenerateRequest(prompt="The nurse", max_tokens=6)
    for end in (1, list(range(320))):
        path.write_text(json.dumps({**settings, "eos_token_id": end}))
        with ZonedModel(folder) as model:
            (answer,) = model.generate([request])
            seen.append((key(model.info, request), answer.tokens))
    (first, long), (second, short) = seen
    assert short == 1 < long
    assert first != second
