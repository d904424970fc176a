r"""Whether matching a regular expression can take exponential time, by its structure.

A repetition inside a repetition is harmless as long as it is clear where one round
ends: `(?:\s+\w+)*`. It is exponential where the same text can be cut into rounds in
many ways: `(a+)+`, `(\w+\s?)*`, `(a|a)*`. Syntax is that of Oniguruma as far as
tokenizers use it; https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 20_000
DEEPEST: Final = 100
MANY: Final = 10
"""Rounds from which a bounded repetition is as slow as an unbounded one."""
SAMPLES: Final = "aZ1_ \n\r\t.-'!?/:<é中\u0001"
"""One character of each kind that the classes of tokenizers tell apart."""
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
_OPENING: Final = re.compile(
    r"\((?:\?(?:[:=!>|]|<[=!]|P?<[A-Za-z_]\w*>|[imsxu-]*:|[imsxu-]+\)|#[^)]*\)))?"
)
_PROPERTY: Final = re.compile(r"\{\^?([A-Za-z_]+)[^}]*\}|([A-Za-z])")
_CODE: Final = re.compile(r"\{?([0-9A-Fa-f]{2,6})\}?")
_SETS: Final[dict[str, Callable[[str], bool]]] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
    "h": str.isspace,
    "v": lambda c: c in "\n\r",
    "R": lambda c: c in "\n\r",
}
_PROPERTIES: Final[dict[str, Callable[[str], bool]]] = {
    "L": str.isalpha,
    "N": str.isnumeric,
    "P": lambda c: not c.isalnum() and not c.isspace() and c.isprintable(),
    "S": lambda c: c == "<",
    "Z": lambda c: c == " ",
    "M": lambda c: False,  # noqa: ARG005 - no sample is a mark
    "C": lambda c: not c.isprintable(),
}


@dataclass
class Part:
    """A piece of an expression that is repeated as one."""

    first: frozenset[str] = frozenset()
    """Samples that it can begin with."""
    least: int = 1
    """Fewest characters that it takes."""
    runs: bool = False
    """Whether it can take any number of characters of one kind."""
    ambiguous: str = ""
    """The repetition in it that can be cut in many ways."""


@dataclass
class _Branch:
    parts: list[Part] = field(default_factory=list)

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts)

    @property
    def first(self) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for part in self.parts:
            found |= part.first
            if part.least:
                break
        return found

    @property
    def runs_alone(self) -> bool:
        """Whether one running part can take what the others would take, too."""
        return any(
            part.runs
            and all(
                other is part or not other.least or other.first & part.first
                for other in self.parts
            )
            for part in self.parts
        )


@dataclass
class _Group:
    start: int
    behind: bool = False
    """Whether it only looks ahead or back and takes nothing."""
    atomic: bool = False
    branches: list[_Branch] = field(default_factory=lambda: [_Branch()])


def exponential(pattern: str) -> str:
    """Return the part of a pattern that can take exponential time, or nothing."""
    if len(pattern) > LONGEST:
        return ""
    groups = [_Group(0)]
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "(":
            opening = _OPENING.match(pattern, at)
            text = opening.group() if opening else "("
            at += len(text)
            if text.endswith(")") and len(text) > 1:
                continue
            behind = text.startswith(("(?=", "(?!", "(?<=", "(?<!"))
            groups.append(_Group(at - len(text), behind, text == "(?>"))
            if len(groups) > DEEPEST:
                return ""
            continue
        if character == "|":
            groups[-1].branches.append(_Branch())
            at += 1
            continue
        if character == ")" and len(groups) > 1:
            group = groups.pop()
            part, start, at = _closed(group), group.start, at + 1
        else:
            part, end = _atom(pattern, at)
            start, at = at, end
        at = _quantified(pattern, start, at, part)
        if part.ambiguous:
            return part.ambiguous[:200]
        groups[-1].branches[-1].parts.append(part)
    return ""


def _closed(group: _Group) -> Part:
    """Return a finished group as a part."""
    if group.behind:
        return Part(least=0)
    first: frozenset[str] = frozenset()
    overlap = False
    for branch in group.branches:
        single = len(branch.parts) == 1
        overlap |= single and bool(first & branch.first)
        first |= branch.first
    runs = any(branch.runs_alone for branch in group.branches)
    part = Part(
        first=first, least=min(branch.least for branch in group.branches), runs=runs
    )
    # Marked here, judged when the group turns out to be repeated.
    part.ambiguous = "" if group.atomic else ("?" if runs or overlap else "")
    return part


def _quantified(pattern: str, start: int, at: int, part: Part) -> int:
    """Apply the quantifier that follows a part; return where it ends."""
    suspicious, part.ambiguous = bool(part.ambiguous), ""
    match = _QUANTIFIER.match(pattern, at)
    if match is None or (match.group().startswith("{") and not match.group(1)):
        return at
    text = match.group()
    least, most = _bounds(text, match)
    possessive = text.endswith("+") and len(text) > 1
    if suspicious and most >= MANY and not possessive:
        part.ambiguous = pattern[start : match.end()]
    if most >= MANY and not possessive:
        part.runs = True
    part.least *= least
    return match.end()


def _bounds(text: str, match: re.Match[str]) -> tuple[int, int]:
    endless = 1 << 30
    if text[0] in "*+?":
        return {"*": (0, endless), "+": (1, endless), "?": (0, 1)}[text[0]]
    low, comma, high = match.groups()
    least = min(int(low[:9]), endless)
    if not comma:
        return least, least
    return least, min(int(high[:9]), endless) if high else endless


def _atom(pattern: str, at: int) -> tuple[Part, int]:
    """Return one character, escape or class, and where it ends."""
    character = pattern[at]
    if character == "[":
        found, end = _class(pattern, at)
        return Part(first=found), end
    if character == "\\":
        found, end = _escape(pattern, at)
        width = 0 if pattern[at + 1 : at + 2] in "bBAzZG" else 1
        return Part(first=found, least=width), end
    if character == ".":
        return Part(first=frozenset(SAMPLES)), at + 1
    if character in "^$":
        return Part(least=0), at + 1
    return Part(first=frozenset(character)), at + 1


def _escape(pattern: str, at: int) -> tuple[frozenset[str], int]:
    r"""Return the samples that `\x` takes."""
    letter = pattern[at + 1 : at + 2]
    if letter in ("p", "P"):
        match = re.compile(r"\{\^?([A-Za-z_]+)[^}]*\}|([A-Za-z])").match(
            pattern, at + 2
        )
        if match:
            name = (match.group(1) or match.group(2) or "L")[:1].upper()
            test = _PROPERTIES.get(name, str.isalpha)
            negated = letter == "P" or "^" in match.group()
            return _samples(test, negated=negated), match.end()
    if letter in ("u", "x"):
        match = _CODE.match(pattern, at + 2)
        if match:
            code = int(match.group(1), 16)
            return frozenset(chr(code) if code < 0x110000 else ""), match.end()  # noqa: PLR2004
    named = {"n": "\n", "r": "\r", "t": "\t"}
    if letter in named:
        return frozenset(named[letter]), at + 2
    known = _SETS.get(letter) or _SETS.get(letter.lower())
    if known is not None:
        return _samples(known, negated=letter in "DWSHV"), at + 2
    return frozenset(letter), at + 2


def _class(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """Return the samples that a bracket expression takes."""
    end = at + 1
    negated = pattern[end : end + 1] == "^"
    end += negated
    found: set[str] = set()
    first = True
    while end < len(pattern) and (first or pattern[end] != "]"):
        first = False
        if pattern[end] == "\\":
            part, end = _escape(pattern, end)
            found |= part
        elif pattern[end] == "[" and pattern[end + 1 : end + 2] != ":":
            part, end = frozenset("["), end + 1
            found |= part
        elif pattern[end + 1 : end + 2] == "-" and pattern[end + 2 : end + 3] != "]":
            low, high = pattern[end], pattern[end + 2 : end + 3]
            found |= {sample for sample in SAMPLES if low <= sample <= high}
            end += 3
        else:
            found.add(pattern[end])
            end += 1
    if negated:
        return frozenset(set(SAMPLES) - found), end + 1
    return frozenset(found), end + 1


def _samples(test: Callable[[str], bool], *, negated: bool) -> frozenset[str]:
    return frozenset(sample for sample in SAMPLES if test(sample) != negated)
