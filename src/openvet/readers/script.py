"""Text that programs run or pages show, and the keys that stand in any text."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Credentials, Prose, Script
from openvet.check import Context, Reader
from openvet.formats.credentials import credentials
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
    ".rb": "ruby",
    ".pl": "perl",
    ".php": "php",
    ".lua": "lua",
}
MARKDOWN: Final = frozenset({".md", ".markdown", ".mdx", ".rst"})
HTML: Final = frozenset({".html", ".htm", ".xhtml", ".svg"})
PROSE_BYTES: Final = 4 << 20
SCRIPT_BYTES: Final = 4 << 20
SCANNED: Final = 64 << 20
"""Bytes of a text that are searched for keys."""
OTHERS: Final = frozenset({".py", ".pyw", ".ipynb"})


class ScriptReader(Reader[File]):
    """Takes programs in languages other than Python."""

    id: ClassVar[str] = "script"
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by a first line that names an interpreter, or by the extension."""
        if subject.suffix in OTHERS or not looks_like_text(subject.head):
            return False
        return subject.head.startswith(b"#!") or subject.suffix in LANGUAGES

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the program."""
        first = subject.head.partition(b"\n")[0]
        if b"python" in first and first.startswith(b"#!"):
            return
        text, gaps = decode(subject.source, SCRIPT_BYTES)
        yield Script(
            origin=subject.origin.aspect(self.id),
            language=LANGUAGES.get(subject.suffix, "shell"),
            source=text,
            gaps=gaps,
        )


class ProseReader(Reader[File]):
    """Takes model cards and other texts that a page shows to people."""

    id: ClassVar[str] = "prose"
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


class CredentialsReader(Reader[File]):
    """Looks for keys in any text."""

    id: ClassVar[str] = "credentials"
    version: ClassVar[int] = 2
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Take what begins like text."""
        return looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the keys; nothing where there are none."""
        found, gaps = credentials(subject.source, context.budget, SCANNED)
        if found or gaps:
            yield Credentials(
                origin=subject.origin.aspect(self.id), found=found, gaps=gaps
            )
