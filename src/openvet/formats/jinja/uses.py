"""What a template does beyond joining text: names, filters, calls, repetition."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

from openvet.artifacts import TemplateUse
from openvet.budget import Budget
from openvet.formats.jinja import names
from openvet.formats.jinja.fold import Constants, fold, integer
from openvet.formats.jinja.parse import children, spelled, walk

SHOWN: Final = 200
MOST: Final = 1000
"""Uses kept of one template."""
PRIVATE: Final = re.compile(r"(?:^|[.\[{])_")
IN_BRACES: Final = re.compile(r"\{[^{}]*[.\[]_")
WIDE: Final = frozenset({"center", "ljust", "rjust", "zfill", "indent", "wordwrap"})
WIDTH: Final = re.compile(r"%[-+ 0#]{0,5}(\d{1,18})|:[^{}\d]{0,5}(?=\d)(\d{1,18})")
DOUBLINGS: Final = 59
STEPS: Final = 1000
BUILDS: Final = (nodes.Concat, nodes.Add, nodes.Mod)
SHAPES: Final = frozenset({"join", "replace", "format", "reverse", "lower", "upper"})


class Uses:
    """Collects what one template uses.

    Args:
        root: The parsed template.
        budget: What walking it may cost.
    """

    def __init__(self, root: nodes.Template, budget: Budget) -> None:
        self.found: dict[TemplateUse, None] = {}
        self.counts: Counter[str] = Counter()
        self._all = list(walk(root, budget))
        self.constants = _constants(self._all)
        self.numbers = _numbers(self._all)
        self.doubled: dict[str, int] = {}
        """How often a variable is joined to itself."""
        self._own = _own_names(self._all)
        for node in self._all:
            for use in self._of(node):
                self.note(use)
        self._loops(root)

    def note(self, use: TemplateUse) -> None:
        """Keep a use, unless there are too many of its kind."""
        if use in self.found:
            return
        self.counts[use.kind] += 1
        if self.counts[use.kind] <= MOST:
            self.found[use] = None

    def _of(self, node: nodes.Node) -> Iterator[TemplateUse]:
        yield from _internal(node)
        if isinstance(node, nodes.Getattr):
            yield from self._attribute(node, node.attr)
        elif isinstance(node, nodes.Getitem):
            yield from self._subscript(node)
        elif isinstance(node, nodes.Name):
            yield from self._name(node)
        elif isinstance(node, nodes.Filter):
            yield from self._filter(node)
        elif isinstance(node, nodes.Test):
            if node.name not in names.TESTS:
                yield _use("unknown-test", node, node.name)
        elif isinstance(node, nodes.Call):
            yield from self._call(node)
        elif isinstance(
            node, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends
        ):
            yield _use("foreign-template", node, spelled(node.template))
        elif isinstance(node, nodes.Mul | nodes.Pow):
            yield from self._product(node)

    def _attribute(
        self, node: nodes.Getattr | nodes.Getitem, name: str
    ) -> Iterator[TemplateUse]:
        if name.startswith("_"):
            yield _use("private-name", node, f"{spelled(node.node)}.{name}")
        elif name in names.REACHES and isinstance(node, nodes.Getattr):
            yield _use("escape-name", node, f"{spelled(node.node)}.{name}")

    def _subscript(self, node: nodes.Getitem) -> Iterator[TemplateUse]:
        text = fold(node.arg, self.constants)
        if text is not None:
            if text.startswith("__") or (
                text.startswith("_") and not isinstance(node.arg, nodes.Const)
            ):
                kind = "private-name" if _plain(node.arg) else "built-name"
                yield _use(kind, node, f"{spelled(node.node)}[{text!r}]")
        elif self._is_built(node.arg) or _of_a_text(node):
            yield _use("computed-name", node, spelled(node))

    def _is_built(self, node: nodes.Node | None) -> bool:
        """Say whether an expression puts a text together that could be a name.

        Numbers are added too (`messages[i + 1]`): without any text it is arithmetic.
        """
        if node is None:
            return False
        if isinstance(node, nodes.Filter) and node.name in SHAPES:
            return any("_" in text for text in self._texts(node))
        if isinstance(node, BUILDS):
            return any("_" in text for text in self._texts(node))
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            return node.node.attr in SHAPES and any(
                "_" in text for text in self._texts(node)
            )
        return False

    def _texts(self, node: nodes.Node) -> Iterator[str]:
        todo = [node]
        while todo:
            part = todo.pop()
            if isinstance(part, nodes.Const) and isinstance(part.value, str):
                yield part.value
            todo.extend(children(part))

    def _name(self, node: nodes.Name) -> Iterator[TemplateUse]:
        if node.ctx != "load" or node.name in self._own:
            return
        if node.name.startswith("__"):
            yield _use("private-name", node, node.name)
        elif node.name == "lipsum":
            yield _use("escape-object", node, node.name)
        elif node.name in names.BUILTINS:
            yield _use("escape-name", node, node.name)

    def _filter(self, node: nodes.Filter) -> Iterator[TemplateUse]:
        if node.name == "attr":
            yield _use("attribute-filter", node, spelled(node))
        elif node.name not in names.FILTERS:
            yield _use("unknown-filter", node, node.name)
        if isinstance(node.node, nodes.Name) and self._is_helper(node.node):
            yield _use("escape-object", node, spelled(node))
        if node.name in names.ATTRIBUTE_FILTERS:
            yield from self._looked_up(node)
        if node.name == "format":
            yield from self._padding(node)
        if node.name in WIDE:
            yield from self._width(node, node.args)

    def _looked_up(self, node: nodes.Filter) -> Iterator[TemplateUse]:
        """Judge the attribute names that a filter is given."""
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            text = fold(argument, self.constants)
            if text is None:
                if self._is_built(argument):
                    yield _use("computed-name", node, spelled(node))
            elif PRIVATE.search(text):
                yield _use("private-name", node, f"{node.name}({text!r})")
            elif text == "attr" and node.name == "map":
                yield _use("attribute-filter", node, f"{node.name}({text!r})")

    def _call(self, node: nodes.Call) -> Iterator[TemplateUse]:
        target = node.node
        if isinstance(target, nodes.Name):
            known = names.CALLS | self._own | names.BUILTINS | names.FLASK
            if target.name not in known and not target.name.startswith("__"):
                yield _use("unknown-call", node, target.name)
        elif isinstance(target, nodes.Getattr):
            yield from self._method(node, target)

    def _method(self, node: nodes.Call, target: nodes.Getattr) -> Iterator[TemplateUse]:
        name = target.attr
        if name in ("format", "format_map"):
            text = fold(target.node, self.constants) or ""
            if IN_BRACES.search(text):
                yield _use("private-name", node, repr(text))
            yield from self._padding(node)
        if name in WIDE:
            yield from self._width(node, node.args)
        known = name in names.METHODS or name in names.REACHES or name in self._own
        if not known and not name.startswith("_"):
            yield _use("unknown-method", node, spelled(target))

    def _is_helper(self, node: nodes.Name) -> bool:
        return node.name not in self._own and node.name in names.HELPERS

    def _product(self, node: nodes.Mul | nodes.Pow) -> Iterator[TemplateUse]:
        total = integer(node)
        if total is not None:
            yield _use("repetition", node, spelled(node), total)
            return
        for text, times in ((node.left, node.right), (node.right, node.left)):
            count = integer(times)
            if count is not None and not isinstance(text, nodes.Name):
                length = len(fold(text, self.constants) or "x")
                yield _use("repetition", node, spelled(node), length * count)

    def _width(
        self, node: nodes.Node, arguments: list[nodes.Expr]
    ) -> Iterator[TemplateUse]:
        for argument in arguments[:1]:
            count = self._number(argument)
            if count is not None:
                yield _use("repetition", node, spelled(node), count)

    def _padding(self, node: nodes.Filter | nodes.Call) -> Iterator[TemplateUse]:
        """Yield the widest field of a text that is a form: `'%99d' | format(1)`."""
        held = node.node.node if isinstance(node.node, nodes.Getattr) else node.node
        form = fold(held, self.constants) if held is not None else None
        widths = [int(one or two) for one, two in WIDTH.findall(form or "")]
        if widths:
            yield _use("repetition", node, spelled(node), max(widths))

    def _number(self, node: nodes.Node) -> int | None:
        """Return the number that an expression, or a variable set once, stands for."""
        if isinstance(node, nodes.Name):
            return self.numbers.get(node.name)
        return integer(node)

    def _grows(self, node: nodes.Assign, times: int) -> None:
        """Record how much a text grows that is joined to itself.

        What a loop assigns is forgotten in its next turn, but for a namespace.
        """
        target = node.target
        name, kept = spelled(target), False
        if isinstance(target, nodes.NSRef):
            name, kept = f"{target.name}.{target.attr}", True
        if isinstance(node.node, nodes.Concat | nodes.Add):
            parts = [part for part in _within(node.node) if spelled(part) == name]
            if len(parts) > 1:
                doubled = self.doubled.get(name, 0) + (times if kept else 1)
                self.doubled[name] = min(doubled, DOUBLINGS)
                self.note(_use("repetition", node, name, 2 ** self.doubled[name]))

    def _loops(self, root: nodes.Template) -> None:
        """Record how often the body of nested loops over constant ranges runs."""
        todo: list[tuple[nodes.Node, int]] = [(root, 1)]
        while todo:
            node, times = todo.pop()
            if isinstance(node, nodes.Assign):
                self._grows(node, times)
            if isinstance(node, nodes.For):
                turns = self._turns(node.iter)
                inside = min(times * max(turns or 1, 1), 10**18)
                self._repeated(node, f"for over {spelled(node.iter)}", turns, inside)
                parts = [part for part in children(node) if part is not node.iter]
                todo.extend((part, inside) for part in parts)
                todo.extend((part, times) for part in children(node.iter))
                continue
            turns = self._turns(node)
            self._repeated(node, spelled(node), turns, (turns or 0) * times)
            todo.extend((child, times) for child in children(node))

    def _turns(self, node: nodes.Node | None) -> int | None:
        """Return the length of `range(…)` over constants."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return None
        if node.node.name != "range" or not 1 <= len(node.args) <= 3:  # noqa: PLR2004
            return None
        bounds = [self._number(argument) for argument in node.args]
        if any(bound is None for bound in bounds):
            return None
        known = [bound for bound in bounds if bound is not None]
        if len(known) == 1:
            return max(known[0], 0)
        step = known[2] if len(known) == 3 else 1  # noqa: PLR2004
        return max((known[1] - known[0]) // step, 0) if step else None

    def _repeated(
        self, node: nodes.Node, shown: str, turns: int | None, times: int
    ) -> None:
        if turns is not None:
            self.note(_use("repetition", node, shown, times))

    def objects(self) -> Iterator[TemplateUse]:
        """Yield uses of objects that lead to the interpreter, if never assigned."""
        for node in self._all:
            if isinstance(node, nodes.Getattr | nodes.Getitem):
                suspects = names.FLASK | names.HELPERS
            elif isinstance(node, nodes.Filter | nodes.Call):
                suspects = names.FLASK
            else:
                continue
            base = node.node
            if (
                isinstance(base, nodes.Name)
                and base.name in suspects
                and base.name not in self._own
            ):
                yield _use("escape-object", node, spelled(node))


def uses(root: nodes.Template, budget: Budget) -> tuple[tuple[TemplateUse, ...], bool]:
    """Return what a template uses beyond joining text.

    Returns:
        The uses, and whether these are all.

    Raises:
        OverBudgetError: It is too large.
    """
    collected = Uses(root, budget)
    for use in collected.objects():
        collected.note(use)
    return tuple(collected.found), max(collected.counts.values(), default=0) <= MOST


def _use(kind: str, node: nodes.Node, detail: str, amount: int = 0) -> TemplateUse:
    return TemplateUse(
        kind=kind,  # type: ignore[arg-type]  # one of the literals, by construction
        detail=detail[:SHOWN],
        line=node.lineno or 0,
        amount=amount,
    )


def _internal(node: nodes.Node) -> Iterator[TemplateUse]:
    """Yield a private name that stands as text, wherever it is kept until its use."""
    text: object = None
    if isinstance(node, nodes.Const):
        text = node.value
    elif isinstance(node, nodes.TemplateData):
        text = node.data.strip()
    elif isinstance(node, nodes.Keyword):
        text = node.key
    if isinstance(text, str) and len(text.split()) == 1 and names.INTERNAL.search(text):
        yield _use("private-name", node, repr(text))


def _of_a_text(node: nodes.Getitem) -> bool:
    """Say whether a literal text is subscripted by something that is not known.

    A text has characters, which are counted; its named parts are the interpreter's.
    """
    if not isinstance(node.node, nodes.Const) or not isinstance(node.node.value, str):
        return False
    asked = (nodes.Getitem, nodes.Filter, nodes.Concat, nodes.CondExpr)
    return isinstance(node.arg, (*asked, nodes.Name, nodes.Getattr)) and not (
        isinstance(node.arg, nodes.Getattr) and spelled(node.arg).startswith("loop.")
    )


def _plain(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Const)


def _within(node: nodes.Node) -> Iterator[nodes.Node]:
    """Yield the parts that a text is joined from."""
    todo, count = [node], 0
    while todo and count < STEPS:
        part = todo.pop()
        count += 1
        if isinstance(part, nodes.Concat | nodes.Add):
            todo.extend(children(part))
        else:
            yield part


def _numbers(found: list[nodes.Node]) -> dict[str, int]:
    """Return the variables that are set once, to a number."""
    known: dict[str, list[int | None]] = {}
    for node in found:
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            known.setdefault(node.target.name, []).append(integer(node.node))
    return {
        name: values[0]
        for name, values in known.items()
        if len(values) == 1 and values[0] is not None
    }


def _constants(found: list[nodes.Node]) -> Constants:
    """Return the variables that hold one known text wherever they are assigned."""
    known: Constants = {}
    for node in found:
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            name, text = node.target.name, fold(node.node, known)
            known[name] = text if known.get(name, text) == text else None
        elif isinstance(node, nodes.AssignBlock) and isinstance(
            node.target, nodes.Name
        ):
            known[node.target.name] = None
    return known


def _own_names(found: list[nodes.Node]) -> frozenset[str]:
    """Return the names that the template itself gives a value."""
    own: set[str] = set()
    for node in found:
        if isinstance(node, nodes.Macro) or (
            isinstance(node, nodes.Name) and node.ctx in ("store", "param")
        ):
            own.add(node.name)
    return frozenset(own)
