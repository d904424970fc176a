"""What a Keras configuration may name, by the list made from Keras' own wheels."""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from openvet.allow import called
from openvet.allow.called import Judgement
from openvet.artifacts import Made
from openvet.finding import Severity
from openvet.wire import Record, replace

STORED: Final = Path(__file__).with_name("keras.json")
OWN: Final = frozenset({
    "keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "tf_keras",
})  # fmt: skip
PREFIXES: Final = ("tensorflow.python.keras", "tensorflow.keras")
INNER: Final = frozenset({"src", "api", "_v1", "_v2", "_tf_keras"})
PARTS: Final = frozenset({
    "activations", "applications", "constraints", "dtype_policies", "engine",
    "feature_column",
    "initializers", "layers", "losses", "metrics", "mixed_precision", "models", "ops",
    "optimizers", "premade_models", "quantizers", "random", "regularizers",
})  # fmt: skip
HERE: Final = frozenset({"", "__main__", "__mp_main__", "builtins"})
"""Modules that are not imported because a file names them."""
LEGACY: Final = frozenset({
    "BatchNormalizationV1", "BatchNormalizationV2", "ClassMethod", "CuDNNGRU",
    "CuDNNLSTM", "InstanceMethod", "InstanceProperty", "SlicingOpLambda", "TFOpLambda",
    "TensorFlowOpLayer",
})  # fmt: skip
"""Classes of TensorFlow's Keras that its wheels export nowhere."""
RUNS: Final = {
    "Lambda": Judgement(
        severity=Severity.CRITICAL,
        why="runs Python code that the file itself carries",
        live="Keras before 2.13 and every loader of .h5 files (CVE-2024-3660, "
        "CVE-2025-9905); Keras 3 with safe_mode=False",
    ),
    "TorchModuleWrapper": Judgement(
        severity=Severity.CRITICAL,
        why="unpickles a PyTorch module that the file carries",
        live="Keras 3.11.0-3.11.2 even in safe mode (CVE-2025-49655); later with "
        "safe_mode=False",
    ),
    "TFSMLayer": Judgement(
        severity=Severity.HIGH,
        why="loads a TensorFlow program from another path",
        live="Keras 3 before safe mode covered it; later with safe_mode=False",
    ),
}
"""Classes of Keras whose configuration is, or names, a program."""
IMPORTS: Final = (
    "Keras 3.0-3.8 imports the module that the file names, unless the program that "
    "loads it has registered the name before (CVE-2025-1550)"
)
GADGETS: Final = (
    "Keras 3.0-3.10, even in safe mode (CVE-2025-1550, CVE-2025-8747, CVE-2025-9906)"
)
SYMBOLS: Final = frozenset({
    "__operators__", "audio", "bitwise", "image", "keras", "linalg", "math", "nn",
    "quantization", "ragged", "random", "sets", "signal", "sparse", "strings",
    "compat", "experimental", "nest", "dtypes",
})  # fmt: skip
"""Parts of TensorFlow's public names that only compute."""
SYMBOLS_OUT: Final = (
    "data.", "debugging.", "io.", "load_", "lookup.", "numpy_function", "print",
    "py_function", "raw_ops.", "saved_model.", "summary.", "train.",
)  # fmt: skip


class KerasList(Record, frozen=True, kw_only=True):
    """The stored list: names by part of Keras, parted by spaces."""

    made: str
    tool: str
    wheels: tuple[dict[str, str], ...]
    classes: dict[str, str]
    functions: dict[str, str]


@cache
def _names(kind: str) -> frozenset[str]:
    """Return every class or function that any part of Keras exports."""
    stored = msgspec.json.decode(STORED.read_bytes(), type=KerasList)
    table = stored.classes if kind == "classes" else stored.functions
    return frozenset(name for names in table.values() for name in names.split())


