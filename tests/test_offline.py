"""An audit of local files needs no network, and does not try to reach one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = """
import socket, sys
if socket.if_nameindex() != [(1, "lo")]:
    sys.exit(99)
from openvet.cli import main
sys.argv[0] = "openvet"
main()
"""
NAMESPACES = (["unshare", "--net"], ["unshare", "--map-root-user", "--net"])


@pytest.fixture(scope="module")
def without_network() -> list[str]:
    """Return the command that starts a program without any network."""
    if shutil.which("unshare") is None:
        pytest.skip("no `unshare` on this machine")
    for command in NAMESPACES:
        tried = subprocess.run([*command, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return command
    pytest.skip("this machine lets no process leave the network")


def test_a_folder_is_audited_without_any_network(
    tmp_path: Path, without_network: list[str]
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text(
        '{"_name_or_path": "org/name", "homepage": "https://example.invalid/"}'
    )
    ledger = str(tmp_path / "ledger")
    command = [sys.executable, "-c", AUDIT, "audit", str(model), "--ledger", ledger]
    inside = subprocess.run(
        [*without_network, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert inside.returncode in {0, 1, 4}, inside.stderr
    assert "1 file" in inside.stdout or "of 1 files" in inside.stdout


def test_offline_refuses_a_target_on_a_server(tmp_path: Path) -> None:
    refused = subprocess.run(
        [
            *(sys.executable, "-m", "openvet", "audit", "hf:org/name", "--offline"),
            *("--ledger", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused.returncode == 2
    assert "--offline" in refused.stderr
    assert refused.stdout == ""
