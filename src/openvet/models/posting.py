"""Post JSON to a server that may be slow, busy, broken or hostile.

One request is bounded in size and time; what may pass is tried again, after as long as
the server asks for, else after a time that doubles and is drawn at random, so that many
clients do not come back at once (Brooker, Exponential Backoff And Jitter, 2015). The
key goes to one host alone: redirects are not followed. It is in no message and in no
answer.
"""

import json
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import takewhile
from random import SystemRandom
from socket import SHUT_RDWR, gaierror
from threading import Event, Lock
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

import msgspec

from openvet.deadline import within
from openvet.errors import ModelError, OpenvetError
from openvet.patterns import pattern
from openvet.wire import Record

KEY: Final = "OPENVET_API_KEY"
"""The environment variable that holds the key; there is no other place for it."""
HIDDEN: Final = "[the key]"
SECRET: Final = 8
"""Characters from which on a key is one; shorter ones only fill the field."""
LARGEST: Final = 1 << 20
"""Bytes of an answer."""
SAID: Final = 200
"""Characters shown of what a server says went wrong."""
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Answers after which the same request may succeed."""
AGAIN: Final = "try again later"
NUMBER: Final = pattern(r"[0-9]+(\.[0-9]+)?")
LATER: Final = 100
"""Characters of a time to come back at, from which on it is read no further."""
SPEAKS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
"""How OpenSSL says that a server answers, and not in TLS."""


class Patience(Record, frozen=True, kw_only=True):
    """How long a server is waited for, in seconds."""

    request: float = 120
    """One request, from its first byte to the answer's last."""
    total: float = 6 * 3600
    """All requests together."""
    tries: int = 5
    """Of one request."""
    first_pause: float = 0.5
    """After the first failure; doubles with each."""
    longest_pause: float = 60
    """Also where the server asks for more."""


class Reply(Record, frozen=True, kw_only=True):
    """What a server answered."""

    status: int
    body: bytes
    pause: float = 0
    """Seconds after which it wants to be asked again."""


class Unanswered(OpenvetError):  # noqa: N818 - an absence, in a name
    """One request got no answer, after all tries."""


def api_key() -> str:
    """Return the key of the environment; empty where there is none.

    Raises:
        OpenvetError: It cannot be sent as one.
    """
    key = os.environ.get(KEY, "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise OpenvetError(
            f"{KEY} holds characters that no key has",
            hint="look for line breaks or quotes in it",
        )
    return key


class Poster:
    """Posts to addresses below one URL.

    Args:
        url: `https://host/v1`; checked before (`openvet.addresses.check_scheme`).
        key: Sent with every request, to this host alone; may be empty.
        patience: How long to wait.
        kept: Connections that are kept open.
    """

    def __init__(
        self, url: str, key: str, patience: Patience | None = None, *, kept: int = 4
    ) -> None:
        parts = urlsplit(url)
        self.patience = patience or Patience()
        self._connect: Callable[[], HTTPConnection] = partial(
            HTTPConnection, parts.hostname or "", parts.port
        )
        if parts.scheme == "https":
            self._connect = partial(
                HTTPSConnection,
                parts.hostname or "",
                parts.port,
                context=ssl.create_default_context(),
            )
        self._path = parts.path.rstrip("/")
        self._key = key
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **({"Authorization": f"Bearer {key}"} if key else {}),
        }
        self._ends = monotonic() + self.patience.total
        self._kept = kept
        self._met = False
        """Whether it ever answered."""
        self._idle: list[HTTPConnection] = []
        self._busy: set[HTTPConnection] = set()
        self._lock = Lock()
        self._closed = Event()

    def post(self, path: str, question: object) -> Reply:
        """Return the answer to a question; one that is no success is an answer too.

        Args:
            path: Below the URL: `chat/completions`.
            question: Becomes JSON.

        Raises:
            Unanswered: There is none, after all tries.
            ModelError: There is no use in asking on.
        """
        body = msgspec.json.encode(question)
        problem = ""
        for attempt in range(self.patience.tries):
            pause = 0.0
            try:
                reply = self._once(path, body)
            except (OSError, HTTPException, UnicodeError) as error:
                self._hopeless(error)
                problem = _told(error, self.clean)
            else:
                self._met = True
                if reply.status not in BUSY:
                    return reply
                problem, pause = _status(reply.status), reply.pause
            if attempt < self.patience.tries - 1:
                self._rest(attempt, pause)
        raise Unanswered(f"{problem}, {self.patience.tries} times")

    def _hopeless(self, error: Exception) -> None:
        """Raise where trying again cannot help."""
        if self._closed.is_set():
            raise ModelError("the endpoint is not asked anymore") from None
        if isinstance(error, ssl.SSLCertVerificationError):
            raise ModelError(
                "the endpoint's certificate is refused: "
                + _cut(str(error.verify_message), self.clean),
                hint="mend it; SSL_CERT_FILE names certificates of your own",
            ) from None
        if isinstance(error, ssl.SSLError) and error.reason in SPEAKS:
            raise ModelError(
                "the endpoint does not speak TLS, which https:// asks for",
                hint="use http:// for a server on this machine, or name the port that"
                " speaks TLS",
            ) from None
        # Of a name that was found once, the next question may find it again.
        if isinstance(error, gaierror | UnicodeError) and not self._met:
            why = _told(error, self.clean)
            raise ModelError(
                f"the endpoint's host name cannot be resolved: {why}",
                hint="check the name, and whether this machine is online; proxies of"
                " the environment are not used",
            ) from None

    def _rest(self, attempt: int, asked: float) -> None:
        """Wait until the next try.

        Raises:
            ModelError: There is no time left.
        """
        patience = self.patience
        grown = patience.first_pause * 2**attempt * SystemRandom().uniform(0.5, 1)
        pause = min(max(asked, grown), patience.longest_pause)
        if monotonic() + pause > self._ends:
            raise self._late()
        self._closed.wait(pause)

    def _late(self) -> ModelError:
        return ModelError(
            f"asking took more than {self.patience.total:g} seconds", hint=AGAIN
        )

    def _once(self, path: str, body: bytes) -> Reply:
        """Ask once.

        Raises:
            OSError: No connection, or too slow.
            HTTPException: What came is no answer.
            Unanswered: The answer is too long.
            ModelError: There is no time left.
        """
        left = min(self.patience.request, self._ends - monotonic())
        if left <= 0:
            raise self._late()
        with self._lock:
            connection = self._idle.pop() if self._idle else self._connect()
            self._busy.add(connection)
        # The limit of `within` is to be reached first: it is the one that is told.
        connection.timeout, whole = 2 * left, False
        try:
            work = partial(_exchange, connection, f"{self._path}/{path}", body)
            reply, whole = within(left, partial(work, self._headers))
        finally:
            with self._lock:
                self._busy.discard(connection)
                keep = whole and len(self._idle) < self._kept
                if keep and not self._closed.is_set():
                    self._idle.append(connection)
                else:
                    _end(connection)
        return reply

    def clean(self, text: str) -> str:
        """Return a text of the server without the key, should it be in there."""
        if len(self._key) < SECRET:
            return text
        text = _without_start(text.replace(self._key, HIDDEN), self._key, HIDDEN)
        # The end of a key is the start of what is read from behind.
        back = _without_start(text[::-1], self._key[::-1], HIDDEN[::-1])
        return back[::-1]

    def close(self) -> None:
        """Let go of all connections; whoever waits for an answer gets none."""
        self._closed.set()
        with self._lock:
            for connection in (*self._idle, *self._busy):
                _end(connection)
            self._idle.clear()