def judge(made: Made, allowed: tuple[str, ...] = ()) -> Judgement | None:
    """Return what is wrong with an object of a Keras configuration."""
    bare = made.name.rpartition(">")[2]
    if f"{made.module}.{made.name}" in allowed:
        return None
    if made.kind == "lambda":
        return RUNS["Lambda"]
    if made.kind != "function":
        return RUNS.get(bare) or _class(made)
    if made.module.partition(".")[0] == "tensorflow" and not _own(made.module):
        return _symbol(f"{made.module}.{made.name}".removeprefix("tensorflow."))
    return _function(made, bare)


def _own(module: str) -> bool:
    """Say whether a module is Keras' own."""
    return module.partition(".")[0] in OWN or module.startswith(PREFIXES)


def _modelling(module: str) -> bool:
    """Say whether a module of Keras holds what models are made of."""
    parts = [part for part in module.split(".") if part not in INNER]
    return len(parts) == 1 or bool(PARTS & set(parts))


def _class(made: Made) -> Judgement | None:
    known = made.name in _names("classes") or made.name in LEGACY
    if _own(made.module):
        return _own_class(made, known=known)
    if made.module in HERE:
        return _custom_class(made, known=known)
    verdict = called.judge(made.module, made.name)
    if verdict is None or verdict.severity >= Severity.HIGH:
        return verdict
    if made.module.partition(".")[0] in called.FRAMEWORKS:
        return verdict
    why = "is outside Keras, so that loading imports a module the file chooses"
    return Judgement(severity=Severity.HIGH, why=why, live=IMPORTS)


def _own_class(made: Made, *, known: bool) -> Judgement | None:
    """Judge a class said to be Keras' own."""
    if not _modelling(made.module):
        why = "is a part of Keras that builds no model"
        return Judgement(severity=Severity.HIGH, why=why, live=GADGETS)
    if known:
        return None
    if called.CLASS.fullmatch(made.name):
        return _unknown("is a Keras class that this version does not know")
    why = "is no class of Keras"
    return Judgement(severity=Severity.HIGH, why=why, live=GADGETS)


def _custom_class(made: Made, *, known: bool) -> Judgement | None:
    """Judge a class that comes without a module to import."""
    if made.module == "builtins":
        verdict = called.judge("builtins", made.name)
        if verdict is None or verdict.severity >= Severity.HIGH:
            return verdict
    elif known:
        return None
    return _unknown("is not part of Keras: the program that loads it must define it")


def _function(made: Made, name: str) -> Judgement | None:
    own = _own(made.module)
    if name in _names("functions") and (
        made.module in HERE or (own and _modelling(made.module))
    ):
        return None
    if own:
        why = "is a function of Keras that builds no model, called with chosen values"
        return Judgement(severity=Severity.HIGH, why=why, live=GADGETS)
    if made.module in HERE - {"builtins"}:
        return _unknown("is a function that the program that loads it must define")
    return _foreign_function(made, name)


def _foreign_function(made: Made, name: str) -> Judgement:
    """Judge a function that is imported from outside Keras."""
    verdict = called.judge(made.module, name)
    if verdict is not None and verdict.severity >= Severity.HIGH:
        return replace(verdict, live=GADGETS)
    familiar = made.module.partition(".")[0] in called.FRAMEWORKS | {"builtins"}
    if familiar:
        return _unknown("is a function that the program that loads it must know")
    why = "is outside Keras, so that loading imports and calls what the file chooses"
    return Judgement(severity=Severity.HIGH, why=why, live=IMPORTS)


def _symbol(name: str) -> Judgement | None:
    """Judge a function of TensorFlow named by a `TFOpLambda` layer."""
    if name.startswith(SYMBOLS_OUT):
        why = "is a TensorFlow function that reaches files or Python"
        return Judgement(severity=Severity.HIGH, why=why, live="tf.keras 2.x")
    if "." not in name or name.partition(".")[0] in SYMBOLS:
        return None
    return _unknown("is a TensorFlow function that this version does not know")


def _unknown(why: str) -> Judgement:
    return Judgement(severity=Severity.MEDIUM, why=why)
