"""Wheels: fetched by pip, hashed, and read without being installed."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WheelFile:
    """A wheel on this machine."""

    path: Path

    @property
    def sha256(self) -> str:
        """Return its digest, as the package index states it."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def sources(self, package: str) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of every Python file of a package."""
        with zipfile.ZipFile(self.path) as archive:
            for name in sorted(archive.namelist()):
                inside = name.startswith(f"{package}/") or name == f"{package}.py"
                if inside and name.endswith(".py"):
                    yield name, archive.read(name)


def fetch(requirement: str, python: str, folder: Path) -> WheelFile:
    """Return the wheel of a pinned requirement, from the folder or the index.

    Args:
        requirement: `scikit-learn==1.9.1`.
        python: Version whose wheels are wanted, as `311`.
        folder: Where wheels are kept between runs.
    """
    name, _, version = requirement.partition("==")
    stem = name.lower().replace("-", "_").replace(".", "_")
    for path in sorted(folder.glob("*.whl")):
        parts = path.name.lower().split("-")
        if parts[0].replace(".", "_") == stem and parts[1].split("+")[0] == version:
            return WheelFile(path)
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
        "--only-binary=:all:", "--python-version", python, "--dest", str(folder),
        requirement,
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return fetch(requirement, python, folder)
