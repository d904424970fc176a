"""Formats that are one thing under several names, for rules on a file's identity.

Readers name what a file is used as: a torch checkpoint, a Keras model and a wheel are
all zips. Whether a name fits, and whether two readings contradict, is a question of
what the bytes are.
"""

from collections.abc import Iterable
from typing import Final

_FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "zip": (
        "zip",
        "torch",
        "torchscript",
        "torch-package",
        "pt2",
        "keras",
        "npz",
        "skops",
        "mar",
        "wheel",
        "jar",
        "office",
    ),
    "tar": ("tar", "torch-tar"),
    "compressed": (
        "gzip", "zlib", "bzip2", "xz", "lzma", "lz4", "zstd", "compressed",
    ),
    "image": ("png", "jpeg", "gif", "bmp", "tiff", "icon", "iso-media", "riff"),
    "native": (
        "elf", "pe", "mach-o", "ape", "tensorrt", "dex", "llvm", "ar", "java-class",
        "wasm", "pyc", "executable",
    ),
    "pickle": ("pickle", "joblib", "torch-legacy", "dill", "cloudpickle"),
    "text": (
        "text", "json", "yaml", "toml", "ini", "xml", "python", "jinja", "notebook",
        "script", "csv", "empty", "lfs-pointer",
    ),
    "hdf5": ("hdf5", "keras-h5"),
    "protobuf": ("onnx", "tensorflow", "coreml", "sentencepiece"),
}  # fmt: skip
_FAMILY_OF: Final = {
    name: family for family, names in _FAMILIES.items() for name in names
}

STRONG: Final = frozenset(
    {
        "zip", "tar", "7z", "safetensors", "gguf", "hdf5", "npy", "image", "native",
        "pdf", "sqlite", "parquet", "pickle",
    }
)  # fmt: skip
"""Families told by a magic or a full walk, so that two of them contradict."""


def families(formats: Iterable[str]) -> frozenset[str]:
    """Return the families of the formats; an unknown format is its own family."""
    return frozenset(_FAMILY_OF.get(name, name) for name in formats)
