"""A model card carries scripts, or text that its readers do not see.

## What it does

Looks for HTML that a browser runs, `javascript:` addresses and event handlers in
Markdown files, and for invisible characters that spell a text.

## Why it matters

A card is rendered by hubs, editors, notebooks and internal portals; not all of them
remove scripts. A script in a card acts with the reader's session. Text in invisible
characters is read by language models that are given the card, and by nobody else.

## How it is measured

Outside of code blocks and inline code, where such text is only shown. Scripts, event
handlers, `javascript:` and `data:text/html` fail, and so do characters of the Unicode
tag block that spell words (the flags of England, Scotland and Wales are spelled with
them and are left out). A frame that embeds another page is a review.

## What to do

Remove the markup; link to a page instead.

## Known limits

Whether a renderer would run the script is not known. HTML and SVG files are programs of
the browser by nature; scripts in them are a review of low severity.

## References

- CWE-79, cross-site scripting
- https://www.unicode.org/charts/PDF/UE0000.pdf
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Prose
from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Subject

CODE: Final = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)`*~*[ \t]*$|\Z)|`[^`\n]+`|^(?: {4}|\t).*$"
    r"|<(?P<tag>pre|code)\b.*?</(?P=tag)>",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
RUNS: Final = re.compile(
    r"<\s*script\b[^>]*>|(?:href|src|action|data)\s*=\s*[\"']?\s*(?:javascript|vbscript):"
    r"|\]\(\s*<?\s*(?:javascript|vbscript|data:text/html):?"
    r"|<[a-z][^<>]{0,500}\son[a-z]{3,20}\s*=|data:text/html|<[^<>]{0,300}\bsrcdoc\s*=",
    re.IGNORECASE,
)
EMBEDS: Final = re.compile(
    r"<\s*(?:iframe|object|embed|form|meta\s+http-equiv)\b[^>]*>", re.IGNORECASE
)
TAGS: Final = re.compile("[\U000e0020-\U000e007f]{4,}")
FLAG: Final = "\U0001f3f4"
HIDDEN: Final = re.compile(
    r"<[^<>]{0,300}style\s*=\s*[\"'][^\"']*(?:display\s*:\s*none|font-size\s*:\s*0"
    r"|visibility\s*:\s*hidden)",
    re.IGNORECASE,
)
SHOWN: Final = 200
FIX: Final = "remove the markup; link to a page instead"


class CardCarriesScript(Check[Prose]):
    """Judges markup in texts for people."""

    id: ClassVar[str] = "card-carries-script"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a model card carries a script or hidden text"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Prose,)

    def run(self, subject: Prose, context: Context) -> Iterator[Finding]:
        """Yield a finding per kind of markup."""
        text = subject.source
        if subject.format == "markdown":
            text = CODE.sub(lambda match: "\n" * match.group().count("\n"), text)
        page = subject.format == "html"
        for pattern, title, severity in (
            (RUNS, "a card carries a script", Severity.LOW if page else self.severity),
            (EMBEDS, "a card embeds another page", Severity.LOW),
            (HIDDEN, "a card holds text that is not shown", Severity.LOW),
        ):
            match = pattern.search(text)
            if match:
                yield self._found(subject, text, match, title, severity)
        for match in TAGS.finditer(subject.source):
            if subject.source[match.start() - 1 : match.start()] != FLAG:
                plain = "".join(chr(ord(one) - 0xE0000) for one in match.group())
                title = "a card spells a text in invisible characters"
                yield self.finding(
                    subject,
                    title,
                    Quote(text=plain[:SHOWN], line=_line(subject.source, match)),
                    fix="remove the characters",
                )
                return

    def _found(
        self,
        subject: Prose,
        text: str,
        match: re.Match[str],
        title: str,
        severity: Severity,
    ) -> Finding:
        return self.finding(
            subject,
            title,
            Quote(text=match.group()[:SHOWN], line=_line(text, match)),
            fix=FIX,
            severity=severity,
            live="whatever shows the card without removing scripts",
        )


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1
