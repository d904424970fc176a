"""What is wrong with an object that a configuration makes a loader build."""

from typing import Final

from openvet.allow import called, keras
from openvet.allow.called import Judgement
from openvet.artifacts import Made
from openvet.finding import Severity
from openvet.formats.objects.tags import PLAIN
from openvet.wire import replace

LIVE: Final = {
    "hydra": "hydra.utils.instantiate and its like, as soon as the configuration is "
    "used: NeMo before 2.3.2 (CVE-2025-23304), Uni2TS (CVE-2026-22584)",
    "jsonpickle": "jsonpickle.decode, every version",
    "skops": "skops.io.load when the type is trusted; before 0.12 also without "
    "(CVE-2025-54412, CVE-2025-54413)",
    "yaml": "yaml.unsafe_load, yaml.load with UnsafeLoader, any yaml.load before "
    "PyYAML 5.1 and FullLoader before 5.4 (CVE-2020-14343); Keras' model_from_yaml "
    "before TensorFlow 2.6 (CVE-2021-37678); HyperPyYAML",
    "r": "R before 4.4.0, at the first use of the value (CVE-2024-27322)",
}
R_COMMANDS: Final = frozenset({
    "download.file", "dyn.load", "install.packages", "pipe", "shell", "shell.exec",
    "socketConnection", "source", "system", "system2",
})  # fmt: skip


def judge(format_: str, made: Made, allowed: tuple[str, ...] = ()) -> Judgement | None:
    """Return what is wrong with an object, or None for an ordinary one.

    Args:
        format_: Dialect of the tree it stands in.
        made: The object.
        allowed: Names that the owner of the audit vouches for, as `module.name`.
    """
    if format_ == "keras":
        return keras.judge(made, allowed)
    found = _r(made) if format_ == "r" else _named(format_, made, allowed)
    if found is not None and not found.live:
        return replace(found, live=LIVE.get(format_, ""))
    return found


def _named(format_: str, made: Made, allowed: tuple[str, ...]) -> Judgement | None:
    """Judge a name that is imported, and called or built."""
    if made.name in PLAIN or made.name.startswith("!"):
        return None
    if not made.name:
        why = "imports a module that the file chooses"
        return Judgement(severity=Severity.MEDIUM, why=why)
    found = called.judge(made.module, made.name, allowed)
    if found is None and made.kind == "method" and format_ == "skops":
        why = "is a method that the file binds to an object it also builds"
        return Judgement(severity=Severity.MEDIUM, why=why)
    return found


def _r(made: Made) -> Judgement:
    """Judge what R evaluates by itself."""
    if made.kind == "lambda":
        why = "is code that runs when the object is used as it is meant to be"
        return Judgement(severity=Severity.LOW, why=why, live="when it is called")
    if made.kind == "function":
        why = "is a function that R runs by itself when it starts or ends"
        live = "R started in a folder that has this file as .RData"
        return Judgement(severity=Severity.HIGH, why=why, live=live)
    why = "runs a call that the file carries when the value is first used"
    if not made.module:
        return Judgement(severity=Severity.CRITICAL, why=why)
    commands = R_COMMANDS & set(made.detail.split())
    severity = Severity.HIGH if commands else Severity.MEDIUM
    return Judgement(severity=severity, why=why)
