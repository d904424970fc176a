"""Dotted names that a configuration makes a loader import and call.

Every dialect that writes them - hydra, jsonpickle, skops, YAML tags - is judged by the
same lists as pickles (`openvet.allow.lists`).
"""

import re
from typing import Final

from openvet.allow import lists
from openvet.finding import Severity
from openvet.wire import Record

FRAMEWORKS: Final = frozenset({
    "accelerate", "catboost", "datasets", "deepspeed", "diffusers", "fairseq", "flax",
    "hydra", "keras", "keras_cv", "keras_hub", "keras_nlp", "ldm", "lightgbm",
    "lightning", "monai", "nemo", "numpy", "omegaconf", "open_clip", "optax", "pandas",
    "peft", "pytorch_lightning", "scipy", "sgm", "sklearn", "speechbrain", "tensorflow",
    "tf_keras", "timm", "tokenizers", "torch", "torchaudio", "torchmetrics",
    "torchtune", "torchvision", "transformers", "ultralytics", "xgboost",
})  # fmt: skip
"""Libraries whose classes are what models and training runs are made of."""
HARMLESS: Final = frozenset({
    "array", "builtins", "collections", "copy", "dataclasses", "datetime", "decimal",
    "enum", "fractions", "functools", "itertools", "logging", "math", "numbers",
    "operator", "pathlib", "random", "re", "statistics", "string", "time", "typing",
    "types", "uuid", "zoneinfo",
})  # fmt: skip
"""Modules of the standard library that reach nothing outside the program; what is
dangerous in them is known by name."""
INERT: Final = re.compile(
    r"pathlib\.(?:Pure)?(?:Posix|Windows)?Path|os\.path\.\w+|os\.(?:getcwd|cpu_count)"
    r"|logging\.getLogger|hydra\.utils\.\w+|omegaconf\.\w+(?:\.\w+)?"
)
"""Names that a pickle has no use for, but a configuration does: paths, loggers, and
hydra's own look-ups, whose argument is judged as a name of its own."""
REACHED: Final = frozenset({
    "builtins", "ctypes", "importlib", "nt", "os", "posix", "pty", "runpy", "shutil",
    "subprocess", "sys",
})  # fmt: skip
"""Modules that nearly every library imports, and so carries as its own attribute."""
HERE: Final = frozenset({"__main__", "__mp_main__"})
CLASS: Final = re.compile(r"_*[A-Z]\w*")


class Judgement(Record, frozen=True, kw_only=True):
    """What is wrong with a name; an ordinary one has no judgement."""

    severity: Severity
    why: str
    """As the end of "…, which"."""
    live: str = ""


def judge(module: str, name: str, allowed: tuple[str, ...] = ()) -> Judgement | None:
    """Return what is wrong with calling `module.name`.

    Args:
        module: As written; empty for a name without a module.
        name: Of a class or function.
        allowed: Names that the owner of the audit vouches for.
    """
    path = f"{module}.{name}" if module else name
    if path in allowed or INERT.fullmatch(path):
        return None
    technique = lists.technique(module or "builtins", name) or _through(module, name)
    if technique is not None:
        severity = Severity[technique.severity]
        return Judgement(severity=severity, why=technique.does, live=technique.live)
    parts = name.split(".") if module in HERE else path.split(".")
    if any(part.startswith("__") and part.endswith("__") for part in parts):
        why = "reaches into the interpreter by a private name"
        return Judgement(severity=Severity.HIGH, why=why)
    return None if _ordinary(module, name) else _unlisted(module)


def _through(module: str, name: str) -> lists.Technique | None:
    """Return what a name does that is reached through a library: `torch.os.system`."""
    parts = module.split(".")
    for at, part in enumerate(parts[1:], start=1):
        if part in REACHED:
            return lists.technique(".".join(parts[at:]), name)
    return None


def _ordinary(module: str, name: str) -> bool:
    """Say whether a list holds the name, or it is a class of a framework."""
    in_framework = module.partition(".")[0] in FRAMEWORKS
    return (in_framework and CLASS.fullmatch(name) is not None) or (
        lists.find(module, name) is not None
    )


def _unlisted(module: str) -> Judgement:
    """Return what is wrong with a name that no list holds."""
    root = module.partition(".")[0]
    if root in lists.standard_roots() and root not in HARMLESS:
        why = "is in Python's standard library and builds no part of a model"
        return Judgement(severity=Severity.HIGH, why=why)
    why = "is not known to this version of openvet"
    return Judgement(severity=Severity.MEDIUM, why=why)
