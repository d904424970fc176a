"""Sentences in which a card calls its own model open source.

Only clear wording counts. Cards speak of open source all the time without claiming it:
of libraries, data sets, competitors, the base model. So a sentence must be about this
model - it begins with "we", "this model", "it", the model's own name - and must say
that the model is open, not that it is better than open ones.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.dossier import Card
from openvet.openness.sections import lines_of
from openvet.patterns import pattern
from openvet.wire import Record, replace

LONGEST: Final = 4000
"""Characters of a paragraph that are looked at."""
MOST: Final = 20
"""Claims of one card that are kept."""
_OPEN: Final = r"open(?:[- ]?sourced?)"
_FULLY: Final = r"(?:fully|completely|truly|totally|entirely|genuinely|100 ?%)[- ]"
_MODEL: Final = (
    r"(?:language model|model|llm|slm|vlm|mllm|lm|weights|checkpoint|transformer|"
    r"network|detector|classifier|release|family|series)s?\b"
)
_OTHER: Final = (
    r"of|for|from|by|with|in|on|to|or|code|data|datasets?|tokenizer|implementation|"
    r"version|library|toolkit|framework|alternative|plan|software|tools?|project"
)
"""Words behind which something else than the model is spoken of."""
_TURN: Final = (
    r"on|to|with|from|by|than|against|among|amongst|in|at|for|of|over|like|not|no|non|or|"
    r"one|part|similar|comparable|competitive|better|worse|superior|inferior|compared|"
    r"closed|other|all|some|many|several|few|any|every|built|based|trained|derived|made|"
    r"compatible|outperforming|surpassing|beating|matching|exceeding|using|closer?|"
    r"between|near|that|which|where|inspired|powered|fine-?tuned"
)
"""Words that make a comparison or an origin of what follows."""
_SELF: Final = (
    rf"(?:our|this|these|the)(?P<words>(?: (?!(?:{_OTHER})\b)[^\s,;:]{{1,60}}){{0,5}}?)"
    rf" {_MODEL}"
)
_PRONOUN: Final = r"(?:it|they|this|these)\b"
"""What it stands for may be a tool: then the claim has to name a model."""
_WORDS: Final = (
    r"(?: (?:(?:generation|family|series|suite|collection|line) of|"
    rf"(?!(?:{_TURN})\b)[\w%'/.-]{{1,40}},?)){{0,7}}?"
)
_LINKING: Final = rf"(?:is|are|stands? as|remains?|represents?){_WORDS}"
_WHICH: Final = rf"(?:(?P<fully>{_FULLY})(?:{_OPEN}|open)|{_OPEN})"
_NOUN: Final = rf"(?:(?:-| (?!(?:{_OTHER})\b))\w{{1,40}}){{0,8}}?[- ]{_MODEL}"
_PERIOD: Final = r"(?=\s*(?:[.,;:!)]|and\b|under\b|\Z))"
_IS: Final = rf"{_LINKING} {_WHICH}(?:{_PERIOD}|{_NOUN})"
_DOES: Final = (
    r"open[- ]?sourc(?:e|ed|ing)"
    rf"(?: (?!(?:{_OTHER})\b)[\w.-]{{1,60}}){{0,3}}? {_MODEL}"
)
_ADVERBS: Final = (
    r"(?: (?:are|have|also|now|hereby|fully|proudly|happily|therefore|then|both|"
    r"(?:release|develop|train|built?d?)(?:ed)? and|"
    r"(?:excited|happy|pleased|proud|thrilled|glad) to)|'re|'ve){0,4}"
)
_INTRODUCES: Final = (
    r"(?:introduc|present|releas|propos|announc)(?:e|es|ing)? [^,;:]{1,80},"
    rf" (?:an?|the|our){_WORDS} {_WHICH}{_NOUN}"
)
_LICENSED: Final = (
    rf"(?:is|are) (?:\w+ ){{0,2}}under (?:an?|the) (?:\w+[- ]){{0,2}}{_OPEN} licen[cs]e"
)
_END: Final = "[.!?\u3002\uff01\uff1f]"
_INNER: Final = _END.replace("[", "[^")
_SENTENCE: Final = pattern(
    rf"{_INNER}{{1,2000}}(?:[.](?=\w){_INNER}{{0,2000}}){{0,20}}{_END}{{0,3}}"
)
_NOT: Final = pattern(
    r"\b(?:not|never|no longer|neither|cannot|(?-i:if)|whether|will|would|should|"
    r"could|may|might|hope|plan|until|once|when|unlike|than)\b|n't\b|\?",
    2,
)
"""Words that turn a claim into something else, where they stand before it."""
_ABOUT_MODEL: Final = pattern(rf"{_SELF} (?:{_IS}|{_LICENSED})", 2)
_ABOUT_IT: Final = pattern(rf"{_PRONOUN} {_LINKING} {_WHICH}{_NOUN}", 2)
_WE: Final = pattern(
    rf"(?:here )?(?:we|our team){_ADVERBS} (?:{_INTRODUCES}|{_DOES})",
    2,
)
_NAMED: Final = pattern(rf"(?: ?\([^()]{{1,100}}\))?,? (?:{_IS}|{_LICENSED})", 2)
_NAME_LIKE: Final = pattern(r".*(?:[A-Z]|\d)")
_LINK: Final = pattern(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_MARKUP: Final = pattern(r"[*`_]{1,3}|</?[A-Za-z][^<>]{0,300}>")
_TAGS: Final = frozenset({"open-source", "opensource", "open source", "fully-open",
                          "open-source-model"})  # fmt: skip


class Claim(Record, frozen=True, kw_only=True):
    """A place where a card calls its model open."""

    text: str
    """The sentence, or the tag."""
    line: int
    file: str = ""
    key: str = ""
    fully: bool = False
    """Whether it says that all of it is open."""
    tag: bool = False


def claims_of(card: Card, names: tuple[str, ...], budget: Budget) -> tuple[Claim, ...]:
    """Return where a card calls its model open source, first ones first.

    Args:
        card: The card of the model.
        names: What the model is called.
        budget: What may be spent.

    Raises:
        OverBudgetError: There is no time left.
    """
    found = [*_tags(card)]
    begins = tuple(sorted({n.lower() for n in names if len(n) > 2}))  # noqa: PLR2004 - initials
    for line, text in _paragraphs(card):
        budget.step(1 + len(text) // 64)
        if "open" not in text.lower():
            continue
        for start, sentence in _sentences(text):
            claim = _claim(sentence, begins)
            if claim is not None and len(found) < MOST:
                at = line + text.count("\n", 0, start + claim.line)
                found.append(replace(claim, line=at, file=card.file))
    return tuple(found)


def _tags(card: Card) -> Iterator[Claim]:
    tags = card.data.get("tags")
    for number, tag in enumerate(tags[:500] if isinstance(tags, list) else ()):
        if isinstance(tag, str) and tag.strip().lower() in _TAGS:
            key = f"tags[{number}]"
            line = card.lines.get(key) or card.lines.get("tags", 0)
            yield Claim(text=tag, line=line, file=card.file, key=key, tag=True)


def _paragraphs(card: Card) -> Iterator[tuple[int, str]]:
    """Yield text that belongs together, with its first line; lines stay lines."""
    parts: list[str] = []
    first = last = 0
    for line in lines_of(card):
        own = line.text.lstrip().startswith(("-", "*", "+", "|", ">", "#"))
        if parts and (own or line.code or not line.text.strip() or
                      line.number != last + 1):  # fmt: skip
            yield first, "\n".join(parts)
            parts = []
        if line.text.strip() and not line.code:
            if not parts:
                first = line.number
            if sum(map(len, parts)) < LONGEST:
                parts.append(line.text)
            last = line.number
    if parts:
        yield first, "\n".join(parts)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    for hit in _SENTENCE.finditer(text[:LONGEST]):
        yield hit.start(), hit.group()


def _claim(sentence: str, names: tuple[str, ...]) -> Claim | None:
    """Return the claim of a sentence; its line is an offset into the sentence."""
    bare = _MARKUP.sub("", _LINK.sub(r"\1", sentence)).replace("\n", " ")
    bare = " ".join(bare.split()).lstrip("#>-+| ")
    hit = _about_this(bare, names)
    if hit is None or _NOT.search(bare, 0, hit.end()) or bare.endswith("?"):
        return None
    at = sentence.lower().find("open")
    return Claim(text=bare[:300], line=max(at, 0), fully=bool(hit.group("fully")))


def _about_this(bare: str, names: tuple[str, ...]) -> re.Match[str] | None:
    """Return what a sentence claims of this model, or None."""
    hit = _ABOUT_MODEL.match(bare)
    if hit is not None:
        return hit if _same(hit.group("words"), names) else None
    hit = _WE.match(bare) or _ABOUT_IT.match(bare)
    if hit is not None:
        return hit
    low = bare.lower()
    for name in names:
        if low.startswith(name) and (hit := _NAMED.match(bare, len(name))):
            return hit
    return None


def _same(words: str, names: tuple[str, ...]) -> bool:
    """Tell whether a subject names this model; "the Llama model" may be another."""
    known = {word for name in names for word in name.split()}
    found = [
        word.strip("()").lower()
        for word in words.split()
        if _NAME_LIKE.match(word) and not word[0].isdigit()
    ]
    return not found or any(word in known for word in found)
