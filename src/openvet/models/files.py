"""Where a model lies, and which of its files say what it is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from openvet.digests import Digests
from openvet.errors import ModelError
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
BESIDE: Final = (
    "merges.txt",
    "added_tokens.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "chat_template.json",
    "sentence_bert_config.json",
)
"""Say it too, where they are there."""
WEIGHTS: Final = (".safetensors", ".bin", ".pt", ".pth")
HINT: Final = "name a folder with config.json and safetensors, or a .gguf file"


Kind: TypeAlias = Literal["causal", "masked", "classifier", "sentences"]
"""What a model is made for: to go on with text, to fill gaps, to label, to compare."""
MODULES: Final = "modules.json"
"""The file of a sentence-transformers model."""
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


def digests_of(place: Place, digests: Digests | None = None) -> tuple[str, str]:
    """Return what names a model's weights with their settings, and its tokenizer.

    Raises:
        TargetError: A file cannot be read.
    """
    folder, digests = Path(place.folder), digests or Digests()
    if place.gguf:
        whole = _digest([folder / place.gguf], digests)
        return whole, whole
    weights = [path for path in folder.iterdir() if path.suffix in WEIGHTS]
    words = [folder / name for name in (*TOKENIZERS, *BESIDE)]
    return (
        _digest([folder / CONFIG, *weights], digests),
        _digest(words, digests),
    )


def _digest(paths: Iterable[Path], digests: Digests) -> str:
    """Return what names the files of some paths, those that are there."""
    found = []
    for path in sorted({path.resolve() for path in paths if path.is_file()}):
        status = path.stat()
        source = FileSource(bytes(path), status.st_size)
        try:
            found.append((path.name, digests.of(source, identity(status)).digest))
        finally:
            source.close()
    return digest(found)
