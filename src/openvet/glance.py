"""What a glance at a file rules out, so that most readers are never imported.

There are many readers, and a file is of one or two formats. A reader's `claims` tells
whether a file is its own, but asking it means importing it. Here is, for the readers
that have one, a sign without which they never claim a file. A sign may hold for files
that its reader then refuses; the other way round is a bug, and a test looks for it
over every specimen, whole and damaged.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, TypeAlias

from openvet.patterns import pattern
from openvet.subject import File, Inventory, Subject

_CONTROLS: Final = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 26, 27})
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""Of text in UTF-8, UTF-16 and UTF-32."""
_BLANK: Final = b"\xef\xbb\xbf \t\n\r\v\f"
_ZIP_END: Final = b"PK\x05\x06"
_TAIL: Final = 512
"""Bytes in which the end record of a zip is looked for."""


class Glance:
    """The name and the first bytes of a file, as the signs look at them.

    Args:
        file: Any file. Its bytes are read on first use, and that may raise.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self.name = file.name.lower()

    @cached_property
    def head(self) -> bytes:
        """The first 4,096 bytes."""
        return self.file.source.head

    @cached_property
    def first(self) -> int:
        """The first byte; -1 where there is none."""
        return self.head[0] if self.head else -1

    @cached_property
    def text(self) -> bool:
        """Whether no byte speaks against text."""
        head = self.head
        plain = len(head.translate(None, _CONTROLS)) == len(head)
        return (plain and bool(head)) or head.startswith(_MARKS)

    @cached_property
    def mark(self) -> bytes:
        """The first byte that is no blank and of no byte order mark."""
        return self.head.lstrip(_BLANK)[:1]

    @cached_property
    def ends_as_zip(self) -> bool:
        """Whether the end record of a zip stands near the end."""
        source = self.file.source
        return _ZIP_END in source.read(max(0, source.size - _TAIL), _TAIL)


Sign: TypeAlias = Callable[[Any], bool]
"""Of a glance at a file; for readers of anything else, of the subject itself."""


def _starts(*magics: bytes, at: int = 0) -> Sign:
    return lambda glance: glance.head.startswith(magics, at)


def _first(*numbers: int) -> Sign:
    known = frozenset(numbers)
    return lambda glance: glance.first in known


def _named(*endings: str) -> Sign:
    return lambda glance: glance.name.endswith(endings)


def _holds(*words: bytes) -> Sign:
    return lambda glance: any(word in glance.head for word in words)


def _called(*words: str) -> Sign:
    return lambda glance: any(word in glance.name for word in words)


_tells: Final = _holds(
    *(b"model_checkpoint_path", b"snapshot_prefix", b"base_lr", b"train_net"),
    *(b"test_iter", b"[net"),
)


def _text(glance: Glance) -> bool:
    return glance.text


def _zip(glance: Glance) -> bool:
    magics = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
    return glance.head.startswith(magics) or glance.ends_as_zip


def _tar(glance: Glance) -> bool:
    """A number stands where a first header has its checksum."""
    field = glance.head[148:156]
    digits = field.partition(b"\0")[0].strip()
    number = bool(digits) and not digits.strip(b"01234567")
    # In base 256 the sum of a block's bytes fits into the last four.
    wide = field[:1] >= b"\x80" and not (field[0] & 0x7F or any(field[1:4]))
    return number or wide or glance.head.startswith(b"ustar", 257)


def _compressed(glance: Glance) -> bool:
    head = glance.head
    # Method, window and check bits of zlib (RFC 1950).
    zlib = glance.first & 0x8F == 8 and int.from_bytes(head[:2], "big") % 31 == 0  # noqa: PLR2004
    return zlib or head.startswith(_COMPRESSED)


_COMPRESSED: Final = (
    *(b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"]\0\0", b"\x04\x22M\x18"),
    *(b"(\xb5/\xfd", b"Rar!\x1a\x07"),
)


def _msgpack(glance: Glance) -> bool:
    """A map with keys, a list of maps; by name, any container."""
    if glance.first < 0x80:  # noqa: PLR2004 - text begins below
        return False
    return (
        glance.first <= 0x9F  # noqa: PLR2004 - the last short list
        and glance.first != 0x80  # noqa: PLR2004 - an empty map
    ) or (0xDC <= glance.first <= 0xDF or _by_name(glance))  # noqa: PLR2004


_by_name: Final = _named(
    *(".msgpack", ".mpk", ".msgpck", "model", "tokenizer", "key2row", "lookups.bin"),
    *("moves", "trees", "vectors"),
)


def _safetensors(glance: Glance) -> bool:
    return glance.head[8:9] == b"{" or glance.name.endswith(".safetensors")


def _sentencepiece(glance: Glance) -> bool:
    return glance.head[:1] == glance.head[2:3] == b"\n"


def _xgboost(glance: Glance) -> bool:
    return glance.mark == b"{" or glance.head.startswith(b"binf")


def _mxnet(glance: Glance) -> bool:
    symbol = glance.mark == b"{" and b'"nodes"' in glance.head
    return symbol or glance.head.startswith(b"\x12\x01\0\0\0\0\0\0")


def _textproto(glance: Glance) -> bool:
    head = glance.head
    named = glance.name.endswith((".pbtxt", ".prototxt", ".textproto", ".textpb"))
    return b"\0" not in head and (named or any(word in head for word in _MESSAGES))


_MESSAGES: Final = (b"layer", b"node", b"meta_graphs", b"graph_def", b"library")


def _weights(glance: Glance) -> bool:
    """A name such as files of bare numbers have, or Core ML's sentinel."""
    known = any(part in glance.name for part in _NUMBERS)
    known = known or not glance.name.strip("0123456789abcdef.")
    return known or glance.head.startswith(b"\xef\xbe\xad\xde", 64)


