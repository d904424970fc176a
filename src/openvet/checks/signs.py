"""Signs of code, commands and calls home in text that should describe a model.

Descriptions name libraries, link to papers and quote options; they do not pipe a
download into a shell. Each sign is one construct that acts, with how sure it makes
us. The patterns have bounded repeats only, so that no text is slow to search.
"""

import ipaddress
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from typing import Final, NamedTuple

from openvet.finding import Confidence, Severity

SHOWN: Final = 160
"""Characters of text shown around a sign."""
MOST: Final = 20
"""Signs reported of one text."""


class Sign(NamedTuple):
    """One construct that acts."""

    what: str
    severity: Severity
    confidence: Confidence
    start: int
    shown: str


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    """Compile a pattern when it is first searched for."""
    return re.compile(expression, re.IGNORECASE)


_HIGH: Final = (Severity.HIGH, Confidence.HIGH)
_LIKELY: Final = (Severity.HIGH, Confidence.MEDIUM)
_REVIEW: Final = (Severity.MEDIUM, Confidence.MEDIUM)

# What it is, how sure, what has to stand in the text at all (lower case), and how.
_CODE: Final = (
    (
        "Python that starts a process",
        _HIGH,
        ("system", "popen", "exec", "spawn", "startfile", "subprocess", "getoutput"),
        (
            r"\b(?:os\s?\.\s?(?:system|popen|exec[lv]\w{0,2}|spawn[lv]\w{0,2}|startfile)"
            r"|posix\.system|subprocess\.(?:run|call|popen|check_\w{1,12}|getoutput)"
            r"|pty\.spawn|commands\.getoutput|asyncio\.create_subprocess_\w{1,6})\s?\("
        ),
    ),
    (
        "Python that runs text as code",
        _HIGH,
        ("exec", "eval", "__import__"),
        (
            r"\b__import__\s?\(|\b(?:exec|eval)\s?\(\s?(?:base64|bytes|codecs|zlib|marshal"
            r"|compile|open|input|__import__|requests|urllib|request\.|[bru]?\\?[\"']"
            r"|\w{1,30}\.(?:decode|b64decode|read|text)\b)"
        ),
    ),
    (
        "Python that unpickles or loads native code",
        _HIGH,
        ("load", "ctypes", "runpy", "importlib"),
        (
            r"\b(?:c?pickle|marshal|dill|cloudpickle)\.loads?\s?\("
            r"|\bctypes\.(?:cdll|windll|pydll)\b|\brunpy\.run_\w{1,6}\s?\("
            r"|\bimportlib\.import_module\s?\("
        ),
    ),
    (
        "Python that deletes files or opens a connection",
        _LIKELY,
        ("rmtree", "os.", "socket", "urllib", "requests"),
        (
            r"\bshutil\.rmtree\s?\(|\bos\.(?:remove|unlink|rmdir)\s?\("
            r"|\bsocket\.(?:socket|create_connection)\s?\("
            r"|\burllib\.request\.url(?:open|retrieve)\s?\("
            r"|\brequests\.post\s?\("
        ),
    ),
    (
        "Python that imports a module which reaches the system",
        _LIKELY,
        ("import",),
        (
            r"(?:^|[\n;\"'])\s{0,8}(?:import\s+(?:os|subprocess|socket|pty|ctypes|marshal)"
            r"|from\s+(?:os|subprocess|socket|pty|ctypes|marshal)\s+import\s+\w{1,30})"
            r"\s?(?:;|\n|\\n|,)"
        ),
    ),
    (
        "Python's hidden attributes, as sandbox escapes use them",
        _LIKELY,
        ("__",),
        r"__(?:builtins|globals|subclasses|mro|reduce|reduce_ex|code)__",
    ),
    (
        "an object that a loader builds from text",
        _HIGH,
        ("!!python", "py/"),
        r"!!python/(?:object|name|module)|[\"']py/(?:reduce|function|object)[\"']",
    ),
)
_SHELL: Final = (
    (
        "a download that is run at once",
        _HIGH,
        ("curl", "wget", "iwr", "invoke-webrequest"),
        (
            r"\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|;&]{0,160}(?:\||;|&&)\s?"
            r"(?:sudo\s)?(?:/bin/|/usr/bin/)?(?:ba|z|da|k)?(?:sh|python3?|perl|ruby|node)\b"
        ),
    ),
    (
        "a shell command that deletes files",
        _HIGH,
        ("rm", "mkfs", "dd if"),
        r"\brm\s+-[a-z]{0,4}[rf][a-z]{0,4}\s+[\w/.~*$\"'-]|\bmkfs\.\w|\bdd\s+if=/dev/\w",
    ),
    (
        "a shell command that makes a file executable by anyone",
        _HIGH,
        ("chmod",),
        (
            r"\bchmod\s+(?:-\w{1,4}\s+)?"
            r"(?:0?[0-7]{0,2}7[0-7]?7|[ugoa]{0,3}\+[rw]{0,2}[xs])\s+\S"
        ),
    ),
    (
        "a connection handed to a shell",
        _HIGH,
        ("/dev/tcp", "nc", "bash", "mkfifo", "socat"),
        (
            r"/dev/tcp/|\bn(?:c|cat)\b\s(?:-\w{1,6}\s+){0,3}-[a-z]{0,3}e\b|\bbash\s+-i\b"
            r"|\bmkfifo\b.{0,80}\b(?:ba)?sh\b|\bsocat\b.{0,80}\bexec:"
        ),
    ),
    (
        "a shell that is handed a command",
        _LIKELY,
        ("sh", "cmd"),
        (
            r"\b(?:ba|z|da)?sh\s+-c\s+\\?[\"'$]|\bcmd(?:\.exe)?\s+/[ck]\s+\S"
            r"|\|\s?(?:sudo\s)?(?:/bin/)?(?:ba|z|da)?sh(?:\s|$|[\"'])"
        ),
    ),
    (
        "encoded text that is run",
        _HIGH,
        ("base64", "powershell", "iex", "invoke-", "downloadstring"),
        (
            r"\bbase64\s+(?:-d|-D|--decode)\b.{0,80}\|\s?(?:\w{1,6}\s)?(?:ba)?sh\b"
            r"|\bpowershell(?:\.exe)?\b.{0,80}\s-e(?:nc|ncodedcommand)?\s"
            r"|\biex\s?\(|\binvoke-expression\b|\.downloadstring\s?\("
        ),
    ),
    (
        "a Windows tool that runs what it downloads",
        _HIGH,
        ("certutil", "bitsadmin", "mshta", "regsvr32", "rundll32"),
        (
            r"\bcertutil\b.{0,60}-urlcache|\bbitsadmin\b.{0,60}/transfer"
            r"|\bmshta\s+(?:https?|vbscript|javascript):|\bregsvr32\b.{0,60}scrobj"
            r"|\brundll32\b\s+\S"
        ),
    ),
    (
        "the path of a file that holds accounts or keys",
        _LIKELY,
        ("/etc/", ".ssh", "authorized_keys", ".aws"),
        (
            r"/etc/(?:passwd|shadow|sudoers|crontab)\b|[~/]\.ssh/\w|authorized_keys\b"
            r"|\.aws/credentials\b"
        ),
    ),
)
_MARKUP: Final = (
    (
        "markup that a browser runs",
        _LIKELY,
        ("<", "javascript:"),
        (
            r"<script\b|\bjavascript:\s?\w"
            r"|<\w{1,10}\b[^<>]{0,200}\bon(?:error|load|click|mouseover)\s?="
        ),
    ),
    (
        "a page inside the page",
        _REVIEW,
        ("<iframe", "<object", "<embed"),
        r"<(?:iframe|object|embed)\b[^<>]{0,200}\b(?:src|data)\s?=",
    ),
    (
        "a lookup that some logging libraries execute",
        _HIGH,
        ("${",),
        r"\$\{(?:jndi|[^}]{0,40}\$\{[^}]{0,20}\})",
    ),
    (
        "a template that reaches the interpreter",
        _HIGH,
        ("{{", "{%"),
        (
            r"\{[{%][^{}]{0,300}(?:__\w{2,20}__|\b(?:cycler|lipsum|joiner|self|request)\b\s?"
            r"[.\[|])"
        ),
    ),
)
_PATTERNS: Final = (*_CODE, *_SHELL, *_MARKUP)
_TARGET: Final = r"_target_\\?[\"']?\s?[:=]\s?\\?[\"']?([\w.]{1,200})"
_DANGEROUS_ROOTS: Final = frozenset(
    {
        "os", "posix", "nt", "subprocess", "builtins", "sys", "pty", "shutil", "runpy",
        "importlib", "ctypes", "socket", "pickle", "marshal", "code", "codeop", "pip",
        "webbrowser", "commands", "torch.load", "joblib.load", "dill", "cloudpickle",
        "asyncio", "multiprocessing", "timeit", "pdb", "platform", "urllib", "requests",
        "eval", "exec", "compile", "open",
    }
)  # fmt: skip

