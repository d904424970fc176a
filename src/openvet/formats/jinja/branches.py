"""Text that a template emits only under a condition on content or on the date.

A template is free to look at roles, at tools and at the position of a message: that is
its job. Whoever makes it look for a *word* in what the user wrote, or at the calendar,
and then adds text of his own, changes what the model is asked in just those cases.
"""

from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

from openvet.artifacts import TemplateBranch, TemplateLiteral
from openvet.budget import Budget
from openvet.formats.jinja.parse import children, walk

MOST: Final = 5000
"""Branches kept of one template."""
TEXTS: Final = 100_000
"""Texts that they may hold together; those of an inner one count again in the outer."""
VISITS: Final = 300_000
"""Nodes looked at for these texts, those of an inner branch again in the outer."""
PAIR: Final = 2
STRUCTURE: Final = frozenset(
    {"type", "role", "name", "id", "tool_call_id", "arguments", "parameters"}
)
"""Keys of a message's parts that say what they are, not what they say."""
DATES: Final = frozenset(
    {"strftime_now", "now", "date_string", "current_date", "today", "date",
     "get_current_date", "get_current_datetime", "datetime", "timestamp", "strftime"}
)  # fmt: skip
SEARCHES: Final = frozenset(
    {"startswith", "endswith", "find", "rfind", "index", "count", "split", "contains"}
)
COMPARING_TESTS: Final = frozenset(
    {"eq", "equalto", "==", "ne", "!=", "in", "lt", "gt", "le", "ge", "lessthan",
     "greaterthan", "<", ">", "<=", ">=", "sameas"}
)  # fmt: skip
TEXTUAL: Final = (nodes.Concat, nodes.Add, nodes.Filter, nodes.List, nodes.Tuple)
"""Expressions whose parts end up in the text that they yield."""
KEEPS: Final = frozenset({"append", "format", "replace", "join", "extend"})
SILENT: Final = frozenset({"raise_exception", "strftime_now"})


class _Taint:
    """Which variables hold message text, and which hold a date."""

    def __init__(self, found: list[nodes.Node], budget: Budget) -> None:
        self.budget = budget
        self.macros = {
            node.name: node.args for node in found if isinstance(node, nodes.Macro)
        }
        self.content: set[str] = {"content"}
        self.date: set[str] = set(DATES)
        before = 0
        while before < (before := len(self.content) + len(self.date)):
            for node in found:
                self._flow(node)

    def _flow(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Call):
            self._handed(node)
            return
        target: nodes.Node
        value: nodes.Node
        if isinstance(node, nodes.Assign):
            target, value = node.target, node.node
        elif isinstance(node, nodes.For):
            target, value = node.target, node.iter
        else:
            return
        name = _slot(target)
        if name:
            if self.reads_content(value):
                self.content.add(name)
            if self.reads_date(value):
                self.date.add(name)

    def _handed(self, node: nodes.Call) -> None:
        """Follow the arguments of a macro into its body."""
        if not isinstance(node.node, nodes.Name):
            return
        for parameter, value in zip(
            self.macros.get(node.node.name, ()), node.args, strict=False
        ):
            if self.reads_content(value):
                self.content.add(parameter.name)

    def reads_content(self, node: nodes.Node) -> bool:
        return self._reads(node, self.content, "content")

    def reads_date(self, node: nodes.Node) -> bool:
        return self._reads(node, self.date, "date")

    def _reads(self, root: nodes.Node, tainted: set[str], what: str) -> bool:
        todo: list[nodes.Node] = [root]
        while todo:
            self.budget.step()
            node = todo.pop()
            key = _key(node)
            if key in STRUCTURE:
                continue
            if what == "content" and key in ("content", "text"):
                return True
            slot = _slot(node)
            if slot and slot in tainted:
                return True
            # Conditions inside an expression choose a value; they are not the value.
            todo.extend(
                part
                for part in children(node)
                if not (isinstance(node, nodes.CondExpr) and part is node.test)
                and not isinstance(part, nodes.Test | nodes.Compare)
            )
        return False


def branches(
    root: nodes.Template, budget: Budget
) -> tuple[tuple[TemplateBranch, ...], bool]:
    """Return the literal text that depends on content or on the date.

    Returns:
        The branches, and whether these are all.

    Raises:
        OverBudgetError: The template is too large.
    """
    found = list(walk(root, budget))
    taint = _Taint(found, budget)
    made: list[TemplateBranch] = []
    texts = visits = 0
    for node in found:
        if len(made) >= MOST or texts >= TEXTS or visits >= VISITS:
            return tuple(made), False
        made.extend(_rewritten(node, taint))
        if not isinstance(node, nodes.If | nodes.CondExpr):
            continue
        emitted, visited = _emitted(node, budget)
        visits += visited
        if not emitted:
            continue
        for on, triggers in _conditions(node.test, taint):
            texts += len(emitted) + len(triggers)
            made.append(
                TemplateBranch(
                    on="date" if on == "date" else "content",
                    triggers=triggers,
                    emitted=emitted,
                    line=node.lineno or 0,
                )
            )
    return tuple(made), True


