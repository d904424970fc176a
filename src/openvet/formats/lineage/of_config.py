"""What configurations say: of transformers, PEFT, mergekit, diffusers, MLflow, DVC."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from openvet.dossier import Kind, Relation, Spot
from openvet.experts import EXPERTS, USED
from openvet.finding import Basis
from openvet.formats.lineage.families import Shape, recognize
from openvet.formats.lineage.gathered import Gathered, listed, name_in, spot
from openvet.formats.lineage.names import is_repository
from openvet.patterns import pattern

TRIES: Final = 50
"""Places of a key in a JSON text that are looked at."""
DEPTH: Final = 3
PARTS: Final = 64
"""Parts of a composite model that are looked into."""
_COLON: Final = pattern(r"[ \t\r\n]*:[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()

READ: Final[dict[str, str]] = {
    "architectures": "architecture",
    "model_type": "model-type",
    "_class_name": "architecture",
    "max_position_embeddings": "context-length",
    "n_positions": "context-length",
    "n_ctx": "context-length",
    "max_sequence_length": "context-length",
    "torch_dtype": "dtype",
    "dtype": "dtype",
    "peft_type": "adapter",
    "task_specific_params": "task",
    "problem_type": "task",
    "transformers_version": "framework",
    "_commit_hash": "revision",
    "revision": "revision",
    "total_flos": "flops",
    "num_input_tokens_seen": "tokens",
    "image_size": "image-size",
    "num_labels": "label-count",
}
"""Subjects by keys that a loader obeys or a trainer wrote."""
LOADED: Final = frozenset(
    {"architectures", "model_type", "_class_name", "max_position_embeddings",
     "n_positions", "n_ctx", "torch_dtype", "dtype", "peft_type", "image_size"}
)  # fmt: skip
"""What a loader obeys, so that it is so; the rest is a note."""
BASES: Final[dict[str, tuple[str, Relation]]] = {
    "_name_or_path": ("model", "base"),
    "base_model_name_or_path": ("model", "adapter"),
    "base_model": ("model", "base"),
    "base_model_id": ("model", "base"),
    "model_name_or_path": ("model", "base"),
    "pretrained_model_name_or_path": ("model", "base"),
    "source_model_name": ("model", "base"),
    "teacher_model": ("model", "distilled-from"),
    "teacher_model_name_or_path": ("model", "distilled-from"),
    "dataset_name": ("dataset", "trained-on"),
}
"""What a key that names something else names, and how that went in."""
VOCABULARY: Final = ("vocab_size", "vocabulary_size", "n_vocab")
WIDTH: Final = ("hidden_size", "n_embd", "d_model", "dim")
LAYERS: Final = ("num_hidden_layers", "n_layer", "num_layers", "n_layers")
INNER: Final = ("intermediate_size", "ffn_dim", "n_inner", "d_ff", "ffn_hidden_size")


class Document(NamedTuple):
    """A structured file that was parsed."""

    file: str
    data: Any
    text: str = ""
    """The source of JSON, to find lines in."""
    lines: dict[str, int] | None = None
    """Lines by path, of YAML."""

    def at(self, key: str, value: object, basis: Basis = Basis.DECLARED) -> Spot:
        """Return the place of a value."""
        shown = value if isinstance(value, str) else repr(value)[:300]
        return spot(self.file, self.line(key, value), key, shown, basis)

    def line(self, key: str, value: object) -> int:
        """Return the line of a key, 0 where it is not known."""
        if self.lines is not None:
            return self.lines.get(key) or self.lines.get(key.partition("[")[0], 0)
        last = key.rpartition(".")[2].partition("[")[0]
        return json_line(self.text, last, value)


def json_line(text: str, key: str, value: object) -> int:
    """Return the first line on which a key of a JSON text has a value, or 0.

    A container counts as the value wherever the key has one.
    """
    mark = json.dumps(key)
    at = text.find(mark)
    for _ in range(TRIES):
        if at < 0:
            return 0
        colon = _COLON.match(text, at + len(mark))
        if colon is not None and _is_value(text, colon.end(), value):
            return text.count("\n", 0, at) + 1
        at = text.find(mark, at + len(mark))
    return 0


def _is_value(text: str, at: int, value: object) -> bool:
    if text[at : at + 1] in "{[":
        return True
    try:
        return bool(_DECODER.raw_decode(text, at)[0] == value)
    except ValueError:
        return False


def from_config(document: Document, gathered: Gathered) -> None:
    """Write down what a configuration of a model, an adapter or a trainer says."""
    if not isinstance(document.data, dict):
        return
    _facts(document, gathered)
    for path, part in _parts(document.data):
        for key, (kind, relation) in BASES.items():
            name = name_in(part.get(key))
            if name:
                known: Kind = "dataset" if kind == "dataset" else "model"
                how: Relation = "bundles" if path and relation == "base" else relation
                place = document.at(f"{path}{key}", part[key])
                gathered.edge(name, known, how, place)
        _remote(document, path, part, gathered)
        _shape(document, path, part, gathered)
        _experts(document, path, part, gathered)


def _parts(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a configuration and those of the parts of a composite model."""
    todo = [("", data, 0)]
    count = 0
    while todo and count < PARTS:
        path, part, depth = todo.pop(0)
        count += 1
        yield path, part
        if depth < DEPTH:
            inner = [(k, v) for k, v in list(part.items())[:500] if isinstance(v, dict)]
            todo.extend((f"{path}{key}.", value, depth + 1) for key, value in inner)


