"""A small server that speaks like OpenAI's, serves a model made by code, and can fail.

It answers in the forms of the real ones: a chat, a text that goes on, and - where it
`echoes` - the likelihoods of the question's own tokens, one for each word.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from openvet.models.protocol import GenerateRequest, Message, ScoreRequest
from specimens.models import Fake
from specimens.server import Server

MODEL = "org/name:7b"
KEY = "sk-not-a-key-of-anybody"


class Api:
    """What the server serves, how it misbehaves, and what was asked of it.

    Args:
        model: Answers.
    """

    def __init__(self, model: Fake) -> None:
        self.model = model
        self.chats = True
        self.writes = True
        self.echoes = False
        self.key = ""
        """Without which nothing is answered."""
        self.manner = ""
        """`cut`, `drip`, `silent`, `elsewhere`, `echo-key`, `text:…` for an answer that
        is none, `refuse:…` for what a refusal says, or a status code."""
        self.headers: dict[str, str] = {}
        self.after = 0
        """Requests that are answered well before the manner."""
        self.failures = -1
        """How many requests get the manner; below 0 all of them."""
        self.refuses: set[str] = set()
        """Names of parameters."""
        self.usage = True
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.keys: set[str] = set()
        self.at_once = 0
        self.most_at_once = 0
        self.address = ""
        self.lock = threading.Lock()

    @property
    def target(self) -> str:
        """What a person would name."""
        return f"openai:{self.address}/v1#{MODEL}"

    def turn(self) -> str:
        """Return the manner of the next answer."""
        with self.lock:
            if self.after:
                self.after -= 1
                return ""
            if not self.failures:
                return ""
            self.failures -= 1
            return self.manner

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and answer to a request."""
        refused = self.refuses & set(asked)
        if refused:
            return 400, _error(f"Unsupported parameter: {min(refused)}")
        if asked["model"] != MODEL:
            return 404, _error(f"The model {asked['model']} does not exist")
        if path == "/v1/chat/completions" and self.chats:
            return 200, self.chat(asked)
        if path == "/v1/completions" and self.writes:
            return 200, self.text(asked)
        return 404, {"detail": "Not Found"}

    def said(self, prompt: str | tuple[Message, ...]) -> str:
        """Return what the model says."""
        request = GenerateRequest(prompt=prompt, max_tokens=1)
        return next(self.model.generate([request])).text

    def chat(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to messages."""
        turns = tuple(
            Message(role=m["role"], content=m["content"]) for m in asked["messages"]
        )
        text = self.said(turns)
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return self.whole(choice, len(turns[-1].content.split()), len(text.split()))

    def text(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what goes on after a text, and its likelihoods if they are wanted."""
        prompt = asked["prompt"]
        said = " " + self.said(prompt)
        choice: dict[str, Any] = {"index": 0, "text": said, "finish_reason": "length"}
        words = prompt.split(" ")
        if self.echoes and asked.get("echo"):
            tokens = [words[0], *(f" {word}" for word in words[1:]), said]
            offsets = [len("".join(tokens[:at])) for at in range(len(tokens))]
            scored = next(
                self.model.score([ScoreRequest(context="", continuations=(prompt,))])
            )
            # All of it on the last word: what is compared is the sum.
            nats = [None, *[0.0] * (len(words) - 2), scored.log_likelihoods[0] - 50]
            choice["text"] = prompt + said
            choice["logprobs"] = {
                "tokens": tokens,
                "token_logprobs": [*nats[: len(words)], -1.0],
                "text_offset": offsets,
            }
        return self.whole(choice, len(words), 1)

    def whole(self, choice: dict[str, Any], read: int, written: int) -> dict[str, Any]:
        """Return a completion."""
        usage = {"prompt_tokens": read, "completion_tokens": written}
        return {
            "object": "completion",
            "model": MODEL,
            "choices": [choice],
            **({"usage": usage} if self.usage else {}),
        }


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error"}}


class Handler(BaseHTTPRequestHandler):
    """Answers for one API."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    api: Api

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Keep quiet."""

    def do_POST(self) -> None:
        """Answer a question, in the manner of the server."""
        api = self.api
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with api.lock:
            api.asked.append((self.path, asked))
            api.keys.add(self.headers.get("Authorization", ""))
            api.at_once += 1
            api.most_at_once = max(api.most_at_once, api.at_once)
        try:
            self.behave(api.turn(), asked)
        finally:
            with api.lock:
                api.at_once -= 1

    def behave(self, manner: str, asked: dict[str, Any]) -> None:
        """Answer in a manner."""
        api = self.api
        if manner.isdigit():
            return self.send(int(manner), b'{"error": "no"}')
        kind, colon, text = manner.partition(":")
        if colon:
            return self.send(200 if kind == "text" else 403, text.encode())
        if manner == "silent":
            time.sleep(3)
        if manner == "elsewhere":
            return self.send(307, b"", {"Location": "http://127.0.0.1:1/v1"})
        if api.key and self.headers.get("Authorization") != f"Bearer {api.key}":
            sent = self.headers.get("Authorization", "no key")
            return self.send(401, json.dumps(_error(f"wrong: {sent}")).encode())
        status, answer = api.answer(self.path, asked)
        body = json.dumps(answer).encode()
        if manner == "echo-key":
            body = body.replace(b"I see.", self.headers["Authorization"].encode())
        if manner == "drip":
            return self.drip(body)
        return self.send(status, body, cut=manner == "cut")

    def drip(self, body: bytes) -> None:
        """Send a byte at a time, slowly."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)

    def send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        """Send an answer; `cut` closes the connection in the middle."""
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**self.api.headers, **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


@contextmanager
def serving(model: Fake | None = None) -> Iterator[Api]:
    """Serve a model on this machine while the block runs."""
    api = Api(model or Fake(says=lambda _: "I see."))
    handler = type("Bound", (Handler,), {"api": api})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        api.address = f"http://127.0.0.1:{server.server_port}"
        yield api
        server.shutdown()
        thread.join()
