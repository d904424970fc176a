"""A chat template is built to use up the time or memory of the server that renders it.

## What it does

Adds up how often the loops of a template run where their ranges are constants, and how
long a text becomes that is multiplied or padded by a constant, or joined to itself.

## Why it matters

`{% for i in range(99999) %}` twice inside itself renders ten thousand million times;
`'a' * 10**9` takes a gigabyte. Every request of every user pays for it, and one request
is enough to stop a server.

## How it is measured

By arithmetic on the syntax tree; the template is not rendered. Loops inside loops
multiply, and a text that is joined to itself doubles in every turn. One million
repetitions or characters ask for a review, ten million fail: the longest templates in
use loop over messages and tools and have no constant range beyond a few dozen.

## What to do

Replace the template by that of the original publisher.

## Known limits

Loops over messages are as long as the conversation and are not counted. Recursion of a
macro is not followed; Python's own limit ends it. `transformers` and Jinja's sandbox
refuse a `range` above 100,000, but not two nested ones below it.

## References

- CWE-400, uncontrolled resource consumption
- `MAX_RANGE` in `jinja2/sandbox.py`
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import TemplateSyntax
from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

REVIEW: Final = 1_000_000
FAIL: Final = 10_000_000
FIX: Final = "use the original publisher's template"


class TemplateResourceAbuse(Check[TemplateSyntax]):
    """Judges constant repetition in a template."""

    id: ClassVar[str] = "template-resource-abuse"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "a chat template uses up time or memory"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (TemplateSyntax,)

    def run(self, subject: TemplateSyntax, context: Context) -> Iterator[Finding]:
        """Yield a finding for the largest repetition, if it is large."""
        uses = [use for use in subject.uses if use.kind == "repetition"]
        if not uses:
            return
        worst = max(uses, key=lambda use: use.amount)
        if worst.amount >= REVIEW:
            yield self.finding(
                subject,
                f"a template repeats something {worst.amount:,} times",
                Quote(text=worst.detail, line=worst.line),
                fix=FIX,
                severity=self.severity if worst.amount >= FAIL else Severity.MEDIUM,
                live="any renderer, at the first request",
            )
