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


class TensorValues(Record, frozen=True, kw_only=True):
    """What the numbers of one tensor are like, where they are unusual."""

    name: str
    values: int
    """Values read; all of the tensor's unless it is large."""
    start: int
    """Offset of the tensor in the file."""
    not_a_number: int = 0
    infinite: int = 0
    outliers: int = 0
    """Values over a thousand times the median magnitude, in a matrix."""
    outlier_rows: tuple[int, ...] = ()
    usual: float = 0.0
    """Median magnitude of a sample."""
    hidden: tuple[tuple[str, str, int], ...] = ()
    """Files spelled by low bits: kind, how the bits were read, bytes into them."""


class Weights(Subject, frozen=True, kw_only=True, tag=True):
    """The numbers of a weights file, of those tensors that look unusual."""

    tensors: tuple[TensorValues, ...]
    values: int
    """Values read in all."""


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
    code: tuple["LoadedCode", ...] = ()
    """Code that keys of the configuration make a loader import."""


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
    kind: Literal["module", "notebook", "site"] = "module"
    """What runs it: an import, a reader pressing a key, every start of Python."""
    defines: tuple[str, ...] = ()
    """Functions and classes of its top level: what it offers to an importer."""
    relative: tuple[str, ...] = ()
    """Modules of the same folder that it imports, as `.a` or `..b.c`."""


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
    kind: Literal["file", "notebook", "install", "recipe", "tool", "opened"] = "file"
    """A file of its own, cells of a notebook, commands that installing a package runs,
    commands of a file that builds or tests in a place of its own, commands that a tool
    runs on the person's machine, and those that it runs without being asked to."""


class Executable(Subject, frozen=True, kw_only=True, tag=True):
    """Native code: an executable, a library, byte code, a compiled engine."""

    format: str
    detail: str = ""


class NativeFile(Record, frozen=True, kw_only=True):
    """A file that a machine runs as it is."""

    name: str
    kind: str
    """Its format."""
    installed: bool = False
    """Whether the record of a package in the same folder lists these very bytes."""


class NativeCode(Subject, frozen=True, kw_only=True, tag=True):
    """All such files of a folder or container."""

    files: tuple[NativeFile, ...]


class TemplateUse(Record, frozen=True, kw_only=True):
    """Something that a template does beyond joining text."""

    kind: Literal[
        "private-name",
        "attribute-filter",
        "built-name",
        "computed-name",
        "escape-object",
        "escape-name",
        "foreign-template",
        "unknown-filter",
        "unknown-test",
        "unknown-method",
        "unknown-call",
        "repetition",
    ]
    detail: str
    """The expression or name, cut at 200 characters."""
    line: int
    amount: int = 0
    """For a repetition: how many times, or how many characters."""


class TemplateBranch(Record, frozen=True, kw_only=True):
    """Text that a template emits, and the condition it depends on."""

    on: Literal["content", "date", "rewrite"]
    """What the condition reads: the text of a message, or the calendar; or that a part
    of a message is replaced."""
    triggers: tuple[str, ...]
    """Constants that the condition compares with."""
    emitted: tuple[str, ...]
    """Literal text under the condition, cut at 500 characters each."""
    line: int


class TemplateLiteral(Record, frozen=True, kw_only=True):
    """Literal text of a template."""

    text: str
    line: int
    before_value: bool = False
    """Whether a value follows it directly, as in `https://host/?q={{ value }}`."""


class TemplateSyntax(Subject, frozen=True, kw_only=True, tag=True):
    """A chat template as its parser reads it, never rendered."""

    name: str
    uses: tuple[TemplateUse, ...] = ()
    branches: tuple[TemplateBranch, ...] = ()
    literals: tuple[TemplateLiteral, ...] = ()


class LoadedCode(Record, frozen=True, kw_only=True):
    """Code that a loader imports because a key of a repository names it."""

    key: str
    """The key that names it, as `config.json: auto_map.AutoModel`."""
    config: str
    """Path of the file in which the key stands."""
    target: str
    """What is named: a dotted path, a file, `owner/repo--module.Class`."""
    loader: str
    """Which loader follows the key, in words."""
    file: str = ""
    """The file it resolves to; empty where it is not in the repository."""
    standing: Literal["present", "missing", "elsewhere", "library"] = "present"
    calls: tuple[PythonCall, ...] = ()
    """Calls in the file and in what it imports from the repository."""
    decodes_and_runs: tuple[PythonCall, ...] = ()


class Credential(Record, frozen=True, kw_only=True):
    """A key or password in plain text; only its ends are kept."""

    kind: str
    """What it opens, in words: `private key`, `Hugging Face token`."""
    shown: str
    """The first four and last two characters."""
    line: int
    checked: str = ""
    """What about its shape was verified."""


class Credentials(Subject, frozen=True, kw_only=True, tag=True):
    """Keys and passwords found in a text file."""

    found: tuple[Credential, ...]


class Prose(Subject, frozen=True, kw_only=True, tag=True):
    """A text meant for people: a model card, a license, notes."""

    format: Literal["markdown", "text", "html"]
    source: str
    obeyed: bool = False
    """Whether assistants are told to follow it."""
