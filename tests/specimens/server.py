"""A small server that serves files by range, like a model hub, and can misbehave."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """What the server serves, how it misbehaves, and what was asked of it.

    Args:
        files: Content by name.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.sizes: dict[str, int] = {}
        """Declared sizes that differ from the truth: sparse files."""
        self.sent = 0
        self.requests: list[str] = []
        self.tokens: list[str] = []
        self.manner = ""
        """`no-ranges`, `short`, `long`, `other-size`, `other-part`, `cut`, `drip`,
        `drip-headers`, `elsewhere`, `loop`, or a status code that every file answers
        with."""
        self.headers: dict[str, str] = {}
        """Sent with every answer about a file, in place of the right ones."""
        self.said = b""
        """What the hub answers to a question about the model, in place of the truth."""
        self.failures = 0
        """How many requests still get the manner, for faults that pass."""
        self.elsewhere = "http://localhost:1/"
        """Where `elsewhere` redirects to."""
        self.address = ""

    def content(self, name: str, start: int, stop: int) -> bytes:
        """Return a range of a file; beyond its bytes a sparse file is zeros."""
        data = self.files[name]
        part = data[start:stop]
        return part + bytes(max(0, stop - max(start, len(data)) if start < stop else 0))

    def size(self, name: str) -> int:
        """Return the size that the server declares."""
        return self.sizes.get(name, len(self.files[name]))

    def listing(self) -> dict[str, Any]:
        """Return the hub's answer to a question about the model."""
        return {
            "id": "org/name",
            "sha": COMMIT,
            "siblings": [
                {
                    "rfilename": name,
                    "size": self.size(name),
                    "blobId": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
                    "lfs": {
                        "sha256": hashlib.sha256(data).hexdigest(),
                        "size": self.size(name),
                        "pointerSize": 134,
                    },
                }
                for name, data in self.files.items()
            ],
        }


class Handler(BaseHTTPRequestHandler):
    """Answers for one hub."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Keep quiet."""

    def do_GET(self) -> None:
        """Serve the listing or a file."""
        hub = self.hub
        path = unquote(self.path.partition("?")[0])
        hub.requests.append(path)
        hub.tokens.append(self.headers.get("authorization", ""))
        if hub.manner == "drip-headers":
            return self.slowly(b"HTTP/1.1 206 Partial Content\r\nX: " + b"x" * 1000)
        if path.startswith("/api/models/"):
            return self.api(path)
        name = path.removeprefix(f"/org/name/resolve/{COMMIT}/").lstrip("/")
        manner = hub.manner
        if manner and hub.failures:
            hub.failures -= 1
            if not hub.failures:
                hub.manner = ""
        if manner.isdigit():
            return self.answer(int(manner), b"", {"Retry-After": "0", **hub.headers})
        moved = {"loop": self.path, "elsewhere": hub.elsewhere}.get(manner)
        if moved:
            return self.answer(302, b"", {"Location": moved})
        if name not in hub.files:
            return self.answer(404, b"")
        return self.file(name, manner)

    def api(self, path: str) -> None:
        """Serve the listing, or the status that the manner names."""
        if self.hub.manner.startswith("api-"):
            return self.answer(int(self.hub.manner[4:]), b"{}")
        if "org/name" not in path:
            return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        return self.answer(
            200,
            self.hub.said or json.dumps(self.hub.listing()).encode(),
            {"Content-Type": "application/json"},
        )

    def file(self, name: str, manner: str) -> None:
        """Serve a range of a file, honestly or not."""
        size = self.hub.size(name)
        wanted = self.headers.get("range")
        if wanted is None or manner == "no-ranges":
            return self.answer(200, self.hub.content(name, 0, size))
        start, _, last = wanted.removeprefix("bytes=").partition("-")
        stop = min(int(last) + 1, size)
        body = self.hub.content(name, int(start), stop)
        total = size * 2 if manner == "other-size" else size
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{total}"}
        if manner == "short":
            body = body[: len(body) // 2]
        if manner == "other-part":
            headers = {"Content-Range": f"bytes {int(start) + 1}-{stop}/{total}"}
        headers |= self.hub.headers
        if manner == "drip":
            return self.drip(body, headers)
        if manner == "long":
            body += b"x" * 100_000
        return self.answer(206, body, headers, cut=manner == "cut")

    def drip(self, body: bytes, headers: dict[str, str]) -> None:
        """Send a byte at a time, slowly."""
        self.send_response(206)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        self.slowly(body)

    def slowly(self, data: bytes) -> None:
        """Send bytes one at a time, until there is nobody to send them to."""
        with suppress(OSError):
            for byte in data:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)

    def answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        """Send an answer; `cut` closes the connection in the middle."""
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        body = body[: len(body) // 2] if cut else body
        try:
            for at in range(0, len(body), 1 << 16):
                self.wfile.write(body[at : at + (1 << 16)])
                self.hub.sent += len(body[at : at + (1 << 16)])
        except (BrokenPipeError, ConnectionResetError):
            cut = True
        if cut:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """Serves until it is shut down; a client that leaves early is no error."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Hub]:
    """Serve files on this machine while the block runs."""
    hub = Hub(files)
    handler = type("Bound", (Handler,), {"hub": hub})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(  # looks every 10 ms whether it is to end
            target=server.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        hub.address = f"http://127.0.0.1:{server.server_port}"
        yield hub
        server.shutdown()
        thread.join()