_NUMBERS: Final = (
    *(".data", ".onnx", ".weight", ".bin", ".raw", ".dat", ".caffeblob", ".tmbin"),
    *(".ann", ".hnsw", ".usearch", ".i2w", ".mnn", "onnx__", ".bias", "_attr__value"),
)


def _hdf5(glance: Glance) -> bool:
    head = glance.head
    return any(head.startswith(b"\x89HDF", at) for at in (0, 512, 1024, 2048)) or (
        glance.name.endswith(_HDF5_NAMES)
    )


_HDF5_NAMES: Final = (".h5", ".hdf5", ".hdf", ".he5", ".keras", ".mat", ".nc")


def _config(glance: Glance) -> bool:
    return (glance.mark == b"{" or glance.name.endswith(_CONFIG_NAMES)) and glance.text


_CONFIG_NAMES: Final = (
    *(".json", ".ipynb", ".webmanifest", ".geojson", ".yaml", ".yml", ".toml"),
    *(".ini", ".cfg", ".conf", "mlmodel", "pipfile", "pipfile.lock", "condarc"),
    *("uv.lock", "poetry.lock", "pdm.lock"),
)


def _python(glance: Glance) -> bool:
    named = glance.name.endswith((".py", ".pyw", ".pyi"))
    return named or glance.head.startswith(b"#!")


def _script(glance: Glance) -> bool:
    named = glance.name.endswith(_SCRIPT_NAMES)
    recipe = any(part in glance.name for part in _RECIPES)
    return named or recipe or glance.head.startswith(b"#!")


_SCRIPT_NAMES: Final = (
    *(".sh", ".bash", ".zsh", ".ksh", ".command", ".bat", ".cmd", ".ps1", ".psm1"),
    *(".hta", ".wsf", ".js", ".mjs", ".cjs", ".vbs", ".rb", ".pl", ".php", ".lua"),
    *(".fish", ".csh", ".r", ".jl", ".applescript", ".reg", ".mk", ".cmake", ".url"),
    *("cmakelists.txt", ".envrc", "rakefile", "vagrantfile", "brewfile", ".service"),
    *(".desktop", ".gitmodules"),
)

_RECIPES: Final = (
    *("dockerfile", "containerfile", "apptainer", "makefile", "justfile", "procfile"),
    *("jenkinsfile", ".def"),
)


def _requirements(glance: Glance) -> bool:
    return glance.name.endswith((".txt", ".in", ".pip"))


