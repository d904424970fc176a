"""Expressions of a MONAI bundle: texts that begin with `$` are Python.

Written from `monai/bundle/config_item.py` (1.x): `ConfigExpression.evaluate` imports
what an import statement names and hands any other text to `eval`, with `@name` standing
for another item of the configuration.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.artifacts import Made
from openvet.budget import Budget
from openvet.formats.objects.tree import Objects, join, nodes, split

MARKS: Final = frozenset({"_target_", "imports", "bundle_root"})
REFERENCE: Final = re.compile(r"[@%][\w#:.]+")
IMPORT: Final = re.compile(r"\s*(?:import|from)\s")
LONGEST: Final = 10_000
MOST: Final = 500
"""Expressions of one document."""
REACHES: Final = frozenset({"process", "code", "network"})
"""What no expression of a bundle needs; the rest is what they are made of."""


def monai_objects(data: object, budget: Budget) -> Objects:
    """Return what the expressions of a bundle call that reaches out of it.

    Raises:
        OverBudgetError: It is too large.
    """
    found = Objects()
    texts = [
        pair for _, pair in zip(range(MOST), _expressions(data, budget), strict=False)
    ]
    imports = "\n".join(text for _, text in texts if IMPORT.match(text))
    for key, text in texts:
        if not IMPORT.match(text):
            found.made.extend(_called(key, text, imports, budget))
    return found


def _expressions(data: object, budget: Budget) -> Iterator[tuple[str, str]]:
    for key, node in nodes(data, budget):
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for name, value in pairs:
            if isinstance(value, str) and value[:1] == "$" and len(value) < LONGEST:
                yield join(key, name), value[1:]


def _called(key: str, text: str, imports: str, budget: Budget) -> Iterator[Made]:
    """Yield the calls of one expression, read as a syntax tree and never run."""
    from openvet.allow.python_calls import reach_of
    from openvet.formats.python.calls import read

    program = f"{imports}\n({REFERENCE.sub('item', text.strip())})"
    module = read(program, budget)
    for call in (*module.calls, *module.decodes_and_runs):
        if reach_of(call.name) in REACHES:
            path, name = split(call.name)
            yield Made(
                kind="function", module=path, name=name, key=key, detail=text[:300]
            )
