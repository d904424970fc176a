"""Keys of a model repository that make a loader import code.

Written from transformers 5.23 (`dynamic_module_utils.py`, `hub_kernels.py`),
sentence-transformers 6.2 (`util/misc.py`, `router.py`) and peft 0.21 (`auto.py`); other
frameworks stand in `frameworks`. Each key is resolved to a file of the repository, as
its loader would.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from openvet.artifacts import LoadedCode
from openvet.formats.repository import frameworks
from openvet.formats.repository.places import Configs, elsewhere, library, named

MOST: Final = 1000
"""Keys that are followed; a repository has a handful."""
TRANSFORMERS: Final = "transformers, with trust_remote_code"
SENTENCES: Final = (
    "sentence-transformers imports it; 6.2 asks for trust_remote_code, earlier versions"
    " did not for local folders"
)
PEFT: Final = (
    "AutoPeftModel of peft imports the library and takes the class from it; 0.21"
    " refuses libraries it does not know, earlier versions did not"
)
KERNELS: Final = (
    "transformers downloads the kernels and imports them; 5.23 asks for"
    " allow_all_kernels outside kernels-community"
)
ENDPOINT: Final = "a Hugging Face inference endpoint, at deployment"

MODULES: Final = frozenset(
    {"sentence_transformers", "pylate", "model2vec", "setfit", "transformers"}
)
PEFT_LIBRARIES: Final = frozenset(
    {"transformers", "peft", "diffusers", "sentence_transformers", "timm", "unsloth",
     "optimum", "auto_gptq", "awq", "bitsandbytes", "lerobot", "megatron"}
)  # fmt: skip
CROSS: Final = "sbert_ce_default_activation_function"


KERNEL: Final = re.compile(r"(?:\w+\|)?([\w.-]+)/[\w.-]+(?:@[^/:]+)?(?::[^/:]+)?")
"""A repository of kernels, as `attn_implementation` takes it."""
VERIFIED: Final = frozenset({"kernels-community", "kernels-staging"})
NESTED: Final = ("text_config", "vision_config", "audio_config", "decoder", "encoder")


def loaded_code(files: frozenset[str], configs: Configs) -> tuple[LoadedCode, ...]:
    """Return the code that keys of a repository make loaders import.

    Args:
        files: Every path of the repository.
        configs: Plain data by path.
    """
    found: dict[tuple[str, str], LoadedCode] = {}
    for path, data in configs.items():
        for opener in _OPENERS:
            for code in opener(path, data, files):
                found.setdefault((code.config, code.target), code)
                if len(found) >= MOST:
                    return tuple(found.values())
    for code in _by_place(files):
        found.setdefault((code.config, code.target), code)
    return tuple(found.values())


def _followed(
    path: str, key: str, target: str, loader: str, files: frozenset[str]
) -> LoadedCode:
    """Return the code that a dotted name leads to, here or in another repository."""
    if "--" in target:
        return elsewhere(path, key, target, loader)
    module = target.rpartition(".")[0] or target
    return named(path, key, target, module, loader, files)


def _auto_map(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    if not path.endswith(".json") or not isinstance(data, dict):
        return
    # Parts of a model have configurations of their own, and tokenizers of old a list.
    nested = [(f"{part}.", data.get(part)) for part in NESTED]
    for place, holder in (("", data), *nested):
        table = holder.get("auto_map") if isinstance(holder, dict) else None
        old = [("", table)] if isinstance(table, list) else []
        for name, value in table.items() if isinstance(table, dict) else old:
            key = f"{place}auto_map.{name}".rstrip(".")
            for target in value if isinstance(value, list) else [value]:
                if isinstance(target, str) and target:
                    yield _followed(path, key, target, TRANSFORMERS, files)


def _pipelines(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    table = data.get("custom_pipelines") if isinstance(data, dict) else None
    if not path.endswith(".json") or not isinstance(table, dict):
        return
    for name, entry in table.items():
        target = entry.get("impl") if isinstance(entry, dict) else None
        if not isinstance(target, str):
            continue
        key = f"custom_pipelines.{name}.impl"
        yield _followed(path, key, target, TRANSFORMERS, files)


def _modules(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    if path.rpartition("/")[2] != "modules.json" or not isinstance(data, list):
        return
    for number, entry in enumerate(data):
        target = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(target, str) or target.partition(".")[0] in MODULES:
            continue
        yield _followed(path, f"[{number}].type", target, SENTENCES, files)


def _router(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the modules that a router, or an asymmetric model, is made of."""
    last = path.rpartition("/")[2]
    types = data.get("types") if isinstance(data, dict) else None
    if last not in ("router_config.json", "config.json") or not isinstance(types, dict):
        return
    if last == "config.json" and "structure" not in data:
        return
    for name, target in types.items():
        if isinstance(target, str) and target.partition(".")[0] not in MODULES:
            module = target.rpartition(".")[0] or target
            yield named(path, f"types.{name}", target, module, SENTENCES, files)