def _facts(document: Document, gathered: Gathered) -> None:
    data = document.data
    for key, subject in READ.items():
        if data.get(key) not in (None, "", [], {}):
            basis = Basis.BYTES if key in LOADED else Basis.DECLARED
            gathered.fact(subject, data[key], document.at(key, data[key], basis))
    for key, value in listed(data.get("license"), "license"):
        gathered.claim(value, "model", "config", document.at(key, value))
    labels = data.get("id2label")
    if isinstance(labels, dict):
        names = [name_in(label) for label in list(labels.values())[:1000]]
        place = document.at("id2label", names[:20], Basis.BYTES)
        gathered.fact("labels", [name for name in names if name], place)
    quantization = data.get("quantization_config")
    if isinstance(quantization, dict):
        method = name_in(quantization.get("quant_method"))
        gathered.fact("quantization", method, document.at("quantization_config", ""))


def _remote(
    document: Document, path: str, part: dict[str, Any], gathered: Gathered
) -> None:
    """Keep the repositories whose code a loader fetches: `owner/name--file.Class`."""
    classes = part.get("auto_map")
    for key, named in list(classes.items())[:50] if isinstance(classes, dict) else ():
        for _, value in listed(named, ""):
            name, marks, _ = name_in(value).partition("--")
            if marks and is_repository(name):
                place = document.at(f"{path}auto_map.{name_in(key)}", value)
                gathered.edge(name, "code", "bundles", place)


def _shape(
    document: Document, path: str, part: dict[str, Any], gathered: Gathered
) -> None:
    size, key = _first(part, VOCABULARY)
    if not size:
        return
    place = document.at(f"{path}{key}", size, Basis.BYTES)
    gathered.fact("vocabulary-size", size, place)
    shape = Shape(
        size, _first(part, WIDTH)[0], _first(part, LAYERS)[0], _first(part, INNER)[0]
    )
    recognize(shape, gathered, place)


def _experts(
    document: Document, path: str, part: dict[str, Any], gathered: Gathered
) -> None:
    """Keep how many experts there are and how many each token goes through."""
    for subject, keys in (("experts", EXPERTS), ("experts-used", USED)):
        number, key = _first(part, keys)
        place = document.at(f"{path}{key}", number, Basis.BYTES)
        gathered.fact(subject, number or None, place)


def _first(part: dict[str, Any], keys: tuple[str, ...]) -> tuple[int, str]:
    """Return the first whole number under one of some keys, and the key."""
    for key in keys:
        value = part.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value, key
    return 0, ""


