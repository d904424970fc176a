"""What an installer is asked to fetch: requirements, environments, project files.

Lines follow pip's requirements file format
(https://pip.pypa.io/en/stable/reference/requirements-file-format/) and PEP 508.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from openvet.artifacts import Requirement

MOST: Final = 10_000
SHOWN: Final = 300
INDEXES: Final = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
NAME: Final = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
VCS: Final = re.compile(r"(?:git|hg|svn|bzr)\+\S+|git@\S+")
URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
PINNED: Final = re.compile(r"===?\s*[^*\s,;]+\s*(?:;.*)?$|--hash[= ]")
COMMIT: Final = re.compile(r"@[0-9a-f]{7,64}(?:#.*)?$")
CONDA_PIN: Final = re.compile(r"=?=\s*[^*\s=]+")


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without comments, continued lines joined."""
    start, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        whole += line
        if whole.endswith("\\"):
            whole = whole[:-1] + " "
            continue
        plain = re.sub(r"(?:^|\s)#.*$", "", whole).strip()
        if plain:
            yield start, plain
        start, whole = 0, ""


def pip_lines(text: str) -> tuple[Requirement, ...]:
    """Return the requirements of a requirements file."""
    return tuple(
        requirement(line, number)
        for _, (number, line) in zip(range(MOST), lines(text), strict=False)
    )


def requirement(text: str, line: int = 0) -> Requirement:
    """Return one line as an installer understands it."""
    text = text.strip()
    if text.startswith("-"):
        return _option(text, line)
    vcs, url = VCS.search(text), URL.search(text)
    name = NAME.match(text)
    named = name.group(1) if name and not text.startswith((".", "/")) else ""
    kind: Literal["vcs", "url", "path", "name"] = "name"
    pinned = bool(PINNED.search(text))
    if vcs:
        kind, pinned = "vcs", bool(COMMIT.search(vcs.group()))
        named = named if "@" in text.partition(vcs.group())[0] else ""
    elif url:
        kind = "url"
        pinned = "--hash" in text or "#sha256=" in text
        named = named if "@" in text.partition(url.group())[0] else ""
    elif text.startswith((".", "/", "~")) or text.endswith((".whl", ".tar.gz", ".zip")):
        kind, pinned = "path", True
    return Requirement(
        text=text[:SHOWN], line=line, name=named[:100], pinned=pinned, kind=kind
    )


def _option(text: str, line: int) -> Requirement:
    """Return an option line; what follows `-e` or `-r` is itself a requirement."""
    option, _, value = text.replace("=", " ", 1).partition(" ")
    value = value.strip()
    if option in ("-e", "--editable") and (VCS.search(value) or URL.search(value)):
        inner = requirement(value, line)
        return Requirement(
            text=text[:SHOWN], line=line, pinned=inner.pinned, kind=inner.kind
        )
    kind: Literal["index", "option"] = "index" if option in INDEXES else "option"
    if option.startswith("-i") and option != "-i" and not option.startswith("--"):
        kind = "index"  # `-ihttps://…`, which pip accepts
    return Requirement(text=text[:SHOWN], line=line, pinned=True, kind=kind)


def conda(data: Any) -> tuple[Requirement, ...]:  # noqa: ANN401 - plain data
    """Return the requirements of a conda environment or an MLflow `python_env.yaml`."""
    if not isinstance(data, dict):
        return ()
    found: list[Requirement] = []
    for key in ("dependencies", "build_dependencies"):
        entries = data.get(key)
        for entry in entries[:MOST] if isinstance(entries, list) else ():
            if isinstance(entry, str):
                found.append(_conda_entry(entry, key))
            elif isinstance(entry, dict):
                inner = entry.get("pip")
                found.extend(
                    requirement(text)
                    for text in (inner[:MOST] if isinstance(inner, list) else ())
                    if isinstance(text, str)
                )
    channels = data.get("channels")
    found.extend(
        Requirement(text=channel[:SHOWN], line=0, kind="index")
        for channel in (channels[:100] if isinstance(channels, list) else ())
        if isinstance(channel, str) and "://" in channel
    )
    return tuple(found)


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


def project(data: Any) -> tuple[Requirement, ...]:  # noqa: ANN401 - plain data
    """Return the requirements of `pyproject.toml`, `Pipfile` or spaCy's `meta.json`."""
    if not isinstance(data, dict):
        return ()
    found: list[str] = []
    table = data.get("project")
    if isinstance(table, dict):
        found.extend(_texts(table.get("dependencies")))
        optional = table.get("optional-dependencies")
        for group in optional.values() if isinstance(optional, dict) else ():
            found.extend(_texts(group))
    build = data.get("build-system")
    if isinstance(build, dict):
        found.extend(_texts(build.get("requires")))
    found.extend(_texts(data.get("requirements")))
    made = [requirement(text) for text in found[:MOST]]
    sources = data.get("source")
    made.extend(
        Requirement(text=source["url"][:SHOWN], line=0, kind="index")
        for source in (sources if isinstance(sources, list) else ())
        if isinstance(source, dict) and isinstance(source.get("url"), str)
    )
    for name in ("packages", "dev-packages"):
        table = data.get(name)
        pairs = table.items() if isinstance(table, dict) else ()
        made.extend(_pipfile(package, wanted) for package, wanted in pairs)
    return tuple(made)


def _pipfile(package: str, wanted: object) -> Requirement:
    if isinstance(wanted, dict):
        for key, kind in (("git", "git+"), ("url", ""), ("file", "")):
            address = wanted.get(key)
            if isinstance(address, str):
                ref = wanted.get("ref")
                at = f"@{ref}" if isinstance(ref, str) else ""
                return requirement(f"{package} @ {kind}{address}{at}")
        wanted = wanted.get("version", "*")
    return requirement(f"{package}{wanted if wanted != '*' else ''}")


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        return []
    return [text for text in value if isinstance(text, str)]
