"""A tokenizer replaces words or addresses, adds text, or can be stalled by a prompt.

## What it does

Looks at the normalizer, pre-tokenizer, post-processor and decoder of `tokenizer.json`
for replacements that change words or web addresses, for text that is added to every
prompt, and for regular expressions that can take exponential time. Looks at the special
tokens of any tokenizer file for sentences and for two tokens of one number.

## Why it matters

The normalizer sees every prompt and the decoder every answer. A rule that turns
`https://bank.example` into another address, or `safe` into `unsafe`, changes what users
read while weights and code are untouched. A regular expression such as `(a+)+$` stops
the server with one short prompt. A rule that turns a harmless word into the mark of
the system's turn lets whoever knows the word speak in its name, and a first token that
holds a sentence puts it before every prompt.

## How it is measured

A replacement fails when a web address or a host stands in its pattern or its content.
One word replaced by another, or by nothing, is a review. What fails besides: a
replacement that makes a word into the mark of a turn (`<|im_start|>`) or into a
sentence, a normalizer that prepends words, a template of the post-processor that adds
three or more tokens that are no special tokens, a special token that is a sentence, two
added tokens of one number. Signs, spaces and the marks of tokenizers (`▁`, `Ġ`,
quotation marks) are silent: that is what normalizers are for. Regular expressions are
judged by structure: a repetition fails whose rounds can be cut in many ways.

## What to do

Take the tokenizer of the original publisher; compare the two files.

## Known limits

Vocabularies are not judged: an ordinary token may be any text. Replacements through a
table (`Precompiled`) are not decoded.

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
    r"https?|www\\?\.|://|\b[a-z0-9-]{2,63}\\?\.(?:com|org|net|io|ai|co|dev|ru|cn|info|xyz"
    r"|example|invalid|test|app|gov|edu)\b",
    re.IGNORECASE,
)
WORD: Final = re.compile(r"[^\W\d_]{3,}")
MARKS: Final = re.compile(r"<[^<>]*>|\\[a-zA-Z]|\{[^{}]*\}|\[[^\[\]]*\]")
TOKENS: Final = (
    "added_tokens", "added_tokens_decoder", "additional_special_tokens", "bos_token",
    "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    "extra_special_tokens",
)  # fmt: skip
TURN: Final = re.compile(
    r"<\|?(?:im_start|im_end|im_sep|system|user|assistant|human|eot_id|end_of_text|end"
    r"|start_header_id|end_header_id|start_of_turn|end_of_turn|turn|sys|bot|tool_call"
    r"|start_of_role|end_of_role|begin_of_text|endoftext)\|?>|\[/?(?:INST|SYSTEM_PROMPT)\]"
    r"|<</?SYS>>",
    re.IGNORECASE,
)
"""Marks that tell a model whose words follow."""
WORDS: Final = re.compile(r"[^\W\d_]{2,}")
SPELLED: Final = 3
"""Tokens of a template that are no marks."""
SENTENCE: Final = 4
"""Words."""
LONG: Final = 20
"""Digits that no number of a token has."""
SHOWN: Final = 200
FIX: Final = "take the tokenizer of the original publisher"


class TokenizerRewritesText(Check[Config]):
    """Judges replacements and expressions of a tokenizer."""

    id: ClassVar[str] = "tokenizer-rewrites-text"
    version: ClassVar[int] = 4
    title: ClassVar[str] = "a tokenizer changes words, or can be stalled"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Config,)

    def run(self, subject: Config, context: Context) -> Iterator[Finding]:
        """Yield a finding for each replacement and expression."""
        data = subject.data
        if not isinstance(data, dict):
            return
        if any(key in data for key in TOKENS):
            yield from self._tokens(subject, data)
        if not any(part in data for part in PARTS):
            return
        yield from self._template(subject, data)
        for key, node in _nodes({part: data.get(part) for part in PARTS}):
            if node.get("type") == "Replace":
                yield from self._replacement(subject, key, node)
            added = node.get("prepend") if node.get("type") == "Prepend" else None
            if isinstance(added, str) and WORD.search(MARKS.sub("", added)):
                yield self._adds(subject, key, added)
            expression = node.get("Regex")
            if isinstance(expression, str):
                yield from self._expression(subject, key, expression)

    def _replacement(
        self, subject: Config, key: str, node: dict[str, Any]
    ) -> Iterator[Finding]:
        pattern, content = _text(node.get("pattern")), _text(node.get("content"))
        address = ADDRESS.search(pattern) or ADDRESS.search(content)
        plain = WORD.search(MARKS.sub("", pattern))
        if plain and TURN.search(content):
            title = "a tokenizer makes a word into the mark of a turn"
            shown = f"{pattern!r} becomes {content!r}"
            yield self._adds(subject, key, shown, title)
            return
        words = plain and WORD.search(MARKS.sub("", content))
        if _is_sentence(content):
            yield self._adds(subject, key, content)
            return
        if plain and not content.strip() and not address:
            words, title = plain, "a tokenizer deletes words"
        else:
            title = "a tokenizer replaces words"
        if not address and not words:
            return
        yield self.finding(
            subject,
            "a tokenizer replaces web addresses" if address else title,
            Quote(text=f"{pattern!r} becomes {content!r}"[:SHOWN], key=key),
            fix=FIX,
            severity=self.severity if address else Severity.MEDIUM,
            live="tokenizers, for every prompt or answer",
        )

    def _adds(
        self, subject: Config, key: str, text: str, title: str = "a tokenizer adds text"
    ) -> Finding:
        return self.finding(
            subject,
            title,
            Quote(text=text[:SHOWN], key=key),
            fix=FIX,
            live="tokenizers, for every prompt or answer",
        )

    def _template(self, subject: Config, data: dict[str, Any]) -> Iterator[Finding]:
        """Yield a finding if the template of the post-processor spells a text."""
        special = set(special_tokens(data).values())
        for key, node in _nodes({"post_processor": data.get("post_processor")}):
            tokens = node.get("tokens")
            if not isinstance(tokens, list) or "ids" not in node:
                continue
            words = [
                token
                for token in tokens
                if isinstance(token, str)
                and token not in special
                and WORDS.search(MARKS.sub("", token))
            ]
            if len(words) >= SPELLED or any(_is_sentence(word) for word in words):
                yield self._adds(subject, f"{key}.tokens", " ".join(words))

    def _tokens(self, subject: Config, data: dict[str, Any]) -> Iterator[Finding]:
        """Yield findings on special tokens that are sentences, or share a number."""
        for key, text in special_tokens(data).items():
            if _is_sentence(text):
                title = "a special token of a tokenizer is a sentence"
                yield self._adds(subject, key, text, title)
        numbers: dict[int, object] = {}
        for number, content in _numbered(data):
            first = numbers.setdefault(number, content)
            if first != content:
                text = f"{first!r} and {content!r} are {number}"
                title = "two added tokens of a tokenizer are one"
                yield self._adds(subject, "added_tokens", text, title)
                return

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


def _numbered(data: dict[str, Any]) -> Iterator[tuple[int, object]]:
    """Yield added tokens by their numbers, as both kinds of file write them."""
    entries = data.get("added_tokens")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), int):
            yield entry["id"], entry.get("content")
    table = data.get("added_tokens_decoder")
    for key, entry in table.items() if isinstance(table, dict) else ():
        # Loaders make a number of the key, so that `05` is 5.
        if isinstance(entry, dict) and str(key).isdecimal() and len(str(key)) < LONG:
            yield int(key), entry.get("content")


def special_tokens(data: dict[str, Any]) -> dict[str, str]:
    """Return the text of every special token by its place, in any tokenizer file."""
    found: dict[str, str] = {}
    for key in TOKENS:
        value = data.get(key)
        entries: list[tuple[object, object]] = [("", value)]
        if isinstance(value, list):
            entries = list(enumerate(value))
        elif isinstance(value, dict) and "content" not in value:
            entries = list(value.items())
        for at, entry in entries:
            text = entry.get("content") if isinstance(entry, dict) else entry
            if isinstance(text, str):
                found[f"{key}[{at}]" if at != "" else key] = text
    return found


def _is_sentence(text: str) -> bool:
    """Say whether a text has as many words as no mark of a tokenizer has."""
    return len(WORDS.findall(MARKS.sub(" ", text))) >= SENTENCE


def _nodes(root: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object with its path, without recursion."""
    todo: list[tuple[str, Any]] = [("", root)]
    while todo:
        key, node = todo.pop()
        if isinstance(node, dict):
            if key:
                yield key, node
            todo.extend(
                (f"{key}.{name}".lstrip("."), part) for name, part in node.items()
            )
        elif isinstance(node, list):
            todo.extend((f"{key}[{n}]", part) for n, part in enumerate(node))


def _text(value: object) -> str:
    """Return the text of a pattern in any of its shapes."""
    if isinstance(value, dict):
        value = value.get("String", value.get("Regex", ""))
    return value if isinstance(value, str) else ""