_URL: Final = (
    r"\b(?:https?|ftp)://(?:[^\s\"'<>/@]{1,100}@)?"
    r"(\[[0-9a-f:.]{2,45}\]|[\w.-]{1,253})(?::\d{1,5})?([^\s\"'<>\\)]{0,500})"
)
_USER: Final = r"://[^\s\"'<>/@:]{1,100}:[^\s\"'<>/@]{1,100}@"
_DOWNLOAD: Final = r"\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n]{0,120}$"
KNOWN_HOSTS: Final = (
    "huggingface.co", "hf.co", "github.com", "githubusercontent.com", "github.io",
    "gitlab.com", "arxiv.org", "doi.org", "civitai.com", "modelscope.cn", "kaggle.com",
    "wikipedia.org", "creativecommons.org", "apache.org", "opensource.org", "gnu.org",
    "w3.org", "pytorch.org", "tensorflow.org", "keras.io", "zenodo.org", "openai.com",
    "google.com", "googleapis.com", "microsoft.com", "nvidia.com", "meta.com",
    "pypi.org", "python.org", "readthedocs.io", "amazonaws.com", "ollama.com",
)  # fmt: skip
"""Where models, code, papers and licenses are published."""
_DROP_HOSTS: Final = (
    "pastebin.com", "paste.ee", "hastebin.com", "ghostbin.com", "rentry.co",
    "transfer.sh", "file.io", "anonfiles.com", "0x0.st", "termbin.com", "ix.io",
    "webhook.site", "requestbin.com", "requestbin.net", "pipedream.net",
    "beeceptor.com", "burpcollaborator.net", "oastify.com", "interact.sh", "oast.fun",
    "oast.pro", "oast.live", "oast.site", "oast.online", "oast.me", "dnslog.cn",
    "ceye.io", "ngrok.io", "ngrok.app", "ngrok-free.app", "trycloudflare.com",
    "serveo.net", "localtunnel.me", "loca.lt", "localhost.run", "api.telegram.org",
)  # fmt: skip
"""Hosts for throw-away text, caught requests and tunnels: how data is carried off."""
_RUNS: Final = (
    r"\.(?:sh|bash|exe|dll|so|dylib|scr|bat|cmd|ps1|vbs|jar|msi|hta|pkl|pickle|elf|py)"
    r"(?:[?#]|$)"
)
_CALLS: Final = frozenset(
    {
        "callback", "webhook", "hook", "exfil", "exfiltrate", "exfiltration", "beacon",
        "c2", "cnc", "postback", "payload", "stager", "dropper", "phonehome", "exec",
    }
)  # fmt: skip
"""Words of a key or a path that say an address is to be contacted, not read."""
_FETCHES: Final = frozenset(
    {"download", "update", "install", "installer", "script", "fetch", "loader"}
)
_WORD: Final = r"[A-Z]?[a-z]+\d?|[A-Z]+(?![a-z])"


