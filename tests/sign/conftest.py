"""A model, and the same model audited and signed."""

from pathlib import Path

import pytest

from specimens.signing import Signed, signed


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a folder with a few files, version control among them."""
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "README.md").write_text("# A model\n")
    (folder / "sub" / "config.json").write_text('{"model_type":"llama"}')
    (folder / ".gitattributes").write_text("*.bin filter=lfs\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]\n")
    return folder


@pytest.fixture
def whole(model: Path, tmp_path: Path) -> Signed:
    return signed(model, tmp_path)
