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
    "iwr",
    "download",
)
"""Without one of these nothing is downloaded: most texts are done with at once."""
_SUDO: Final = r"(?:sudo\s+(?:-u\s*+\w+\s+|-\w+\s+){0,3})?"
_SHELL: Final = rf"{_SUDO}(?:(?:/usr)?/bin/)?(?:ba|z|da|k)?sh\b"
_RUN: Final = rf"(?:{_SHELL}|{_SUDO}(?:python[0-9.]*|perl|ruby|node|php)\b)"
_READ: Final = r"(?=[ \t]*(?:-?[ \t]*(?:\n|\Z|[;&|)\"'`])|-[ \t]+\S))"
"""An interpreter that takes its program from what is piped; `-c` and `-m` take none."""
_PIPED: Final = rf"(?:{_SHELL}|{_SUDO}(?:python[0-9.]*|perl|ruby|node|php)\b{_READ})"
_HOME: Final = r"(?:~|\$\{?HOME\}?|/root|/home/\w{1,40})"
_KEYS: Final = (
    rf"(?:{_HOME}/\.(?:ssh|aws|netrc|gnupg|kube|docker|git-credentials|pypirc|npmrc"
    r"|config/gcloud|cache/huggingface/token)|/etc/(?:passwd|shadow))\b"
)
_SENDERS: Final = r"(?:curl|wget|nc|ncat)\b"

