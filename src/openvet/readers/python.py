"""Python files, notebooks and site files, read as syntax trees.

The trees come from the interpreter's own parser, written in C and not made for hostile
text, so these readers run in the zone.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from openvet.artifacts import PythonSource, Requirements, Script
from openvet.check import Context, Reader
from openvet.formats.locks import of_script
from openvet.formats.python.calls import Module, read
from openvet.formats.python.parse import LONGEST, parse, source_text
from openvet.formats.requirements import MOST
from openvet.formats.text import decode, looks_like_text
from openvet.subject import File, Gap, Origin, Subject

SHEBANG: Final = re.compile(rb"#![^\n]{0,100}\bpython[0-9.]*\b")
MAGIC: Final = re.compile(r"^\s*+(?:[\w,][\w, ]*+=\s*+)?[!%?].*$|^.*\?\s*$")
SHELL: Final = re.compile(
    r"%%(?:bash|sh|zsh|script|system|sx|!|perl|ruby|cmd|powershell|writefile)(?!\w)|%%!"
)
"""Magics whose cells are commands, or text that is kept for later."""
PROGRAM: Final = re.compile(r"%%(?:time|timeit|capture|prun|python[23]?|pypy)(?!\w)")
VIEW: Final = re.compile(r"%%(?:html|HTML|svg|SVG|javascript|js)(?!\w)")
CALLED: Final = re.compile(
    r"get_ipython\(\)\s*\.\s*(?:system|getoutput|run_\w+_magic)\((.{1,2000})"
)
NAMED: Final = re.compile(r"^(\w+)\s*=\s*([rf]?)([\"'])(.{1,500})\3\s*$", re.MULTILINE)
FILLED: Final = re.compile(r"\{(\w+)\}|\$\{?(\w+)\}?")
NOTEBOOK_BYTES: Final = 32 << 20


class PythonReader(Reader[File]):
    """Reads the calls of a Python file."""

    id: ClassVar[str] = "python"
    version: ClassVar[int] = 9
    subject: ClassVar[type[Subject]] = File
    isolated: ClassVar[bool] = True

    def claims(self, subject: File) -> bool:
        """Go by the extension or by a first line that names the interpreter."""
        named = subject.suffix in (".py", ".pyw", ".pyi")
        return (named and looks_like_text(subject.head)) or bool(
            SHEBANG.match(subject.head)
        )

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the calls."""
        source, gaps = source_text(subject.source, LONGEST)
        module = read(source, context.budget)
        yield python_source(subject.origin.aspect(self.id), module, gaps)
        wanted = of_script(source)
        if wanted:
            yield Requirements(
                origin=subject.origin.aspect("requirements"),
                format="project",
                requirements=wanted[:MOST],
            )


class SiteReader(Reader[File]):
    """Reads `.pth` files that Python's `site` module executes at every start."""

    id: ClassVar[str] = "python-site"
    version: ClassVar[int] = 6
    subject: ClassVar[type[Subject]] = File
    isolated: ClassVar[bool] = True

    def claims(self, subject: File) -> bool:
        """Take text files called `.pth`; weights of that name are binary."""
        return subject.suffix == ".pth" and looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the lines that begin with `import`, which `site` executes."""
        source, gaps = decode(subject.source, LONGEST)
        # Since Python 3.13 a line ends wherever `str.splitlines` says that it does.
        lines = dict.fromkeys((*re.split(r"\r\n?|\n", source), *source.splitlines()))
        runs = [line for line in lines if line.startswith(("import ", "import\t"))]
        module = read("\n".join(runs), context.budget)
        if module.gaps:  # of the lines that are no Python, none runs
            good = [line for line in runs if parse(line)[0] is not None]
            module = read("\n".join(good), context.budget)
        yield python_source(subject.origin.aspect(self.id), module, gaps, kind="site")


class NotebookReader(Reader[File]):
    """Reads the code cells, shell commands and outputs of a Jupyter notebook."""

    id: ClassVar[str] = "notebook"
    version: ClassVar[int] = 8
    subject: ClassVar[type[Subject]] = File
    isolated: ClassVar[bool] = True

    def claims(self, subject: File) -> bool:
        """Go by the extension: a notebook is JSON, and so is much else."""
        return subject.suffix == ".ipynb" and looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the Python, then the shell commands, then scripts in outputs."""
        text, gaps = decode(subject.source, NOTEBOOK_BYTES)
        try:
            notebook = json.loads(text)
        except (ValueError, RecursionError) as error:
            gap = Gap(reason="broken", detail=f"not a notebook: {str(error)[:200]}")
            yield python_source(
                subject.origin.aspect(self.id), Module(), (*gaps, gap), kind="notebook"
            )
            return
        cells = list(_cells(notebook))
        program, commands = _split(cells)
        origin = subject.origin
        module = read(program, context.budget)
        yield python_source(origin.aspect(self.id), module, gaps, kind="notebook")
        if commands:
            yield _script(origin, "shell", commands)
        outputs = "\n".join(_outputs(cells))
        if outputs:
            yield _script(origin, "html", outputs)


