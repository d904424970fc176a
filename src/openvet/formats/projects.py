"""What project and environment files make an installer fetch, and from where.

Written from what the documentation of pip, uv, Poetry, PDM, pipenv, conda, setuptools
and BentoML says of their files. The places of a package index have names of their own
in all of them (`extra-index-url`), so they are looked for in any configuration.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from openvet.artifacts import Requirement
from openvet.budget import Budget
from openvet.formats.objects.tree import keys_among, nodes
from openvet.formats.requirements import NAME, SHOWN, requirement

CONDA_PIN: Final = re.compile(r"=?=\s*[^*\s=]+")
WORDS: Final = (
    "extra_index_url", "extra_index_urls", "find_links", "dependency_links",
    "channel_alias", "custom_channels", "default_channels", "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL",
    "UV_DEFAULT_INDEX", "UV_INDEX",
)  # fmt: skip
INDEXES: Final = frozenset({*WORDS, *(word.replace("_", "-") for word in WORDS)})
"""Keys under which an installer finds its indexes, and nobody else anything."""
INSTALLERS: Final = frozenset(
    {"pip.conf", "pip.ini", "uv.toml", "pyproject.toml", "setup.cfg", "pixi.toml",
     "pydistutils.cfg", ".pydistutils.cfg", "bentofile.yaml", "bentofile.yml",
     ".condarc", "condarc"}
)  # fmt: skip
OWN: Final = INDEXES | {"index_url", "index-url", "default-index", "channels"}
"""Keys that mean an index in a file of an installer's own."""
ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^\s\"',]+", re.IGNORECASE)


def indexes(name: str, data: object, budget: Budget) -> Iterator[Requirement]:
    """Yield the package indexes that a configuration names.

    Args:
        name: Of the file.
        data: What it holds.
        budget: What walking it may cost.

    Raises:
        OverBudgetError: It is too large.
    """
    keys = OWN if name.lower() in INSTALLERS else INDEXES
    if not keys_among(data, keys, budget):
        return
    for _, node in nodes(data, budget):
        for key in sorted(keys & node.keys()) if isinstance(node, dict) else ():
            yield from map(_index, _addresses(node[key]))


def _addresses(value: object) -> Iterator[str]:
    """Yield the addresses in a text, a list of texts or a table of them."""
    if isinstance(value, dict):
        parts = list(value.values())
    else:
        parts = value if isinstance(value, list) else [value]
    for part in parts:
        text = part.get("url") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield from ADDRESS.findall(text)


def _index(address: str) -> Requirement:
    return Requirement(text=address[:SHOWN], line=0, kind="index")


def is_conda(data: object) -> bool:
    """Say whether a configuration is a conda environment, whatever its name."""
    if not isinstance(data, dict) or not isinstance(data.get("dependencies"), list):
        return False
    parts = data["dependencies"]
    inner = any(isinstance(part, dict) and "pip" in part for part in parts)
    return inner or isinstance(data.get("channels"), list)


def conda(data: Any) -> Iterator[Requirement]:  # noqa: ANN401 - plain data
    """Yield the requirements of a conda environment or an MLflow `python_env.yaml`."""
    if not isinstance(data, dict):
        return
    for key in ("dependencies", "build_dependencies"):
        entries = data.get(key)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str):
                yield _conda_entry(entry, key)
            elif isinstance(entry, dict):
                yield from map(requirement, _texts(entry.get("pip")))
    for channel in _texts(data.get("channels")):
        if "://" in channel:
            yield _index(channel)


def _conda_entry(entry: str, key: str) -> Requirement:
    if "://" in entry.partition("::")[0] or entry.startswith("-"):
        return requirement(entry)
    name = NAME.match(entry.rpartition("::")[2])
    pin = CONDA_PIN.search(entry) is not None
    return Requirement(
        text=entry[:SHOWN],
        line=0,
        name=name.group(1) if name else "",
        pinned=pin or key == "build_dependencies",
    )


def project(data: Any) -> Iterator[Requirement]:  # noqa: ANN401 - plain data
    """Yield the requirements of `pyproject.toml`, `Pipfile` or spaCy's `meta.json`."""
    if not isinstance(data, dict):
        return
    tool = _table(data, "tool")
    poetry, uv, pdm = (_table(tool, name) for name in ("poetry", "uv", "pdm"))
    lists = [
        _table(data, "project").get("dependencies"),
        *_table(data, "project", "optional-dependencies").values(),
        *_table(data, "dependency-groups").values(),
        _table(data, "build-system").get("requires"),
        data.get("requirements"),
        uv.get("dev-dependencies"),
        *_table(pdm, "dev-dependencies").values(),
        *(_table(env).get("dependencies") for env in _values(tool, "hatch", "envs")),
    ]
    for part in lists:
        yield from map(requirement, _texts(part))
    for entries in (
        data.get("source"),
        _table(data, "_meta").get("sources"),
        poetry.get("source"),
        pdm.get("source"),
        uv.get("index"),
    ):
        yield from _sources(entries)
    tables = [
        *(_table(data, name) for name in ("packages", "dev-packages")),
        *(_table(data, name) for name in ("default", "develop")),
        _table(poetry, "dependencies"),
        _table(poetry, "dev-dependencies"),
        *(_table(group, "dependencies") for group in _values(poetry, "group")),
        _table(uv, "sources"),
    ]
    for table in tables:
        for name, wanted in table.items():
            yield _entry(name, wanted)


def _sources(entries: object) -> Iterator[Requirement]:
    """Yield the indexes listed as `[[source]]`, `[[tool.uv.index]]` and the like."""
    for entry in entries if isinstance(entries, list) else ():
        url = entry.get("url") if isinstance(entry, dict) else None
        if isinstance(url, str):
            yield _index(url)


def _entry(package: str, wanted: object) -> Requirement:
    """Return a package of a table, as pipenv, Poetry and uv write it."""
    if isinstance(wanted, list):
        wanted = next((part for part in wanted if isinstance(part, dict)), "*")
    if isinstance(wanted, dict):
        for key, kind in (("git", "git+"), ("url", ""), ("file", "")):
            address = wanted.get(key)
            if isinstance(address, str):
                ref = wanted.get("ref", wanted.get("rev"))
                at = f"@{ref}" if isinstance(ref, str) else ""
                return requirement(f"{package} @ {kind}{address}{at}")
        wanted = wanted.get("version", "*")
    version = wanted if isinstance(wanted, str) and wanted != "*" else ""
    return requirement(f"{package}{version}")


def setup(data: object) -> Iterator[Requirement]:
    """Yield `install_requires` and its like of a `setup.cfg`."""
    if not isinstance(data, dict):
        return
    values = [
        _table(data, "options").get(key)
        for key in ("install_requires", "setup_requires", "dependency_links")
    ]
    values.extend(_table(data, "options.extras_require").values())
    for value in values:
        for line in value.splitlines() if isinstance(value, str) else ():
            if line.strip():
                yield requirement(line)


def _table(data: object, *path: str) -> dict[str, Any]:
    """Return the table at a path; an empty one where there is none."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _values(data: object, *path: str) -> list[object]:
    return list(_table(data, *path).values())


def _texts(value: object) -> Iterator[str]:
    for text in value if isinstance(value, list) else ():
        if isinstance(text, str):
            yield text
