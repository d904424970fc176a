"""Keys of diffusers, MLflow, spaCy and TorchServe that make them import code.

Written from diffusers 0.42 (`pipeline_loading_utils.py`), mlflow 3.18
(`pyfunc/__init__.py`, `xgboost`, `tensorflow`, `pytorch`), spaCy 3.8 (`language.py`,
`util.py`) and from what the documentation of TorchServe says.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from openvet.artifacts import LoadedCode
from openvet.formats.repository.places import elsewhere, library, named

DIFFUSERS: Final = "diffusers, for a custom pipeline or component"
MLFLOW: Final = "mlflow, when it loads the model"
SPACY: Final = "spacy.load or spacy train looks it up among registered functions"
OPENMMLAB: Final = "Config.fromfile of mmengine and mmcv, which imports it by default"
OPENMMLAB_OWN: Final = ("mm", "projects.")
SERVE: Final = "TorchServe, when the model is registered"

_NAMES: Final = """
    ace_step allegro alt_diffusion amused animatediff anyflow audioldm audioldm2
    aura_flow blip_diffusion bria bria_fibo bria_fibo2 chroma chronoedit cogvideo
    cogview3 cogview4 consisid consistency_models controlnet controlnet_hunyuandit
    controlnet_sd3 controlnet_xs cosmos dance_diffusion ddim ddpm deepfloyd_if
    deprecated diffusers diffusion_gemma dit dreamlite easyanimate ernie_image flax
    flux flux2 free_noise_utils glm_image helios hidream_image hunyuan_image
    hunyuan_video hunyuan_video1_5 hunyuandit i2vgen_xl ideogram4 joyimage kandinsky
    kandinsky2_2 kandinsky3 kandinsky5 kandinsky6 kolors krea2
    latent_consistency_models latent_diffusion latent_diffusion_uncond latte
    ledits_pp llada2 longcat_audio_dit longcat_image ltx ltx2 lucy lumina lumina2
    marigold mochi motif_video musicldm nucleusmoe_image omnigen onnxruntime optimum
    ovis_image pag paint_by_example peft pia pixart_alpha pndm prx qwenimage
    qwenimage21 repaint rfd4_proteina sana sana_video sana_wm score_sde_ve
    semantic_stable_diffusion shap_e skyreels_v2 spectrogram_diffusion stable_audio
    stable_audio_3 stable_cascade stable_diffusion stable_diffusion_3
    stable_diffusion_attend_and_excite stable_diffusion_diffedit
    stable_diffusion_gligen stable_diffusion_k_diffusion stable_diffusion_ldm3d
    stable_diffusion_panorama stable_diffusion_safe stable_diffusion_sag
    stable_diffusion_xl stable_unclip stable_video_diffusion stochastic_karras_ve
    t2i_adapter text_to_video_synthesis timm transformers unclip unidiffuser
    versatile_diffusion visualcloze vq_diffusion wan wuerstchen z_image
"""
PIPELINES: Final = frozenset(_NAMES.split())
"""Libraries and pipelines of diffusers, present and past, that hold components."""
MLFLOW_KEYS: Final = ("loader_module", "model_class", "keras_module", "pickle_module")
MLFLOW_OWN: Final = frozenset(
    {"mlflow", "xgboost", "lightgbm", "catboost", "sklearn", "tensorflow", "keras",
     "tf_keras", "pickle", "cloudpickle", "dill", "torch", "transformers", "joblib"}
)  # fmt: skip
MODULE_FILES: Final = frozenset({"pickle_module_info.txt", "keras_module.txt"})
"""Texts beside the weights from which mlflow takes the name of a module."""
STEPS: Final = 10_000
SPACY_OWN: Final = ("spacy", "thinc", "curated", "spacy-", "Adam", "SGD", "RAdam")

REGISTERED: Final = re.compile(r"[A-Za-z_]+\.v\d+")
"""Names as thinc registers its own: `compounding.v1`."""


def diffusers(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the pipeline and the components that a `model_index.json` names."""
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
            yield elsewhere(path, name, f"{module}.{target}", DIFFUSERS)
            continue
        inside = f"{folder}/{name}" if folder else name
        code = named(path, name, f"{module}.{target}", module, DIFFUSERS, files)
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


