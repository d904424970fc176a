"""A model behind glass: results come, and what breaks there is a reason here."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.built import Built
from openvet.models.messages import (
    NOT_BUILT,
    Failed,
    Finished,
    Generated,
    Opened,
    Scored,
)
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    LanguageModel,
    Metered,
    ModelInfo,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.models.zone import ZonedModel, ZoneLimits
from openvet.wire import Record, encode

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
PAIR = ScoreRequest(context="", continuations=("a", "b"))
SCORED = Scored(result=ScoreResult(log_likelihoods=(-1.0, -2.0), tokens=(1, 1)))
GENERATED = Generated(result=GenerateResult(text="b", tokens=1, finish="stop"))
FINISHED = Finished(spent=Spent(cpu_seconds=2, tokens_read=3, peak_bytes=9))
TALK = """
import os, sys, time, signal, resource
def tell(data):
    os.write(1, len(data).to_bytes(4, "big") + data)
def hear():
    return os.read(0, int.from_bytes(os.read(0, 4), "big"))
hear()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tiny"
    path.mkdir()
    (path / "config.json").write_text("{}")
    (path / "model.safetensors").write_bytes(b"weights")
    (path / "tokenizer.json").write_text("{}")
    return path


def told(*messages: Record) -> str:
    return "\n".join(f"tell({encode(message)!r})" for message in messages)


def zoned(folder: Path, *lines: str, seconds: float = 30) -> ZonedModel:
    """Return a model whose process does what the lines say."""
    limits = ZoneLimits(silent_seconds=seconds, open_seconds=seconds)
    command = (sys.executable, "-I", "-c", "\n".join((TALK, *lines)))
    return ZonedModel(folder, limits, command=command)


def test_results_come_in_order_and_cost_is_told(folder: Path) -> None:
    other = Scored(result=ScoreResult(log_likelihoods=(-5.0, -2.0), tokens=(2, 1)))
    with zoned(
        folder,
        told(OPENED),
        "hear()",
        told(SCORED, other, FINISHED),
        "hear()",
        told(GENERATED, FINISHED),
        "time.sleep(60)",
    ) as model:
        assert isinstance(model, LanguageModel)
        assert isinstance(model, Metered)
        assert list(model.score([PAIR, PAIR])) == [SCORED.result, other.result]
        assert model.spent == FINISHED.spent
        asked = [GenerateRequest(prompt="a", max_tokens=1)]
        assert list(model.generate(asked)) == [GENERATED.result]
        assert model.protections == ("behind glass",)


def test_what_the_last_batch_cost_counts_though_nobody_asks_again(folder: Path) -> None:
    lines = (told(OPENED), "hear()", told(SCORED), "time.sleep(0.2)", told(FINISHED))
    with zoned(folder, *lines, "time.sleep(60)") as model:
        assert next(model.score([PAIR])) == SCORED.result
        assert model.spent == FINISHED.spent


def test_what_cost_a_process_that_died_is_as_much_as_it_told(folder: Path) -> None:
    with zoned(folder, told(OPENED), "hear()", told(SCORED), "sys.exit(1)") as model:
        assert next(model.score([PAIR])) == SCORED.result
        assert model.spent == Spent()


def test_the_core_names_the_files_itself(folder: Path) -> None:
    with zoned(folder, told(OPENED), "hear()") as model:
        info = model.info
    assert info.id == "m"
    assert len({info.digest, info.tokenizer_digest, ""}) == 3
    (folder / "tokenizer.json").write_text('{"changed": true}')
    with zoned(folder, told(OPENED), "hear()") as model:
        assert model.info.digest == info.digest
        assert model.info.tokenizer_digest != info.tokenizer_digest


def test_results_that_nobody_waited_for_are_not_taken_for_the_next(
    folder: Path,
) -> None:
    other = Scored(result=ScoreResult(log_likelihoods=(-7.0, -2.0), tokens=(2, 1)))
    with zoned(
        folder,
        told(OPENED),
        "hear()",
        told(SCORED, SCORED, FINISHED),
        "hear()",
        told(other, FINISHED),
        "time.sleep(60)",
    ) as model:
        first = model.score([PAIR, PAIR])
        next(first)
        first.close()  # type: ignore[attr-defined] # it is a generator
        assert list(model.score([PAIR])) == [other.result]


