"""Structured text as plain data: JSON, TOML, INI, and YAML by `formats.yaml`."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from openvet.budget import Budget
from openvet.formats.encodings import Revealed, encoded_in
from openvet.subject import Defect, Gap

if TYPE_CHECKING:
    from openvet.formats.yaml import YamlTag

Format = Literal["json", "yaml", "toml", "ini"]
STRICT_BYTES: Final = 32 << 20
"""Above this JSON is decoded without looking for duplicate keys."""
BULK: Final = 10_000
"""Items from which a container of nothing but numbers, or of tokens, is a table."""
NUMBERS: Final = frozenset({int, float})
TOKENS: Final = frozenset({"merges", "vocab", "tokens"})
"""Under which tokenizers keep texts by the thousand."""
BULK_DEPTH: Final = 4
LONG: Final = 28
"""Characters from which a text may encode something."""
LONG_TEXTS: Final = 2000
SERIALIZED: Final = ".:serialized:"
"""Fields of stable-baselines3, each of them a pickle: looked into however many."""
LAYERS: Final = 200
DEEP_KEY: Final = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){100}")
"""A dotted key of TOML that takes quadratic time to follow."""
SPACES: Final = re.compile(r"(?<=\S)[^\S\n]{100,}+")
"""Space inside a line of INI that `configparser` takes quadratic time to pass over."""


class Plain(msgspec.Struct, kw_only=True):
    """What a structured text holds."""

    data: Any = None
    tags: "tuple[YamlTag, ...]" = ()
    lines: dict[str, int] = msgspec.field(default_factory=dict)
    defects: list[Defect] = msgspec.field(default_factory=list)
    gaps: list[Gap] = msgspec.field(default_factory=list)


def read_json(text: str) -> Plain:
    """Return the data of a JSON text; of duplicate keys the last wins."""
    plain = Plain()
    repeated: list[str] = []

    def take(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs) < BULK and not repeated:
            keys = [key for key, _ in pairs]
            repeated.extend(key for key in made if keys.count(key) > 1)
        return made

    try:
        if len(text) > STRICT_BYTES:
            plain.data = msgspec.json.decode(text)
        elif _is_lines(text):
            lines = filter(str.strip, text.split("\n"))
            plain.data = [json.loads(line, object_pairs_hook=take) for line in lines]
        else:
            plain.data = json.loads(text, object_pairs_hook=take)
    except RecursionError:
        detail = "containers nested about a thousand deep"
        plain.defects.append(Defect(code="json-deep", detail=detail))
        plain.gaps.append(Gap(reason="over-budget", detail=detail))
    except (ValueError, msgspec.DecodeError) as error:
        plain.gaps.append(Gap(reason="broken", detail=f"not JSON: {str(error)[:200]}"))
    if repeated:
        shown = ", ".join(repr(key[:60]) for key in repeated[:5])
        plain.defects.append(
            Defect(code="json-duplicate-key", detail=f"{shown} again", weight="odd")
        )
    return plain


def _is_lines(text: str) -> bool:
    """Say whether a text is JSON Lines: data sets are, also under the name of JSON."""
    first, _, rest = text.lstrip().partition("\n")
    return (
        first[:1] == "{" == rest.lstrip()[:1]
        and first.rstrip()[-1:] == "}" == text.rstrip()[-1:]
    )


def read_yaml(text: str, budget: Budget) -> Plain:
    """Return the first document of a YAML text.

    Raises:
        OverBudgetError: It is too large.
    """
    from openvet.formats.yaml import parse_yaml

    found = parse_yaml(text, budget)
    return Plain(
        data=found.data,
        tags=found.tags,
        lines=found.lines,
        defects=list(found.defects),
        gaps=list(found.gaps),
    )


def read_toml(text: str) -> Plain:
    """Return the data of a TOML text."""
    import tomllib

    plain = Plain()
    if DEEP_KEY.search(text):
        detail = "keys of more than a hundred parts"
        plain.gaps.append(Gap(reason="over-budget", detail=detail))
        return plain
    try:
        plain.data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        plain.gaps.append(Gap(reason="broken", detail=f"not TOML: {str(error)[:200]}"))
    return plain


def read_ini(text: str) -> Plain:
    """Return the sections of an INI text; values are texts."""
    import configparser

    plain = Plain()
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(SPACES.sub(" ", text))
        plain.data = {name: dict(parser.items(name)) for name in parser.sections()}
    except (configparser.Error, ValueError) as error:
        plain.gaps.append(Gap(reason="broken", detail=f"not INI: {str(error)[:200]}"))
    return plain


def without_tables(data: Any) -> Any:  # noqa: ANN401 - plain data
    """Return data whose large tables of scalars are empty.

    The vocabulary of a tokenizer is half a million strings: no key in it names
    anything, and whoever walks the configuration would walk it every time.
    """
    if _is_table(data):
        return type(data)()
    todo: list[tuple[Any, int]] = [(data, 0)]
    while todo:
        node, depth = todo.pop()
        if depth > BULK_DEPTH:
            continue
        for key, value in list(_items(node)):
            if _is_table(value, key):
                node[key] = type(value)()
            elif isinstance(value, dict | list) and len(value) < BULK:
                todo.append((value, depth + 1))
    return data


def _items(node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - plain data
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _is_table(value: object, key: object = "") -> bool:
    """Tell a table from settings, among which a crowd of others hides none.

    Texts are what settings are made of; only where tokenizers keep theirs may they be
    left out.
    """
    if not isinstance(value, dict | list) or len(value) < BULK:
        return False
    if isinstance(value, dict):
        return set(map(type, value.values())) <= NUMBERS
    kinds = set(map(type, value))
    return (
        kinds <= NUMBERS
        or (kinds == {str} and key in TOKENS)
        or (kinds == {list} and all(map(_is_small, value)))
    )


def _is_small(part: list[object]) -> bool:
    return len(part) <= 2 and not any(isinstance(p, dict | list) for p in part)  # noqa: PLR2004 - a merge, a scored token


def long_texts(data: object, budget: Budget) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of texts long enough to encode something.

    Raises:
        OverBudgetError: There is too much data.
    """
    stack: list[tuple[str, object]] = [("", data)]
    count = found = 0
    while stack:
        path, value = stack.pop()
        count += 1
        if count % 4096 == 0:
            budget.step(4096)
        if isinstance(value, str) and len(value) >= LONG:
            found += 1
            if found <= LONG_TEXTS or path.endswith(SERIALIZED):
                yield path, value
        elif isinstance(value, dict):
            budget.step(len(value))
            stack.extend(
                (f"{path}.{str(key)[:100]}", part)
                for key, part in value.items()
                if _may_hold_long(part)
            )
        elif isinstance(value, list):
            budget.step(len(value))
            if {str, dict, list}.isdisjoint(map(type, value)):
                continue
            stack.extend(
                (f"{path}[{number}]", part)
                for number, part in enumerate(value)
                if _may_hold_long(part)
            )


def _may_hold_long(part: object) -> bool:
    if isinstance(part, str):
        return len(part) >= LONG
    return isinstance(part, dict | list)


def encoded(data: object, budget: Budget) -> Iterator[tuple[str, Revealed]]:
    """Yield paths and what the texts there encode.

    Raises:
        OverBudgetError: There is too much data.
    """
    for path, value in long_texts(data, budget):
        for run in encoded_in(value, stages=True):
            yield path.lstrip("."), run.found
