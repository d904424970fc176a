"""Tensor files and booster models, written byte by byte; every payload is harmless."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

PICKLE = (
    b"\x80\x04\x95\x17\0\0\0\0\0\0\0"
    b"\x8c\x05posix\x94\x8c\x06system\x94\x93\x94"
    b"\x8c\x04true\x94\x85\x94R\x94."
)
"""Would run `true`."""
STRING, ARRAY, UINT8, UINT32, FLOAT32 = 8, 9, 0, 4, 6


def safetensors(
    header: Mapping[str, Any] | str | None = None,
    data: bytes = bytes(16),
    *,
    length: int | None = None,
) -> bytes:
    """Return a safetensors file; by default one tensor `w` of four floats."""
    if header is None:
        header = {"w": entry("F32", [4], 0, 16)}
    text = header if isinstance(header, str) else json.dumps(header)
    raw = text.encode("utf-8", "surrogatepass")
    return struct.pack("<Q", len(raw) if length is None else length) + raw + data


def entry(dtype: str, shape: Sequence[int], start: int, stop: int) -> dict[str, Any]:
    """Return one tensor's entry of a safetensors header."""
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, stop]}


class Gguf:
    """Writes GGUF files, honest and otherwise.

    Args:
        version: 1 has 32-bit lengths.
        order: `<` or `>`.
    """

    def __init__(self, version: int = 3, order: str = "<") -> None:
        self.version = version
        self.order = order
        self.alignment = 32
        self.pairs: list[bytes] = []
        self.entries: list[bytes] = []
        self.data = b""

    def pack(self, code: str, *values: float) -> bytes:
        """Return numbers in this file's byte order."""
        return struct.pack(self.order + code, *values)

    def length(self, value: int) -> bytes:
        """Return a length as this version writes it."""
        return self.pack("I" if self.version == 1 else "Q", value)

    def string(self, text: str | bytes) -> bytes:
        """Return a string with its length."""
        raw = text if isinstance(text, bytes) else text.encode()
        return self.length(len(raw)) + raw

    def raw(self, key: str, kind: int, value: bytes) -> "Gguf":
        """Add a pair of any type."""
        self.pairs.append(self.string(key) + self.pack("I", kind) + value)
        return self

    def text(self, key: str, value: str | bytes) -> "Gguf":
        """Add a string."""
        return self.raw(key, STRING, self.string(value))

    def uint32(self, key: str, value: int) -> "Gguf":
        """Add a number."""
        return self.raw(key, UINT32, self.pack("I", value))

    def strings(self, key: str, values: Sequence[str]) -> "Gguf":
        """Add an array of strings."""
        head = self.pack("I", STRING) + self.length(len(values))
        return self.raw(key, ARRAY, head + b"".join(map(self.string, values)))

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        data: bytes,
        *,
        kind: int = 0,
        offset: int | None = None,
    ) -> "Gguf":
        """Add a tensor after padding."""
        at = len(self.data) if offset is None else offset
        self.entries.append(
            self.string(name)
            + self.pack("I", len(shape))
            + b"".join(map(self.length, shape))
            + self.pack("I", kind)
            + self.pack("Q", at)
        )
        self.data += data + bytes(-len(data) % self.alignment)
        return self

    def build(self, *, tensors: int | None = None, pairs: int | None = None) -> bytes:
        """Return the file; the counts can be made to lie."""
        head = (
            b"GGUF"
            + self.pack("I", self.version)
            + self.length(len(self.entries) if tensors is None else tensors)
            + self.length(len(self.pairs) if pairs is None else pairs)
            + b"".join(self.pairs)
            + b"".join(self.entries)
        )
        padding = bytes(-len(head) % self.alignment) if self.entries else b""
        return head + padding + self.data


def gguf() -> Gguf:
    """Return an honest small language model to start from."""
    return (
        Gguf()
        .text("general.architecture", "llama")
        .text("general.name", "tiny")
        .text("general.license", "apache-2.0")
        .text("general.url", "https://huggingface.co/org/tiny")
        .strings("tokenizer.ggml.tokens", ["<s>", "</s>", "import", "os", "eval"])
        .tensor("token_embd.weight", [4, 8], struct.pack("<32f", *range(32)))
        .tensor("output_norm.weight", [4], struct.pack("<4f", *range(4)))
    )


def elf() -> bytes:
    """Return the header of an executable without code."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(40)


def pe() -> bytes:
    """Return the headers of a portable executable without code."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(20)