def from_recipe(document: Document, gathered: Gathered) -> None:
    """Write down the models and data sets that a recipe names.

    It may be one of mergekit, axolotl, TRL or LLaMA-Factory; any other says nothing.
    """
    data = document.data
    if not isinstance(data, dict):
        return
    if "merge_method" in data or ("slices" in data and "base_model" in data):
        _merge(document, gathered)
    elif TRAINERS & data.keys():
        for key in ("base_model", "model_name_or_path"):
            place = document.at(key, data.get(key))
            gathered.edge(data.get(key), "model", "base", place)
        for key in ("datasets", "dataset", "dataset_name"):
            for inner, part in listed(data.get(key), key):
                name = part.get("path") if isinstance(part, dict) else part
                for one in name_in(name).split(","):
                    place = document.at(inner, one.strip())
                    gathered.edge(one.strip(), "dataset", "trained-on", place)


TRAINERS: Final = frozenset(
    {"datasets", "dataset", "dataset_name", "adapter", "finetuning_type",
     "sequence_len", "num_epochs", "num_train_epochs", "learning_rate"}
)  # fmt: skip
"""Keys of recipes for training."""


def _merge(document: Document, gathered: Gathered) -> None:
    """Write down the models that a configuration of mergekit names.

    They stand in `models`, in `slices[].sources`, and as `base_model`; a model may be
    a mapping, and may carry an adapter after a plus sign.
    """
    data = document.data
    method = name_in(data.get("merge_method"))
    gathered.fact("merge-method", method, document.at("merge_method", method))
    found = [("base_model", data.get("base_model"))]
    found += _models(data.get("models"), "models")
    for key, part in listed(data.get("slices"), "slices"):
        if isinstance(part, dict):
            found += _models(part.get("sources"), f"{key}.sources")
    found += [("tokenizer_source", data.get("tokenizer_source"))]
    for key, value in found:
        for name in name_in(_path(value)).split("+"):
            if name.strip() and name.strip() not in ("union", "base"):
                place = document.at(key, name.strip())
                gathered.edge(name.strip(), "model", "merge", place)


def _models(value: object, key: str) -> list[tuple[str, object]]:
    return [
        (f"{inner}.model", part.get("model"))
        for inner, part in listed(value, key)
        if isinstance(part, dict)
    ]


def _path(value: object) -> object:
    """Return the path of a model that is written as a mapping."""
    for _ in range(DEPTH):
        if isinstance(value, dict):
            value = value.get("path", value.get("model"))
    return value


def from_modules(document: Document, gathered: Gathered) -> None:
    """Write down that a model is one of sentence-transformers, and its parts."""
    kinds = [
        name_in(part.get("type")).rpartition(".")[2]
        for _, part in listed(document.data, "modules")
        if isinstance(part, dict)
    ]
    gathered.fact("modules", [kind for kind in kinds if kind], document.at("", kinds))


def from_mlflow(document: Document, gathered: Gathered) -> None:
    """Write down what MLflow noted when it stored a model."""
    data = document.data
    if not isinstance(data, dict):
        return
    for key, subject in (
        ("run_id", "run"),
        ("model_uuid", "revision"),
        ("utc_time_created", "released"),
        ("mlflow_version", "framework"),
    ):
        gathered.fact(subject, data.get(key), document.at(key, data.get(key)))
    flavors = data.get("flavors")
    for name, flavor in list(flavors.items())[:50] if isinstance(flavors, dict) else ():
        if isinstance(flavor, dict):
            parent = flavor.get("source_model_name")
            place = document.at(f"flavors.{name}.source_model_name", parent)
            gathered.edge(parent, "model", "base", place)


def from_dvc(document: Document, gathered: Gathered) -> None:
    """Write down the repositories that DVC imported data from."""
    data = document.data
    for key, part in listed(
        data.get("deps") if isinstance(data, dict) else None, "deps"
    ):
        origin = part.get("repo") if isinstance(part, dict) else None
        if isinstance(origin, dict):
            place = document.at(f"{key}.repo.url", origin.get("url"))
            gathered.edge(origin.get("url"), "dataset", "base", place)
