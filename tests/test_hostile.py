"""Every known technique, in every spelling at hand, fails the audit.

The specimens are written by code and never loaded. A variant that is found once must
be found for good: a change that loses one is wrong, whatever else it gains.
"""

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.report import Report
from specimens import archives, hostile_carriers, tensors
from specimens.hostile_libraries import LIBRARIES
from specimens.hostile_pickles import TAILS, WAYS, gadgets
from specimens.hostile_repositories import REPOSITORIES
from specimens.hostile_standard import STANDARD
from specimens.pickles import (
    hostile,
    joblib,
    npy,
    payload,
    proto,
    torch_legacy,
    torch_zip,
)

pytestmark = pytest.mark.slow

SPECIMENS = Path(__file__).parent / "specimens"
HONEST = "{%- for m in messages -%}{{ m['role'] + ': ' + m['content'] }}{%- endfor -%}"
EXTENSIONS = [
    "bin",
    "pt",
    "pth",
    "ckpt",
    "pdparams",
    "data",
    "model",
    "safetensors",
    "onnx",
    "h5",
    "keras",
    "gguf",
    "json",
    "txt",
    "md",
    "yaml",
    "npy",
    "npz",
    "zip",
    "tar",
    "gz",
    "png",
    "csv",
    "parquet",
    "msgpack",
    "tflite",
    "pb",
    "xml",
    "so",
    "py",
    "mp3",
    "rds",
]
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
    "gzip twice": lambda data: gzip.compress(gzip.compress(data)),
    "zip": lambda data: archives.zipped([("a/b.txt", data)], method=8),
    "tar": lambda data: archives.tarred([("x/y", data)]),
    "tar in gzip": lambda data: gzip.compress(archives.tarred([("x/y", data)])),
    "zip in zip": lambda data: archives.zipped([("a", archives.zipped([("b", data)]))]),
}
FIELDS = {
    "flags in the directory": (b"PK\1\2", 8, b"\1\0"),
    "flags at the member": (b"PK\3\4", 6, b"\1\0"),
    "checksum in the directory": (b"PK\1\2", 16, b"abcd"),
    "checksum at the member": (b"PK\3\4", 14, b"abcd"),
    "method in the directory": (b"PK\1\2", 10, b"\x08\0"),
    "method at the member": (b"PK\3\4", 8, b"\x08\0"),
    "size in the directory": (b"PK\1\2", 24, b"\1\0\0\0"),
    "size at the member": (b"PK\3\4", 22, b"\1\0\0\0"),
    "name in the directory": (b"PK\1\2", 46, b"X"),
    "name at the member": (b"PK\3\4", 30, b"X"),
    "length of the name": (b"PK\3\4", 26, b"\3\0"),
    "length of the extra field": (b"PK\3\4", 28, b"\3\0"),
    "number of members": (b"PK\5\6", 8, b"\0\0\0\0"),
    "first signature": (b"PK\3\4", 0, b"XX"),
}


def templates(name: str) -> dict[str, str]:
    """Return templates by name, each added to an honest one."""
    rows = (SPECIMENS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    parted = [row.partition("\t") for row in rows]
    return {title: HONEST + text for title, _, text in parted}


def as_jinja(name: str) -> dict[str, bytes]:
    return {f"{title}.jinja": t.encode() for title, t in templates(name).items()}


def as_gguf(name: str) -> dict[str, bytes]:
    return {
        f"{title}.gguf": tensors.gguf().text("tokenizer.chat_template", text).build()
        for title, text in templates(name).items()
    }


def as_second_template(name: str) -> dict[str, bytes]:
    return {
        f"{title}.json": json.dumps(
            {
                "chat_template": [
                    {"name": "default", "template": HONEST},
                    {"name": "tools", "template": text},
                ]
            }
        ).encode()
        for title, text in templates(name).items()
    }


def pickles(found: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{title}.pkl": data for title, data in found.items()}


def packed() -> dict[str, bytes]:
    inner = {
        "pickle": hostile(),
        "joblib": joblib(after=payload()),
        "torch": torch_zip(hostile(2)),
        "legacy": torch_legacy(slot=0),
        "npy": npy("'|O'", (1,), hostile()),
    }
    return {
        f"{kind} in {pack}": wrap(data)
        for kind, data in inner.items()
        for pack, wrap in PACKED.items()
    }


def tampered() -> dict[str, bytes]:
    whole = torch_zip(hostile(2))
    return {
        f"{title}.pt": archives.patched(whole, *change)
        for title, change in FIELDS.items()
    }


TECHNIQUES: dict[str, Callable[[], dict[str, bytes]]] = {
    "a pickle that calls a name known for abuse": lambda: pickles(gadgets()),
    "a pickle that hides what it calls": lambda: pickles(WAYS),
    "a pickle that abuses a name of Python": lambda: pickles(STANDARD),
    "a pickle that abuses a name of a library": lambda: pickles(LIBRARIES),
    "a pickle that breaks after its call": lambda: pickles(
        {title: proto() + payload() + tail for title, tail in TAILS.items()}
    ),
    "a pickle under another name": lambda: {
        f"model.{extension}": hostile() for extension in EXTENSIONS
    },
    "a pickle in a container": packed,
    "a zip whose headers lie": tampered,
    "a program spelled in a pickle": hostile_carriers.in_pickles,
    "a program spelled in a text": hostile_carriers.in_texts,
    "a program spelled in metadata": hostile_carriers.in_metadata,
    "a pickle in a pickle in a pickle": hostile_carriers.in_stages,
    "a program in sound or a picture": hostile_carriers.in_media,
    "a program amid numbers": hostile_carriers.in_weights,
    "a template that reaches the interpreter": lambda: as_jinja("injections"),
    "a second template that does": lambda: as_second_template("injections"),
    "a template in GGUF that does": lambda: as_gguf("injections"),
    "a template that adds text for some": lambda: as_jinja("poisons"),
    "a template in GGUF that adds text for some": lambda: as_gguf("poisons"),
    "a template that exhausts its renderer": lambda: as_jinja("exhaustions"),
}


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_every_variant_fails(
    technique: str, tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    missed = []
    for name, data in TECHNIQUES[technique]().items():
        path = tmp_path / name.replace(":", " ")
        path.write_bytes(data)
        if audit(path).verdict != "not-passed":
            missed.append(name)
    assert missed == []


@pytest.mark.parametrize("technique", REPOSITORIES)
def test_every_repository_fails(
    technique: str, tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    missed = []
    for number, (title, files) in enumerate(REPOSITORIES[technique]().items()):
        folder = tmp_path / str(number)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        if audit(folder).verdict != "not-passed":
            missed.append(title)
    assert missed == []


def test_the_template_that_others_are_added_to_is_silent(
    tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    (tmp_path / "honest.jinja").write_text(HONEST)
    assert audit(tmp_path / "honest.jinja").findings == ()
