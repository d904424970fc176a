from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.security.readers_disagree import ReadersDisagree
from openvet.finding import Finding
from openvet.subject import Identity, Origin
from specimens.archives import PNG, zipped


def flagged(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG + zipped([("a.txt", b"text")]))


def passed(folder: Path) -> None:
    (folder / "logo.png").write_bytes(PNG)
    (folder / "a.zip").write_bytes(zipped([("logo.png", PNG)]))


def run(*formats: str) -> list[Finding]:
    identity = Identity(
        origin=Origin(place=("m",), digest="0"), name="m", size=9, formats=formats
    )
    return list(ReadersDisagree().run(identity, Context()))


@pytest.mark.parametrize(
    "formats",
    [("png", "zip"), ("safetensors", "torch"), ("pickle", "zip"), ("elf", "zip")],
)
def test_two_formats_that_contradict_fail(formats: tuple[str, ...]) -> None:
    assert len(run(*formats)) == 1


@pytest.mark.parametrize(
    "formats",
    [
        ("torch",),
        ("torch", "zip"),
        ("npy", "pickle"),
        ("gzip", "joblib"),
        ("json", "text"),
        ("onnx", "tensorflow"),
        (),
    ],
)
def test_one_thing_under_several_names_is_silent(formats: tuple[str, ...]) -> None:
    assert run(*formats) == []
