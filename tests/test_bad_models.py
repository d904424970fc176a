"""Whatever is wrong with a model, its audit says what, ends, and judges the rest."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openvet.askable import AskableModel
from openvet.check import Context, Settings
from openvet.models.messages import Failed, Opened
from openvet.models.protocol import ModelInfo
from openvet.models.zone import ZonedModel, ZoneLimits
from openvet.report import Report
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import Record, encode
from specimens.askable import loadable
from specimens.language_models import make, needed

INFO = ModelInfo(
    id="m",
    digest="",
    tokenizer_digest="",
    engine="none 1",
    dtype="float32",
    device="cpu",
    parameters=1,
    capabilities=("score", "generate"),
)
OPENED = Opened(info=INFO, zone=("behind glass",))
TALK = """
import os, sys, time
def tell(data):
    os.write(1, len(data).to_bytes(4, "big") + data)
def hear():
    return os.read(0, int.from_bytes(os.read(0, 4), "big"))
hear()
"""
Audit = Callable[..., Report]


def told(message: Record) -> str:
    return f"tell({encode(message)!r})"


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Return what audits and asks a folder, with limits and a process of one's own."""

    def audited(
        folder: Path, *lines: str, memory: int = 0, seconds: float = 60
    ) -> Report:
        limits = ZoneLimits(
            memory_bytes=memory, silent_seconds=seconds, open_seconds=seconds
        )
        command = (sys.executable, "-I", "-c", "\n".join((TALK, *lines)))

        def opened(subject: AskableModel, context: Context) -> ZonedModel:
            del context
            given: dict[str, Any] = {"command": command} if lines else {}
            return ZonedModel(Path(subject.model.path), limits, **given)

        monkeypatch.setattr("openvet.readers.answers.opened", opened)
        settings = Settings(ask=True, items=4)
        options = Options(settings=settings, ledger=str(tmp_path / "ledger"))
        return run_audit(folder, options)[0]

    return audited


def is_told(report: Report, why: str) -> None:
    """Hold a report against what one of a model that cannot be asked has to say."""
    reasons = [part.gap for part in report.not_examined]
    assert any(why in gap.detail for gap in reasons), reasons
    assert all(gap.lift for gap in reasons if why in gap.detail), "a next step"
    assert report.errors == (), "that is no fault of ours"
    assert report.exit_code == 4
    rules = {one.rule: one for one in report.rules}
    assert not rules["prefers-stereotype"].passed
    assert rules["file-type-mismatch"].passed, "the rest is judged"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (
            told(Failed(message="there is no tokenizer", hint="put it there")),
            "no token",
        ),
        ("os.kill(os.getpid(), 9)", "ended by signal 9, most often for want of memory"),
        ("sys.exit(3)", "exit 3"),
        ("tell(b'what is this?')", "sent what is no message"),
        ("os.write(1, b'\\xff' * 4)", "exit"),
        ("time.sleep(60)", "exit"),
    ],
)
def test_one_that_cannot_be_opened_is_not_examined(
    tmp_path: Path, audit: Audit, line: str, why: str
) -> None:
    loadable(tmp_path / "model")
    is_told(audit(tmp_path / "model", line, seconds=2), why)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("os.kill(os.getpid(), 9)", "want of memory"),
        (told(Failed(message="too much")), "too much"),
        ("tell(b'{}')", "no usable answers"),
    ],
)
def test_one_that_breaks_on_the_way_has_no_usable_answers(
    tmp_path: Path, audit: Audit, line: str, why: str
) -> None:
    loadable(tmp_path / "model")
    report = audit(tmp_path / "model", told(OPENED), "hear()", line, "time.sleep(0.2)")
    assert any("no usable answers" in p.gap.detail for p in report.not_examined)
    is_told(report, why)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needed()
    return make(tmp_path_factory.mktemp("whole"))


def no_tokenizer(folder: Path) -> None:
    for path in folder.glob("tokenizer*"):
        path.unlink()


def wrong_shape(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["intermediate_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config))


def not_numbers(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    name = next(iter(tensors))
    tensors[name] = torch.full_like(tensors[name], torch.nan)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def missing_shard(folder: Path) -> None:
    index = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (no_tokenizer, "there is no tokenizer"),
        (wrong_shape, "of the wrong shape"),
        (not_numbers, "not finite"),
        (missing_shard, "model-2.safetensors of the weights is missing"),
    ],
)
def test_a_real_model_that_is_not_whole_is_not_asked(
    whole: Path, tmp_path: Path, audit: Audit, harm: Callable[[Path], None], why: str
) -> None:
    folder = shutil.copytree(whole, tmp_path / "model")
    harm(folder)
    report = audit(folder, seconds=600)
    assert any(why in part.gap.detail for part in report.not_examined)
    assert report.exit_code in {1, 4}
    assert report.errors == ()
    rules = {one.rule: one for one in report.rules}
    assert not rules["prefers-stereotype"].passed
    assert rules["file-type-mismatch"].passed, "the rest is judged"


@pytest.mark.slow
def test_a_real_model_without_memory_is_not_asked(whole: Path, audit: Audit) -> None:
    is_told(audit(whole, memory=64 << 20, seconds=600), "memory")
