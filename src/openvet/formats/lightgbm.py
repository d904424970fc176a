"""LightGBM's text models: a header, one block of `key=value` lines per tree, a tail.

The native loader sizes its arrays by `num_leaves` and follows children and features
without a bound, so numbers that disagree read memory that is not the model's. Source:
LightGBM `src/io/tree.cpp` and `gbdt_model_text.cpp`.
"""

import json
from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.formats.notes import Notes
from openvet.source import Source

START: Final = (b"tree\n", b"tree\r\n")
LINE: Final = 64 << 20
"""Longest line; a tree of a hundred thousand leaves has lines of some megabytes."""
TAIL: Final = "pandas_categorical:"
LIVE: Final = "LightGBM's native loader and predictor, which follow it unchecked"
KEYS: Final = frozenset(
    {
        "num_leaves", "num_cat", "left_child", "right_child", "split_feature",
        "threshold", "leaf_value", "cat_boundaries", "cat_threshold", "decision_type",
    }
)  # fmt: skip


def read(source: Source, budget: Budget) -> Notes:
    """Return what contradicts itself in a model.

    Raises:
        OverBudgetError: There is too much of it.
    """
    model = _Model(source, budget)
    for offset, line in _lines(source, model.notes):
        model.line(offset, line)
    model.end()
    return model.notes


class _Model:
    """What has been read so far.

    Args:
        source: The file.
        budget: What may still be spent; a step is a value.
    """

    def __init__(self, source: Source, budget: Budget) -> None:
        self.source = source
        self.notes = Notes()
        self.budget = budget
        self.features: int | None = None
        self.sizes: int | None = None
        self.trees = 0
        self.part = "header"
        self.tree: dict[str, str] = {}
        self.tree_at = 0

    def line(self, offset: int, line: str) -> None:
        """Take the next line."""
        self.budget.step(1 + len(line) // 16)
        if self.part == "after":
            return
        if line.startswith("Tree="):
            self._close_tree()
            self.part, self.tree_at = "tree", offset
            self.trees += 1
        elif line == "end of trees":
            self._close_tree()
            self.part = "tail"
        elif line.startswith(TAIL):
            self._categories(line.removeprefix(TAIL), offset)
            self.part = "end"
        elif line == "end of parameters":
            self.part = "end"
        else:
            self._inside(offset, line)

    def _inside(self, offset: int, line: str) -> None:
        """Take a line that begins no new part."""
        if self.part == "header":
            self._header(line)
        elif self.part == "tree":
            key, _, value = line.partition("=")
            if key in KEYS:
                self.tree[key] = value
        elif self.part == "end" and line:
            self._trailing(offset)
        elif self.part == "tail" and line.startswith("["):
            key, _, value = line.strip("[]").partition(":")
            if value.strip():
                self.notes.text(f"parameters.{key}", value.strip(), offset)

    def _trailing(self, offset: int) -> None:
        """Note what follows the model."""
        self.part = "after"
        size = self.source.size
        kind = self.notes.rest(self.source, offset, size, "bytes after the model")
        note = self.notes.attack if kind else self.notes.odd
        note("lightgbm-trailing", f"{size - offset} bytes follow the model", offset)

    def end(self) -> None:
        """Check what only the whole file shows."""
        self._close_tree()
        size = self.source.size
        if self.part in ("header", "tree", "tail"):
            self.notes.odd("lightgbm-truncated", "the model has no end", size)
            self.notes.gap(
                "broken", "the model has no end", size, lift="download the file again"
            )
        elif self.sizes is not None and self.sizes != self.trees:
            self._attack(f"tree_sizes lists {self.sizes} trees, {self.trees} follow", 0)

    def _header(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key == "max_feature_idx" and value.isdecimal():
            self.features = int(value[:18]) + 1
        elif key == "tree_sizes":
            self.sizes = len(value.split())
        elif key in ("feature_names", "feature_infos", "objective"):
            self.notes.text(key, value)

    def _categories(self, value: str, offset: int) -> None:
        """Check the tail that LightGBM's Python package parses as JSON."""
        try:
            json.loads(value)
        except (ValueError, RecursionError):
            self.notes.attack(
                "lightgbm-tail", "the pandas tail is not JSON", offset,
                live="lightgbm.Booster(model_file=...)",
            )  # fmt: skip

    def _attack(self, detail: str, offset: int) -> None:
        self.notes.attack("lightgbm-index", detail, offset, live=LIVE)

    def _close_tree(self) -> None:
        """Check the tree that just ended."""
        if self.part != "tree":
            return
        tree, self.tree = self.tree, {}
        name = f"tree {self.trees - 1}"
        leaves = tree.get("num_leaves", "")
        if not leaves.isdecimal() or not 0 < int(leaves[:18]) < 1 << 31:
            self._attack(f"{name} has {leaves[:20]!r} leaves", self.tree_at)
            return
        count = int(leaves)
        lengths = {
            "left_child": count - 1, "right_child": count - 1, "threshold": count - 1,
            "split_feature": count - 1, "decision_type": count - 1, "leaf_value": count,
        }  # fmt: skip
        for key, length in lengths.items():
            found = len(tree.get(key, "").split())
            if key in tree and found != length:
                self._attack(
                    f"{name} has {count} leaves and {found} values of {key}",
                    self.tree_at,
                )
                return
        self._children(tree, count, name)
        self._categorical(tree, name)

    def _children(self, tree: dict[str, str], leaves: int, name: str) -> None:
        """Check that every branch leads to one node or leaf that exists, once."""
        reached: set[int] = set()
        high = self.features if self.features is not None else 1 << 31
        bounds = {
            "left_child": (-leaves, leaves - 1),
            "right_child": (-leaves, leaves - 1),
            "split_feature": (0, high),
        }
        for key, (low, top) in bounds.items():
            for text in tree.get(key, "").split():
                value = _whole(text)
                if value is None or not low <= value < top:
                    self._attack(
                        f"{name} has {key} {text[:20]}, outside {low} to {top - 1}",
                        self.tree_at,
                    )
                    return
                if key == "split_feature":
                    continue
                if value in reached or value == 0:
                    self.notes.attack(
                        "lightgbm-circle",
                        f"{name} reaches {value} by two ways",
                        self.tree_at,
                        live="a predictor that never ends",
                    )
                    return
                reached.add(value)

    def _categorical(self, tree: dict[str, str], name: str) -> None:
        """Check that runs of categories lie inside their array."""
        bounds = [_whole(text) for text in tree.get("cat_boundaries", "").split()]
        total = len(tree.get("cat_threshold", "").split())
        last = 0
        for bound in bounds:
            if bound is None or not last <= bound <= total:
                self._attack(
                    f"{name} has categories outside their {total}", self.tree_at
                )
                return
            last = bound


def _whole(text: str) -> int | None:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else None  # noqa: PLR2004


def _lines(source: Source, notes: Notes) -> Iterator[tuple[int, str]]:
    """Yield lines with their offsets, window by window."""
    at, rest = 0, b""
    for chunk in source.chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield at, line.rstrip(b"\r").decode("utf-8", "backslashreplace")
            at += len(line) + 1
        if len(rest) > LINE:
            notes.gap("over-budget", f"a line of more than {LINE} bytes", at)
            return
    if rest:
        yield at, rest.rstrip(b"\r").decode("utf-8", "backslashreplace")