def mlflow(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the modules that an `MLmodel`, or a file beside it, makes mlflow import."""
    last = path.rpartition("/")[2]
    if last in MODULE_FILES and isinstance(data, str):
        if data.partition(".")[0] not in MLFLOW_OWN:
            yield library(path, "its text", data, MLFLOW)
        return
    flavors = data.get("flavors") if isinstance(data, dict) else None
    if last != "MLmodel" or not isinstance(flavors, dict):
        return
    for flavor, settings in flavors.items():
        for name in MLFLOW_KEYS if isinstance(settings, dict) else ():
            target = settings.get(name)
            if isinstance(target, str) and target.partition(".")[0] not in MLFLOW_OWN:
                key = f"flavors.{flavor}.{name}"
                module = target.rpartition(".")[0] if name == "model_class" else target
                yield named(path, key, target, module, MLFLOW, files)
        source = settings.get("model_code_path") if isinstance(settings, dict) else None
        if isinstance(source, str):
            # The author's own path; mlflow takes the file of that name in the folder.
            file = source.replace("\\", "/").rpartition("/")[2]
            key = f"flavors.{flavor}.model_code_path"
            yield named(path, key, source, file.removesuffix(".py"), MLFLOW, files)


def spacy(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the registered functions of a `config.cfg` that are not spaCy's own."""
    if not path.endswith(".cfg") or not isinstance(data, dict) or "nlp" not in data:
        return
    for section, entries in data.items():
        for key, value in _registered(entries):
            target = value.strip("\"' ")
            module = target.partition(".")[0]
            if target.startswith(SPACY_OWN):
                continue
            code = named(path, f"{section}.{key}", target, module, SPACY, files)
            if code.file or (key == "@callbacks" and not REGISTERED.fullmatch(target)):
                yield code
            elif key == "@callbacks" or not REGISTERED.fullmatch(target):
                yield library(path, f"{section}.{key}", target, SPACY)


def _registered(entries: object) -> Iterator[tuple[str, str]]:
    """Yield `@registry` and name of a section, those of inline JSON too."""
    todo: list[object] = [entries]
    for _ in range(STEPS):
        if not todo:
            return
        entry = todo.pop()
        if isinstance(entry, list):
            todo.extend(entry)
        for key, value in entry.items() if isinstance(entry, dict) else ():
            if isinstance(value, str) and str(key).startswith("@"):
                yield str(key), value
            elif isinstance(value, str) and "@" in value and value[:1] in "{[":
                with suppress(ValueError, RecursionError):
                    todo.append(json.loads(value))
            elif isinstance(value, dict | list):
                todo.append(value)


def openmmlab(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the modules that `custom_imports` makes mmengine and mmcv import."""
    table = data.get("custom_imports") if isinstance(data, dict) else None
    names = table.get("imports") if isinstance(table, dict) else None
    for module in names if isinstance(names, list) else [names]:
        if not isinstance(module, str) or module.startswith(OPENMMLAB_OWN):
            continue
        code = named(path, "custom_imports.imports", module, module, OPENMMLAB, files)
        if code.file:
            yield code
        else:
            yield library(path, "custom_imports.imports", module, OPENMMLAB)


def archive(path: str, data: Any, files: frozenset[str]) -> Iterator[LoadedCode]:  # noqa: ANN401
    """Yield the handler that the manifest of a TorchServe archive names."""
    model = data.get("model") if isinstance(data, dict) else None
    if not path.endswith("MANIFEST.json") or not isinstance(model, dict):
        return
    target = model.get("handler")
    if isinstance(target, str) and "." in target:
        module = target.partition(":")[0].removesuffix(".py").replace("/", ".")
        yield named(path, "model.handler", target, module, SERVE, files)
