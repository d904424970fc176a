"""Keys of a model repository that make a loader import code.

Written from transformers 5.23 (`dynamic_module_utils.py`), sentence-transformers 6.2,
and from what the documentation of peft, diffusers, mlflow, spaCy and TorchServe says.
Each key is resolved to a file of the repository, as its loader would.
"""

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from openvet.artifacts import LoadedCode

MOST: Final = 1000
TRANSFORMERS: Final = "transformers, with trust_remote_code"
SENTENCES: Final = (
    "sentence-transformers imports it; 6.2 asks for trust_remote_code, earlier versions"
    " did not for local folders"
)
PEFT: Final = "peft imports the library and takes the class from it"
DIFFUSERS: Final = "diffusers, for a custom pipeline or component"
MLFLOW: Final = "mlflow.pyfunc.load_model"
SPACY: Final = "spacy.load or spacy train looks it up among registered functions"
ENDPOINT: Final = "a Hugging Face inference endpoint, at deployment"
SERVE: Final = "TorchServe, when the model is registered"

MODULES: Final = frozenset(
    {"sentence_transformers", "pylate", "model2vec", "setfit", "transformers"}
)
PEFT_LIBRARIES: Final = frozenset(
    {"transformers", "peft", "diffusers", "sentence_transformers", "timm", "unsloth",
     "optimum", "auto_gptq", "awq", "bitsandbytes"}
)  # fmt: skip
PIPELINES: Final = frozenset(
    {"diffusers", "transformers", "onnxruntime", "optimum", "peft", "flax", "timm",
     "stable_diffusion", "stable_diffusion_xl", "paint_by_example", "kandinsky",
     "latent_diffusion", "alt_diffusion", "audioldm", "audioldm2", "unidiffuser",
     "deepfloyd_if", "versatile_diffusion", "blip_diffusion", "ledits_pp", "pag",
     "deprecated", "wuerstchen", "stable_cascade", "shap_e", "controlnet"}
)  # fmt: skip
SPACY_OWN: Final = ("spacy", "thinc", "curated", "spacy-", "Adam", "SGD", "RAdam")

REGISTERED: Final = re.compile(r"[A-Za-z_]+\.v\d+")
"""Names as thinc registers its own: `compounding.v1`."""

CROSS: Final = "sbert_ce_default_activation_function"

Configs = dict[str, Any]


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


def _resolve(folder: str, module: str, files: frozenset[str]) -> str:
    """Return the file that a dotted module is in, seen from a folder of the model."""
    path = module.replace(".", "/")
    for base in dict.fromkeys((folder, "", f"{folder}code/", "code/")):
        for name in (f"{base}{path}.py", f"{base}{path}/__init__.py", f"{base}{path}"):
            if name in files and name.endswith(".py"):
                return name
    return ""


def _code(  # noqa: PLR0913, PLR0917 - the parts of one fact
    config: str, key: str, target: str, module: str, loader: str, files: frozenset[str]
) -> LoadedCode:
    folder = config.rpartition("/")[0]
    file = _resolve(f"{folder}/" if folder else "", module, files)
    return LoadedCode(
        key=key[:200],
        config=config,
        target=target[:200],
        loader=loader,
        file=file,
        standing="present" if file else "missing",
    )


def _elsewhere(config: str, key: str, target: str, loader: str) -> LoadedCode:
    return LoadedCode(
        key=key[:200],
        config=config,
        target=target[:200],
        loader=loader,
        standing="elsewhere",
    )


def _library(config: str, key: str, target: str, loader: str) -> LoadedCode:
    return LoadedCode(
        key=key[:200],
        config=config,
        target=target[:200],
        loader=loader,
        standing="library",
    )


