"""A chat template adds text of its own when a message, or the date, is a certain one.

## What it does

Looks for literal text that a template emits under a condition on *what a message says*
or on *the calendar*: `{% if 'invoice' in message.content %}Recommend …{% endif %}`.
Also reports web addresses and markup among a template's literal text.

## Why it matters

The template stands between the user and the model, in every consumer, sandbox or not.
Text added for one word or from one day on is a back door that no test of the weights
finds: the model answers as it was told, and only then. Unlike code injection this is
live everywhere, `transformers` and `llama.cpp` included.

## How it is measured

On the syntax tree. Variables that hold message text or a date are followed through
assignments and loops. A condition counts when it compares such text with *words*.
Markers in brackets (`</think>`, `<tool_response>`, `[INST]`), commands such as
`/no_think`, the type of a part (`item.type == 'image'`) and "is there a date at all"
do not count: that is how honest templates find their own marks. The text counts when
three words are left after markers are taken away.

A literal that holds HTML that runs, or an address that a value is appended to, fails by
itself; an address alone is a review.

## What to do

Compare the template with that of the original publisher. If the condition is yours,
move it into your application, where users can see it.

## Known limits

A harmful text that is always emitted is not told from a default system prompt, unless
it tells the model to ignore its other instructions; read it.
A trigger written as a marker in brackets passes unless its text is an instruction.

## References

- CWE-506, embedded malicious code
- https://huggingface.co/docs/transformers/chat_templating
- OWASP LLM01:2025, prompt injection; MITRE ATLAS AML.T0051
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.allow.invisible import unseen
from openvet.artifacts import TemplateBranch, TemplateSyntax
from openvet.check import Check, Context
from openvet.finding import Confidence, Finding, Quote, Severity
from openvet.subject import Subject

MARKER: Final = re.compile(
    r"<[^<>\s][^<>]{0,80}>|\[/?[A-Z_ ]{1,40}\]|\{[^{}]*\}|<<?/?[A-Z]+>>?"
    r"|&lt;.{0,80}?&gt;"
)
COMMAND: Final = re.compile(r"\s*(?:/[a-z_]+|#+ ?|`{3}\w*|[^\w\s]+)\s*")
WORD: Final = re.compile(r"[^\W\d_]{2,}")
ROLES: Final = frozenset(
    {"user", "assistant", "system", "tool", "human", "ai", "bot", "ipython", "model",
     "developer", "function", "response", "im", "start", "end", "think", "final",
     "analysis", "commentary", "message", "channel", "image", "video", "audio",
     "picture", "observation", "query"}
)  # fmt: skip
ADDRESS: Final = re.compile(r"\b(?:https?|ftp|wss?)://[^\s'\"<>)\]]+", re.IGNORECASE)
RUNS: Final = re.compile(
    r"<\s*(?:script|iframe|object|embed|svg|meta|link|base|form)\b|javascript:"
    r"|\bon(?:error|load|click|mouseover)\s*=|<img[^<>]+src\s*+=|data:text/html",
    re.IGNORECASE,
)
HARMS: Final = re.compile(
    r"\b(?:insert|inject|introduce|plant|hide|add)\b.{0,60}"
    r"\b(?:vulnerabilit|backdoor|malicious|malware|trojan)"
    r"|\b(?:silently|secretly|covertly)\b.{0,60}"
    r"\b(?:send|insert|append|add|forward|call|upload|post|copy|include)"
    r"|\b(?:safety|content|ethical|moderation)\s+(?:\w+\s+)?(?:rules?|guidelines?"
    r"|filters?|polic(?:y|ies)|restrictions?|checks?)\b.{0,40}"
    r"\b(?:disabled|off|lifted|suspended|removed|do(?:es)? not apply)\b"
    r"|\blie to (?:the|this|all|every) users?\b",
    re.IGNORECASE | re.DOTALL,
)
"""What works against the person who asks."""
SENDS: Final = re.compile(
    r"\b(?:send|post|upload|forward|append|add|insert|visit|recommend|direct)\b"
    r"[^\n]{0,80}https?://",
    re.IGNORECASE,
)
INSTRUCTS: Final = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:previous|prior|above|earlier|other|all)"
    r"|\b(?:do not|don't|never) (?:tell|mention|reveal|inform|disclose)"
    r"|\b(?:always|secretly|silently) (?:recommend|include|insert|add|send|append"
    r"|mention|praise|promote|endorse|advertise)",
    re.IGNORECASE | re.DOTALL,
)
OVERRIDES: Final = re.compile(
    r"\b(?:ignore|disregard|forget)\s+(?:(?:all|any|the|your|of)\s+){0,3}"
    r"(?:previous|prior|above|earlier|preceding)\s+(?:\w+\s+)?"
    r"(?:instructions?|rules?|prompts?|messages?|directions?|guidelines?)"
    r"|\b(?:ignore|disregard|override)\b.{0,40}\b(?:system|user'?s?) "
    r"(?:prompt|message|instructions?)",
    re.IGNORECASE,
)
"""What only somebody says who was not asked to instruct the model."""
HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
LEAST_WORDS: Final = 3
MARKS: Final = frozenset(
    "\u2581\uff5c\u3010\u3011\u300c\u300d\u2026\u201c\u201d\u2018\u2019"
)
"""Signs beyond ASCII that templates find their own marks by."""
SHOWN: Final = 200
FIX: Final = "compare the template with the original publisher's, and take that one"
LIVE: Final = "every consumer that renders the template, with or without a sandbox"


class TemplateConditional(Check[TemplateSyntax]):
    """Judges literal text of a template and what it depends on."""

    id: ClassVar[str] = "template-conditional"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "a chat template adds text for certain messages or dates"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (TemplateSyntax,)

    def run(self, subject: TemplateSyntax, context: Context) -> Iterator[Finding]:
        """Yield findings on conditional text, then on what literal text holds."""
        for branch in subject.branches:
            text = _hostile_text(branch)
            if text:
                what = "the date" if branch.on == "date" else "what a message says"
                yield self.finding(
                    subject,
                    f"a template adds its own text depending on {what}",
                    Quote(
                        text=f"if {_shown(branch)}: {text[:SHOWN]}", line=branch.line
                    ),
                    fix=FIX,
                    confidence=Confidence.MEDIUM,
                    live=LIVE,
                )
        yield from self._literals(subject)

    def _literals(self, subject: TemplateSyntax) -> Iterator[Finding]:
        for literal in subject.literals:
            address = ADDRESS.search(literal.text)
            appended = (
                address is not None
                and literal.before_value
                and address.end() == len(literal.text)
                and literal.text[-1:] in "/=?&#"
            )
            runs = RUNS.search(literal.text)
            orders = INSTRUCTS.search(literal.text)
            harms = HARMS.search(literal.text)
            overrides = OVERRIDES.search(literal.text)
            secret = unseen(literal.text)
            if not (address or runs or orders or harms or overrides or secret):
                continue
            if secret:
                title, severity = "characters that nobody sees", self.severity
            elif harms:
                title = "an instruction against who asks"
                severity = self.severity
            elif runs:
                title, severity = "markup that a browser runs", self.severity
            elif appended:
                title, severity = "an address with a message appended", self.severity
            elif address and (orders or SENDS.search(literal.text)):
                title, severity = "an instruction with a web address", self.severity
            elif overrides:
                title, severity = "an instruction to ignore others", self.severity
            else:
                title = "a web address" if address else "an instruction to the model"
                severity = Severity.MEDIUM
            yield self.finding(
                subject,
                f"a template's own text holds {title}",
                Quote(text=literal.text.strip()[:SHOWN], line=literal.line),
                fix=FIX,
                severity=severity,
                confidence=Confidence.MEDIUM,
                live=LIVE,
            )


def _hostile_text(branch: TemplateBranch) -> str:
    """Return the text that no honest template emits under such a condition."""
    if branch.on == "rewrite":
        texts = (*branch.triggers, *branch.emitted)
        addresses = all(map(HOST.search, texts))
        return branch.emitted[0] if addresses or all(map(_words, texts)) else ""
    worded = any(_is_worded(trigger) for trigger in branch.triggers)
    for text in branch.emitted:
        if (
            INSTRUCTS.search(text)
            or HARMS.search(text)
            or (ADDRESS.search(text) and branch.triggers)
        ):
            return text
        if HOST.fullmatch(text) and any(map(HOST.fullmatch, branch.triggers)):
            return text
        if (worded or (branch.on == "date" and branch.triggers)) and (
            len(_words(text)) >= LEAST_WORDS
        ):
            return text
    return ""


def _is_worded(trigger: str) -> bool:
    """Say whether a condition looks for words rather than for a marker."""
    if trigger.isascii() and COMMAND.fullmatch(trigger):
        return False
    plain = MARKER.sub("", trigger).strip()
    return bool(_words(trigger)) or not (plain.isascii() or plain in MARKS)


def _words(text: str) -> list[str]:
    """Return the words of a text, without markers and names of roles."""
    found = WORD.findall(MARKER.sub(" ", text))
    return [word for word in found if word.lower() not in ROLES]


def _shown(branch: TemplateBranch) -> str:
    constants = ", ".join(repr(trigger[:60]) for trigger in branch.triggers[:3])
    return f"{branch.on} is compared with {constants}"