def signs(text: str, key: str = "") -> Iterator[Sign]:
    """Yield what acts in a text, one sign per construct.

    Args:
        text: Metadata, a comment, a description.
        key: The name it is stored under.
    """
    found = chain(_constructs(text), _targets(text), _addresses(text, key))
    yield from islice(found, MOST)


def _constructs(text: str) -> Iterator[Sign]:
    lower = text.lower()
    for what, weight, marks, expression in _PATTERNS:
        if any(mark in lower for mark in marks):
            match = _pattern(expression).search(text)
            if match:
                yield _sign(what, weight, text, match.start())


def _targets(text: str) -> Iterator[Sign]:
    """Yield names that hydra's `instantiate` would import and call.

    Ordinary classes in JSON are left to the rules on objects built by name.
    """
    if "_target_" not in text:
        return
    structured = text.lstrip()[:1] in ("{", "[")
    for match in _pattern(_TARGET).finditer(text):
        name = match.group(1)
        dangerous = name in _DANGEROUS_ROOTS or name.split(".")[0] in _DANGEROUS_ROOTS
        if structured and not dangerous:
            continue
        what = f"hydra's _target_ {name}, which a loader imports and calls"
        yield _sign(what, _HIGH if dangerous else _REVIEW, text, match.start())


def _addresses(text: str, key: str) -> Iterator[Sign]:
    """Yield addresses that data is sent to or programs come from."""
    if "://" not in text:
        return
    seen: set[str] = set()
    for match in _pattern(_URL).finditer(text):
        host, path = match.group(1).lower().strip("."), match.group(2)
        if match.group() in seen:
            continue
        seen.add(match.group())
        before = text[max(0, match.start() - 160) : match.start()]
        why = _suspicious(host, path, key, before)
        if why is not None:
            yield _sign(why[0], why[1], text, match.start())
        elif _pattern(_USER).search(match.group()):
            yield _sign("a URL with a password", _REVIEW, text, match.start())


