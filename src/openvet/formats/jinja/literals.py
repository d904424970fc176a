"""Literal text of a template: what it says whatever it is given."""

from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

from openvet.artifacts import TemplateLiteral
from openvet.budget import Budget
from openvet.formats.jinja.parse import children, walk

TEXTUAL: Final = (nodes.Concat, nodes.Add, nodes.Filter, nodes.List, nodes.Tuple)
"""Expressions whose parts end up in the text that they yield."""
KEEPS: Final = frozenset({"append", "format", "replace", "join", "extend"})
SILENT: Final = frozenset({"raise_exception", "strftime_now"})


def literals(root: nodes.Template, budget: Budget) -> tuple[TemplateLiteral, ...]:
    """Return the literal text of a template, in order.

    Raises:
        OverBudgetError: The template is too large.
    """
    made: list[TemplateLiteral] = []
    for node in walk(root, budget):
        if isinstance(node, nodes.Output):
            made.extend(output(node))
        elif isinstance(node, nodes.Assign):
            made.extend(
                TemplateLiteral(text=text, line=node.lineno or 0)
                for text in constants(node.node)
            )
    return tuple(part for part in made if part.text.strip())


def output(node: nodes.Output) -> Iterator[TemplateLiteral]:
    """Yield the texts of an output, with what follows each."""
    parts = list(node.nodes)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if isinstance(part, nodes.TemplateData):
            followed = following is not None and not isinstance(
                following, nodes.TemplateData | nodes.Const
            )
            yield TemplateLiteral(
                text=part.data, line=part.lineno or 0, before_value=followed
            )
        elif isinstance(part, nodes.Concat | nodes.Add):
            yield from _sum(part)
        else:
            for text in constants(part):
                yield TemplateLiteral(text=text, line=part.lineno or 0)


def _sum(node: nodes.Concat | nodes.Add) -> Iterator[TemplateLiteral]:
    """Yield the texts of `'a' + x + 'b'`, with what follows each."""
    terms: list[nodes.Node] = []
    todo: list[nodes.Node] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, nodes.Add):
            todo.extend((part.right, part.left))
        elif isinstance(part, nodes.Concat):
            todo.extend(reversed(part.nodes))
        else:
            terms.append(part)
    for part, following in zip(terms, [*terms[1:], None], strict=True):
        followed = following is not None and not isinstance(following, nodes.Const)
        for text in constants(part):
            yield TemplateLiteral(text=text, line=node.lineno, before_value=followed)


def constants(root: nodes.Node) -> Iterator[str]:
    """Yield texts that an expression yields: not keys, and not what it compares."""
    todo: list[nodes.Node] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, nodes.Const):
            if isinstance(node.value, str) and node.value.strip():
                yield node.value
        elif isinstance(node, nodes.CondExpr):
            todo.extend(part for part in (node.expr2, node.expr1) if part is not None)
        elif isinstance(node, nodes.Call):
            todo.extend(_said(node))
        elif isinstance(node, TEXTUAL):
            todo.extend(reversed(children(node)))


def _said(node: nodes.Call) -> list[nodes.Node]:
    """Return the parts of a call that can end up in its result."""
    named = node.node
    if isinstance(named, nodes.Name):
        return [] if named.name in SILENT else list(reversed(node.args))
    if isinstance(named, nodes.Getattr):
        arguments = node.args if named.attr in KEEPS else []
        return [named.node, *reversed(arguments)]
    return []
