from pathlib import Path

import pytest

from openvet.artifacts import Made, ObjectTree
from openvet.check import Context, Settings
from openvet.checks.security.config_unknown_class import ConfigUnknownClass
from openvet.finding import Finding, Severity
from openvet.subject import Origin
from specimens.objects import CUSTOM, DENSE, keras_h5, sequential


def flagged(folder: Path) -> None:
    (folder / "model.h5").write_bytes(keras_h5(sequential(DENSE, CUSTOM)))


def passed(folder: Path) -> None:
    (folder / "model.h5").write_bytes(keras_h5(sequential(DENSE)))


def findings(dialect: str, module: str, name: str, **settings: bool) -> list[Finding]:
    made = Made(kind="class", module=module, name=name, key="x")
    tree = ObjectTree(
        origin=Origin(place=("model",), digest="0"), format=dialect, made=(made,)
    )
    context = Context(settings=Settings(**settings))  # type: ignore[arg-type] # flags only
    return list(ConfigUnknownClass().run(tree, context))


@pytest.mark.parametrize(
    ("dialect", "module", "name"),
    [
        ("keras", "", "MyLayer"),
        ("keras", "__main__", "MyLayer"),
        ("keras", "", "mine>MyLayer"),
        ("keras", "keras.layers", "LayerOfTomorrow"),
        ("hydra", "my.project", "Model"),
        ("skops", "my.project", "Transformer"),
    ],
)
def test_an_unknown_class_is_a_review(dialect: str, module: str, name: str) -> None:
    (finding,) = findings(dialect, module, name)
    assert finding.severity is Severity.MEDIUM
    assert name in finding.title


def test_with_strict_classes_it_fails() -> None:
    (finding,) = findings("hydra", "my.project", "Model", strict_classes=True)
    assert finding.severity is Severity.HIGH


def test_what_fails_is_left_to_the_other_rule() -> None:
    assert findings("hydra", "os", "system") == []


def test_what_is_known_is_silent() -> None:
    assert findings("keras", "keras.layers", "Dense") == []
