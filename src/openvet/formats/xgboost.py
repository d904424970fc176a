"""What an XGBoost model says about its trees, held against itself.

The native loader turns these arrays into nodes and follows them without a bound, so a
child or feature number outside its array reads memory that is not the model's. Source:
XGBoost `src/tree/tree_model.cc` and `doc/model.schema`.
"""

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
    learner = _part(_part(model, "Model") or model, "learner")
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
        values = _whole(tree.get(key))
        if values is None or (values and not low <= min(values) <= max(values) < high):
            notes.attack(
                "xgboost-index",
                f"{name} has {key} outside {low} to {high - 1}",
                live=LIVE,
            )
            return
    _categories(tree, name, notes)
    _circles(tree, name, notes)


def _categories(tree: Mapping[str, Any], name: str, notes: Notes) -> None:
    """Check that every run of categories lies inside their array."""
    total = _size(tree.get("categories")) or 0
    segments = _whole(tree.get("categories_segments"))
    sizes = _whole(tree.get("categories_sizes"))
    if (
        segments is None
        or sizes is None
        or len(segments) != len(sizes)
        or any(
            not 0 <= start <= start + size <= total
            for start, size in zip(segments, sizes, strict=False)
        )
    ):
        notes.attack(
            "xgboost-index",
            f"{name} has runs of categories outside their array of {total}",
            live=LIVE,
        )


def _circles(tree: Mapping[str, Any], name: str, notes: Notes) -> None:
    """Check that no node has two parents: prediction would never reach a leaf."""
    lefts = _whole(tree.get("left_children")) or ()
    rights = _whole(tree.get("right_children")) or ()
    # Of a leaf the left is -1; multi-output trees keep the leaf's number at the right.
    pairs = [pair for pair in zip(lefts, rights, strict=False) if pair[0] >= 0]
    children = {child for pair in pairs for child in pair}
    if len(children) != 2 * len(pairs) or not children.isdisjoint((0, -1)):
        notes.attack(
            "xgboost-circle",
            f"{name} reaches a node by two ways",
            live="a predictor that never ends",
        )


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


def _whole(values: object) -> Sequence[int] | None:
    """Return an array of whole numbers, empty if there is none, None if it is not."""
    if isinstance(values, Numbers):
        return None if values.code in "fd" else values.values()
    if isinstance(values, list):
        return values if set(map(type, values)) <= {int} else None
    return ()


def _size(values: object) -> int | None:
    return len(values) if isinstance(values, Numbers | list) else None


def _integer(value: object) -> int | None:
    """Return a number that XGBoost writes as text."""
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value[:20])
    return None
