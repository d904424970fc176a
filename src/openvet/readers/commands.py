"""Commands that other programs take out of configurations and run."""

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Literal, TypeAlias

from openvet.artifacts import Config, Script
from openvet.check import Context, Reader
from openvet.formats.objects.tree import dicts, keys_among, nodes
from openvet.source import BytesSource
from openvet.subject import File, Subject

Kind: TypeAlias = Literal["install", "recipe", "tool", "opened"]
INSTALLS: Final = frozenset(
    {"preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare",
     "prepublish", "prepack", "postpack", "dependencies"}
)  # fmt: skip
"""Scripts of a `package.json` that npm runs by itself."""
COMMANDS: Final = frozenset(
    {"run", "script", "before_script", "after_script", "before_install", "install",
     "command", "entrypoint", "postCreateCommand", "onCreateCommand", "cmds",
     "updateContentCommand", "postStartCommand", "postAttachCommand", "setup",
     "initializeCommand", "pre_build_command", "build_commands", "setup_commands"}
)  # fmt: skip
"""Keys under which servers, containers and editors keep commands."""
TOOLS: Final[dict[str, frozenset[str]]] = {
    "dvc.yaml": frozenset({"cmd"}),
    "tox.ini": frozenset({"commands", "commands_pre", "commands_post"}),
    ".pre-commit-config.yaml": frozenset({"entry"}),
    "lefthook.yml": frozenset({"run"}),
    **dict.fromkeys(
        ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"),
        frozenset({"cmds", "cmd", "sh"}),
    ),
}
"""Files whose commands a tool runs where a person starts it, and their keys."""
FOLDERS: Final = frozenset(
    {".vscode", ".cursor", ".claude", ".gemini", ".codex", ".windsurf", ".zed", ".kiro",
     ".roo", ".amazonq"}
)  # fmt: skip
"""Folders in which editors and assistants keep the settings of a project."""
SERVERS: Final = frozenset({".mcp.json", "mcp.json"})
TASKS: Final = "tasks.json"
UNASKED: Final = frozenset(
    {"command", "apiKeyHelper", "awsAuthRefresh", "awsCredentialExport",
     "otelHeadersHelper", "initializeCommand"}
)  # fmt: skip
"""Keys whose commands an editor or an assistant runs by itself."""
PRELOADED: Final = frozenset(
    {"LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "BASH_ENV", "PYTHONSTARTUP"}
)
"""Variables that put a file of somebody's choosing into every program or shell."""
DOWNLOADED: Final = (".zip", ".gz", ".tar", ".tgz")
PARTS: Final = 200


class ConfigScriptReader(Reader[Config]):
    """Takes commands out of configurations that other programs run them from."""

    id: ClassVar[str] = "config-script"
    version: ClassVar[int] = 3
    subject: ClassVar[type[Subject]] = Config

    def read(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield what installing and opening run, then what servers and tools do."""
        data = subject.data
        if subject.name == "package.json":
            table = data.get("scripts") if _is_table(data) else None
            kept = {k: v for k, v in table.items() if k in INSTALLS} if table else {}
            yield from _commands(subject, "install", list(kept.values()))
            return
        place = subject.place[-1].replace("\\", "/").split("/") if subject.place else []
        if subject.name in SERVERS or FOLDERS.intersection(place[:-1]):
            yield from self._opened(subject, context)
            return
        if isinstance(data, dict) and isinstance(data.get("download"), str):
            yield from _download(subject, data)
        if isinstance(data, dict) and isinstance(data.get("initializeCommand"), str):
            yield from _commands(subject, "opened", [data["initializeCommand"]])
        keys = TOOLS.get(subject.name, COMMANDS)
        if keys_among(data, keys, context.budget):
            found = [
                value
                for _, node in nodes(data, context.budget)
                if isinstance(node, dict)
                for value in _values(node, keys)
            ]
            kind: Kind = "tool" if subject.name in TOOLS else "recipe"
            yield from _commands(subject, kind, found)

    def _opened(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield what an editor or an assistant runs, and what a person starts in it."""
        opened: list[object] = []
        started: list[object] = []
        for node in dicts(subject.data, context.budget):
            asked = subject.name == TASKS and not _runs_on_open(node)
            (started if asked else opened).extend(_values(node, UNASKED))
            opened.extend(
                f"{key}={node[key]}" for key in sorted(PRELOADED & node.keys())
            )
        yield from _commands(subject, "opened", opened)
        yield from _commands(subject, "tool", started)


def _runs_on_open(task: dict[Any, Any]) -> bool:
    options = task.get("runOptions")
    return isinstance(options, dict) and options.get("runOn") == "folderOpen"


def _values(node: dict[Any, Any], keys: frozenset[str]) -> Iterator[object]:
    """Yield the commands of a node; one with its arguments beside it as one line."""
    for key in sorted(keys & node.keys()):
        value = node[key]
        listed = value if isinstance(value, list) else [value]
        more = node.get("args") if key == "command" else None
        if isinstance(more, list):
            words = [part for part in (*listed, *more[:PARTS]) if isinstance(part, str)]
            yield " ".join(words)
        else:
            yield from listed


def _download(subject: Config, data: dict[Any, Any]) -> Iterator[Subject]:
    """Yield what Ultralytics runs to fetch a data set: a command, or Python."""
    told = str(data["download"]).strip()
    address = told.startswith("http") and told.endswith(DOWNLOADED)
    if address or not {"train", "val", "names"} & data.keys():
        return
    if told.startswith("bash "):
        yield from _commands(subject, "opened", [told])
        return
    origin = subject.origin.at("download.py")
    yield File(origin=origin, source=BytesSource(told.encode("utf-8", "replace")))


def _is_table(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("scripts", {}), dict)


def _commands(subject: Config, kind: Kind, found: list[object]) -> Iterator[Script]:
    texts = [text for text in found if isinstance(text, str) and text]
    if texts:
        yield Script(
            origin=subject.origin.aspect(f"config-script {kind}"),
            language="commands",
            source="\n".join(texts),
            kind=kind,
        )
