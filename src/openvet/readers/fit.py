"""Whether a model fits the machine: what is stored, counted and cached of it.

Only headers are read, again after the files were: a model may lie in many of them.
"""

import json
import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import Any, ClassVar, Final

from openvet.check import Context, Reader
from openvet.errors import OverBudgetError, TargetError
from openvet.fit import Shape, fit
from openvet.fitted import ModelFit
from openvet.formats import gguf, safetensors
from openvet.formats.shape import embedded, formats, of_gguf, of_settings, packed
from openvet.machine import hardware
from openvet.patterns import pattern
from openvet.source import Source
from openvet.subject import Inventory, Item, Subject
from openvet.wire import replace

CONFIG: Final = "config.json"
LARGEST: Final = 1 << 20
"""Bytes of a configuration."""
MODELS: Final = 8
"""Models of one target that are told."""
LOOKED_AT: Final = 64
"""Of which the largest are told."""
SHARDS: Final = 500
OTHERS: Final = ("torch", "pickle", "onnx", "hdf5", "tflite", "tensorflow", "coreml")
"""Formats of which only the bytes are known, where a folder has none of the better."""
LEAST: Final = 1 << 20
"""Bytes of weights of another format; smaller files may be anything."""
ASIDE: Final = ("mmproj", "projector", "imatrix", "adapter", "lora", "optimizer")
"""Words in names of files that are no model by themselves."""
SHARD: Final = pattern(r"-\d{5}-of-\d{5}(?=\.)")
WRITES: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


class FitReader(Reader[Inventory]):
    """Finds out how much memory the models of a folder need."""

    id: ClassVar[str] = "fit"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Inventory

    def claims(self, subject: Inventory) -> bool:
        """Take the target itself; models in containers are not run from there."""
        return not subject.container

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield each model, the largest first; what cannot be read has said so."""
        here = hardware(context.settings.machine)
        some = islice(_models(subject, context), LOOKED_AT)
        found = sorted(some, key=lambda pair: -pair[1].stored)
        for name, shape in found[:MODELS]:
            yield ModelFit(
                origin=subject.origin.aspect(f"fit of {name}"),
                found=fit(name, shape, here),
            )


def _models(subject: Inventory, context: Context) -> Iterator[tuple[str, Shape]]:
    """Yield the models of a folder: its GGUF files, and folder by folder the rest."""
    folders: dict[str, list[Item]] = {}
    split: dict[str, list[Item]] = {}
    for item in subject.items:
        name = posixpath.basename(item.name).lower()
        if any(word in name for word in ASIDE):
            continue
        if "gguf" in item.formats:
            split.setdefault(SHARD.sub("", item.name), []).append(item)
        else:
            folders.setdefault(posixpath.dirname(item.name), []).append(item)
    try:
        for whole, items in list(split.items())[:MODELS]:
            yield whole, _of_gguf(subject, items[:SHARDS], context)
        for folder, items in folders.items():
            shape = _of_folder(subject, items, context)
            if shape is not None and shape.stored:
                yield folder or "the model", shape
    except OverBudgetError:
        return  # what could not be afforded is told of the files themselves


def _of_gguf(subject: Inventory, items: list[Item], context: Context) -> Shape:
    """Return the shape of a model in one GGUF file or several."""
    shape, parameters, tensors = Shape(parameters=0), 0, []
    for number, item in enumerate(items):
        source = _opened(subject, item)
        if source is None:
            continue
        facts = gguf.read(source, context.budget)
        if not number:
            shape = of_gguf(facts.numbers, facts.metadata)
        parameters += facts.parameters
        tensors += facts.tensors
    return replace(
        shape,
        parameters=parameters,
        embedding=min(embedded(tensors), parameters),
        stored=sum(item.size for item in items),
        stored_as=formats(tensors),
        lean=True,
    )


def _of_folder(subject: Inventory, items: list[Item], context: Context) -> Shape | None:
    """Return the shape of a folder's model; None where there are no weights."""
    tensors, parameters, stored = [], 0, 0
    weights = [item for item in items if "safetensors" in item.formats]
    if not weights:
        return _of_others(items)
    for item in weights[:SHARDS]:
        source = _opened(subject, item)
        if source is None:
            continue
        facts = safetensors.read(source, context.budget)
        tensors += facts.tensors
        parameters += facts.parameters
        stored += sum(tensor.stop - tensor.start for tensor in facts.tensors)
    config = next((_settings(subject, i) for i in items if _is_config(i)), {})
    counted = not packed(tensors)
    return replace(
        of_settings(config, writes=_writes(config)),
        parameters=parameters if counted else 0,
        embedding=min(embedded(tensors), parameters) if counted else 0,
        stored=stored,
        stored_as=formats(tensors),
    )


def _of_others(items: list[Item]) -> Shape | None:
    """Return what the largest file of another format needs at least."""
    sizes = [
        (item.size, form)
        for item in items
        for form in OTHERS
        if form in item.formats and item.size >= LEAST
    ]
    if not sizes:
        return None
    size, form = max(sizes)
    return Shape(parameters=0, stored=size, stored_as=form)


def _is_config(item: Item) -> bool:
    return posixpath.basename(item.name) == CONFIG and item.size <= LARGEST


def _writes(config: dict[str, Any]) -> bool:
    """Say whether a model goes on with text, by its architecture."""
    named = config.get("architectures")
    first = named[0] if isinstance(named, list) and named else ""
    return isinstance(first, str) and first.endswith(WRITES)


def _settings(subject: Inventory, item: Item) -> dict[str, Any]:
    source = _opened(subject, item)
    try:
        found = json.loads(source.read(0, item.size)) if source is not None else {}
    except (TargetError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _opened(subject: Inventory, item: Item) -> Source | None:
    """Return a file's source; None where it is not on this machine anymore."""
    try:
        return subject.tree.open(item.name)
    except TargetError:
        return None
