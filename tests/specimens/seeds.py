"""Valid and bad files of every format, to be damaged by property tests.

They are the files of `specimens.formats`, the specimens of the rules and, where they
are there, the labeled samples and the real models. Bytes are read; nothing is loaded.
"""

import importlib.util
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias

from openvet import catalog
from openvet.budget import Budget
from openvet.catalog import Plugin
from openvet.check import Context
from openvet.errors import OverBudgetError
from openvet.plan import kinds_of
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject
from specimens.formats import every

LARGEST: Final = 256 << 10
Seeds: TypeAlias = dict[str, tuple[tuple[str, bytes], ...]]
"""Name and bytes of files, by the id of the reader that makes something of them."""
TESTS: Final = Path(__file__).resolve().parent.parent


def path_of(rule: Plugin) -> Path:
    """Return where the test of a rule is."""
    _, _, concern, module = rule.where.partition(":")[0].split(".")
    return TESTS / "checks" / concern / f"test_{module}.py"


def tested(rule: Plugin) -> bool:
    """Tell whether a rule has a test; the bar reports those that have none."""
    return path_of(rule).exists()


def module_of(rule: Plugin) -> ModuleType:
    """Return the test module of a rule, which holds its specimen builders."""
    path = path_of(rule)
    spec = importlib.util.spec_from_file_location(f"specimens_in_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    test = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(test)
    return test


def file_of(name: str, data: bytes) -> File:
    """Return bytes as a file of the target."""
    return File(origin=Origin(place=(name,), digest="0"), source=BytesSource(data))


def readers_of(subject: Subject) -> list[Plugin]:
    """Return the readers that take such a subject; tests run all in this process."""
    kinds = set(kinds_of(type(subject)))
    return [line for line in catalog.READERS if kinds & set(line.subjects)]


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every small file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in {".py", ".pyi"}:
            continue
        if path.stat().st_size <= LARGEST:
            yield path.name, path.read_bytes()


@cache
def seeds(*, wide: bool = False) -> Seeds:
    """Return name and bytes of the files that each reader makes something of.

    Args:
        wide: Whether to take samples and real models too, which needs some seconds.
    """
    todo = list(every().items())
    for rule in filter(tested, catalog.CHECKS):
        for build in ("flagged", "passed"):
            with tempfile.TemporaryDirectory() as folder:
                getattr(module_of(rule), build)(Path(folder))
                todo += files(Path(folder))
    if wide:
        todo += files(TESTS.parents[1] / "shared/corpora/files")
        todo += files(TESTS.parent / ".models")
    found: dict[str, dict[bytes, str]] = {line.id: {} for line in catalog.READERS}
    seen: set[bytes] = set()
    while todo:
        name, data = todo.pop(0)
        if data in seen or len(data) > LARGEST:
            continue
        seen.add(data)
        subject = file_of(name, data)
        for line in readers_of(subject):
            made = _read(line, subject)
            if made:
                found[line.id][data] = name
            todo += [
                (child.place[-1], child.source.read(0, child.size))
                for child in made
                if isinstance(child, File)
            ]
    return {
        reader: tuple(sorted((name, data) for data, name in files.items()))
        for reader, files in found.items()
    }


def _read(line: Plugin, subject: Subject) -> list[Subject]:
    reader = catalog.reader(line.where)
    made: list[Subject] = []
    if reader.claims(subject):
        with suppress(OverBudgetError):
            made.extend(reader.read(subject, Context()))
    return made


def judge(subject: Subject, context: Context) -> None:
    """Run every rule on a subject; none may raise."""
    kinds = set(kinds_of(type(subject)))
    for line in catalog.CHECKS:
        if kinds & set(line.subjects):
            list(catalog.check(line.where).run(subject, context))


def read_and_judge(line: Plugin, subject: File, budget: Budget) -> None:
    """Run a reader, the readers of what it yields, and every rule on all of it."""
    context = Context(budget=budget)
    reader = catalog.reader(line.where)
    made: list[Subject] = []
    try:
        if reader.claims(subject):
            made.extend(reader.read(subject, context))
        for view in list(made):
            for further in () if isinstance(view, File) else readers_of(view):
                made.extend(catalog.reader(further.where).read(view, context))
    except OverBudgetError:
        made.clear()
    for found in made:
        judge(found, context)
