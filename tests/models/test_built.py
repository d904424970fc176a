"""Built models: whole or not there, built once, and never in silence not used."""

import os
import shutil
import sys
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import NamedTuple

import pytest

from openvet.askable import AskableModel, Loadable
from openvet.check import Context, Settings
from openvet.models import built as module
from openvet.models.built import (
    DAY,
    KEPT,
    Built,
    Limits,
    Ready,
    Refused,
    builds_folder,
    built,
    whole,
)
from openvet.models.files import Place
from openvet.models.zone import ZonedModel
from openvet.readers.answers import opened
from openvet.subject import Origin
from openvet.supplied import Ask, Supplied
from openvet.wire import Record, encode

TALK = """
import json, os, sys, time
from pathlib import Path
def tell(data):
    os.write(1, len(data).to_bytes(4, "big") + data)
asked = json.loads(os.read(0, int.from_bytes(os.read(0, 4), "big")))
out = Path(asked["into"], "built")
out.mkdir()
(out / "model.onnx").write_bytes(b"graph")
"""


@pytest.fixture(autouse=True)
def versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "version", "1".format)


class Folders(NamedTuple):
    place: Place
    where: Path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    model = tmp_path / "tiny"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    return Folders(Place(folder=str(model)), tmp_path / "cache" / "built")


def tried(folders: Folders, *lines: str, name: str = "a", seconds: float = 30) -> Built:
    """Return what comes of a process that does what the lines say."""
    command = (sys.executable, "-I", "-c", "\n".join((TALK, *lines)))
    limits = Limits(1 << 30, 60, seconds, command=command)
    return built(folders.place, (name, "tokenizer"), folders.where, limits)


def told(message: Record) -> str:
    return f"tell({encode(message)!r})"


READY = told(Ready())
DIES = "sys.exit(3)"


def test_a_model_is_built_once(folders: Folders) -> None:
    first = tried(folders, READY)
    assert not first.why
    assert whole(Path(first.folder))
    assert (Path(first.folder) / "model.onnx").read_bytes() == b"graph"
    assert tried(folders, DIES) == first
    assert list(folders.where.iterdir()) == [Path(first.folder)]


def test_other_weights_or_versions_are_built_anew(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tried(folders, READY)
    assert tried(folders, READY, name="b").folder != first.folder
    monkeypatch.setattr(module, "version", "2".format)
    assert tried(folders, READY).folder != first.folder


@pytest.mark.parametrize("broken", ["cut", "gone", "more", "no list", "odd list"])
def test_what_is_not_whole_is_built_again(folders: Folders, broken: str) -> None:
    folder = Path(tried(folders, READY).folder)
    if broken == "cut":
        (folder / "model.onnx").write_bytes(b"gra")
    elif broken == "gone":
        (folder / "model.onnx").unlink()
    elif broken == "more":
        (folder / "model.onnx.data").write_bytes(b"")
    elif broken == "no list":
        (folder / module.LIST).unlink()
    else:
        (folder / module.LIST).write_bytes(b"[1]")
    assert not whole(folder)
    assert tried(folders, DIES).why
    assert tried(folders, READY).folder == str(folder)
    assert whole(folder)


def test_what_its_builder_refuses_is_not_tried_again(folders: Folders) -> None:
    refused = Refused(reason="its builder refuses: GPT-2", again=False)
    assert tried(folders, told(refused)).why == "its builder refuses: GPT-2"
    assert tried(folders, READY).why == "its builder refuses: GPT-2"
    assert tried(folders, READY, name="b").folder


def test_what_may_go_better_is_tried_again(folders: Folders) -> None:
    refused = Refused(reason="building it needs more memory", again=True)
    assert tried(folders, told(refused)).why == "building it needs more memory"
    assert tried(folders, READY).folder


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (DIES, "the process that builds it ended (exit 3)"),
        ("tell(b'{')", "the process that builds it sent what is no message"),
        ("time.sleep(60)", "the process that builds it did not answer in time"),
    ],
)
def test_a_process_that_breaks_leaves_nothing_but_a_reason(
    folders: Folders, line: str, reason: str
) -> None:
    found = tried(folders, line, seconds=2 if "sleep" in line else 30)
    assert reason in found.why
    assert not found.folder
    assert list(folders.where.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_reason(folders: Folders) -> None:
    folders.where.parent.write_text("a file")
    assert "cannot be used: Not a directory" in tried(folders, READY).why


def test_a_full_disk_is_a_reason_beforehand(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(folders.where.parent.parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", {folders.where: usage}.get)
    assert "has 0.0 GB left, building may take 0.1" in tried(folders, DIES).why


def test_only_the_models_used_last_are_kept(folders: Folders) -> None:
    names = [str(number) for number in range(KEPT + 2)]
    made = [Path(tried(folders, READY, name=name).folder) for name in names]
    for age, folder in enumerate(reversed(made)):
        if folder.exists():
            os.utime(folder, (time.time() - age, time.time() - age))
    last = Path(tried(folders, READY, name="last").folder)
    left = {path for path in folders.where.iterdir() if path.is_dir()}
    assert left == {last, *made[-KEPT + 1 :]}


def test_what_nobody_finished_goes_after_a_day(folders: Folders) -> None:
    old, fresh = folders.where / "part-old", folders.where / "part-fresh"
    for path in (old, fresh):
        path.mkdir(parents=True)
    os.utime(old, (time.time() - DAY - 9, time.time() - DAY - 9))
    assert tried(folders, READY).folder
    assert not old.exists()
    assert fresh.exists()


def test_without_the_extra_nothing_is_built(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", absent)
    assert "from a checkout, pip install '.[genai]'" in tried(folders, READY).why


@pytest.mark.parametrize(
    ("ask", "builds"),
    [(Ask(), ""), (Ask(engine="onnxruntime-genai"), builds_folder())],
)
def test_models_are_built_for_who_asks_for_that_engine(
    ask: Ask, builds: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    model = Loadable(
        kind="causal",
        format="huggingface",
        name="",
        architecture="",
        path=str(tmp_path),
        size=0,
    )
    subject = AskableModel(origin=Origin(place=("model",), digest="0"), model=model)
    found = opened(subject, Context(Settings(supplied=Supplied(ask=ask))))
    assert isinstance(found, ZonedModel)
    assert found.limits.builds == builds