def _yaml_tags(glance: Glance) -> bool:
    return b"\0" not in glance.head or glance.head.startswith(_WIDE)


def _executable(glance: Glance) -> bool:
    head = glance.head
    marshalled = head[:1] in {b"c", b"\xe3"} and head[2:5] == bytes(3)
    return marshalled or head.startswith(b"\r\n", 2) or head.startswith(_EXECUTABLE)


_EXECUTABLE: Final = (
    *(b"\x7fELF", b"MZ", b"\0asm", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce"),
    *(b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"jartsr='"),
    *(b"APEDBG='", b"ftrt", b"ptrt", b"dex\n03", b"BC\xc0\xde", b"!<arch>\n"),
)


def _image(glance: Glance) -> bool:
    return glance.head.startswith(b"ftyp", 4) or glance.head.startswith(_IMAGE)


_IMAGE: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_DATA: Final = (
    *(b"PAR1", b"ARROW1\0\0", b"FEA1", b"ORC", b"Obj\x01", b"SQLite", b"%PDF-"),
    *(b"fLaC", b"OggS", b"ID3", b"\x1aE\xdf\xa3", b"II*\0", b"MM\0*", b"\0\0\1\0\1\0"),
    *(b"wOFF", b"wOF2", b"OTTO", b"true\0", b"\0\1\0\0\0", b"\xff\xff\xff\xff"),
    *(b"lCRF", b"\0\0\0\1Bud1", b"<stata_dta>", b"q\1\1\0", b"q\2\1\0", b"r\1\1\0"),
    *(b"r\2\1\0", b"s\1\1\0", b"s\2\1\0", b"$FL2@(#)", b"MATLAB 5.0 MAT", b"CDF"),
    b"SIMPLE  =",
)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_OPCODES: Final = (
    *b"NIJKLMFGSTUVXCBP(c])}\x80\x82\x83\x84\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x95\x96\x97",
)
"""Those with which a pickle can begin."""
_VECTORS: Final = pattern(rb"\d+ \d+[ \t]*\r?\n|[^ \n]+(?: [-+.\deE]+){8}")
_BARE: Final = (
    *(b"s3\n", b"BMDF", b"FDMB", b"Trie", b"mmap", b"[GLOBAL]", b"Suda", b"MMID"),
    *(b"\x0c\xdb", b"\x20\x2f\xf3\x7a", b"RK", b"\x01HEF", b"IMOD", b"LDMK", b"EDL"),
    *(b"Cvi", b"\xee\xaa\x55\xff", b"MTLB", b"\x03\x02\x23\x07", b"ML\xefR"),
    *(b"\xd6\xfd\xb2\x7e", b"\0B", b"I", b"\1", b"\2"),
)


def _bare(glance: Glance) -> bool:
    """A magic, a small number of parts, the size of the file or a known place."""
    head, file = glance.head, glance.file
    return (
        head.startswith(_BARE)
        or head.startswith((b"BEGIN", b"IREE"), 4)
        or head.startswith((b"DUCK",), 8)
        or head.startswith((b"\xde\xc0\xef\xbe",), 16)
        or (0 < glance.first <= 64 and not any(head[1:4]))  # noqa: PLR2004
        or int.from_bytes(head[:4], "little") ^ 0xEF718F77 == file.size
        or any("espeak-ng-data" in part for part in file.place)
    )


def _in(inventory: Inventory, form: str) -> bool:
    return any(form in item.formats for item in inventory.items)


def _repository(inventory: Inventory) -> bool:
    known = (*_CONFIG_NAMES, ".py", "pickle_module_info.txt", "keras_module.txt")
    return any(item.name.lower().endswith(known) for item in inventory.items)


def _keys(config: Subject) -> dict[str, object]:
    """Return the document of a configuration, if it is an object."""
    data: object = getattr(config, "data", None)
    return data if isinstance(data, dict) else {}


def _metadata_objects(index: Subject) -> bool:
    """Any metadata that is a JSON object or list."""
    metadata: dict[str, str] = getattr(index, "metadata", {})
    return any(value.lstrip()[:1] in {"{", "["} for value in metadata.values())


_PAGES: Final = (
    *(".md", ".markdown", ".mdx", ".rst", ".html", ".htm", ".xhtml", ".svg", ".mdc"),
    *(".cursorrules", ".windsurfrules", ".clinerules", ".goosehints"),
)

_terms: Final = _called(
    *("licen", "copying", "copyright", "eula", "terms", "notice", "policy", "aup"),
    *("restriction", "prohibited"),
)
SIGNS: Final[dict[str, Sign]] = {
    "zip": _zip,
    "tar": _tar,
    "compressed": _compressed,
    "7z": _starts(b"7z\xbc\xaf"),
    "pickle": _first(*_OPCODES),
    "joblib-zfile": _starts(b"ZF0x"),
    "npy": _starts(b"\x93NUMPY"),
    "torch-storage": lambda glance: glance.file.member and "/" in glance.file.place[-1],
    "safetensors": _safetensors,
    "gguf": _starts(b"GGUF"),
    "catboost": _starts(b"CBM1"),
    "fasttext": _starts(b"\xba\x16\x4f\x2f"),
    "ggml": _starts(b"lmgg", b"fmgg", b"tjgg", b"algg"),
    "lightgbm": _starts(b"tree"),
    "msgpack": _msgpack,
    "sentencepiece": _sentencepiece,
    "word2vec": _first(*b"0123456789"),
    "word-vectors": lambda glance: _VECTORS.match(glance.head) is not None,
    "xgboost": _xgboost,
    # The tag of a field whose value is a number or a length.
    "onnx": _first(*(tag for tag in range(8, 128) if tag & 7 in (0, 2))),
    "onnx-text": _holds(b"ir_version", b"opset_import"),
    "tensorflow": _first(8, *(tag for tag in range(256) if tag & 7 == 2)),  # noqa: PLR2004
    "coreml": lambda glance: (
        glance.first in {8, 0x12}
        or glance.name.endswith(".mil")
        or b"program" in glance.head
    ),
    "layers": _first(0x0A, 0x12, 0xA2),
    "mxnet": _mxnet,
    "training-paths": lambda glance: glance.name.endswith(".data") or _tells(glance),
    "ncnn": _starts(b"7767517"),
    "paddle": _starts(bytes(4)),
    "tensorflow-checkpoint": _starts(b"\0\0"),
    "textproto": _textproto,
    # The upper half of a length; no record has 4 GiB.
    "tfrecord": lambda glance: not any(glance.head[4:8]),
    "tflite": _starts(b"TFL3", b"ET12", at=4),
    "weights": _weights,
    "xml": lambda glance: glance.mark == b"<" or glance.head.startswith(_WIDE),
    "hdf5": _hdf5,
    "config": _config,
    "template-file": _named(".jinja", ".jinja2", ".j2", ".template"),
    "python": _python,
    "python-site": _named(".pth"),
    "notebook": _named(".ipynb"),
    "script": _script,
    "prose": _named(*_PAGES),
    "card": _called("readme", "card", "sheet", "statement"),
    "license-text": _terms,
    "credentials": _text,
    "requirements": _requirements,
    "r": _starts(b"RD", b"X\n", b"A\n", b"B\n"),
    "yaml-tags": _yaml_tags,
    "torchscript": lambda glance: glance.file.member and glance.name.endswith(".py"),
    "executable": _executable,
    "image": _image,
    "data": lambda glance: glance.head.startswith(_DATA),
    "bare": _bare,
    "plain-text": _text,
    "empty": lambda glance: not glance.file.size,
    "pointer": _starts(b"version https://git-lfs"),
    "paddle-program": lambda config: "base_code" in _keys(config),
    "onnx-json": lambda config: "graph" in _keys(config),
    "askable": lambda inventory: not inventory.container,
    "onnx-data": lambda inventory: _in(inventory, "onnx"),
    "openvino-data": lambda inventory: _in(inventory, "openvino"),
    "repository": _repository,
    "dossier": lambda inventory: not inventory.container,
    "metadata-objects": _metadata_objects,
}
"""By the id of a reader of ours. A reader without one is asked of every file."""
