"""Models on servers: read by range, never the tensors, whatever the server does."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.errors import OverBudgetError, TargetError
from openvet.ranges import Client, Meter, RangeSource, check_scheme
from specimens.server import COMMIT, Hub, serving

GIB = 1 << 30


def safetensors(size: int, tensors: int = 300) -> bytes:
    """Return the header of a file with `size` bytes of tensors."""
    each = size // tensors // 2 * 2
    index = {
        f"layers.{n}.weight": {
            "dtype": "BF16",
            "shape": [each // 2],
            "data_offsets": [n * each, (n + 1) * each],
        }
        for n in range(tensors)
    }
    header = json.dumps(index).encode()
    return struct.pack("<Q", len(header)) + header


@pytest.fixture
def hub() -> Iterator[Hub]:
    files = {
        "config.json": b'{"model_type": "llama"}',
        "README.md": b"# A model\n",
        "model.safetensors": safetensors(6000) + bytes(6000),
    }
    with serving(files) as served:
        yield served


def source(hub: Hub, name: str = "model.safetensors") -> RangeSource:
    client = Client(f"{hub.address}/{name}", sleep=lambda _: None)
    return RangeSource(client, name, hub.size(name), Meter())


def audit(
    hub: Hub, target: str, folder: Path, *more: str
) -> "subprocess.CompletedProcess[str]":
    """Audit with the real client against the local hub."""
    return subprocess.run(
        [sys.executable, "-m", "openvet", "audit", target, "--format=json", *more],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "HF_ENDPOINT": hub.address,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_TOKEN": "hf_secret",
        },
    )


def test_a_model_on_a_hub_is_audited_and_pinned_to_its_commit(
    hub: Hub, tmp_path: Path
) -> None:
    done = audit(hub, "hf:org/name", tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["target"] == f"hf:org/name@{COMMIT}"
    assert report["kind"] == "remote"
    (weights,) = [f for f in report["files"] if f["name"] == "model.safetensors"]
    assert weights["content"]["declared"]
    assert len(weights["content"]["sha256"]) == 64
    assert all(COMMIT in r for r in hub.requests if r.endswith(".safetensors"))


def test_16_gib_are_audited_by_reading_under_one_percent(
    hub: Hub, tmp_path: Path
) -> None:
    for number in range(8):
        name = f"model-{number:05}-of-00008.safetensors"
        hub.files[name] = safetensors(2 * GIB)
        header = len(hub.files[name])
        hub.sizes[name] = header + 2 * GIB // 600 * 600
    done = audit(hub, "hf:org/name@main", tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert sum(f["size"] for f in json.loads(done.stdout)["files"]) > 15.9 * GIB
    assert hub.sent < 16 * GIB / 100


def test_a_single_file_is_audited_by_its_url(hub: Hub, tmp_path: Path) -> None:
    done = audit(hub, f"{hub.address}/model.safetensors", tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)["files"][0]["formats"] == ["safetensors"]


def test_a_secret_token_goes_to_the_hub_and_nowhere_else(hub: Hub) -> None:
    with serving({"model.safetensors": b"x" * 100}) as other:
        other_url = other.address.replace("127.0.0.1", "localhost")
        hub.manner = "elsewhere"
        client = Client(
            f"{hub.address}/model.safetensors",
            {"authorization": "Bearer hf_secret"},
            elsewhere=True,
            sleep=lambda _: None,
        )
        hub.elsewhere = f"{other_url}/model.safetensors"
        assert client(0, 10).body == b"x" * 10
        assert hub.tokens == ["Bearer hf_secret"]
        assert other.tokens == [""]


def test_a_redirect_off_the_host_is_refused_and_named(hub: Hub) -> None:
    hub.manner = "elsewhere"
    with pytest.raises(TargetError, match="redirects to another host, localhost"):
        source(hub).read(0, 10)


def test_a_redirect_loop_ends(hub: Hub) -> None:
    hub.manner = "loop"
    with pytest.raises(TargetError, match="redirects more than"):
        source(hub).read(0, 10)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("401", "it needs a login"),
        ("403", "access is refused"),
        ("404", "it does not exist"),
        ("416", "the server refuses the range"),
        ("429", "the server asks for fewer requests"),
        ("500", "the server does not answer"),
    ],
)
def test_an_error_status_says_what_to_do(hub: Hub, status: str, said: str) -> None:
    hub.manner = status
    with pytest.raises(TargetError, match=said) as caught:
        source(hub).read(0, 10)
    assert caught.value.hint


@pytest.mark.parametrize("manner", ["429", "503", "cut"])
def test_a_fault_that_passes_is_tried_again(hub: Hub, manner: str) -> None:
    hub.manner, hub.failures = manner, 2
    assert source(hub).read(0, 8) == hub.files["model.safetensors"][:8]
    assert len(hub.requests) == 3


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        ("short", "where .* were asked for"),
        ("long", "where .* were asked for"),
        ("other-size", "it changed while it was read, or the server lies|has"),
        ("cut", "does not answer"),
    ],
)
def test_a_server_that_lies_about_lengths_is_caught(
    hub: Hub, manner: str, said: str
) -> None:
    hub.files["model.safetensors"] += bytes(200_000)
    hub.manner = manner
    with pytest.raises(TargetError, match=said):
        source(hub).read(0, 10)


def test_a_server_without_ranges_leaves_the_file_not_examined(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files["model.safetensors"] += bytes(GIB // 64)
    hub.manner = "no-ranges"
    done = audit(hub, f"{hub.address}/model.safetensors", tmp_path)
    assert done.returncode == 4, done.stderr + done.stdout
    (gap,) = json.loads(done.stdout)["not_examined"]
    assert "does not serve ranges" in gap["gap"]["detail"]
    assert hub.sent < GIB // 64


def test_what_is_fetched_of_one_file_is_bounded(hub: Hub) -> None:
    hub.files["big"] = bytes(1 << 20)
    limited = source(hub, "big")
    limited.meter = Meter(most_per_file=100_000)
    with pytest.raises(OverBudgetError, match="fetched"):
        limited.read(0, 1 << 20)


def test_neighboring_reads_share_one_request(hub: Hub) -> None:
    shared = source(hub)
    assert shared.read(0, 8) + shared.read(8, 100) == shared.read(0, 108)
    assert len(hub.requests) == 1


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("hf:org/missing", "does not exist or is private"),
        ("hf:not a name", "is not of the form hf:org/name@revision"),
        ("http://example.invalid/model.safetensors", "is not an https:// URL"),
    ],
)
def test_a_target_that_is_not_there_exits_2_with_a_next_step(
    hub: Hub, tmp_path: Path, target: str, said: str
) -> None:
    done = audit(hub, target, tmp_path)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "help:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_hub_that_is_down_exits_2_with_a_next_step(hub: Hub, tmp_path: Path) -> None:
    hub.address = "http://127.0.0.1:9"
    done = audit(hub, "hf:org/name", tmp_path)
    assert done.returncode == 2
    assert "the hub does not answer" in done.stderr


def test_offline_refuses_before_any_request(hub: Hub, tmp_path: Path) -> None:
    done = audit(hub, "hf:org/name", tmp_path, "--offline")
    assert done.returncode == 2
    assert hub.requests == []


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd", "x"]
)
def test_only_encrypted_addresses_are_fetched(url: str) -> None:
    with pytest.raises(TargetError, match="not an https"):
        check_scheme(url)
