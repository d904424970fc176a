"""Commands that no script of a model needs, by what they do."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Pattern(NamedTuple):
    """A shape of command, in words."""

    words: str
    pattern: re.Pattern[str]


def _pattern(words: str, pattern: str) -> Pattern:
    return Pattern(words, re.compile(pattern, re.IGNORECASE))


DOWNLOADS: Final = "downloads a program and runs it"
_FETCH: Final = r"(?:curl|wget|fetch|aria2c)\b[^\n|;&]{0,500}"
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
    _pattern(DOWNLOADS, rf"{_RUN}\s+<\(\s*{_FETCH}"),
    _pattern(
        DOWNLOADS,
        rf"(?:eval|{_RUN}\s+-c)\s+[\"']?(?:\$\(|`)\s*{_FETCH}",
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
        r"\brm\s+(?:-\w{1,40}\s+){0,20}-\w{0,20}[rf]\w{0,20}\s+(?:--no-preserve-root\s+)?"
        r"[\"']?(?:/(?:\*|\s|$|[\"']|(?:etc|home|usr|var|root|boot|opt)\b)|~/?(?:\s|$|\*)|\$\{?HOME\}?/?(?:\s|$|\*|[\"']))",
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
        r"certutil(?:\.exe)?\b[^\n]{0,100}-urlcache|\bbitsadmin\b[^\n]{0,100}/transfer|\bmshta\s+https?:",
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
        "fetches something", r"\b(?:curl|wget)\s+(?:-\S{1,300}\s+){0,20}[\"']?https?://"
    ),
    _pattern(
        "installs packages",
        r"\b(?:pip3?|uv|conda|apt(?:-get)?|npm)\s+(?:pip\s+)?install\b",
    ),
    _pattern("starts with the rights of root", r"\bsudo\s"),
)
COMMENT: Final = re.compile(
    r"^[ \t]*(?:#(?!!)|rem\b|::|//).*$", re.MULTILINE | re.IGNORECASE
)
LONGEST: Final = 4 << 20


class Match(NamedTuple):
    """A command found, with its line."""

    words: str
    text: str
    line: int


def matches(source: str, patterns: tuple[Pattern, ...]) -> Iterator[Match]:
    """Yield the first command of each shape, comments left out."""
    code = COMMENT.sub("", source[:LONGEST]).replace("\\\n", "  ")
    fetches = any(word in code.lower() for word in _FETCHERS)
    for words, pattern in patterns:
        if words == DOWNLOADS and not fetches:
            continue
        found = pattern.search(code)
        if found:
            line = code.count("\n", 0, found.start()) + 1
            text = found.group().strip().replace("\n", " ; ")
            yield Match(words, text[:200], line)
