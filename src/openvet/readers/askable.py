"""Models that can be asked: found by their configuration, after their files were read.

Nothing is loaded here. A folder counts where a configuration names an architecture and
weights lie beside it; a GGUF file counts by itself. Whether a model needs code of its
author is decided where it is opened: many name some that transformers has itself.
"""

import json
import posixpath
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from openvet.askable import AskableModel, Loadable, ModelKind
from openvet.check import Context, Reader
from openvet.errors import TargetError
from openvet.subject import Gap, Inventory, Item, Subject
from openvet.target import LocalTree

CONFIG: Final = "config.json"
MODULES: Final = "modules.json"
"""Beside it, the folder is a sentence model, whatever its weights were made for."""
LARGEST: Final = 1 << 20
"""Bytes of a configuration."""
WEIGHTS: Final = (".safetensors", ".bin", ".pt", ".pth")
KINDS: Final[tuple[tuple[str, ModelKind], ...]] = (
    ("ForCausalLM", "causal"),
    ("LMHeadModel", "causal"),
    ("ForConditionalGeneration", "causal"),
    ("ForMaskedLM", "masked"),
    ("ForPreTraining", "masked"),
    ("ForSequenceClassification", "classifier"),
    ("Model", "embedding"),
)
"""How names of architectures end in transformers, and how such a model is asked."""
SHOWN: Final = 3
"""Files named as the reason why a model is not loaded."""
PARTS: Final = ("mmproj", "projector", "vocab", "imatrix", "adapter", "lora")
"""Words in the names of GGUF files that are no whole language model."""


class AskableReader(Reader[Inventory]):
    """Finds the model of a folder that can be asked."""

    id: ClassVar[str] = "askable"
    version: ClassVar[int] = 5
    subject: ClassVar[type[Subject]] = Inventory

    def claims(self, subject: Inventory) -> bool:
        """Take the target itself; members of a container are not loaded."""
        return not subject.container

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield the model nearest to the top; others are told as gaps, and none too."""
        found = [*_folders(subject), *_gguf(subject)]
        found.sort(key=lambda model: (model.name.count("/"), model.name))
        if not found:
            if context.settings.ask:
                yield _nothing(subject)
            return
        # Needs what reads cards, which no folder without a model has a use for here.
        from openvet.readers.vendor import vendor_of

        model, others = found[0], found[1:]
        refusal = _refusal(model, subject, context)
        gaps = [_left_out(other) for other in others]
        if refusal is not None:
            gaps.append(refusal)
        yield AskableModel(
            origin=subject.origin.at(f"answers of {model.name or 'the model'}"),
            model=model,
            refusal=refusal.detail if refusal is not None else "",
            vendor=vendor_of(subject, context.budget),
            gaps=tuple(gaps) if context.settings.ask else (),
        )


def _nothing(subject: Inventory) -> AskableModel:
    """Return what says that there is no model to ask, where somebody wants to."""
    gap = Gap(
        reason="unsupported",
        detail="nothing was asked: no model was recognized that can be",
        lift="audit the folder of a model whose config.json names its architecture, or"
        " a GGUF file; or leave out --ask",
    )
    return AskableModel(
        origin=subject.origin.at("answers of the model"),
        model=Loadable(
            kind="causal",
            format="huggingface",
            name="",
            architecture="",
            path="",
            size=0,
        ),
        refusal=gap.detail,
        gaps=(gap,),
    )


def _left_out(other: Loadable) -> Gap:
    return Gap(
        reason="unsupported",
        detail=f"{other.name} is not asked: an audit asks one model",
        lift="audit it by itself",
    )


def _refusal(model: Loadable, subject: Inventory, context: Context) -> Gap | None:
    """Return why nobody loads a model, if so."""
    if not model.path:
        return Gap(
            reason="not-fetched",
            detail="the model is not asked: its weights are not on this machine",
            lift="download it and audit the folder",
        )
    if subject.unsafe and not context.settings.load_unsafe:
        named = ", ".join(name or "the folder" for name in subject.unsafe[:SHOWN])
        more = f" and {len(subject.unsafe) - SHOWN} more"
        return Gap(
            reason="unsupported",
            detail=f"the model is not asked: {named}"
            + (more if len(subject.unsafe) > SHOWN else "")
            + " would harm whoever loads it",
            lift="mend what was found; or load it in the zone all the same, with"
            " --load-unsafe",
        )
    return None


def _is_config(item: Item) -> bool:
    return posixpath.basename(item.name) == CONFIG


def _is_gguf(item: Item) -> bool:
    return "gguf" in item.formats


def _path(subject: Inventory, name: str) -> str:
    """Return where a file is on this machine; nothing where it is elsewhere."""
    if not isinstance(subject.tree, LocalTree):
        return ""
    path, _ = subject.tree.paths.get(name, (b"", 0))
    try:
        return path.decode()
    except UnicodeDecodeError:
        return ""


def _folders(subject: Inventory) -> Iterator[Loadable]:
    """Yield every folder with a configuration and weights."""
    weights: dict[str, int] = {}
    for item in subject.items:
        if item.name.endswith(WEIGHTS):
            folder = posixpath.dirname(item.name)
            weights[folder] = weights.get(folder, 0) + item.size
    names = {item.name for item in subject.items}
    for item in subject.items:
        folder = posixpath.dirname(item.name)
        if not _is_config(item) or folder not in weights or item.size > LARGEST:
            continue
        architecture, kind = _architecture(_parsed(subject, item))
        if kind is None:
            continue
        if posixpath.join(folder, MODULES) in names:
            kind = "embedding"
        yield Loadable(
            kind=kind,
            format="huggingface",
            name=folder,
            architecture=architecture,
            path=posixpath.dirname(_path(subject, item.name)),
            size=weights[folder],
        )


def _parsed(subject: Inventory, item: Item) -> dict[str, Any]:
    """Return a configuration, or nothing where it is none; its own reader says why."""
    try:
        data = json.loads(subject.tree.open(item.name).read(0, item.size))
    except (TargetError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _architecture(config: dict[str, Any]) -> tuple[str, ModelKind | None]:
    """Return the first architecture of a configuration and how it is asked."""
    named = config.get("architectures")
    first = named[0] if isinstance(named, list) and named else ""
    if not isinstance(first, str) or not isinstance(config.get("model_type"), str):
        return "", None
    kind = next((kind for end, kind in KINDS if first.endswith(end)), None)
    return first, kind


def _gguf(subject: Inventory) -> Iterator[Loadable]:
    """Yield every GGUF file that is a language model by itself."""
    for item in subject.items:
        name = posixpath.basename(item.name).lower()
        if not _is_gguf(item) or any(part in name for part in PARTS):
            continue
        yield Loadable(
            kind="causal",
            format="gguf",
            name=item.name,
            architecture="",
            path=_path(subject, item.name),
            size=item.size,
        )
