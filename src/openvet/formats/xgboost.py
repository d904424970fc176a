"""What an XGBoost model says about its trees, held against itself.

The native loader turns these arrays into nodes and follows them without a bound, so a
child or feature number outside its array reads memory that is not the model's. Source:
XGBoost `src/tree/tree_model.cc` and `doc/model.schema`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from openvet.budget import Budget
from openvet.formats.notes import Notes
from openvet.formats.ubjson import Numbers

ROOT_PARENT: Final = 2147483647
PER_NODE: Final = (
    "left_children", "right_children", "parents", "split_indices", "split_conditions",
    "default_left",
)  # fmt: skip
LIVE: Final = "XGBoost's native loader and predictor, which follow it unchecked"


def check(model: Mapping[str, Any], notes: Notes, budget: Budget) -> int:
    """Note what contradicts itself in a model; return the number of trees.

    Raises:
        OverBudgetError: There are more nodes than may be read.
    """
    learner = _part(model, "learner")
    _texts(learner, notes)
    features = _integer(_part(learner, "learner_model_param").get("num_feature"))
    count = 0
    for where, booster in _boosters(learner):
        trees = booster.get("trees")
        if not isinstance(trees, Sequence) or isinstance(trees, str):
            continue
        claimed = _integer(_part(booster, "gbtree_model_param").get("num_trees"))
        info = booster.get("tree_info")
        for name, other in (("num_trees", claimed), ("tree_info", _size(info))):
            if other is not None and other != len(trees):
                notes.attack(
                    "xgboost-count",
                    f"{where} holds {len(trees)} trees and {name} says {other}",
                    live=LIVE,
                )
        for number, tree in enumerate(trees):
            if isinstance(tree, Mapping):
                budget.step(1 + (_size(tree.get("left_children")) or 0))
                _tree(tree, f"tree {number}", features, notes)
        count += len(trees)
    return count


def _boosters(learner: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tree models of a learner: gbtree, and dart around a gbtree."""
    booster = _part(learner, "gradient_booster")
    for where, holder in (("gbtree", booster), ("dart", _part(booster, "gbtree"))):
        model = _part(holder, "model")
        if model:
            yield where, model


def _tree(
    tree: Mapping[str, Any], name: str, features: int | None, notes: Notes
) -> None:
    """Check one tree."""
    nodes = _integer(_part(tree, "tree_param").get("num_nodes"))
    arrays = {key: tree[key] for key in PER_NODE if _size(tree.get(key)) is not None}
    if nodes is None:
        nodes = _size(arrays.get("left_children")) or 0
    for key, values in arrays.items():
        if len(values) != nodes:
            notes.attack(
                "xgboost-count",
                f"{name} has {nodes} nodes and {len(values)} {key}",
                live=LIVE,
            )
            return
    bounds = {
        "left_children": (-1, nodes),
        "right_children": (-1, nodes),
        "split_indices": (0, features or ROOT_PARENT),
        "categories_nodes": (0, nodes),
    }
    for key, (low, high) in bounds.items():
        for place, value in enumerate(_values(tree.get(key))):
            if not (_is_whole(value) and low <= value < high):
                notes.attack(
                    "xgboost-index",
                    f"{name} has {key}[{place}] = {value}, outside {low} to {high - 1}",
                    live=LIVE,
                )
                return
    _categories(tree, name, notes)
    _circles(tree, name, nodes, notes)


def _categories(tree: Mapping[str, Any], name: str, notes: Notes) -> None:
    """Check that every run of categories lies inside their array."""
    total = _size(tree.get("categories")) or 0
    segments = list(_values(tree.get("categories_segments")))
    sizes = list(_values(tree.get("categories_sizes")))
    if len(segments) != len(sizes) or any(
        not 0 <= start <= start + size <= total
        for start, size in zip(segments, sizes, strict=False)
    ):
        notes.attack(
            "xgboost-index",
            f"{name} has runs of categories outside their array of {total}",
            live=LIVE,
        )


def _circles(tree: Mapping[str, Any], name: str, nodes: int, notes: Notes) -> None:
    """Check that no node has two parents: prediction would never reach a leaf."""
    reached = bytearray(nodes)
    lefts, rights = (
        _values(tree.get(f"{side}_children")) for side in ("left", "right")
    )
    for left, right in zip(lefts, rights, strict=False):
        if left < 0:
            continue  # a leaf; multi-output trees keep its number at the right
        for child in (int(left), int(right)):
            if child <= 0 or reached[child]:
                notes.attack(
                    "xgboost-circle",
                    f"{name} reaches node {child} by two ways",
                    live="a predictor that never ends",
                )
                return
            reached[child] = 1


def _texts(learner: Mapping[str, Any], notes: Notes) -> None:
    """Keep the strings that a training script may have stored."""
    for key, value in _part(learner, "attributes").items():
        if isinstance(value, str):
            notes.text(f"learner.attributes.{key}", value)
    for key in ("feature_names", "feature_types"):
        names = learner.get(key)
        if isinstance(names, list):
            joined = "\n".join(name for name in names if isinstance(name, str))
            notes.text(f"learner.{key}", joined)


def _part(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = holder.get(key)
    return part if isinstance(part, Mapping) else {}


def _values(values: object) -> Iterator[float]:
    """Yield the numbers of an array; anything else in it as an impossible one."""
    if isinstance(values, Numbers):
        yield from values
    elif isinstance(values, list):
        for value in values:
            yield value if isinstance(value, int | float) else math.nan


def _size(values: object) -> int | None:
    return len(values) if isinstance(values, Numbers | list) else None


def _is_whole(value: float) -> bool:
    return isinstance(value, int) or value.is_integer()


def _integer(value: object) -> int | None:
    """Return a number that XGBoost writes as text."""
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value[:20])
    return None