def python_source(
    origin: Origin,
    module: Module,
    gaps: tuple[Gap, ...],
    kind: Any = "module",  # noqa: ANN401
) -> PythonSource:
    """Return the subject for a module that was read."""
    return PythonSource(
        origin=origin,
        imports=module.imports,
        calls=tuple(module.calls),
        decodes_and_runs=tuple(module.decodes_and_runs),
        relative=module.relative,
        defines=module.defines,
        kind=kind,
        gaps=(*gaps, *module.gaps),
    )


def _script(origin: Origin, language: str, source: str) -> Script:
    return Script(
        origin=origin.aspect(f"notebook {language}"),
        language=language,
        source=source,
        kind="notebook",
    )


def _cells(notebook: object) -> Iterator[dict[str, Any]]:
    """Yield every cell, wherever any version of the format looks for cells."""
    if not isinstance(notebook, dict):
        return
    sheets = notebook.get("worksheets")
    for holder in (notebook, *(sheets if isinstance(sheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict):
                yield cell


def _source(cell: dict[str, Any]) -> str:
    """Return what a cell runs: version 4 says `source`, version 3 `input`."""
    return "\n".join(_joined(cell[key]) for key in ("source", "input") if key in cell)


def _joined(source: object) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _split(cells: Iterable[dict[str, Any]]) -> tuple[str, str]:
    """Return the Python of all code cells, and the lines meant for a shell."""
    program: list[str] = []
    commands: list[str] = []
    for cell in cells:
        if cell.get("cell_type") != "code":
            continue
        source = _source(cell)
        first = source.lstrip().partition("\n")[0]
        if SHELL.match(first):
            commands.append(source.lstrip().partition("\n")[2])
            continue
        if first.startswith("%%") and not PROGRAM.match(first):
            continue
        commands.extend(CALLED.findall(source))
        for line in source.splitlines():
            if not MAGIC.match(line):
                program.append(line)
                continue
            indent = line[: len(line) - len(line.lstrip())]
            program.append(f"{indent}pass")
            command = re.search(r"!(.+)|%(?:system|sx)\s+(.+)", line)
            if command:
                commands.append((command.group(1) or command.group(2)).strip())
    known = {found[0]: found[3] for found in NAMED.findall("\n".join(program))}
    filled = (
        FILLED.sub(lambda one: known.get(one[1] or one[2], one[0]), command)
        for command in commands
    )
    return "\n".join(program), "\n".join(filled)


def _outputs(cells: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield JavaScript and HTML of outputs, which a viewer runs when it trusts them."""
    for cell in cells:
        first, _, rest = _source(cell).lstrip().partition("\n")
        if VIEW.match(first):
            script = "j" in first  # JavaScript needs no markup around it
            yield f"<script>{rest}</script>" if script else rest
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            # Version 3 keeps under the output what version 4 keeps under its data.
            for data in _holders(output):
                for kind in _VIEWED:
                    found = _joined(data.get(kind, ""))
                    if found:
                        yield found


def _holders(output: object) -> Iterator[dict[str, Any]]:
    if isinstance(output, dict):
        yield output
        if isinstance(output.get("data"), dict):
            yield output["data"]


_VIEWED: Final = ("application/javascript", "text/html", "javascript", "html")
