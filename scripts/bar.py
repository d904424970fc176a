"""Hold the tree to what it asks of itself; `scripts/check` runs it.

Prints one line per breach, as `path:line: what is wrong`, and exits 1 if there is any.
`--fix` rewrites the `openvet … --help` blocks of the documentation from real output.

Each `*_problems` function takes the root of a tree: tests show it bad ones.
"""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openvet.documentation import HEADINGS

FILE_LINES: Final = 400
FUNCTION_LINES: Final = 50
BROAD_EXCEPTS: Final = 2
MAY_CATCH_ALL: Final = "src/openvet/engine.py"
MAY_PRINT: Final = ("src/openvet/cli/", "src/openvet/write/")
CODE: Final = ("src", "tests", "scripts", "bench")
HELP_BLOCK: Final = re.compile(
    r"^```console\n\$ (openvet(?: [a-z]+)* --help)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(root: Path, *folders: str) -> Iterator[tuple[str, Path]]:
    """Yield each Python file below `folders` with its path from `root`."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not any(part.startswith(".") for part in name.split("/")):
                yield name, path


def parsed(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the syntax tree of each Python file below `folders`."""
    for name, path in python_files(root, *folders):
        yield name, ast.parse(path.read_bytes(), name)


def length_problems(root: Path) -> Iterator[str]:
    """Find files and functions that are too long to be read in one go."""
    for name, path in python_files(root, *CODE):
        lines = path.read_bytes().count(b"\n")
        if lines > FILE_LINES:
            yield f"{name}:1: {lines} lines; a file has at most {FILE_LINES}"
    for name, tree in parsed(root, *CODE):
        for node in ast.walk(tree):
            if not isinstance(node, Function):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield (
                    f"{name}:{node.lineno}: {node.name} has {lines} lines; "
                    f"a function has at most {FUNCTION_LINES}"
                )


def _catches_all(node: ast.AST) -> bool:
    """Tell whether a handler, or `suppress`, takes every exception there is."""
    if isinstance(node, ast.ExceptHandler):
        caught = [node.type] if node.type else []
        if not caught:
            return True
    elif isinstance(node, ast.Call) and _last_name(node.func) == "suppress":
        caught = list(node.args)
    else:
        return False
    names = [
        _last_name(name)
        for kind in caught
        for name in (kind.elts if isinstance(kind, ast.Tuple) else [kind])
    ]
    return "Exception" in names or "BaseException" in names


def _last_name(node: ast.expr) -> str:
    """Return `c` of `a.b.c`, or an empty string."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def except_problems(root: Path) -> Iterator[str]:
    """Find handlers that catch everything; only the engine may have two of them."""
    allowed = BROAD_EXCEPTS
    for name, tree in parsed(root, "src"):
        for node in ast.walk(tree):
            if not _catches_all(node):
                continue
            if name == MAY_CATCH_ALL and allowed:
                allowed -= 1
                continue
            line = getattr(node, "lineno", 0)
            yield f"{name}:{line}: catches everything; name what it expects"


def print_problems(root: Path) -> Iterator[str]:
    """Find output written past the command line and the writers."""
    for name, tree in parsed(root, "src"):
        if name.startswith(MAY_PRINT):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "print"
            ):
                yield f"{name}:{node.lineno}: prints; only cli/ and write/ may"


def rule_files(root: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield (concern, module name, path) of every rule."""
    for path in sorted((root / "src/openvet/checks").glob("*/*.py")):
        if not path.name.startswith("_"):
            yield path.parent.name, path.stem, path


def rule_problems(root: Path) -> Iterator[str]:
    """Find rules of which a part is missing: documentation, catalog line or test."""
    catalog_file = root / "src/openvet/catalog.py"
    catalog = catalog_file.read_text() if catalog_file.exists() else ""
    for concern, module, path in rule_files(root):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_bytes(), name)
        for problem in (
            *_documentation(ast.get_docstring(tree) or ""),
            *_identity(tree, concern, module, catalog),
            *_specimens(root / f"tests/checks/{concern}/test_{module}.py"),
        ):
            yield f"{name}:1: {problem}"


