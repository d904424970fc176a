"""The key of an endpoint: no part of it is left in what a server says and we show."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from openvet.errors import ModelError
from openvet.models.endpoint import EndpointModel
from openvet.models.posting import Patience
from openvet.models.protocol import GenerateRequest, Message
from specimens.endpoints import KEY, MODEL, Api, serving

QUICK = Patience(request=1, total=30, tries=2, first_pause=0.01, longest_pause=0.05)
CHAT = GenerateRequest(
    prompt=(Message(role="user", content="How are you?"),), max_tokens=8
)


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as served:
        yield served


def model(api: Api) -> EndpointModel:
    return EndpointModel(f"{api.address}/v1", MODEL, key=KEY, patience=QUICK)


@pytest.fixture
def babbler() -> Iterator[str]:
    """Serve what is no HTTP, with the key of the request where others cut."""

    def babble() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    lines = connection.recv(1 << 16).split(b"\r\n")
                    key = next(
                        line for line in lines if line.startswith(b"Authorization")
                    )
                    sent = b"x" * 175 + key.split()[-1] + b" is no key of ours\r\n\r\n"
                    connection.sendall(sent)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=babble, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-0123456789abcdefghijklmnop",
        "c2stbm90LWEta2V5LW9mLWFueWJvZHk+/w==",
        "sk%2Dnot%2Da%2Dkey%2Dof%2Danybody",
    ],
)
def test_no_part_of_the_key_is_left_where_a_line_of_a_server_is_cut(
    babbler: str, key: str
) -> None:
    with (
        EndpointModel(babbler, MODEL, key=key, patience=QUICK) as asked,
        pytest.raises(ModelError) as failed,
    ):
        asked.info  # noqa: B018 - it is worked out
    assert "x" * 175 + "[the key]" in failed.value.message
    assert len(failed.value.message) < 250
    assert key[:8] not in failed.value.diagnostics()


@pytest.mark.parametrize("name", ["error", "message", "detail"])
def test_no_part_of_the_key_is_left_where_a_refusal_is_cut(api: Api, name: str) -> None:
    with model(api) as asked:
        assert asked.info.id
        api.manner = "refuse:" + json.dumps({name: "x" * 190 + KEY + " is no key"})
        with pytest.raises(ModelError) as failed:
            list(asked.generate([CHAT]))
    assert "[the key]" in failed.value.message
    assert KEY[:8] not in failed.value.message


def test_the_key_is_not_shown_where_a_success_complains(api: Api) -> None:
    said = {"error": {"message": "y" * 190 + KEY}, "choices": []}
    with model(api) as asked:
        assert asked.info.id
        api.manner = f"text:{json.dumps(said)}"
        (answer,) = asked.generate([CHAT])
    assert "without an answer (yyy" in answer.error
    assert KEY[:8] not in answer.error
