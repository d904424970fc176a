"""A tokenizer replaces words or addresses, or can be stalled by a short prompt.

## What it does

Looks at the normalizer, pre-tokenizer, post-processor and decoder of `tokenizer.json`
for replacements that change words or web addresses, and for regular expressions that
can take exponential time.

## Why it matters

The normalizer sees every prompt and the decoder every answer. A rule that turns
`https://bank.example` into another address, or `safe` into `unsafe`, changes what users
read while weights and code are untouched. A regular expression such as `(a+)+$` stops
the server with one short prompt.

## How it is measured

A replacement fails when a web address or a host stands in its pattern or its content.
One word replaced by another is a review. Signs, spaces and the marks of tokenizers
(`▁`, `Ġ`, quotation marks) are silent: that is what normalizers are for. Regular
expressions are judged by structure: a repetition fails whose rounds can be cut in many
ways.

## What to do

Take the tokenizer of the original publisher; compare the two files.

## Known limits

Vocabularies are not judged: a token may be any text. Replacements through a table
(`Precompiled`) are not decoded.

## References

- https://huggingface.co/docs/tokenizers/components
- CWE-1333, inefficient regular expression complexity; CWE-506
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from openvet.artifacts import Config
from openvet.check import Check, Context
from openvet.finding import Confidence, Finding, Quote, Severity
from openvet.formats.regex import exponential
from openvet.subject import Subject

PARTS: Final = ("normalizer", "pre_tokenizer", "post_processor", "decoder")
ADDRESS: Final = re.compile(
    r"https?|www\\?\.|://|\b[a-z0-9-]{2,}\\?\.(?:com|org|net|io|ai|co|dev|ru|cn|info|xyz"
    r"|example|invalid|test|app|gov|edu)\b",
    re.IGNORECASE,
)
WORD: Final = re.compile(r"[^\W\d_]{3,}")
MARKS: Final = re.compile(r"<[^<>]*>|\\[a-zA-Z]|\{[^}]*\}|\[[^\]]*\]")
STEPS: Final = 10_000
SHOWN: Final = 200
FIX: Final = "take the tokenizer of the original publisher"


class TokenizerRewritesText(Check[Config]):
    """Judges replacements and expressions of a tokenizer."""

    id: ClassVar[str] = "tokenizer-rewrites-text"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a tokenizer changes words, or can be stalled"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Config,)

    def run(self, subject: Config, context: Context) -> Iterator[Finding]:
        """Yield a finding for each replacement and expression."""
        data = subject.data
        if not isinstance(data, dict) or not any(part in data for part in PARTS):
            return
        for key, node in _nodes({part: data.get(part) for part in PARTS}):
            if node.get("type") == "Replace":
                yield from self._replacement(subject, key, node)
            expression = node.get("Regex")
            if isinstance(expression, str):
                yield from self._expression(subject, key, expression)

    def _replacement(
        self, subject: Config, key: str, node: dict[str, Any]
    ) -> Iterator[Finding]:
        pattern, content = _text(node.get("pattern")), _text(node.get("content"))
        address = ADDRESS.search(pattern) or ADDRESS.search(content)
        words = WORD.search(MARKS.sub("", pattern)) and WORD.search(
            MARKS.sub("", content)
        )
        if not address and not words:
            return
        yield self.finding(
            subject,
            "a tokenizer replaces web addresses"
            if address
            else "a tokenizer replaces words",
            Quote(text=f"{pattern!r} becomes {content!r}"[:SHOWN], key=key),
            fix=FIX,
            severity=self.severity if address else Severity.MEDIUM,
            live="tokenizers, for every prompt or answer",
        )

    def _expression(
        self, subject: Config, key: str, expression: str
    ) -> Iterator[Finding]:
        part = exponential(expression)
        if part:
            yield self.finding(
                subject,
                "a tokenizer's regular expression can take exponential time",
                Quote(text=part[:SHOWN], key=key),
                fix=FIX,
                confidence=Confidence.MEDIUM,
                live="tokenizers, at a prompt made for it",
            )


def _nodes(root: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object with its path, without recursion."""
    todo: list[tuple[str, Any]] = [("", root)]
    for _ in range(STEPS):
        if not todo:
            return
        key, node = todo.pop()
        if isinstance(node, dict):
            if key:
                yield key, node
            todo.extend(
                (f"{key}.{name}".lstrip("."), part) for name, part in node.items()
            )
        elif isinstance(node, list):
            todo.extend((f"{key}[{n}]", part) for n, part in enumerate(node[:STEPS]))


def _text(value: object) -> str:
    """Return the text of a pattern in any of its shapes."""
    if isinstance(value, dict):
        value = value.get("String", value.get("Regex", ""))
    return value if isinstance(value, str) else ""
