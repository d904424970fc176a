"""Walking plain data without recursion, and what every dialect hands back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from openvet.budget import Budget
from openvet.patterns import pattern
from openvet.subject import Reference

if TYPE_CHECKING:
    from openvet.artifacts import Made
    from openvet.subject import Defect

LONGEST_KEY: Final = 100
LONGEST_PATH: Final = 500
STEP: Final = 4096
DETAIL: Final = 1024
MAXIMUM_MADE: Final = 100_000
PREVIEW: Final = 1024

URL: Final = pattern(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://\S")
ELSEWHERE: Final = pattern(r"(?:/|~[/\\]|[A-Za-z]:[/\\]|\\\\|(?:.*[/\\])?\.\.[/\\])")
"""A path that starts outside the folder or climbs out of it."""
DOTTED: Final = pattern(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


class Objects:
    """What a dialect finds in one document."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self.references: list[Reference] = []
        self.defects: list[Defect] = []

    def __bool__(self) -> bool:
        return bool(self.made or self.references or self.defects)

    @property
    def full(self) -> bool:
        """Whether there are more objects than a report can use."""
        return len(self.made) >= MAXIMUM_MADE


def nodes(data: object, budget: Budget) -> Iterator[tuple[str, Any]]:
    """Yield every dict and list with its path, parents first, in document order.

    Raises:
        OverBudgetError: There are too many.
    """
    stack: list[tuple[str, object]] = [("", data)]
    count = 0
    while stack:
        key, value = stack.pop()
        count += 1
        if count % STEP == 0:
            budget.step(STEP)
        if isinstance(value, dict):
            yield key, value
            items = [
                (join(key, name), part)
                for name, part in value.items()
                if isinstance(part, dict | list)
            ]
            stack.extend(reversed(items))
        elif isinstance(value, list):
            yield key, value
            items = [
                (f"{key}[{index}]", part)
                for index, part in enumerate(value)
                if isinstance(part, dict | list)
            ]
            stack.extend(reversed(items))


def dicts(data: object, budget: Budget) -> Iterator[dict[Any, Any]]:
    """Yield every dict, in no order and without its path: cheaper than `nodes`.

    Raises:
        OverBudgetError: There is too much data.
    """
    stack = [data]
    count = 0
    while stack:
        value = stack.pop()
        count += 1
        if count % STEP == 0:
            budget.step(STEP)
        if isinstance(value, dict):
            yield value
            stack.extend(v for v in value.values() if isinstance(v, dict | list))
        elif isinstance(value, list):
            stack.extend(v for v in value if isinstance(v, dict | list))
    budget.step(count % STEP)


def keys_among(data: object, marks: frozenset[str], budget: Budget) -> set[str]:
    """Return which of `marks` are keys anywhere in the data.

    A document that names nothing is then walked once.

    Raises:
        OverBudgetError: There is too much data.
    """
    found: set[str] = set()
    for node in dicts(data, budget):
        found.update(marks & node.keys())
    return found


def join(key: str, name: object) -> str:
    """Return the path of `name` inside `key`, long paths cut in the middle."""
    path = f"{key}.{str(name)[:LONGEST_KEY]}" if key else str(name)[:LONGEST_KEY]
    if len(path) > LONGEST_PATH:
        half = LONGEST_PATH // 2
        path = f"{path[:half]}…{path[-half:]}"
    return path


def split(path: str) -> tuple[str, str]:
    """Return module and name of a dotted path."""
    module, _, name = path.rpartition(".")
    return module, name


def looks_elsewhere(value: str) -> bool:
    """Say whether a text is a URL or a path that leaves the folder."""
    return len(value) < 2 * DETAIL and bool(URL.match(value) or ELSEWHERE.match(value))


def elsewhere(value: str, key: str, opens: str) -> Reference:
    """Return the reference that a URL or path is."""
    kind = "url" if URL.match(value) and not value.startswith("file:") else "path"
    if kind == "url":
        return Reference(kind="url", value=value[:DETAIL], key=key, opens=opens)
    return Reference(kind="path", value=value[:DETAIL], key=key, opens=opens)


def preview(value: object) -> str:
    """Return the scalars inside a value as one line, cut at 1 KiB; never recurse."""
    parts: list[str] = []
    length = 0
    queue: list[object] = [value]
    for _ in range(4 * PREVIEW):
        if not queue or length > PREVIEW:
            break
        item = queue.pop()
        if isinstance(item, dict):
            pairs = [part for pair in list(item.items())[:PREVIEW] for part in pair]
            queue.extend(reversed(pairs))
        elif isinstance(item, list):
            queue.extend(reversed(item[:PREVIEW]))
        elif item is not None:
            parts.append(str(item)[:PREVIEW])
            length += len(parts[-1]) + 1
    return " ".join(parts)[:PREVIEW]
