# ruff: noqa: ANN401, RUF012 - it watches pickles of anything
"""Makes benign pickles of every kind that model hubs hold, to measure false alarms.

    python bench/benign_pickles.py FOLDER [--trace scripts/harvest/traced.json]

Run it in a throw-away environment with the libraries installed. Each object is written
at several protocols, by joblib and by torch where that applies. `--trace` also records
which functions rebuild the objects and with what kind of arguments; the allow lists are
made from that record.
"""

import argparse
import importlib
import io
import json
import pickle
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

SOURCES = ("benign_python", "benign_science", "benign_learning", "benign_torch")
LIBRARIES = frozenset({
    "numpy", "scipy", "pandas", "sklearn", "torch", "transformers", "statsmodels",
    "xgboost", "lightgbm", "catboost", "imblearn", "hmmlearn", "category_encoders",
    "accelerate", "networkx", "PIL", "patsy", "formulaic",
})  # fmt: skip
"""Whose reconstructors are taken from the record; others are argued by hand."""
PROTOCOLS = (0, 2, 3, 4, 5)


def every() -> Iterator[tuple[str, Any]]:
    """Yield name and object, from each source whose libraries are installed."""
    for source in SOURCES:
        yield from importlib.import_module(source).objects()


WORDS = {
    int: "int", float: "float", str: "str", bytes: "bytes", bytearray: "data",
    bool: "bool", type(None): "none", tuple: "tuple", list: "list", dict: "dict",
}  # fmt: skip


class Tracer(pickle._Pickler):  # noqa: SLF001 - the one written in Python can be watched
    """Records what `save_reduce` writes."""

    seen: dict[str, dict[str, Any]] = {}

    def save_reduce(self, func: Any, args: Any, *rest: Any, **named: Any) -> None:
        """Note the function and the kinds of its arguments, then write it."""
        name = getattr(func, "__qualname__", getattr(func, "__name__", ""))
        if name not in {"__newobj__", "__newobj_ex__"}:
            self.note(func, str(name), args)
        super().save_reduce(func, args, *rest, **named)

    def note(self, func: Any, name: str, args: Any) -> None:
        """Widen what is known of a function by one more call."""
        module = pickle.whichmodule(func, name)
        kind = "class" if isinstance(func, type) else "reconstructor"
        entry = self.seen.setdefault(f"{module}:{name}", {"kind": kind, "calls": []})
        words = [self.word(value) for value in args]
        if words not in entry["calls"]:
            entry["calls"].append(words)

    def word(self, value: Any) -> str:
        """Return the shape word of an argument."""
        if isinstance(value, type):
            return "class"
        if callable(value) and hasattr(value, "__name__"):
            return "function"
        return WORDS.get(type(value), "data")


def merged(calls: list[list[str]]) -> list[str]:
    """Return the shapes of every position over all calls seen.

    A position that only ever held classes holds classes; any other holds data, because
    the kinds of literal seen here are chance.
    """
    shapes = []
    for at in range(max(map(len, calls))):
        words = {call[at] for call in calls if at < len(call)}
        optional = "?" if any(at >= len(call) for call in calls) else ""
        shapes.append(("class" if words == {"class"} else "data") + optional)
    return [*shapes, "data*"]


def trace(name: str, thing: Any) -> None:
    """Record how one object is rebuilt."""
    for protocol in (2, 5):
        try:
            Tracer(io.BytesIO(), protocol).dump(thing)
        except Exception as error:  # noqa: BLE001 - an object that cannot be pickled
            sys.stderr.write(f"{name}: {error!r}\n"[:200])


def write(folder: Path, name: str, thing: Any) -> int:
    """Write an object in every format it has; return how many files."""
    files = 0
    # torch's quantized modules abort the process at protocol 0.
    for protocol in PROTOCOLS[name.startswith("torch") :]:
        try:
            data = pickle.dumps(thing, protocol)
        except Exception:  # noqa: BLE001, S112 - not at this protocol
            continue
        (folder / f"{name}.p{protocol}.pkl").write_bytes(data)
        files += 1
    if name.startswith("sklearn"):
        import joblib

        for compress in (0, 3):
            joblib.dump(thing, folder / f"{name}.c{compress}.joblib", compress=compress)
            files += 1
    if name.startswith("torch"):
        import torch

        for zipped in (True, False):
            try:
                torch.save(
                    thing,
                    folder / f"{name}.{'zip' if zipped else 'legacy'}.pt",
                    _use_new_zipfile_serialization=zipped,
                )
            except Exception:  # noqa: BLE001, S112 - not in this format
                continue
            files += 1
    return files


def main() -> None:
    """Write every object below a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trace", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    options.folder.mkdir(parents=True, exist_ok=True)
    files = 0
    for name, thing in every():
        files += write(options.folder, name, thing)
        if options.trace:
            trace(name, thing)
    if options.trace:
        seen = {
            path: {"kind": entry["kind"], "args": merged(entry["calls"])}
            for path, entry in sorted(Tracer.seen.items())
            if path.replace(":", ".").partition(".")[0] in LIBRARIES
            and not any("function" in call for call in entry["calls"])
        }
        options.trace.write_text(json.dumps(seen, indent=1, sort_keys=True) + "\n")
    print(f"{files} files")


if __name__ == "__main__":
    main()
