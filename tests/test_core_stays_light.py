"""The core process never imports the libraries whose files it opens."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "torch",
    "numpy",
    "tensorflow",
    "onnxruntime",
    "onnx",
    "cv2",
    "transformers",
    "ray",
    "langchain",
    "h5py",
    "cryptography",
)
AUDIT = """
import sys
from click.testing import CliRunner
from openvet.cli import app
CliRunner().invoke(app, ["audit", sys.argv[1], "--ledger", sys.argv[2]])
"""


def modules_after(code: str, *arguments: str) -> set[str]:
    """Return the names of the top-level modules that a fresh process ends with."""
    return {name.partition(".")[0] for name in all_after(code, *arguments)}


def all_after(code: str, *arguments: str) -> set[str]:
    """Return the names of all modules that a fresh process ends with."""
    code += "\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["openvet", "openvet.cli", "openvet.run"])
def test_importing_openvet_imports_no_heavy_library(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert "openvet" in loaded
    assert not loaded & set(HEAVY)


def test_auditing_a_model_imports_no_heavy_library(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "llama"}')
    (model / "model.onnx").write_bytes(b"\x08\x07")
    (model / "model.npy").write_bytes(b"\x93NUMPY\x01\x00")
    (model / "pytorch_model.bin").write_bytes(b"\x80\x02}.")
    (model / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    loaded = modules_after(AUDIT, str(model), str(tmp_path / "ledger"))
    assert "openvet" in loaded
    assert not loaded & set(HEAVY)


def test_importing_openvet_leaves_the_network_and_processes_alone() -> None:
    loaded = modules_after("import openvet.cli")
    assert not loaded & {"socket", "ssl", "http", "urllib3", "httpx2", "subprocess"}


def test_a_file_of_one_format_imports_the_readers_of_no_other(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    header = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    header = header.ljust(97)  # its first byte is then a sign of no other format
    model.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    loaded = all_after(AUDIT, str(model), str(tmp_path / "ledger"))
    assert "openvet.readers.safetensors" in loaded
    readers = {name for name in loaded if name.startswith("openvet.readers.")}
    assert readers <= {
        "openvet.readers.folder",
        "openvet.readers.safetensors",
        "openvet.readers.askable",  # looks whether somebody is there to be asked
        "openvet.readers.brought",  # looks whether settings name tables
        "openvet.readers.dossier",  # says of every folder what it says of itself
        "openvet.readers.fit",  # says of every model how much memory it needs
        "openvet.readers.native",  # says of every folder that it holds none
        "openvet.readers.tfrecord",  # has no sign but a checksum
    }
    assert not loaded & {"yaml", "jinja2", "configparser", "openvet.formats.zip"}
