"""Parsing a template, and walking it without recursion."""

from collections.abc import Iterator
from typing import Any, Final

from jinja2 import Environment, TemplateError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser

from openvet.budget import Budget
from openvet.subject import Gap

LONGEST: Final = 1 << 20
"""Characters of a template; the longest in use has about 30,000."""
TOKENS: Final = 50_000
"""Tokens of a template: names, signs and the text between them."""
_LEAVES: Final = (nodes.Name, nodes.Const, nodes.TemplateData)
STEP: Final = 1024
DEEPEST: Final = 10_000


class GenerationTag(Extension):
    """Accepts `{% generation %}…{% endgeneration %}`, which marks trained text.

    The tag belongs to `transformers` (`apply_chat_template` with
    `return_assistant_tokens_mask`); only its body matters here.
    """

    tags: set[str] = {"generation"}  # noqa: RUF012 - as declared by the base class

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """Return the body of the tag."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _TooManyTokensError(Exception):
    pass


class Bounded(Extension):
    """Stops the parser at some number of tokens: it has no limit of its own."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens.

        Raises:
            _TooManyTokensError: There are more than `TOKENS`.
        """
        for number, token in enumerate(stream):
            if number >= TOKENS:
                raise _TooManyTokensError
            yield token


_ENVIRONMENT: Final = Environment(  # noqa: S701 - it parses and never renders
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=[loopcontrols, GenerationTag, Bounded, "jinja2.ext.do"],
)


def parse(source: str) -> tuple[nodes.Template | None, tuple[Gap, ...]]:
    """Return the syntax tree of a template, or why there is none."""
    if len(source) > LONGEST:
        detail = f"a template of {len(source)} characters"
        return None, (Gap(reason="over-budget", detail=detail),)
    try:
        return _ENVIRONMENT.parse(source), ()
    except _TooManyTokensError:
        detail = f"a template of more than {TOKENS} tokens"
        return None, (Gap(reason="over-budget", detail=detail),)
    except TemplateError as error:
        line = getattr(error, "lineno", 0) or 0
        detail = f"not a template that Jinja parses: line {line}: {error}"
    except RecursionError:
        detail = "the template is nested too deeply for Jinja's parser"
    except (ValueError, OverflowError, UnicodeError, AssertionError) as error:
        detail = f"not a template that Jinja parses: {error}"
    return None, (Gap(reason="broken", detail=detail[:500]),)


def walk(root: nodes.Node, budget: Budget) -> Iterator[nodes.Node]:
    """Yield every node below `root` in document order, itself first.

    Raises:
        OverBudgetError: There are too many.
    """
    stack: list[nodes.Node] = [root]
    count = 0
    while stack:
        node = stack.pop()
        count += 1
        if count % STEP == 0:
            budget.step(STEP)
        yield node
        stack.extend(reversed(children(node)))


def children(node: nodes.Node) -> list[nodes.Node]:
    """Return the nodes directly below one, in document order."""
    found: list[nodes.Node] = []
    if isinstance(node, _LEAVES):
        return found
    for name in node.fields:
        value: Any = getattr(node, name, None)
        if isinstance(value, nodes.Node):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(part for part in value if isinstance(part, nodes.Node))
    return found


def spelled(node: nodes.Node | None, depth: int = 0) -> str:  # noqa: PLR0911 - one per kind
    """Return an expression roughly as it was written, for people."""
    if node is None or depth > 6:  # noqa: PLR2004 - nobody reads further
        return "…"
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Const):
        return repr(node.value)[:80]
    if isinstance(node, nodes.Getattr):
        return f"{spelled(node.node, depth + 1)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{spelled(node.node, depth + 1)}[{spelled(node.arg, depth + 1)}]"
    if isinstance(node, nodes.Call):
        inside = ", ".join(spelled(part, depth + 1) for part in node.args[:3])
        return f"{spelled(node.node, depth + 1)}({inside})"
    if isinstance(node, nodes.Filter):
        return f"{spelled(node.node, depth + 1)}|{node.name}"
    return type(node).__name__.lower()