def _exchange(
    connection: HTTPConnection,
    path: str,
    body: bytes,
    headers: dict[str, str],
) -> tuple[Reply, bool]:
    """Return an answer, and whether the connection can be used again."""
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    data = response.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unanswered(f"the answer is longer than {LARGEST >> 20} MiB")
    if response.length:
        raise HTTPException("the answer ends too early")
    reply = Reply(
        status=response.status, body=data, pause=_pause(response.headers["Retry-After"])
    )
    return reply, response.isclosed()


def _without_start(text: str, key: str, put: str) -> str:
    """Return a text with something else for whatever begins as the key does.

    Servers show a key in part, to tell whose it is.
    """
    parts: list[str] = []
    at = 0
    while (found := text.find(key[:SECRET], at)) >= 0:
        parts += (text[at:found], put)
        pairs = zip(key, text[found : found + len(key)], strict=False)
        at = found + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return "".join((*parts, text[at:]))


def _pause(text: str | None) -> float:
    """Return the seconds that a `Retry-After` asks for, as a number or as a date.

    Both are in RFC 9110, section 10.2.3. What is neither counts as nothing; how long
    anybody is waited for is limited elsewhere.
    """
    text = (text or "").strip()
    if NUMBER.fullmatch(text):
        # More digits are more seconds than anybody waits, and none is lost before them.
        return float(text[:LATER])
    try:
        then = parsedate_to_datetime(text[:LATER])
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        return max((then - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _end(connection: HTTPConnection) -> None:
    """Close a connection, also under the hands of a thread that reads from it."""
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(SHUT_RDWR)
    connection.close()


def _cut(text: str, clean: Callable[[str], str]) -> str:
    """Return the beginning of what a server says.

    The key goes first: half of one, at the end of what is shown, is not found anymore.
    """
    return clean(text)[:SAID]


def _told(error: Exception, clean: Callable[[str], str]) -> str:
    """Return what went wrong with a request, in a line."""
    if isinstance(error, TimeoutError):
        return _cut(str(error), clean) or "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return _cut(str(said), clean)


def _status(status: int) -> str:
    """Return what a status of a busy server means."""
    if status == 429:  # noqa: PLR2004 - the one that everybody knows
        return "the endpoint asks for fewer requests (HTTP 429)"
    return f"the endpoint fails (HTTP {status})"


def said(reply: Reply, clean: Callable[[str], str]) -> str:
    """Return what an answer that is no success says, in a line.

    Args:
        reply: OpenAI's form, `{"error": {"message": …}}`, or another.
        clean: Takes the key out of it.
    """
    words = complaint(plain(reply), clean)
    return f"HTTP {reply.status}" + (f": {words}" if words else "")


def complaint(found: object, clean: Callable[[str], str]) -> str:
    """Return what an answer says went wrong; empty where it says nothing."""
    for key in ("error", "message", "detail"):
        if isinstance(found, dict):
            found = found.get(key, found)
    if not isinstance(found, str):
        return ""
    return _cut(" ".join(whole(found).split()), clean)


def plain(reply: Reply) -> object:
    """Return the data of an answer; None where it is no JSON.

    Servers cut texts in the middle of a character, which strict parsers refuse.
    """
    try:
        return json.loads(reply.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def whole(text: str) -> str:
    """Return a text with halves of characters replaced, which JSON can write."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
