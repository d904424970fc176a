"""The process that runs a model: what it gave up, held against one that tries."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.protocol import GenerateRequest
from openvet.models.zone import DEATHS, ZonedModel, ZoneLimits
from specimens.wishes import WORKER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


def answer(model: ZonedModel, wish: str) -> str:
    (result,) = model.generate([GenerateRequest(prompt=wish, max_tokens=1)])
    return result.text


@pytest.mark.parametrize(
    ("wish", "refusals"),
    [
        ("write", {"OSError", "PermissionError"}),
        ("connect", {"PermissionError"}),
        ("run", {"PermissionError"}),
        ("load a library", {"PermissionError"}),
        ("allocate", {"MemoryError"}),
    ],
)
def test_what_a_model_has_no_reason_to_do_is_refused(
    folder: Path, wish: str, refusals: set[str]
) -> None:
    limits = ZoneLimits(memory_bytes=1 << 30)
    with ZonedModel(folder, limits, command=WORKER) as model:
        assert answer(model, wish) in refusals


def test_the_environment_with_its_secrets_stays_outside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with ZonedModel(folder, command=WORKER) as model:
        assert "OPENAI_API_KEY" not in answer(model, "environment")
        assert "HF_HUB_OFFLINE" in answer(model, "environment")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_the_process_sees_no_network_where_it_says_so(folder: Path) -> None:
    with ZonedModel(folder, command=WORKER) as model:
        devices = answer(model, "devices")
        if "no network (own namespace)" in model.protections:
            assert devices == "lo"
        else:
            assert "network refused by an audit hook only" in model.protections


@pytest.mark.slow
def test_processor_time_beyond_the_limit_is_an_error_in_words(folder: Path) -> None:
    limits = ZoneLimits(cpu_seconds=2)
    with (
        ZonedModel(folder, limits, command=WORKER) as model,
        pytest.raises(ModelError, match="used up its 2 seconds of processor time"),
    ):
        answer(model, "spin")


def test_a_crash_over_there_is_an_error_here_and_the_next_question_is_answered(
    folder: Path,
) -> None:
    with ZonedModel(folder, command=WORKER) as model:
        with pytest.raises(ModelError, match=r"ended \(exit 1\)"):
            answer(model, "crash")
        assert answer(model, "process") != str(os.getpid())


def test_what_a_library_refuses_is_told_and_ends_nothing(folder: Path) -> None:
    with ZonedModel(folder, command=WORKER) as model:
        process = answer(model, "process")
        with pytest.raises(ModelError) as refused:
            answer(model, "refuse")
        assert "the model cannot answer: 'no such layer'" in refused.value.message
        assert refused.value.hint
        assert answer(model, "process") == process


def test_what_nobody_expected_ends_the_process_and_is_told(folder: Path) -> None:
    with ZonedModel(folder, command=WORKER) as model:
        process = answer(model, "process")
        for _ in range(DEATHS):
            with pytest.raises(ModelError) as ended:
                answer(model, "give up")
        assert "the model's process ended: nothing is" in ended.value.message
        assert ended.value.message.isprintable()
        assert len(ended.value.message) < 400
        assert "transformers runs the model" in (ended.value.hint or "")
        with pytest.raises(ModelError, match=f"died {DEATHS} times"):
            assert answer(model, "process") == process


def test_cost_counts_on_over_a_crash(folder: Path) -> None:
    with ZonedModel(folder, command=WORKER) as model:
        answer(model, "process")
        before = model.spent
        assert before.tokens_written == 1
        assert before.peak_bytes > 1 << 20
        with pytest.raises(ModelError):
            answer(model, "crash")
        answer(model, "process")
        assert model.spent.tokens_written == 2
        assert model.spent.cpu_seconds > before.cpu_seconds


def test_without_the_libraries_the_reason_says_what_to_install(folder: Path) -> None:
    command = (*WORKER[:-1], WORKER[-1].replace("worker.load_libraries", "unused"))
    blocked = "import sys; sys.modules['torch'] = None\n"
    command = (*command[:-1], blocked + command[-1])
    with (
        ZonedModel(folder, command=command) as model,
        pytest.raises(ModelError, match="what runs models is not installed") as caught,
    ):
        answer(model, "process")
    assert caught.value.hint == "from a checkout, pip install '.[models]'"


def runs(process: int) -> bool:
    """Tell whether a process runs; one that nobody waits for stays as a zombie."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return not status.rpartition(")")[2].lstrip().startswith("Z")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_an_interrupt_ends_the_model_too(folder: Path) -> None:
    program = f"""
import sys
sys.path += {sys.path!r}
from pathlib import Path
from openvet.models.protocol import GenerateRequest
from openvet.models.zone import ZonedModel
from specimens.wishes import WORKER
with ZonedModel(Path({str(folder)!r}), command=WORKER) as model:
    list(model.generate([GenerateRequest(prompt="process", max_tokens=1)]))
    print(model._worker.pid, flush=True)
    list(model.generate([GenerateRequest(prompt="hang", max_tokens=1)]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert runs(worker)
        parent.send_signal(signal.SIGINT)
        assert parent.wait(timeout=30) != 0
    until = time.monotonic() + 10
    while runs(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not runs(worker)
