"""Write the allow lists.

    PYTHONPATH=scripts python -m harvest [PACKAGE…] --wheels FOLDER --date YYYY-MM-DD
        [--python PYTHON] [--output FOLDER]

`--python` is the interpreter of a throw-away environment in which the libraries are
installed; without it, what needs an installed library (classes written in C) is taken
from the list that stands, so that a partial run loses nothing.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from harvest.classes import Index
from harvest.rules import (
    HERE,
    Draft,
    below,
    read_curated,
    read_runtime,
    read_source,
    read_traced,
)
from harvest.wheels import WheelFile, fetch

VERSION: Final = 1
OUTPUT: Final = HERE.parent.parent / "src" / "openvet" / "allow" / "pickle"
CURATED: Final = ("_stdlib", "_techniques")


def main(arguments: list[str]) -> None:
    """Harvest the packages named, or all of them."""
    parser = argparse.ArgumentParser(prog="harvest")
    parser.add_argument("packages", nargs="*")
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("--python")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    libraries = tomllib.loads((HERE / "libraries.toml").read_text("utf-8"))
    traced = json.loads((HERE / "traced.json").read_text("utf-8"))
    for package in options.packages or [*CURATED, *libraries]:
        if package == "_techniques":
            made = techniques(options.date)
        elif package == "_stdlib":
            made = standard_library(options.date)
        else:
            entry = libraries[package]
            wheels = [
                fetch(f"{entry['library']}=={version}", python, options.wheels)
                for version, _, python in (w.partition("@") for w in entry["wheels"])
            ]
            facts = runtime(package, entry, options.python)
            draft = harvest(package, entry, wheels, facts, traced)
            made = stored(draft, entry, wheels, options.date)
        write(options.output / f"{package}.json", made)


def harvest(
    package: str,
    entry: dict[str, Any],
    wheels: list[WheelFile],
    facts: dict[str, Any] | None,
    traced: dict[str, Any],
) -> Draft:
    """Return the rules of a package from its wheels, oldest first."""
    draft = Draft(package=package)
    functions = entry.get("functions", [])
    for wheel in reversed(wheels):
        index = Index()
        index.add(wheel.sources(package))
        read_source(draft, index, entry)
    if facts is not None:
        read_runtime(draft, facts, functions)
    draft.leave_out(entry.get("leave_out", []))
    draft.leave_out_abused()
    read_traced(draft, traced)
    return draft


def runtime(
    package: str, entry: dict[str, Any], python: str | None
) -> dict[str, Any] | None:
    """Return what the installed package shows, kept beside the script."""
    kept = HERE / "runtime" / f"{package}.json"
    if not entry.get("runtime"):
        return None
    if python is not None:
        command = [python, str(HERE / "runtime.py"), package]
        done = subprocess.run(command, check=True, capture_output=True)
        facts = json.loads(done.stdout.splitlines()[-1])[package]
        trim(facts, entry.get("leave_out", []))
        write(kept, facts)
    facts = json.loads(kept.read_text("utf-8"))
    return facts if isinstance(facts, dict) else None


def trim(facts: dict[str, Any], modules: list[str]) -> None:
    """Drop what is left out anyway, so that the kept facts stay readable."""
    for table in ("classes", "builtins", "functions", "ufuncs", "cython", "constants"):
        for module in list(facts[table]):
            if below(module, modules):
                del facts[table][module]


def stored(
    draft: Draft, entry: dict[str, Any], wheels: list[WheelFile], date: str
) -> dict[str, Any]:
    """Return the list as it is stored."""
    curated = read_curated(draft)
    names = draft.grouped()
    return {
        "package": draft.package,
        "library": entry["library"],
        "versions": ", ".join(w.partition("@")[0] for w in entry["wheels"]),
        "made": date,
        "tool": f"harvest {VERSION}",
        "wheels": [{"name": w.path.name, "sha256": w.sha256} for w in wheels],
        "sources": curated.get("sources", []),
        "rules": {key: rule for key, rule in draft.rules.items() if key in names},
        "names": names,
    }


def standard_library(date: str) -> dict[str, Any]:
    """Return the hand-written list of the standard library."""
    draft = Draft(package="_stdlib")
    curated = read_curated(draft)
    roots = set((HERE / "curated" / "stdlib_roots.txt").read_text("utf-8").split())
    return {
        "package": "_stdlib",
        "library": curated["library"],
        "versions": curated["versions"],
        "made": date,
        "tool": f"harvest {VERSION}",
        "roots": sorted(roots),
        "rules": draft.rules,
        "names": draft.grouped(),
    }


def techniques(date: str) -> dict[str, Any]:
    """Return the hand-written list of techniques."""
    with (HERE / "curated" / "_techniques.toml").open("rb") as stream:
        curated = tomllib.load(stream)["techniques"]
    return {
        "made": date,
        "techniques": {
            key: {part: text for part, text in entry.items() if part != "names"}
            for key, entry in curated.items()
        },
        "names": {
            key: sorted(entry["names"].split()) for key, entry in curated.items()
        },
    }


def write(path: Path, made: dict[str, Any]) -> None:
    """Write a list with sorted keys, so that equal lists are equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    path.write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
