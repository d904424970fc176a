"""A chat template reaches for the interpreter behind the renderer.

## What it does

Reads the syntax tree of every Jinja template of a model - in `tokenizer_config.json`,
processor configurations, `chat_template.json`, `*.jinja` files and GGUF metadata - and
reports expressions that lead from text to Python objects: names that begin with an
underscore, the `attr` filter, objects such as `lipsum` or `request`, names put together
from pieces so that they cannot be searched for, and templates that load others.

## Why it matters

A template is a program that a server runs for every request. Where the renderer is not
sandboxed, `''.__class__.__mro__[1].__subclasses__()` is the first step to a shell:
CVE-2024-34359 ran commands on whoever loaded a GGUF file with llama-cpp-python up to
0.2.71. `transformers` renders in an immutable sandbox and refuses such a template;
other consumers (gateways, GUIs, home-made servers) often do not.

## How it is measured

The template is parsed by Jinja's own parser and never rendered. Constant expressions
are folded first, so `'__cl' ~ 'ass__'`, `'%c' % 95`, reversed and joined texts count as
what they spell. Access to a private name, the `attr` filter or a built name is
critical. Include, import and extends are high. Filters, tests, functions and methods
that chat templates do not use are one review finding of medium severity. What stands on
one line is told once, by its strongest reason.

## What to do

Do not serve the model with this template. Take the template of the original
publisher, or render only with `jinja2.sandbox.ImmutableSandboxedEnvironment`.

## Known limits

A name that is computed from a message at run time cannot be folded; it is reported as
computed when text with an underscore is part of it. A filter or function that some
server adds to its own renderer is unknown here and asks for a review.

## References

- CVE-2024-34359: llama-cpp-python 0.2.30 to 0.2.71 rendered without a sandbox
- https://jinja.palletsprojects.com/en/stable/sandbox/
- CWE-1336, improper neutralization of special elements used in a template engine
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import TemplateSyntax, TemplateUse
from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

ESCAPES: Final = {
    "private-name": "reads a private attribute, the way out of a template",
    "attribute-filter": "looks up attributes by a text, past the renderer's own check",
    "built-name": "builds a private name from pieces",
    "escape-object": "uses an object that leads to the interpreter",
    "escape-name": "uses a name that only the interpreter has",
}
HIGH: Final = {
    "computed-name": "looks up a name that it puts together",
    "foreign-template": "loads another template",
}
UNUSUAL: Final = {
    "unknown-filter": "filter",
    "unknown-test": "test",
    "unknown-method": "method",
    "unknown-call": "function",
}
SHOWN: Final = 5
COMPARED: Final = 200
LAST: Final = 99
FIX: Final = (
    "use the original publisher's template, or render only in Jinja's immutable sandbox"
)
LIVE: Final = (
    "renderers without a sandbox, such as llama-cpp-python 0.2.30 to 0.2.71"
    " (CVE-2024-34359); transformers renders in a sandbox"
)


class TemplateInjection(Check[TemplateSyntax]):
    """Judges what a template uses."""

    id: ClassVar[str] = "template-injection"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "a chat template reaches for the interpreter"
    severity: ClassVar[Severity] = Severity.CRITICAL
    subjects: ClassVar[tuple[type[Subject], ...]] = (TemplateSyntax,)

    def run(self, subject: TemplateSyntax, context: Context) -> Iterator[Finding]:
        """Yield one finding per way out, and one for all that is unusual elsewhere."""
        ranks = {kind: rank for rank, kind in enumerate(ESCAPES | HIGH)}
        strongest: dict[int, str] = {}
        for use in sorted(subject.uses, key=lambda use: ranks.get(use.kind, LAST)):
            if use.kind in ranks:
                strongest.setdefault(use.line, use.kind)
        for kind, words in (ESCAPES | HIGH).items():
            uses = [use for use in subject.uses if strongest.get(use.line) == kind]
            if uses:
                yield self.finding(
                    subject,
                    f"a template {words}",
                    *_quotes(uses, ranks),
                    fix=FIX,
                    severity=self.severity if kind in ESCAPES else Severity.HIGH,
                    live=LIVE,
                )
        unusual = [
            use
            for use in subject.uses
            if use.kind in UNUSUAL and use.line not in strongest
        ]
        if unusual:
            yield self.finding(
                subject,
                "a template uses what chat templates do not use",
                *_quotes(unusual, ranks),
                fix="look at the expressions; a server without them fails to render",
                severity=Severity.MEDIUM,
            )


def _quotes(uses: list[TemplateUse], ranks: dict[str, int]) -> list[Quote]:
    """Return what the uses look like, the worst first; of a chain, the whole."""
    wholes = [
        use
        for use in uses
        if use.kind != "repetition"
        and not any(
            other.detail != use.detail
            and other.line == use.line
            and other.detail.startswith(use.detail)
            for other in uses[:COMPARED]
        )
    ]
    wholes.sort(key=lambda use: ranks.get(use.kind, LAST))
    shown = [
        Quote(
            text=f"{UNUSUAL[use.kind]} {use.detail}"
            if use.kind in UNUSUAL
            else use.detail,
            line=use.line,
        )
        for use in wholes[: SHOWN * SHOWN]
    ]
    return list(dict.fromkeys(shown))[:SHOWN]
