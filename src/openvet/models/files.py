"""Where a model lies, and which of its files say what it is."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from openvet.digests import Digests
from openvet.errors import ModelError
from openvet.formats.paths import climbs
from openvet.source import FileSource, identity
from openvet.wire import Record, digest

CONFIG: Final = "config.json"
TOKENIZERS: Final = (
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "vocab.txt",
    "spiece.model",
    "tekken.json",
    "tokenizer_config.json",
)
"""Any of them can say how text becomes tokens."""
VOCABULARIES: Final = (".model", ".spm", ".codes", ".tokenizer", ".tiktoken")
"""So can any file with such an ending."""
NUMBERED: Final = "tokenizer.model."
"""Begins the names of Mistral's, which end with a version."""
BESIDE: Final = (
    "dict.txt",
    "normalizer.json",
    "emoji.json",
    "word_shape.json",
    "word_pronunciation.json",
    "byte_maps.json",
    "chat_template.json",
    "sentence_bert_config.json",
)
"""Say it too, where they are there."""
PARTS: Final = ("token", "vocab", "merges")
"""So do JSON and text files with these in their names: special_tokens_map.json,
tokenizer.4.0.json, target_vocab.json."""
TEMPLATES: Final = "additional_chat_templates"
"""The folder of templates besides the first."""
WEIGHTS: Final = (".safetensors", ".bin", ".pt", ".pth")
INDEX: Final = ".index.json"
"""Ends the names of files that say which tensor lies in which file."""
LARGEST: Final = 1 << 20
"""Bytes of a list of parts."""
HINT: Final = "name a folder with config.json and safetensors, or a .gguf file"


Kind: TypeAlias = Literal["causal", "masked", "classifier", "sentences"]
"""What a model is made for: to go on with text, to fill gaps, to label, to compare."""
MODULES: Final = "modules.json"
"""The file of a sentence-transformers model."""
ADAPTER: Final = "adapter_config.json"
"""Beside a model, it has adapters laid over the weights."""
SETTINGS: Final = (CONFIG, "generation_config.json", ADAPTER, MODULES)
"""Change what the same weights answer; the second says which tokens end a text."""
ENDINGS: Final[tuple[tuple[str, Kind], ...]] = (
    ("ForMaskedLM", "masked"),
    ("ForPreTraining", "masked"),
    ("ForSequenceClassification", "classifier"),
    ("ForCausalLM", "causal"),
    ("LMHeadModel", "causal"),
    ("ForConditionalGeneration", "causal"),
    ("Model", "sentences"),
)
"""How transformers' names of architectures end."""


class Place(Record, frozen=True, kw_only=True):
    """Where a model lies."""

    folder: str
    gguf: str = ""
    """Name of the file in the folder, where it is one file."""


def place_of(path: Path) -> Place:
    """Return where the model of a path lies.

    Raises:
        ModelError: There is none, or more than one.
    """
    if path.is_file():
        if path.suffix.lower() == ".gguf":
            return Place(folder=str(path.parent), gguf=path.name)
        raise ModelError(f"{path.name} is no model that can be run", hint=HINT)
    if (path / CONFIG).is_file():
        return Place(folder=str(path))
    names = sorted(p.name for p in path.glob("*.gguf")) if path.is_dir() else []
    if len(names) == 1:
        return Place(folder=str(path), gguf=names[0])
    if names:
        raise ModelError(
            f"the folder holds {len(names)} GGUF files", hint="name one of them"
        )
    raise ModelError(
        f"{path.name or path} holds neither {CONFIG} nor a .gguf file", hint=HINT
    )


def kind_of(folder: Path, config: dict[str, Any]) -> Kind:
    """Return what a model was saved as, from its settings."""
    if (folder / MODULES).is_file():
        return "sentences"
    named = config.get("architectures")
    for name in named if isinstance(named, list) else []:
        for ending, kind in ENDINGS:
            if isinstance(name, str) and name.endswith(ending):
                return kind
    return "causal"


def is_vocabulary(name: str) -> bool:
    """Say whether a file of this name can say how text becomes tokens."""
    known = name in TOKENIZERS or name.startswith(NUMBERED)
    return known or name.endswith(VOCABULARIES)


def parts_of(folder: Path) -> list[tuple[str, str]]:
    """Return the parts of a sentence model, each with its folder; none of another.

    Raises:
        ModelError: They cannot be read, or one lies elsewhere.
    """
    path = folder / MODULES
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            modules = json.loads(file.read(LARGEST))
        parts = [(str(m["type"]).rpartition(".")[2], str(m["path"])) for m in modules]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            f"{MODULES} cannot be read: {error}", hint="get the file again"
        ) from None
    if any(part.startswith("/") or climbs(part) for _, part in parts):
        raise ModelError(
            f"{MODULES} names a part that lies outside of the folder",
            hint="get the file again",
        )
    return parts


def digests_of(place: Place, digests: Digests | None = None) -> tuple[str, str]:
    """Return what names a model's weights with their settings, and its tokenizer.

    Whatever a loader reads is in one of them, or answers of an older version would be
    taken for those of the model.

    Raises:
        TargetError: A file cannot be read.
    """
    folder, digests = Path(place.folder), digests or Digests()
    if place.gguf:
        # What transformers takes from beside the file, if it is there.
        whole = folder / place.gguf
        beside = [path for path in folder.glob("adapter_*") if path.is_file()]
        model, words = [whole, *beside], [whole, *_words(folder)]
    else:
        model, words = list(_model(folder)), list(_words(folder))
    return _digest(folder, model, digests), _digest(folder, words, digests)


def _model(folder: Path) -> Iterator[Path]:
    """Yield what says what a model computes."""
    for path in folder.iterdir():
        if path.suffix in WEIGHTS or path.name.endswith(INDEX):
            yield path
    yield from (folder / name for name in SETTINGS)
    with suppress(ModelError):  # whoever opens the model says so
        yield from (folder / part / CONFIG for _, part in parts_of(folder))


def _words(folder: Path) -> Iterator[Path]:
    """Yield what says how text becomes tokens, and messages become text."""
    for path in folder.iterdir():
        named = path.suffix in {".json", ".txt"} and any(p in path.name for p in PARTS)
        lists = path.name in BESIDE or path.suffix == ".jinja"
        if named or lists or is_vocabulary(path.name):
            yield path
    yield from folder.glob(f"{TEMPLATES}/*.jinja")


def _digest(folder: Path, paths: Iterable[Path], digests: Digests) -> str:
    """Return what names the files of some paths, those that are there."""
    found = []
    for path in sorted({path for path in paths if is_there(path)}):
        real = path.resolve()  # caches of hubs hold links
        status = real.stat()
        source = FileSource(bytes(real), status.st_size)
        name = path.relative_to(folder).as_posix()
        try:
            found.append((name, digests.of(source, identity(status)).digest))
        finally:
            source.close()
    return digest(found)


def is_there(path: Path) -> bool:
    """Say whether a path leads to a file; one from a list of parts may be no path."""
    try:
        return path.is_file()
    except OSError:
        return False
