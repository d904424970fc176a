"""Commands that no script of a model needs, by what they do."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from openvet.patterns import pattern

NEVER: Final = 1 << 62
"""A place that no text reaches."""
APART: Final = re.compile(r"(\[\^\\n[^\]]*\])\{0,([0-9]+)\}")
"""What an expression says of characters between two parts of a command."""


class Part(NamedTuple):
    """A part of a command, and what may stand between it and the next."""

    pattern: re.Pattern[str]
    stops: re.Pattern[str]
    most: int


class Pattern(NamedTuple):
    """A shape of command, in words."""

    words: str
    whole: re.Pattern[str]
    parts: tuple[Part, ...]
    needs: re.Pattern[str]
    """What is found sooner than the first part, and stands in every such command."""


def _pattern(words: str, expression: str, needs: str = "") -> Pattern:
    """Return a shape, with the parts between which other characters may stand."""
    pieces = APART.split(expression)
    parts = [
        Part(
            pattern(part, re.IGNORECASE),
            pattern(apart.replace("[^", "[")),
            int(most),
        )
        for part, apart, most in zip(
            pieces[::3], [*pieces[1::3], r"\n"], [*pieces[2::3], "0"], strict=True
        )
    ]
    whole = pattern(expression, re.IGNORECASE)
    return Pattern(words, whole, tuple(parts), pattern(needs, re.IGNORECASE))


DOWNLOADS: Final = "downloads a program and runs it"
_FETCHER: Final = r"(?:curl|wget|fetch|aria2c)\b"
_FETCH: Final = rf"{_FETCHER}[^\n|;&]{{0,500}}"
_FETCHERS: Final = (
    "curl",
    "wget",
    "fetch",
    "aria2c",
    "iex",
    "invoke-",
    "string",
    "irm",
)
"""Without one of these nothing is downloaded: most texts are done with at once."""
_SHELL: Final = r"(?:sudo\s+)?(?:/bin/)?(?:ba|z|da|k)?sh\b"
_RUN: Final = rf"(?:{_SHELL}|(?:sudo\s+)?(?:python[0-9.]*|perl|ruby|node|php)\b)"
_READ: Final = r"(?=[ \t]*(?:-?[ \t]*(?:\n|\Z|[;&|)\"'`])|-[ \t]+\S))"
"""An interpreter that takes its program from what is piped; `-c` and `-m` take none."""
_PIPED: Final = (
    rf"(?:{_SHELL}|(?:sudo\s+)?(?:python[0-9.]*|perl|ruby|node|php)\b{_READ})"
)

HOSTILE: Final = (
    _pattern(DOWNLOADS, rf"{_FETCH}\|\s*{_PIPED}"),
    _pattern(DOWNLOADS, rf"{_RUN}\s+<\(\s*{_FETCH}", rf"<\(\s*{_FETCHER}"),
    _pattern(
        DOWNLOADS,
        rf"(?:eval|{_RUN}\s+-c)\s+[\"']?(?:\$\(|`)\s*{_FETCH}",
        rf"(?:\$\(|`)\s*{_FETCHER}",
    ),
    _pattern(
        DOWNLOADS,
        rf"{_FETCH}(?:&&|;|\n)[^\n]{{0,300}}(?:chmod\s+(?:\+x|[0-7]*7[0-7]*)|{_SHELL}\s+\S)",
    ),
    _pattern(
        "decodes a program and runs it",
        rf"base64\s+(?:-d|-D|--decode)[^\n]{{0,200}}\|\s*{_RUN}",
    ),
    _pattern("decodes a program and runs it", r"xxd\s+-r[^\n]{0,200}\|\s*" + _RUN),
    _pattern("opens a shell to another machine", r"/dev/(?:tcp|udp)/[\w.$-]+/"),
    _pattern(
        "opens a shell to another machine",
        r"\b(?:nc|ncat|netcat)\b[^\n]{0,100}\s-\w*[ec]\b",
    ),
    _pattern("opens a shell to another machine", r"\bbash\s+-i\b[^\n]{0,40}[<>]&"),
    _pattern(
        "opens a shell to another machine", r"\bmkfifo\b[^\n]{0,200}\b(?:nc|sh)\b"
    ),
    _pattern(
        "deletes files beyond its folder",
        r"\brm\s+(?:-\w{1,40}+\s++){0,20}-\w{0,20}[rf]\w{0,20}\s+(?:--no-preserve-root\s+)?"
        r"[\"']?(?:/(?:\*|\s|$|[\"']|(?:etc|home|boot)\b"
        r"|(?:usr|var|root|opt)/?(?:[*;&|\"'\s]|$))|~/?(?:\s|$|\*)|\$\{?HOME\}?/?(?:\s|$|\*|[\"']))",
    ),
    _pattern("overwrites a disk", r"\bdd\b[^\n]{0,200}\bof=/dev/(?:sd|nvme|hd|vd)"),
    _pattern("overwrites a disk", r"\bmkfs(?:\.\w+)?\s"),
    _pattern(
        "stays on the machine",
        r">>?\s*[\"']?(?:~|\$\{?HOME\}?|/root|/home/\w+)?/?\.?(?:ssh/authorized_keys|/etc/(?:cron|passwd|sudoers|ld\.so\.preload))",
    ),
    _pattern("stays on the machine", r"\|\s*crontab\b|\bcrontab\s+-(?!l)"),
    _pattern(
        "sends keys or settings away",
        r"(?:curl|wget|nc)\b[^\n]{0,300}(?:\$\((?:env|printenv|cat\s+[^)]{0,80}"
        r"(?:\.ssh|\.aws|token|passwd|shadow))|`env`|@?~/\.(?:ssh|aws|netrc)|\$\{?(?:HF_TOKEN|AWS_SECRET))",
    ),
    _pattern(
        "hides what it runs",
        r"powershell(?:\.exe)?\b[^\n]{0,200}\s-e(?:nc|c|ncodedcommand)?\s+[A-Za-z0-9+/=]{16}",
    ),
    _pattern(
        DOWNLOADS,
        r"(?:\biex\b|invoke-expression)[^\n]{0,200}(?:downloadstring|webclient|invoke-webrequest|\biwr\b|irm\b)",
    ),
    _pattern(
        DOWNLOADS,
        r"(?:downloadstring|invoke-webrequest|\biwr\b|\birm\b)[^\n]{0,300}\|\s*(?:iex|invoke-expression)",
    ),
    _pattern(
        "downloads a program",
        r"certutil(?:\.exe)?\b.{0,100}-urlcache|\bbitsadmin\b.{0,100}/transfer|\bmshta\s+https?:",
    ),
    _pattern(
        "starts a process",
        r"require\(\s*['\"]child_process['\"]\s*\)|new\s+ActiveXObject\(\s*['\"]WScript\.Shell",
    ),
    _pattern(
        "runs Python that it carries",
        r"python[0-9.]*\s+-c\s+[\"'][^\n]{0,400}(?:exec\(|base64|socket\.|os\.system|pty\.spawn)",
    ),
)
FETCHES: Final = (
    _pattern(
        "fetches something",
        r"\b(?:curl|wget)\s+(?:-\S{1,300}+\s++){0,20}[\"']?https?://",
    ),
    _pattern(
        "installs packages",
        r"\b(?:pip3?|uv|conda|apt(?:-get)?|npm)\s+(?:pip\s+)?install\b",
    ),
    _pattern("starts with the rights of root", r"\bsudo\s"),
)
COMMENT: Final = pattern(
    r"^[ \t]*(?:#(?!!)|rem\b|::|//).*$", re.MULTILINE | re.IGNORECASE
)


class Match(NamedTuple):
    """A command found, with its line."""

    words: str
    text: str
    line: int


class _Seeker:
    """Finds where parts of a command follow each other within reach.

    Asked for places in rising order it reads the text once, however often the first
    part stands there without the second. An expression would read on from each.
    """

    def __init__(self, code: str, parts: tuple[Part, ...]) -> None:
        self.code = code
        self.part = parts[0]
        self.after = _Seeker(code, parts[1:]) if len(parts) > 1 else None
        self.start = self.stop = -1

    def seek(self, start: int) -> int:
        """Return the first place from `start` on."""
        while self.start < start:
            found = self.part.pattern.search(self.code, start)
            if found is None:
                self.start = NEVER
            elif self._goes_on(found.end()):
                self.start = found.start()
            else:
                start = found.start() + 1
        return self.start

    def _goes_on(self, end: int) -> bool:
        """Say whether what must follow does."""
        if self.after is None:
            return True
        then = self.after.seek(end)
        if then - end > self.part.most:
            return False
        if self.stop < end:
            found = self.part.stops.search(self.code, end)
            self.stop = found.start() if found else NEVER
        return then <= self.stop


def matches(source: str, patterns: tuple[Pattern, ...]) -> Iterator[Match]:
    """Yield the first command of each shape, comments left out."""
    code = COMMENT.sub("", source).replace("\\\n", "  ")
    fetches = any(word in code.lower() for word in _FETCHERS)
    for words, whole, parts, needs in patterns:
        if (words == DOWNLOADS and not fetches) or not needs.search(code):
            continue
        start = _Seeker(code, parts).seek(0)
        found = whole.match(code, start) if start < NEVER else None
        if found:
            line = code.count("\n", 0, found.start()) + 1
            text = found.group().strip().replace("\n", " ; ")
            yield Match(words, text[:200], line)
