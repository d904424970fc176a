"""Models on servers: read by range, never the tensors, whatever the server does."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from openvet.errors import OverBudgetError, TargetError
from openvet.ranges import Client, Meter, RangeSource
from openvet.remote import RemoteTree, remote
from specimens.command import Done, run, run_apart
from specimens.pickles import PICKLE
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


def audit(hub: Hub, target: str, folder: Path, *more: str) -> Done:
    """Audit with the real client against the local hub."""
    files = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
    with patch.multiple(
        "huggingface_hub.constants",
        ENDPOINT=hub.address,
        HUGGINGFACE_CO_URL_TEMPLATE=files,
    ):
        words = ("audit", target, "--format=json", *more)
        return run(*words, cwd=folder, HOME=str(folder), HF_TOKEN="hf_secret")  # noqa: S106 - no secret


def audit_apart(hub: Hub, target: str, folder: Path) -> Done:
    """Do so in a process of its own, which is told of the hub as people do."""
    return run_apart(
        "audit",
        target,
        "--format=json",
        cwd=folder,
        HOME=str(folder),
        HF_ENDPOINT=hub.address,
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_TOKEN="hf_secret",  # noqa: S106 - no secret
    )


def test_a_model_on_a_hub_is_audited_and_pinned_to_its_commit(
    hub: Hub, tmp_path: Path
) -> None:
    done = audit_apart(hub, "hf:org/name", tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert report["target"] == f"hf:org/name@{COMMIT}"
    assert report["kind"] == "remote"
    (weights,) = [f for f in report["files"] if f["name"] == "model.safetensors"]
    assert weights["content"]["declared"]
    assert len(weights["content"]["sha256"]) == 64
    assert all(COMMIT in r for r in hub.requests if r.endswith(".safetensors"))


@pytest.mark.slow
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
        ("other-part", "another part of model.safetensors than was asked for"),
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


def test_what_is_fetched_of_all_files_together_is_bounded(hub: Hub) -> None:
    hub.files |= {"one": bytes(1 << 20), "two": bytes(1 << 20)}
    one, two = source(hub, "one"), source(hub, "two")
    one.meter = two.meter = Meter(most=1_500_000)
    one.read(0, 1 << 20)
    with pytest.raises(OverBudgetError, match="fetched"):
        two.read(0, 1 << 20)


def test_a_server_that_refused_once_is_not_asked_again(hub: Hub) -> None:
    hub.manner = "404"
    refused = source(hub)
    for offset in (0, 0, 5000):
        with pytest.raises(TargetError, match="does not exist"):
            refused.read(offset, 10)
    assert len(hub.requests) == 1


def test_neighboring_reads_and_readers_share_one_request(hub: Hub) -> None:
    shared = source(hub)
    assert shared.read(0, 8) + shared.read(8, 100) == shared.read(0, 108)
    assert len(hub.requests) == 1
    tree = RemoteTree(Meter())
    tree.files["README.md"] = (Client(hub.address, sleep=lambda _: None), 10)
    assert tree.open("README.md") is tree.open("README.md")


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
    done = audit_apart(hub, "hf:org/name", tmp_path)
    assert done.returncode == 2
    assert "the hub does not answer" in done.stderr


def test_offline_refuses_before_any_request(hub: Hub, tmp_path: Path) -> None:
    done = audit(hub, "hf:org/name", tmp_path, "--offline")
    assert done.returncode == 2
    assert hub.requests == []


@pytest.mark.parametrize(
    "location", ["http://[bad", "http://127.0.0.1:x/", "//", "http://127.0.0.1\x01/"]
)
def test_a_redirect_to_nonsense_is_an_error_of_that_file(
    hub: Hub, location: str
) -> None:
    hub.manner, hub.elsewhere = "elsewhere", location
    with pytest.raises(TargetError):
        source(hub).read(0, 10)


def test_a_redirect_never_gives_up_encryption() -> None:
    client = Client("https://example.org/model", elsewhere=True)
    with pytest.raises(TargetError, match="redirects to an http"):
        client._redirected("https://example.org/model", "http://127.0.0.1:8080/admin")


@pytest.mark.parametrize("number", ["\xb2", "-1", "9" * 5000, "soon", ""])
@pytest.mark.parametrize("header", ["Content-Range", "Retry-After"])
def test_a_header_that_is_no_number_breaks_nothing(
    hub: Hub, header: str, number: str
) -> None:
    text = f"bytes 0-9/{number}" if header == "Content-Range" else number
    hub.headers[header] = text
    hub.manner = "429" if header == "Retry-After" else ""
    with pytest.raises(TargetError):
        source(hub).read(0, 10)


def test_waiting_as_long_as_a_server_asks_has_an_end(hub: Hub) -> None:
    hub.manner, hub.headers = "429", {"Retry-After": "86400"}
    waited: list[float] = []
    client = Client(f"{hub.address}/model.safetensors", sleep=waited.append)
    with pytest.raises(TargetError, match="fewer requests"):
        client(0, 10)
    assert waited == [30, 30, 30]


def test_a_server_that_sends_a_byte_at_a_time_is_left(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.ranges.TIMEOUT", 0.3)
    hub.manner = "drip"
    with pytest.raises(TargetError, match="sends too slowly"):
        source(hub).read(0, 10)


@pytest.mark.slow
def test_a_server_that_sends_headers_a_byte_at_a_time_is_left(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.ranges.TIMEOUT", 0.3)
    hub.manner = "drip-headers"
    with pytest.raises(TargetError, match="sends too slowly"):
        source(hub).read(0, 10)
    assert len(hub.requests) == 1


def test_a_hub_that_lists_a_model_a_byte_at_a_time_is_left(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openvet.remote.LISTING", 0.5)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
    hub.manner = "drip-headers"
    with pytest.raises(TargetError, match=r"no answer within 0\.5 seconds"):
        remote("hf:org/name")


def test_a_file_at_a_url_is_read_again_however_much_it_looks_the_same(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files["model.pkl"] = b"\x80\x04N." + bytes(len(PICKLE) - 4)
    audit(hub, f"{hub.address}/model.pkl", tmp_path)
    hub.files["model.pkl"] = PICKLE
    done = audit(hub, f"{hub.address}/model.pkl", tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr


def test_a_password_in_a_url_is_printed_nowhere(hub: Hub, tmp_path: Path) -> None:
    address = hub.address.replace("//", "//user:hunter2@")
    for name in ("model.safetensors?sig=hunter2", "missing?sig=hunter2"):
        done = audit(hub, f"{address}/{name}", tmp_path)
        assert done.returncode in {0, 2}, done.stderr + done.stdout
        assert "hunter2" not in done.stdout + done.stderr
    kept = [p.read_bytes() for p in tmp_path.rglob("*.jsonl")]
    assert kept
    assert not any(b"hunter2" in data for data in kept)


@pytest.mark.parametrize(
    "said",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"id": "org/name", "siblings": [{"rfilename": "a", "size": 1}]}',
        b'{"id": "org/name", "sha": "0", "siblings": [{"size": 1}]}',
    ],
)
def test_a_hub_that_makes_no_sense_exits_2_with_a_next_step(
    hub: Hub, tmp_path: Path, said: bytes
) -> None:
    hub.said = said
    done = audit(hub, "hf:org/name", tmp_path)
    assert done.returncode == 2, done.stderr + done.stdout
    assert "help:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("size", ["null", "-1", '"12"'])
def test_a_file_whose_size_a_hub_does_not_say_is_not_examined(
    hub: Hub, tmp_path: Path, size: str
) -> None:
    listing = json.dumps({**hub.listing(), "siblings": [{"rfilename": "\ud800.bin"}]})
    hub.said = listing.replace('bin"', f'bin", "size": {size}').encode()
    done = audit(hub, "hf:org/name", tmp_path)
    assert done.returncode == 4, done.stderr + done.stdout
    assert "does not say how large" in done.stdout


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b"])
def test_a_file_that_a_hub_lists_outside_of_the_model_is_not_examined(
    hub: Hub, tmp_path: Path, name: str
) -> None:
    hub.files = {name: b"{}", "config.json": b"{}"}
    done = audit(hub, "hf:org/name", tmp_path)
    assert done.returncode == 4, done.stderr + done.stdout
    report = json.loads(done.stdout)
    assert [file["name"] for file in report["files"]] == ["config.json"]
    assert "outside of the model" in report["not_examined"][0]["gap"]["detail"]