HOSTILE: Final = (
    _pattern(
        DOWNLOADS,
        rf"{_FETCHER}[^\n;&]{{0,500}}(?<!\|)\|\s*{_PIPED}",
        rf"\|\s*{_PIPED}",
    ),
    _pattern(
        DOWNLOADS,
        rf"(?:{_RUN}|\bsource|(?<![^\s;&|])\.)\s+<\(\s*{_FETCH}",
        rf"<\(\s*{_FETCHER}",
    ),
    _pattern(
        DOWNLOADS,
        rf"(?:eval|{_RUN}\s+-c|{_RUN}\s*<<<)\s*[\"']?(?:\$\(|`)\s*{_FETCH}",
        rf"(?:\$\(|`)\s*{_FETCHER}",
    ),
    _pattern(
        DOWNLOADS,
        rf"{_FETCH}(?:&&|;|\n)[^\n]{{0,300}}(?:chmod\s+(?:\+x|[0-7]*7[0-7]*)|{_SHELL}\s+\S)",
        r"\bchmod\s|sh\s",
    ),
    _pattern(
        "decodes a program and runs it",
        rf"base64\s+(?:-d|-D|--decode)[^\n]{{0,200}}\|\s*{_RUN}",
    ),
    _pattern("decodes a program and runs it", r"xxd\s+-r[^\n]{0,200}\|\s*" + _RUN),
    _pattern(
        "decodes a program and runs it",
        r"\b(?:printf|echo)\s[^\n|;&]{0,40}(?:\\x[0-9a-f]{2}|\\[0-7]{3})"
        rf"[^\n|;&]{{0,500}}\|\s*{_RUN}",
        r"\\x[0-9a-f]{2}|\\[0-7]{3}",
    ),
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
        "opens a shell to another machine", r"\bsocat\b[^\n]{0,200}\b(?:exec|system):"
    ),
    _pattern(
        "opens a shell to another machine",
        r"\b(?:perl|ruby|php|lua|g?awk|node)\s+-[^\n]{0,200}(?:\buse\s+(?:IO::)?Socket"
        r"|TCPSocket|fsockopen|/inet/tcp|require\s*\(\s*[\"'](?:net|socket)[\"'])",
        r"Socket|fsockopen|/inet/tcp|require",
    ),
    _pattern(
        "opens a shell to another machine",
        r"\bdup2\([^\n]{0,60}\.fileno\(|\bpty\.spawn\(\s*[\[\"'/]",
        r"\bdup2\(|\bpty\.spawn\(",
    ),
    _pattern(
        "opens a shell to another machine",
        r"\bSockets\.TCPClient\b[^\n]{0,2000}\b(?:iex|invoke-expression|cmd\.exe)\b",
        r"Sockets\.TCPClient",
    ),
    _pattern(
        "runs what a request asks it to",
        r"\b(?:system|exec|shell_exec|passthru|eval|assert|popen|proc_open)\s*\("
        r"[^\n;]{0,80}\$_(?:GET|POST|REQUEST|COOKIE|SERVER)\b",
        r"\$_(?:GET|POST|REQUEST|COOKIE|SERVER)",
    ),
    _pattern(
        "deletes files beyond its folder",
        r"\brm\s+(?:-\w{1,40}+\s++){0,20}-\w{0,20}[rf]\w{0,20}\s+(?:--no-preserve-root\s+)?"
        r"[\"']?(?:/(?:\*|\s|$|[\"']|(?:etc|home|boot)\b"
        r"|(?:usr|var|root|opt)/?(?:[*;&|\"'\s]|$))|~/?(?:\s|$|\*)|\$\{?HOME\}?/?(?:\s|$|\*|[\"']))",
    ),
    _pattern(
        "deletes files beyond its folder",
        r"\b(?:del|erase|rd|rmdir)\s+(?:/\w+\s+){1,6}[\"']?(?:[a-z]:\\(?:\*|\s|$|[\"'])"
        r"|%(?:SystemRoot|WinDir|SystemDrive|UserProfile)%)",
        r"\b(?:del|erase|rd|rmdir)\s+/",
    ),
    _pattern("overwrites a disk", r"\bformat(?:\.com)?\s+[a-z]:\s*(?:/|\n|\Z)"),
    _pattern(
        "destroys backups",
        r"\bvssadmin(?:\.exe)?\s+delete\s+shadows|\bwbadmin(?:\.exe)?\s+delete\s"
        r"|\brecoveryenabled\s+no\b",
        r"\bvssadmin|\bwbadmin|\brecoveryenabled",
    ),
    _pattern(
        "exhausts the machine",
        r"(?P<fork>[\w:]{1,20})\(\)\s*\{\s*(?P=fork)\s*\|\s*(?P=fork)\s*&",
        r"\(\)\s*\{",
    ),
    _pattern("overwrites a disk", r"\bdd\b[^\n]{0,200}\bof=/dev/(?:sd|nvme|hd|vd)"),
    _pattern("overwrites a disk", r"\bmkfs(?:\.\w+)?\s"),
    _pattern(
        "stays on the machine",
        r">>?\s*[\"']?(?:~|\$\{?HOME\}?|/root|/home/\w+)?/?\.?(?:ssh/authorized_keys|/etc/(?:cron|passwd|sudoers|ld\.so\.preload))",
    ),
    _pattern("stays on the machine", r"\|\s*crontab\b|\bcrontab\s+-(?!l)"),
    _pattern(
        "stays on the machine",
        r"(?:\breg(?:\.exe)?\s+add\b|\[HKEY_)[^\n]{0,200}\\CurrentVersion\\Run",
        r"CurrentVersion\\Run",
    ),
    _pattern("stays on the machine", r"\bschtasks(?:\.exe)?\s+/create\b"),
    _pattern(
        "gives a shell the rights of root",
        r"\bchmod\s+(?:[ugoa]{0,4}\+\w{0,3}s\w{0,3}|[4-7][0-7]{3})\s+(?:/usr)?/bin/(?:ba|z|da)?sh\b",
    ),
    _pattern(
        "switches the machine's protection off",
        r"\b(?:Set|Add)-MpPreference\b[^\n]{0,100}-(?:Disable\w+\s+(?:\$true|1)|Exclusion)",
        r"-MpPreference",
    ),
    _pattern(
        "sends keys or settings away",
        r"(?:curl|wget|nc)\b[^\n]{0,300}(?:\$\((?:env|printenv|cat\s+[^)]{0,80}"
        r"(?:\.ssh|\.aws|token|passwd|shadow))|`env`|@?~/\.(?:ssh|aws|netrc)|\$\{?(?:HF_TOKEN|AWS_SECRET))",
    ),
    _pattern(
        "sends keys or settings away",
        rf"{_SENDERS}[^\n]{{0,300}}(?:@|-T\s*+|--(?:upload|post)-file[= ]|<\s*+)"
        rf"[\"']?{_KEYS}",
        _KEYS,
    ),
    _pattern(
        "sends keys or settings away",
        rf"{_KEYS}[^\n;&]{{0,200}}\|[^\n;&]{{0,100}}\b{_SENDERS}",
        _KEYS,
    ),
    _pattern(
        "sends keys or settings away",
        rf"(?<![\w./-])(?:env|printenv)\s*\|[^\n;&]{{0,200}}\b{_SENDERS}",
        r"env\s*\|",
    ),
    _pattern(
        "sends files of the machine away",
        r"\bfind\s+[\"']?(?:/|~|\$\{?HOME)[^\n]{0,200}-exec(?:dir)?\s+"
        rf"{_SENDERS}[^\n]{{0,200}}\{{\}}",
        r"-exec",
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
        r"(?:require|\bimport)\s*\(\s*['\"](?:node:)?child_process['\"]\s*\)"
        r"|\bfrom\s+['\"](?:node:)?child_process['\"]"
        r"|new\s+ActiveXObject\(\s*['\"]WScript\.Shell"
        r"|CreateObject\(\s*[\"']WScript\.Shell[\"']",
        r"child_process|WScript\.Shell",
    ),
    _pattern(
        DOWNLOADS,
        rf"{_FETCHER}[^\n]{{0,500}}(?:&|\n)\s*start\s[^\n]{{0,100}}"
        r"\.(?:exe|bat|cmd|ps1|vbs|scr|msi)\b",
        r"\bstart\s",
    ),
    _pattern(
        DOWNLOADS,
        r"(?:invoke-webrequest|\biwr\b|\birm\b|downloadfile)[^\n]{0,500}"
        r"(?:;|\n)\s*(?:start-process|invoke-item|&\s*[\"'.$]|\.\\)",
    ),
    _pattern(
        DOWNLOADS,
        r"scriptblock\]::create\([^\n]{0,200}(?:\birm\b|\biwr\b|invoke-|downloadstring)",
    ),
    _pattern(
        "decodes a program and runs it",
        r"\bAssembly\]::Load\([^\n]{0,200}(?:FromBase64String|DownloadData)",
        r"Assembly\]::Load",
    ),
    _pattern(
        "hands git an option in place of an address",
        r"(?<![^\n])\s*(?:url|path)\s*=\s*[\"']?-[-\w]",
        r"\[submodule\s",
    ),
    _pattern(
        "opens a program of another machine",
        r"(?<![^\n])(?:URL|IconFile)\s*=\s*(?:file:/{2,5}|\\\\)(?!localhost)[\w.-]+[\\/]",
        r"\[InternetShortcut\]",
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
PAGES: Final = (
    _pattern(
        "sends the reader's session away",
        r"(?:\bfetch|\bsendBeacon|\.open)\s*\([^\n;]{0,300}\bdocument\.cookie",
        r"document\.cookie",
    ),
    _pattern(
        "sends the reader's session away",
        r"(?:\.src|\blocation(?:\.href)?)\s*=[^\n;=]{0,300}\bdocument\.cookie",
        r"document\.cookie",
    ),
)
"""What no script of a page needs that shows a model."""
COMMENT: Final = pattern(
    r"^[ \t]*(?:#(?!!)|rem\b|::|//).*$", re.MULTILINE | re.IGNORECASE
)


SPLIT: Final = pattern(r"(?<=\w)(?:''|\"\")(?=\w)")
"""What a shell drops from the middle of a word, and a reader of text stumbles on."""


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
    code = SPLIT.sub("", code)
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