def test_what_the_worker_cannot_do_is_told_in_its_words(folder: Path) -> None:
    failed = Failed(message="there is no tokenizer", hint="put it into the folder")
    with (
        zoned(folder, told(failed)) as model,
        pytest.raises(ModelError, match="there is no tokenizer") as caught,
    ):
        model.info  # noqa: B018 - opens it
    assert caught.value.hint == "put it into the folder"


def test_a_question_that_fails_leaves_the_model_open(folder: Path) -> None:
    with zoned(
        folder,
        told(OPENED),
        "hear()",
        told(SCORED, Failed(message="a text is too long")),
        "hear()",
        told(SCORED, FINISHED),
        "time.sleep(60)",
    ) as model:
        with pytest.raises(ModelError, match="a text is too long"):
            list(model.score([PAIR, PAIR]))
        assert list(model.score([PAIR])) == [SCORED.result]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9, most often for"),
        ("os._exit(127)", "ended by the loader of libraries, most often for want of"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "used up its 86400 seconds"),
        ("sys.exit(3)", r"ended \(exit 3\)"),
        ("tell(b'no message')", "sent what is no message"),
        (told(OPENED), "sent what is no answer"),
        (told(FINISHED), "sent what is no answer"),
        (told(GENERATED), "sent what is no answer"),
        ("os.write(1, bytes([255] * 4)); time.sleep(60)", "sent too large a message"),
    ],
)
def test_a_worker_that_breaks_is_an_error_with_a_reason(
    folder: Path, line: str, reason: str
) -> None:
    with (
        zoned(folder, told(OPENED), "hear()", line, "time.sleep(60)") as model,
        pytest.raises(ModelError, match=reason),
    ):
        list(model.score([PAIR]))
    assert model._worker is None


def test_a_worker_that_says_nothing_is_ended(folder: Path) -> None:
    start = time.monotonic()
    with (
        zoned(folder, told(OPENED), "time.sleep(60)", seconds=1.5) as model,
        pytest.raises(ModelError, match="did not answer in time"),
    ):
        list(model.score([PAIR]))
    assert time.monotonic() - start < 30


@pytest.mark.slow
def test_signs_of_life_are_waited_for(folder: Path) -> None:
    alive = 'for _ in range(4): time.sleep(0.5); tell(b\'{"type":"alive"}\')'
    talk = (told(OPENED), "hear()", alive, told(SCORED, FINISHED), "time.sleep(60)")
    with zoned(folder, *talk, seconds=1.5) as model:
        assert list(model.score([PAIR])) == [SCORED.result]


def test_a_worker_that_died_is_started_again_but_not_for_ever(folder: Path) -> None:
    with zoned(folder, told(OPENED), "hear()", "sys.exit(3)") as model:
        for _ in range(3):
            with pytest.raises(ModelError, match="exit 3"):
                list(model.score([PAIR]))
        with pytest.raises(ModelError, match="died 3 times"):
            list(model.score([PAIR]))


def test_a_worker_that_dies_of_what_was_built_is_started_without_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(*_: object) -> Built:
        return Built(folder="/dies-of-this")

    monkeypatch.setattr(ZonedModel, "_built", built)
    talk = TALK.replace("hear()\n", "if b'dies-of' in hear(): sys.exit(9)\n")
    command = (sys.executable, "-I", "-c", "\n".join((talk, told(OPENED), "hear()")))
    with ZonedModel(folder, command=command) as model:
        assert model.info.parameters == 1
        assert f"{NOT_BUILT}opening what was built, it ended" in model.protections


def test_closing_ends_the_worker_at_once(folder: Path) -> None:
    model = zoned(folder, told(OPENED), "time.sleep(60)")
    assert model.info.parameters == 1
    worker = model._worker
    assert worker is not None
    model.close()
    assert worker.returncode == -9


def test_a_place_without_a_model_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"")
    for path in (tmp_path, tmp_path / "a.onnx", tmp_path / "absent"):
        with pytest.raises(ModelError) as caught:
            ZonedModel(path)
        assert "config.json" in str(caught.value.hint)
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match="2 GGUF files"):
        ZonedModel(tmp_path)


def test_asking_a_model_imports_no_heavy_library_here() -> None:
    program = "import sys, openvet.models.zone; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert not names & {"torch", "transformers", "numpy", "gguf", "safetensors"}