def _rewritten(node: nodes.Node, taint: _Taint) -> Iterator[TemplateBranch]:
    """Yield a word of a message that the template puts another one in the place of."""
    base: nodes.Node | None = None
    if isinstance(node, nodes.Filter) and node.name == "replace":
        base = node.node
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        base = node.node.node if node.node.attr == "replace" else None
    if base is None or not isinstance(node, nodes.Filter | nodes.Call):
        return
    texts = [part.value for part in node.args[:2] if isinstance(part, nodes.Const)]
    worded = len(texts) == PAIR and all(isinstance(text, str) for text in texts)
    if worded and all(texts) and taint.reads_content(base):
        old, new = map(str, texts)
        yield TemplateBranch(
            on="content", triggers=(old,), emitted=(new,), line=node.lineno or 0
        )


def literals(root: nodes.Template, budget: Budget) -> tuple[TemplateLiteral, ...]:
    """Return the literal text of a template, in order.

    Raises:
        OverBudgetError: The template is too large.
    """
    made: list[TemplateLiteral] = []
    for node in walk(root, budget):
        if isinstance(node, nodes.Output):
            made.extend(_output(node))
        elif isinstance(node, nodes.Assign):
            made.extend(
                TemplateLiteral(text=text, line=node.lineno or 0)
                for text in _constants(node.node)
            )
    return tuple(part for part in made if part.text.strip())


def _output(node: nodes.Output) -> Iterator[TemplateLiteral]:
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
            for text in _constants(part):
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
        for text in _constants(part):
            yield TemplateLiteral(text=text, line=node.lineno, before_value=followed)


def _constants(root: nodes.Node) -> Iterator[str]:
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


def _emitted(
    node: nodes.If | nodes.CondExpr, budget: Budget
) -> tuple[tuple[str, ...], int]:
    """Return the literal texts under a condition, and the nodes looked at for them.

    Those of its other side are included.
    """
    if isinstance(node, nodes.CondExpr):
        return tuple(dict.fromkeys(_constants(node))), 1
    found: dict[str, None] = {}
    visited = 0
    for top in (*node.body, *node.elif_, *node.else_):
        for part in walk(top, budget):
            visited += 1
            if isinstance(part, nodes.Output):
                for literal in _output(part):
                    if literal.text.strip():
                        found[literal.text.strip()] = None
            elif isinstance(part, nodes.Assign | nodes.ExprStmt):
                found.update(dict.fromkeys(_constants(part.node)))
    return tuple(found), visited


def _conditions(
    test: nodes.Node, taint: _Taint
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a condition reads, with the constants that it compares with."""
    todo: list[nodes.Node] = [test]
    while todo:
        taint.budget.step()
        node = todo.pop()
        compared = _compared(node)
        if compared is None:
            todo.extend(children(node))
            continue
        parts, constants = compared
        for on, reads in (("date", taint.reads_date), ("content", taint.reads_content)):
            if any(reads(part) for part in parts):
                yield on, tuple(constants)
                break


def _compared(node: nodes.Node) -> tuple[list[nodes.Node], list[str]] | None:
    """Return the operands of a comparison and the constants among them."""
    parts: list[nodes.Node]
    if isinstance(node, nodes.Compare):
        parts = [node.expr, *(operand.expr for operand in node.ops)]
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        if node.node.attr not in SEARCHES:
            return None
        parts = [node.node.node, *node.args]
    elif isinstance(node, nodes.Test | nodes.Filter):
        searches = COMPARING_TESTS if isinstance(node, nodes.Test) else SEARCHES
        if node.name not in searches or node.node is None:
            return None
        parts = [node.node, *node.args]
    else:
        return None
    constants = [text for part in parts for text in _compared_texts(part)]
    return parts, constants


def _compared_texts(node: nodes.Node) -> Iterator[str]:
    """Yield constants to compare with: a text, a number, or a list of them."""
    todo: list[nodes.Node] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, nodes.Const) and part.value not in (None, True, False, ""):
            yield str(part.value)
        elif isinstance(part, nodes.List | nodes.Tuple):
            todo.extend(part.items)
        elif isinstance(part, nodes.Call) and isinstance(part.node, nodes.Getattr):
            todo.append(part.node.node)
            if part.node.attr in SEARCHES:
                todo.extend(part.args)
        elif isinstance(part, nodes.Filter) and part.node is not None:
            todo.append(part.node)
        elif isinstance(part, nodes.Add | nodes.Sub):
            todo.extend((part.left, part.right))


def _key(node: nodes.Node) -> str:
    """Return the constant key that an expression looks up, or an empty string."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return node.arg.value if isinstance(node.arg.value, str) else ""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        first = node.args[0] if node.args else None
        if node.node.attr == "get" and isinstance(first, nodes.Const):
            return str(first.value)
    return ""


def _slot(node: nodes.Node) -> str:
    """Return the variable an expression names: `x`, or `ns.x` of a namespace."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.NSRef):
        return f"{node.name}.{node.attr}"
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""