def _suspicious(
    host: str, path: str, key: str, before: str
) -> tuple[str, tuple[Severity, Confidence]] | None:
    """Return why an address is suspicious, and how much."""
    if host.endswith((".onion", ".i2p")):
        return "an address in a hidden network", _HIGH
    if _is_one_of(host, _DROP_HOSTS) or (host, path[:14]) == _DISCORD:
        return "a host for throw-away text, caught requests or tunnels", _LIKELY
    if _is_public_number(host):
        return "an address given as a bare number", _LIKELY
    if _is_one_of(host, KNOWN_HOSTS) or _is_local(host):
        return None
    words = {word.lower() for word in re.findall(_WORD, key)}
    steps = {step.lower() for step in re.findall(_WORD, path)}
    reasons = (
        (
            _pattern(_DOWNLOAD).search(before),
            "a command that downloads from an unknown host",
            _LIKELY,
        ),
        (
            (words | steps) & _CALLS,
            "an address to be contacted by whoever reads it",
            _LIKELY,
        ),
        (
            _pattern(_RUNS).search(path),
            "the address of a program on an unknown host",
            _REVIEW,
        ),
        (words & _FETCHES, "an address to download from, on an unknown host", _REVIEW),
    )
    return next(((why, weight) for yes, why, weight in reasons if yes), None)


_DISCORD: Final = ("discord.com", "/api/webhooks/")


def _is_one_of(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == known or host.endswith("." + known) for known in hosts)


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith((".local", ".localhost", ".internal"))


def _is_public_number(host: str) -> bool:
    """Tell whether a host is a numeric address other machines could reach."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.isdigit() and len(host) > 7  # noqa: PLR2004 - an IPv4 as one number
    reserved = address.is_loopback or address.is_link_local or address.is_unspecified
    documented = any(address in network for network in _DOCUMENTATION)
    return not reserved and (documented or not address.is_private)


_DOCUMENTATION: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)
"""Public in form; kept for examples, so a sample may name them."""


def _sign(
    what: str, weight: tuple[Severity, Confidence], text: str, start: int
) -> Sign:
    begin = max(0, start - 20)
    shown = text[begin : begin + SHOWN]
    return Sign(what, weight[0], weight[1], start, shown)