def _kernels(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the repository from which attention is downloaded as native code."""
    if not isinstance(data, dict) or path.rpartition("/")[2] != "config.json":
        return
    for holder in (data, *(data.get(part) for part in NESTED)):
        if not isinstance(holder, dict):
            continue
        for key in ("attn_implementation", "_attn_implementation"):
            value = holder.get(key)
            for target in value.values() if isinstance(value, dict) else [value]:
                if not isinstance(target, str) or target in files:
                    continue
                found = KERNEL.fullmatch(target)
                if found and found.group(1) not in VERIFIED:
                    yield elsewhere(path, key, target, KERNELS)


def _activation(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the function that a dense layer or a cross-encoder is told to call.

    Both pass the dotted name to `import_from_string` and call what they get.
    """
    if not isinstance(data, dict) or not path.endswith("config.json"):
        return
    called: dict[str, Any] = {CROSS: data.get(CROSS)}
    if "out_features" in data:
        called["activation_function"] = data.get("activation_function")
    nested = data.get("sentence_transformers")
    if isinstance(nested, dict):
        called["sentence_transformers.activation_fn"] = nested.get("activation_fn")
    for key, target in called.items():
        if not isinstance(target, str) or "." not in target:
            continue
        if target.partition(".")[0] in MODULES | {"torch"}:
            continue
        module = target.rpartition(".")[0]
        code = named(path, key, target, module, SENTENCES, files)
        yield code if code.file else library(path, key, target, SENTENCES)


def _adapter(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    table = data.get("auto_mapping") if isinstance(data, dict) else None
    if not isinstance(table, dict):
        return
    parent = table.get("parent_library")
    if not isinstance(parent, str) or parent.partition(".")[0] in PEFT_LIBRARIES:
        return
    target = f"{parent}.{table.get('base_model_class', '')}"
    code = named(path, "auto_mapping.parent_library", target, parent, PEFT, files)
    if code.file:
        yield code
    else:
        yield library(path, "auto_mapping.parent_library", target, PEFT)


def _by_place(files: frozenset[str]) -> Iterator[LoadedCode]:
    """Yield files that a loader takes by their name alone."""
    for name, loader in (
        ("handler.py", ENDPOINT),
        ("custom_generate/generate.py", TRANSFORMERS),
    ):
        if name in files:
            yield LoadedCode(
                key="its name", config=name, target=name, loader=loader, file=name
            )


def is_standard_library(target: str) -> bool:
    """Say whether a dotted name lies in Python's own library."""
    return target.partition(".")[0] in sys.stdlib_module_names


_OPENERS: Final[
    tuple[Callable[[str, Any, frozenset[str]], Iterator[LoadedCode]], ...]
] = (
    _auto_map,
    _pipelines,
    _modules,
    _router,
    _kernels,
    _activation,
    _adapter,
    frameworks.diffusers,
    frameworks.mlflow,
    frameworks.spacy,
    frameworks.openmmlab,
    frameworks.archive,
)
