"""Text that programs run or pages show."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from openvet.artifacts import Config, Prose, Script
from openvet.check import Context, Reader
from openvet.formats.objects.tree import keys_among, nodes
from openvet.formats.text import decode, looks_like_text
from openvet.subject import File, Subject

LANGUAGES: Final = {
    ".sh": "shell",
    ".bash": "shell",
    ".zsh": "shell",
    ".ksh": "shell",
    ".command": "shell",
    ".bat": "batch",
    ".cmd": "batch",
    ".ps1": "powershell",
    ".psm1": "powershell",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".vbs": "vbscript",
    ".hta": "windows script host",
    ".wsf": "windows script host",
    ".rb": "ruby",
    ".pl": "perl",
    ".php": "php",
    ".lua": "lua",
}
NAMES: Final = {"makefile": "make", "gnumakefile": "make", "justfile": "make"}
RECIPES: Final = re.compile(
    r"(?:.*[.-])?(?:docker|container)file(?:[.-].*)?\Z|(?:.*\.)?apptainer\Z|.*\.def\Z"
    r"|jenkinsfile\Z|procfile\Z",
    re.IGNORECASE,
)
"""Files whose commands run in a container or on a server of their own."""
INSTALLS: Final = frozenset(
    {"preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare",
     "prepublish", "prepack", "postpack", "dependencies"}
)  # fmt: skip
"""Scripts of a `package.json` that npm runs by itself."""
COMMANDS: Final = frozenset(
    {"run", "script", "before_script", "after_script", "before_install", "install",
     "command", "entrypoint", "postCreateCommand", "onCreateCommand", "cmds",
     "updateContentCommand", "postStartCommand", "postAttachCommand",
     "initializeCommand", "pre_build_command", "build_commands", "setup_commands"}
)  # fmt: skip
"""Keys under which servers, containers and editors keep commands."""
MARKDOWN: Final = frozenset({".md", ".markdown", ".mdx", ".rst"})
HTML: Final = frozenset({".html", ".htm", ".xhtml", ".svg"})
PROSE_BYTES: Final = 4 << 20
SCRIPT_BYTES: Final = 4 << 20
OTHERS: Final = frozenset({".py", ".pyw", ".ipynb"})


class ScriptReader(Reader[File]):
    """Takes programs in languages other than Python."""

    id: ClassVar[str] = "script"
    version: ClassVar[int] = 3
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by a first line that names an interpreter, or by the extension."""
        if subject.suffix in OTHERS or not looks_like_text(subject.head):
            return False
        known = subject.suffix in LANGUAGES or subject.name.lower() in NAMES
        started = subject.head.startswith(b"#!")
        return started or known or RECIPES.match(subject.name) is not None

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the program."""
        first = subject.head.partition(b"\n")[0]
        if b"python" in first and first.startswith(b"#!"):
            return
        text, gaps = decode(subject.source, SCRIPT_BYTES)
        name = subject.name.lower()
        language = LANGUAGES.get(subject.suffix, NAMES.get(name, "shell"))
        recipe = RECIPES.match(name) is not None and subject.suffix not in LANGUAGES
        yield Script(
            origin=subject.origin.aspect(self.id),
            language="recipe" if recipe else language,
            source=text,
            kind="recipe" if recipe else "file",
            gaps=gaps,
        )


class ConfigScriptReader(Reader[Config]):
    """Takes commands out of configurations that other programs run them from."""

    id: ClassVar[str] = "config-script"
    version: ClassVar[int] = 2
    subject: ClassVar[type[Subject]] = Config

    def read(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield what installing runs, then what servers and containers run."""
        if subject.name == "package.json":
            table = subject.data.get("scripts") if _is_table(subject.data) else None
            kept = {k: v for k, v in table.items() if k in INSTALLS} if table else {}
            yield from _commands(subject, "install", list(kept.values()))
            return
        if not keys_among(subject.data, COMMANDS, context.budget):
            return
        found: list[object] = []
        for _, node in nodes(subject.data, context.budget):
            keys = COMMANDS & node.keys() if isinstance(node, dict) else ()
            for value in (node[key] for key in sorted(keys)):
                found.extend(value if isinstance(value, list) else [value])
        yield from _commands(subject, "recipe", found)


def _is_table(data: object) -> bool:
    return isinstance(data, dict) and isinstance(data.get("scripts", {}), dict)


def _commands(
    subject: Config, kind: Literal["install", "recipe"], found: list[object]
) -> Iterator[Script]:
    texts = [text for text in found if isinstance(text, str)]
    if texts:
        yield Script(
            origin=subject.origin.aspect("config-script"),
            language="commands",
            source="\n".join(texts),
            kind=kind,
        )


class ProseReader(Reader[File]):
    """Takes model cards and other texts that a page shows to people."""

    id: ClassVar[str] = "prose"
    version: ClassVar[int] = 2
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the extension."""
        known = subject.suffix in MARKDOWN or subject.suffix in HTML
        return known and looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the text."""
        text, gaps = decode(subject.source, PROSE_BYTES)
        yield Prose(
            origin=subject.origin.aspect(self.id),
            format="markdown" if subject.suffix in MARKDOWN else "html",
            source=text,
            gaps=gaps,
        )
