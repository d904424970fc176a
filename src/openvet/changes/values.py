"""Differences of configurations, of vocabularies and of texts."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any, Final

from openvet.budget import Budget
from openvet.formats.objects.tree import join, nodes

VOCABULARY: Final = "model.vocab"
"""Of a tokenizer: a table of ids by token, or a list of tokens with their scores."""
MERGES: Final = "model.merges"
ADDED: Final = "added_tokens"
NOTHING: Final = object()
"""Stands for a key that is not there."""
SHOWN: Final = 8
"""Tokens and keys that are named; the others are counted."""
CUT: Final = 80
LINES: Final = 40
LONGEST: Final = 2_000
"""Lines of a text that are held against the other's."""


def values(data: object, budget: Budget) -> dict[str, Any]:
    """Return every plain value of a document by its path, vocabularies left out.

    Raises:
        OverBudgetError: There are too many.
    """
    found: dict[str, Any] = {}
    for path, node in nodes(data, budget):
        if path in (VOCABULARY, MERGES) or path.startswith(f"{VOCABULARY}["):
            continue
        named = node.items() if isinstance(node, dict) else enumerate(node)
        for name, value in named:
            if not isinstance(value, dict | list):
                key = join(path, name) if isinstance(node, dict) else f"{path}[{name}]"
                found[key] = value
    return found


def value_changes(old: object, new: object, budget: Budget) -> Iterator[str]:
    """Yield the values that differ between two documents, one in a line.

    Raises:
        OverBudgetError: There are too many.
    """
    before, after = values(old, budget), values(new, budget)
    for key in dict.fromkeys((*before, *after)):
        was, becomes = before.get(key, NOTHING), after.get(key, NOTHING)
        # In Python 1 equals True and 1.0; in a configuration they say different things.
        if was == becomes and type(was) is type(becomes):
            continue
        if was is NOTHING:
            yield f"{key}: added, {_said(becomes)}"
        elif becomes is NOTHING:
            yield f"{key}: removed, was {_said(was)}"
        else:
            yield f"{key}: {_said(was)} -> {_said(becomes)}"


def _said(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= CUT else f"{text[:CUT]}… ({len(text)} characters)"


def vocabulary_changes(old: object, new: object) -> Iterator[str]:
    """Yield what changed in the tokens of a tokenizer."""
    before, after = _tokens(old), _tokens(new)
    added = [token for token in after if token not in before]
    removed = [token for token in before if token not in after]
    moved = [t for t, place in after.items() if before.get(t, place) != place]
    for what, tokens in (("added", added), ("removed", removed), ("moved", moved)):
        if tokens:
            noun = "token" if len(tokens) == 1 else "tokens"
            yield f"vocabulary: {len(tokens):,} {noun} {what}: {_named(tokens)}"
    merges = [_part(data, MERGES) or [] for data in (old, new)]
    if merges[0] != merges[1]:
        yield f"merges: {len(merges[0]):,} -> {len(merges[1]):,}, not the same"


def _tokens(data: object) -> dict[str, object]:
    found = _part(data, VOCABULARY)
    if isinstance(found, dict):
        return found
    if not isinstance(found, list):
        return {}
    rows = ((row[0] if isinstance(row, list) and row else row) for row in found)
    return {str(token): number for number, token in enumerate(rows)}


def _part(data: object, path: str) -> Any:  # noqa: ANN401 - a plain value
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _named(tokens: list[str]) -> str:
    shown = ", ".join(repr(token[:CUT]) for token in tokens[:SHOWN])
    more = len(tokens) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def text_changes(old: str, new: str) -> tuple[str, ...]:
    """Return the lines that differ between two texts, with `-` and `+` before them."""
    before, after = old.splitlines()[:LONGEST], new.splitlines()[:LONGEST]
    changed = [
        line[:200]
        for line in unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = len(changed) - LINES
    kept = changed[:LINES]
    return (*kept, f"… and {more:,} more lines") if more > 0 else tuple(kept)
