"""The subjects found inside model files, one per idea, not per format.

A Keras configuration, a skops schema and a hydra file all name objects that a loader
will build: each becomes an `ObjectTree`, and one rule judges them. Formats differ in
the reader; what they mean is the same.
"""

from typing import Any, Literal

from msgspec import field

from openvet.subject import Subject
from openvet.wire import Record


class Tensor(Record, frozen=True, kw_only=True):
    """One tensor of an index; `start` and `stop` are offsets in the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


class TensorIndex(Subject, frozen=True, kw_only=True, tag=True):
    """What a weights file says it holds: names, types, shapes, byte ranges."""

    format: str
    count: int
    parameters: int
    tensors: tuple[Tensor, ...]
    """At most the first 100,000."""
    metadata: dict[str, str] = field(default_factory=dict)
    """Text metadata, as written, each value cut at 64 KiB."""


class Operation(Record, frozen=True, kw_only=True):
    """A kind of operation in a graph, with the first place it is used."""

    name: str
    domain: str = ""
    count: int = 1
    where: str = ""
    """Path of the first node: graph, function, subgraph."""
    detail: str = ""
    offset: int = 0


class Graph(Subject, frozen=True, kw_only=True, tag=True):
    """A computation that a runtime executes: ONNX, TensorFlow, TFLite, TorchScript."""

    format: str
    operations: tuple[Operation, ...]
    libraries: tuple[str, ...] = ()
    """Native libraries it asks the runtime to load."""


class Made(Record, frozen=True, kw_only=True):
    """An object that a loader builds because a file names it."""

    kind: Literal["class", "function", "lambda", "method", "reduce", "type", "tag"]
    module: str
    name: str
    key: str
    """Where it is written, as `a.b[0].c`."""
    detail: str = ""
    """Literal arguments or code carried, cut at 1 KiB."""
    offset: int = 0
    line: int = 0


class ObjectTree(Subject, frozen=True, kw_only=True, tag=True):
    """Objects that a loader builds by name: Keras, skops, hydra, jsonpickle, YAML."""

    format: str
    made: tuple[Made, ...]


class ChatTemplate(Subject, frozen=True, kw_only=True, tag=True):
    """A Jinja template that a server renders with users' messages."""

    key: str
    """Where it is written: `tokenizer.chat_template`, `chat_template`."""
    name: str
    """`default`, `tool_use` …"""
    source: str


class Config(Subject, frozen=True, kw_only=True, tag=True):
    """A structured configuration file, parsed: JSON, YAML, TOML, INI."""

    format: Literal["json", "yaml", "toml", "ini"]
    name: str
    data: Any
    """Plain values only: dict, list, str, int, float, bool, None."""


class Repository(Subject, frozen=True, kw_only=True, tag=True):
    """A folder with its configuration files, so that keys can be resolved to files."""

    files: tuple[str, ...]
    """Every path below the folder, with `/`."""
    configs: dict[str, Any]
    """Parsed configuration by path below the folder."""


class PythonCall(Record, frozen=True, kw_only=True):
    """A call in Python source."""

    name: str
    """Dotted name with imports resolved: `os.system`, `builtins.exec`."""
    line: int
    column: int
    on_import: bool
    """Whether it runs when the module is imported."""
    text: str
    """The source line, cut at 200 characters."""
    arguments: tuple[str, ...] = ()
    """Literal string arguments, cut at 200 characters each."""


class PythonSource(Subject, frozen=True, kw_only=True, tag=True):
    """A Python file or notebook cell, read as a syntax tree and never run."""

    imports: tuple[str, ...]
    calls: tuple[PythonCall, ...]
    decodes_and_runs: tuple[PythonCall, ...] = ()
    """`exec`, `eval`, `compile` or `loads` of something decoded or built."""


class Requirement(Record, frozen=True, kw_only=True):
    """A line that makes an installer fetch code."""

    text: str
    line: int
    name: str = ""
    pinned: bool = False
    """Exact version, or a hash."""
    kind: Literal["name", "url", "vcs", "path", "index", "option", "script"] = "name"


class Requirements(Subject, frozen=True, kw_only=True, tag=True):
    """A requirements or environment file."""

    format: str
    requirements: tuple[Requirement, ...]


class Script(Subject, frozen=True, kw_only=True, tag=True):
    """A text program other than Python: shell, batch, PowerShell, JavaScript."""

    language: str
    source: str


class Executable(Subject, frozen=True, kw_only=True, tag=True):
    """Native code: an executable, a library, byte code, a compiled engine."""

    format: str
    detail: str = ""