def reader_problems(root: Path) -> Iterator[str]:
    """Find readers that the catalog does not name, so that nobody asks them."""
    catalog_file = root / "src/openvet/catalog.py"
    catalog = catalog_file.read_text() if catalog_file.exists() else ""
    for name, tree in parsed(root, "src/openvet/readers"):
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            bases = [b.value for b in node.bases if isinstance(b, ast.Subscript)]
            where = f"{Path(name).stem}:{node.name}"
            if "Reader" in map(_last_name, bases) and where not in catalog:
                yield f"{name}:{node.lineno}: no line in catalog.py"


def _documentation(docstring: str) -> Iterator[str]:
    """Find what a rule's docstring lacks: each heading, in order, with text below."""
    summary, *_ = docstring.split("\n", 1)
    if not summary.strip() or summary.startswith("#"):
        yield "the docstring does not begin with a sentence that says what it finds"
    parts = re.split(r"^## (.+)$", docstring, flags=re.MULTILINE)[1:]
    headings = tuple(heading.strip() for heading in parts[::2])
    if headings != HEADINGS:
        wanted = ", ".join(HEADINGS)
        yield f"the docstring's headings are not exactly: {wanted}"
    for heading, text in zip(headings, parts[1::2], strict=True):
        if not text.strip():
            yield f"nothing stands under '{heading}'"


def _identity(
    tree: ast.Module, concern: str, module: str, catalog: str
) -> Iterator[str]:
    """Find a rule whose id differs from its file's name, or without catalog line."""
    rule = module.replace("_", "-")
    ids = [
        statement.value.value
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(statement.value, ast.Constant)
        and [_last_name(target) for target in _targets(statement)] == ["id"]
    ]
    if ids != [rule]:
        yield f"it holds the rules {ids}, not exactly {rule!r}"
    if not re.search(rf"\b{rule} \d+ [\w,]+\s+\S*{concern}\.{module}:\w+", catalog):
        yield "no line in catalog.py"


def _targets(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    """Return what an assignment assigns to."""
    if isinstance(statement, ast.AnnAssign):
        return [statement.target]
    return statement.targets


def _specimens(test: Path) -> Iterator[str]:
    """Find a rule's test that is missing or shows no bad and good specimen."""
    if not test.exists():
        yield f"no test {test.parent.name}/{test.name}"
        return
    functions = {
        node.name: [argument.arg for argument in node.args.args]
        for node in ast.parse(test.read_bytes()).body
        if isinstance(node, ast.FunctionDef)
    }
    for specimen in ("flagged", "passed"):
        if functions.get(specimen) != ["folder"]:
            yield f"{test.name} has no `def {specimen}(folder: Path) -> None`"


def real_help(command: str) -> str:
    """Return what a help command prints on a plain terminal of 80 columns."""
    program = Path(sys.executable).with_name("openvet")
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    environment.pop("FORCE_COLOR", None)
    done = subprocess.run(
        [program, *command.split()[1:]],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def documents(root: Path) -> Iterator[Path]:
    """Yield every page whose examples must be true."""
    yield from root.glob("*.md")
    yield from sorted((root / "docs").rglob("*.md"))


def help_problems(root: Path) -> Iterator[str]:
    """Find `--help` blocks in the documentation that differ from real output."""
    for path in documents(root):
        text = path.read_text()
        for block in HELP_BLOCK.finditer(text):
            if block[2] != real_help(block[1]):
                name = path.relative_to(root).as_posix()
                line = text.count("\n", 0, block.start()) + 1
                yield f"{name}:{line}: not what it prints; scripts/check --fix"


def fix_help(root: Path) -> None:
    """Rewrite every `--help` block from real output."""
    for path in documents(root):
        text = path.read_text()
        fixed = HELP_BLOCK.sub(
            lambda block: f"```console\n$ {block[1]}\n{real_help(block[1])}```", text
        )
        if fixed != text:
            path.write_text(fixed)


BAR: Final = (
    length_problems,
    except_problems,
    print_problems,
    rule_problems,
    reader_problems,
    help_problems,
)


def main() -> int:
    """Print every breach of the bar and return the exit code."""
    root = Path(__file__).resolve().parent.parent
    if "--fix" in sys.argv[1:]:
        fix_help(root)
    problems = [problem for part in BAR for problem in part(root)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
