"""Repositories: a folder or container seen as a whole, its keys resolved to files."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from openvet.allow.python_calls import reach_of
from openvet.artifacts import LoadedCode, PythonCall, Repository
from openvet.check import Context, Reader
from openvet.errors import TargetError
from openvet.formats.python.calls import read
from openvet.formats.python.lookups import UNKNOWN
from openvet.formats.python.parse import LONGEST, source_text
from openvet.formats.repository.code import MOST, loaded_code
from openvet.formats.repository.frameworks import MODULE_FILES
from openvet.formats.text import decode
from openvet.readers.config import NAMES, SUFFIXES, parse
from openvet.source import Source
from openvet.subject import Gap, Inventory, Subject
from openvet.wire import replace

LARGEST: Final = 4 << 20
"""Bytes of a configuration that can hold such keys; vocabularies are larger."""
OBEYED: Final = ("config.json", "modules.json", "model_index.json", "MLmodel")
"""Ends of the names of files whose keys loaders obey, and that are never so large."""
CONFIGS: Final = 2000
FOLLOWED: Final = 100
"""Files of the repository that one key is followed through."""
CALLS: Final = 5000


class RepositoryReader(Reader[Inventory]):
    """Parses the configuration of a repository, and the code that it leads to."""

    id: ClassVar[str] = "repository"
    version: ClassVar[int] = 11
    subject: ClassVar[type[Subject]] = Inventory

    def claims(self, subject: Inventory) -> bool:
        """Look for anything that could be a configuration or code."""
        return any(_format(item.name) for item in subject.items) or any(
            item.name.endswith(".py") for item in subject.items
        )

    def read(self, subject: Inventory, context: Context) -> Iterator[Subject]:
        """Yield one repository."""
        files = frozenset(item.name for item in subject.items)
        gaps: list[Gap] = []
        configs = self._configs(subject, context, gaps)
        keys = loaded_code(files, configs)
        if len(keys) >= MOST:
            detail = f"only the first {MOST} keys that lead to code"
            gaps.append(Gap(reason="over-budget", detail=detail))
        code = tuple(
            self._followed(found, subject, files, context, gaps) for found in keys
        )
        yield Repository(
            origin=subject.origin.aspect(self.id),
            files=tuple(sorted(files)),
            configs=configs,
            code=code,
            gaps=tuple(gaps),
        )

    def _configs(
        self, subject: Inventory, context: Context, gaps: list[Gap]
    ) -> dict[str, Any]:
        configs: dict[str, Any] = {}
        for item in subject.items:
            kind = _format(item.name)
            if kind is None:
                continue
            if item.size > LARGEST:
                if item.name.endswith(OBEYED):
                    detail = f"{item.name} has {item.size} bytes"
                    gaps.append(Gap(reason="over-budget", detail=detail))
                continue
            if len(configs) >= CONFIGS:
                detail = f"only the first {CONFIGS} configuration files"
                gaps.append(Gap(reason="over-budget", detail=detail))
                break
            text = self._text(subject, item.name, LARGEST, gaps)
            module = kind == "module"
            data = text.strip() if module else parse(kind, text, context).data
            if data is not None:
                configs[item.name] = data
        return configs

    def _text(
        self,
        subject: Inventory,
        name: str,
        limit: int,
        gaps: list[Gap],
        decoded: Callable[[Source, int], tuple[str, tuple[Gap, ...]]] = decode,
    ) -> str:
        try:
            source = subject.tree.open(name)
            text, _ = decoded(source, limit)
            source.close()
        except TargetError as error:
            gaps.append(Gap(reason="unreadable", detail=error.message))
            return ""
        return text

    def _followed(
        self,
        code: LoadedCode,
        subject: Inventory,
        files: frozenset[str],
        context: Context,
        gaps: list[Gap],
    ) -> LoadedCode:
        """Return the code with the calls of its file and of what that imports."""
        todo, seen = [code.file] if code.file else [], {code.file}
        calls: list[PythonCall] = []
        decoded: list[PythonCall] = []
        while todo and len(seen) <= FOLLOWED:
            name = todo.pop()
            text = self._text(subject, name, LONGEST, gaps, source_text)
            module = read(text, context.budget)
            gaps.extend(
                replace(gap, detail=f"{name}: {gap.detail}") for gap in module.gaps
            )
            calls.extend(_placed(call, name) for call in module.calls if _telling(call))
            decoded.extend(_placed(call, name) for call in module.decodes_and_runs)
            for other in (*module.relative, *module.imports):
                path = _sibling(name, other, files)
                if path and path not in seen:
                    seen.add(path)
                    todo.append(path)
        if todo:
            detail = f"only {FOLLOWED} of the files that {code.file} imports"
            gaps.append(Gap(reason="over-budget", detail=detail))
        if len(calls) > CALLS or len(decoded) > CALLS:
            detail = f"only the first {CALLS} calls behind {code.key}"
            gaps.append(Gap(reason="over-budget", detail=detail))
        return replace(
            code, calls=tuple(calls[:CALLS]), decodes_and_runs=tuple(decoded[:CALLS])
        )


def _telling(call: PythonCall) -> bool:
    writes = call.name == "builtins.open" and call.on_import
    return bool(reach_of(call.name)) or call.name.endswith(UNKNOWN) or writes


def _placed(call: PythonCall, file: str) -> PythonCall:
    """Return a call whose text says which file it stands in."""
    return replace(call, text=f"{file}:{call.line}: {call.text}"[:300])


def _sibling(file: str, module: str, files: frozenset[str]) -> str:
    """Return the file of the repository that an import means, or nothing."""
    folder = file.rpartition("/")[0].split("/") if "/" in file else []
    dots = len(module) - len(module.lstrip("."))
    if dots > 1:
        folder = folder[: len(folder) - (dots - 1)]
    parts = [*folder, *filter(None, module.lstrip(".").split("."))]
    path = "/".join(parts)
    for name in (f"{path}.py", f"{path}/__init__.py"):
        if name in files:
            return name
    return ""


def _format(name: str) -> Any:  # noqa: ANN401 - a Format or None
    """Return the format of a configuration file by its name."""
    last = name.rpartition("/")[2]
    suffix = f".{last.rpartition('.')[2].lower()}" if "." in last else ""
    if last in NAMES:
        return NAMES[last]
    if last in MODULE_FILES:
        return "module"
    return "json" if suffix == ".json" else SUFFIXES.get(suffix)
