from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.security.pickle_changes_imported_object import (
    PickleChangesImportedObject,
)
from openvet.finding import Finding, Severity
from specimens.pickles import name, proto, text, written
from specimens.verdicts import EMPTY_ORDERED, built, dict_of, model, program

PLANTED = built(name("numpy", "exp"), dict_of(planted=b"\x88"))


def flagged(folder: Path) -> None:
    written(folder, "model.pkl", proto() + PLANTED + b".")


def passed(folder: Path) -> None:
    filled = EMPTY_ORDERED + text("a") + b"K\x01s"
    written(folder, "state.pkl", proto() + filled + b".")
    linear = model("torch.nn.modules.linear", "Linear")
    written(folder, "model.pkl", proto() + linear + b".")


def run(body: bytes) -> list[Finding]:
    return list(PickleChangesImportedObject().run(program(body), Context()))


@pytest.mark.parametrize(
    "body",
    [
        PLANTED,
        name("torch.serialization", "names") + text("x") + b"a",
        name("os", "environ") + text("PATH") + text("/tmp") + b"s",  # noqa: S108 - data
        name("torch.serialization", "table") + b"(" + text("a") + b"K\x01u",
        name("torch.serialization", "names") + b"(" + text("a") + b"e",
        name("torch.serialization", "names") + b"(" + text("a") + b"\x90",
    ],
)
def test_whatever_changes_an_import_fails(body: bytes) -> None:
    (finding,) = run(body)
    assert finding.title.startswith("loading this file changes ")
    assert finding.severity is Severity.CRITICAL


def test_filling_what_the_file_made_itself_is_ordinary() -> None:
    assert run(EMPTY_ORDERED + text("a") + b"K\x01s") == []
    assert run(b"]K\x01a") == []
