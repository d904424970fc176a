from collections.abc import Iterable
from pathlib import Path

import pytest

from openvet.artifacts import Made, ObjectTree
from openvet.check import Context, Settings
from openvet.checks.security.config_runs_code import ConfigRunsCode
from openvet.finding import Finding, Severity
from openvet.subject import Origin
from specimens.objects import DENSE, LAMBDA, keras_h5, sequential

ORIGIN = Origin(place=("model",), digest="0")


def flagged(folder: Path) -> None:
    (folder / "model.h5").write_bytes(keras_h5(sequential(DENSE, LAMBDA)))


def passed(folder: Path) -> None:
    (folder / "model.h5").write_bytes(keras_h5(sequential(DENSE)))


def made(path: str, kind: str = "class", detail: str = "") -> Made:
    module, _, name = path.rpartition(".")
    kinds = {"class": "class", "function": "function", "lambda": "lambda"}
    assert kind in {*kinds, "reduce", "tag", "method", "type"}
    return Made(kind=kind, module=module, name=name, key="x", detail=detail)  # type: ignore[arg-type] # checked above


def findings(
    dialect: str, objects: Iterable[Made], allow: tuple[str, ...] = ()
) -> list[Finding]:
    tree = ObjectTree(origin=ORIGIN, format=dialect, made=tuple(objects))
    return list(ConfigRunsCode().run(tree, Context(settings=Settings(allow=allow))))


@pytest.mark.parametrize(
    ("dialect", "path", "kind", "severity"),
    [
        ("keras", "keras.layers.Lambda", "class", Severity.CRITICAL),
        ("keras", "pkg>Lambda", "class", Severity.CRITICAL),
        ("keras", "__lambda__", "lambda", Severity.CRITICAL),
        ("keras", "keras.layers.TorchModuleWrapper", "class", Severity.CRITICAL),
        ("keras", "keras.layers.TFSMLayer", "class", Severity.HIGH),
        ("keras", "keras.utils.get_file", "function", Severity.HIGH),
        (
            "keras",
            "keras.config.enable_unsafe_deserialization",
            "function",
            Severity.HIGH,
        ),
        ("keras", "builtins.exec", "function", Severity.CRITICAL),
        ("keras", "os.system", "class", Severity.CRITICAL),
        ("keras", "somebody.layers.Layer", "class", Severity.HIGH),
        ("keras", "somebody.losses.loss", "function", Severity.HIGH),
        ("keras", "tensorflow.io.write_file", "function", Severity.HIGH),
        ("hydra", "os.system", "function", Severity.CRITICAL),
        ("hydra", "torch.utils.data.os.system", "function", Severity.CRITICAL),
        ("hydra", "eval", "function", Severity.CRITICAL),
        ("hydra", "a.__class__", "function", Severity.HIGH),
        ("jsonpickle", "os.system", "reduce", Severity.CRITICAL),
        ("skops", "subprocess.Popen", "class", Severity.CRITICAL),
        ("skops", "operator.methodcaller", "function", Severity.CRITICAL),
        ("yaml", "os.system", "tag", Severity.CRITICAL),
        ("yaml", "javax.script.ScriptEngineManager", "tag", Severity.HIGH),
        ("yaml", "ruby/object.Gem::Installer", "tag", Severity.HIGH),
        ("yaml", "js/function.", "tag", Severity.HIGH),
        ("r", "promise", "reduce", Severity.CRITICAL),
        ("r", ".First", "function", Severity.HIGH),
    ],
)
def test_what_runs_code_fails(
    dialect: str, path: str, kind: str, severity: Severity
) -> None:
    (finding,) = findings(dialect, [made(path, kind)])
    assert finding.severity is severity


@pytest.mark.parametrize(
    ("dialect", "path", "kind"),
    [
        ("keras", "keras.layers.Dense", "class"),
        ("keras", "keras.src.ops.numpy.Multiply", "class"),
        ("keras", "keras.src.models.functional.Functional", "class"),
        ("keras", "tf_keras.src.engine.functional.Functional", "class"),
        ("keras", "keras.src.applications.convnext.LayerScale", "class"),
        ("keras", "Dense", "class"),
        ("keras", "builtins.relu", "function"),
        ("keras", "keras.losses.mean_squared_error", "function"),
        ("keras", "tensorflow.math.multiply", "function"),
        ("keras", "__main__.MyLayer", "class"),
        ("keras", "mine>MyLayer", "class"),
        ("hydra", "torch.optim.AdamW", "class"),
        ("hydra", "nemo.collections.asr.models.EncDecCTCModel", "class"),
        ("hydra", "pathlib.Path", "class"),
        ("hydra", "my.project.Model", "class"),
        ("jsonpickle", "collections.OrderedDict", "class"),
        ("skops", "sklearn.pipeline.Pipeline", "class"),
        ("skops", "operator.itemgetter", "function"),
        ("yaml", "argparse.Namespace", "tag"),
        ("yaml", "ruby/object.OpenStruct", "tag"),
        ("yaml", "ruby/regexp.", "tag"),
        ("r", "closure", "lambda"),
    ],
)
def test_what_builds_a_model_does_not_fail(dialect: str, path: str, kind: str) -> None:
    assert findings(dialect, [made(path, kind)]) == []


def test_a_name_is_reported_once_with_its_count() -> None:
    (finding,) = findings("hydra", [made("os.system")] * 3)
    assert "3 times" in str(finding.evidence[0])


def test_two_promises_are_two_findings() -> None:
    first = made("promise", "reduce", "system true")
    second = made("promise", "reduce", "system false")
    assert len(findings("r", [first, second])) == 2


def test_a_variable_of_a_saved_frame_fails_only_if_it_starts_a_program() -> None:
    path = "environment.promise"
    assert findings("r", [made(path, "reduce", "mean x")]) == []
    (finding,) = findings("r", [made(path, "reduce", "system true")])
    assert finding.severity is Severity.HIGH


def test_a_name_that_the_owner_vouches_for_passes() -> None:
    objects = [made("somebody.layers.Layer")]
    assert findings("keras", objects, allow=("somebody.layers.Layer",)) == []


@pytest.mark.parametrize(
    ("dialect", "path", "cve"),
    [
        ("keras", "keras.layers.Lambda", "CVE-2025-9905"),
        ("keras", "keras.layers.TorchModuleWrapper", "CVE-2025-49655"),
        ("keras", "keras.utils.get_file", "CVE-2025-8747"),
        ("hydra", "os.system", "CVE-2025-23304"),
        ("r", "promise", "CVE-2024-27322"),
        ("yaml", "os.system", "CVE-2020-14343"),
    ],
)
def test_a_finding_says_which_loader_makes_it_live(
    dialect: str, path: str, cve: str
) -> None:
    kind = "reduce" if dialect == "r" else "class"
    (finding,) = findings(dialect, [made(path, kind)])
    assert cve in finding.live