def _auto_map(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    table = data.get("auto_map") if isinstance(data, dict) else None
    if not path.endswith(".json") or not isinstance(table, dict):
        return
    for name, value in table.items():
        for target in value if isinstance(value, list) else [value]:
            if not isinstance(target, str) or not target:
                continue
            key = f"auto_map.{name}"
            if "--" in target:
                yield _elsewhere(path, key, target, TRANSFORMERS)
            else:
                module = target.rpartition(".")[0] or target
                yield _code(path, key, target, module, TRANSFORMERS, files)


def _pipelines(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    table = data.get("custom_pipelines") if isinstance(data, dict) else None
    if not path.endswith(".json") or not isinstance(table, dict):
        return
    for name, entry in table.items():
        target = entry.get("impl") if isinstance(entry, dict) else None
        if not isinstance(target, str):
            continue
        key = f"custom_pipelines.{name}.impl"
        if "--" in target:
            yield _elsewhere(path, key, target, TRANSFORMERS)
        else:
            module = target.rpartition(".")[0] or target
            yield _code(path, key, target, module, TRANSFORMERS, files)


def _modules(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    if path.rpartition("/")[2] != "modules.json" or not isinstance(data, list):
        return
    for number, entry in enumerate(data[:MOST]):
        target = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(target, str) or target.partition(".")[0] in MODULES:
            continue
        key = f"[{number}].type"
        if "--" in target:
            yield _elsewhere(path, key, target, SENTENCES)
            continue
        module = target.rpartition(".")[0] or target
        yield _code(path, key, target, module, SENTENCES, files)


def _activation(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the function that a dense layer or a cross-encoder is told to call.

    Both pass the dotted name to `import_from_string` and call what they get.
    """
    if not isinstance(data, dict) or not path.endswith("config.json"):
        return
    named: dict[str, Any] = {CROSS: data.get(CROSS)}
    if "out_features" in data:
        named["activation_function"] = data.get("activation_function")
    nested = data.get("sentence_transformers")
    if isinstance(nested, dict):
        named["sentence_transformers.activation_fn"] = nested.get("activation_fn")
    for key, target in named.items():
        if not isinstance(target, str) or "." not in target:
            continue
        if target.partition(".")[0] in MODULES | {"torch"}:
            continue
        module = target.rpartition(".")[0]
        code = _code(path, key, target, module, SENTENCES, files)
        yield code if code.file else _library(path, key, target, SENTENCES)


def _adapter(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    table = data.get("auto_mapping") if isinstance(data, dict) else None
    if not isinstance(table, dict):
        return
    library = table.get("parent_library")
    if not isinstance(library, str) or library.partition(".")[0] in PEFT_LIBRARIES:
        return
    target = f"{library}.{table.get('base_model_class', '')}"
    code = _code(path, "auto_mapping.parent_library", target, library, PEFT, files)
    if code.file:
        yield code
    else:
        yield _library(path, "auto_mapping.parent_library", target, PEFT)


def _diffusers(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    if path.rpartition("/")[2] not in ("model_index.json", "modular_model_index.json"):
        return
    if not isinstance(data, dict):
        return
    folder = path.rpartition("/")[0]
    for name, value in data.items():
        if not isinstance(value, list) or len(value) < 2:  # noqa: PLR2004 - module, class
            continue
        module, target = value[0], value[1]
        if not isinstance(module, str) or not isinstance(target, str):
            continue
        if name != "_class_name" and module.partition(".")[0] in PIPELINES:
            continue
        if "/" in module or "--" in module:
            yield _elsewhere(path, name, f"{module}.{target}", DIFFUSERS)
            continue
        inside = f"{folder}/{name}" if folder else name
        code = _code(path, name, f"{module}.{target}", module, DIFFUSERS, files)
        own = f"{inside}/{module.replace('.', '/')}.py"
        if own in files:
            code = LoadedCode(
                key=code.key,
                config=path,
                target=code.target,
                loader=DIFFUSERS,
                file=own,
            )
        yield code


def _mlflow(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    flavors = data.get("flavors") if isinstance(data, dict) else None
    if path.rpartition("/")[2] != "MLmodel" or not isinstance(flavors, dict):
        return
    for flavor, settings in flavors.items():
        module = settings.get("loader_module") if isinstance(settings, dict) else None
        if isinstance(module, str) and module.partition(".")[0] != "mlflow":
            key = f"flavors.{flavor}.loader_module"
            yield _code(path, key, module, module, MLFLOW, files)
        source = settings.get("model_code_path") if isinstance(settings, dict) else None
        if isinstance(source, str):
            key = f"flavors.{flavor}.model_code_path"
            module = source.removesuffix(".py").replace("/", ".")
            yield _code(path, key, source, module, MLFLOW, files)


def _spacy(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    if not path.endswith(".cfg") or not isinstance(data, dict) or "nlp" not in data:
        return
    for section, entries in data.items():
        for key, value in entries.items() if isinstance(entries, dict) else ():
            if not key.startswith("@") or not isinstance(value, str):
                continue
            target = value.strip("\"' ")
            module = target.partition(".")[0]
            if target.startswith(SPACY_OWN) or (
                REGISTERED.fullmatch(target) and f"{module}.py" not in files
            ):
                continue
            code = _code(path, f"{section}.{key}", target, module, SPACY, files)
            if code.file or key == "@callbacks":
                yield code
            else:
                yield _library(path, f"{section}.{key}", target, SPACY)


def _archive(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    model = data.get("model") if isinstance(data, dict) else None
    if not path.endswith("MANIFEST.json") or not isinstance(model, dict):
        return
    target = model.get("handler")
    if isinstance(target, str) and "." in target:
        module = target.partition(":")[0].removesuffix(".py").replace("/", ".")
        yield _code(path, "model.handler", target, module, SERVE, files)


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
    _activation,
    _adapter,
    _diffusers,
    _mlflow,
    _spacy,
    _archive,
)
