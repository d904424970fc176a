"""Posting: no part of the key is left in what is shown, and nobody is asked in vain."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from openvet.errors import ModelError
from openvet.models import posting
from openvet.models.endpoint import EndpointModel
from openvet.models.posting import Patience, Poster
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


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (KEY, "[the key]"),
        (f"bad key {KEY[:20]}", "bad key [the key]"),
        (f"({KEY[:8]}...{KEY[-8:]})", "([the key]...[the key])"),
        (f"{KEY[:9]}{KEY}{KEY[4:]}!", "[the key][the key][the key]!"),
        (f"{KEY[:7]} {KEY[-7:]}", f"{KEY[:7]} {KEY[-7:]}"),
        ("sk-not-x, and nothing else", "sk-not-x, and nothing else"),
        ("", ""),
    ],
)
def test_a_part_of_the_key_that_could_be_gone_on_with_is_hidden(
    said: str, shown: str
) -> None:
    assert Poster("http://127.0.0.1:1/v1", KEY).clean(said) == shown


def test_what_is_too_short_for_a_key_is_left_in_answers() -> None:
    assert Poster("http://127.0.0.1:1/v1", "none").clean("none of it") == "none of it"


def test_a_shortened_key_is_shown_nowhere(api: Api) -> None:
    with model(api) as asked:
        assert asked.info.id
        api.manner = "refuse:" + json.dumps({"error": f"bad key {KEY[:20]}"})
        with pytest.raises(ModelError, match=r"bad key \[the key\]") as failed:
            list(asked.generate([CHAT]))
    assert KEY[:8] not in failed.value.message


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3),
        (" 2.5 ", 2.5),
        ("999999", 999_999),
        ("99999999", 99_999_999),
        ("Wed, 21 Oct 1999 07:28:00 GMT", 0),
        ("Wed, 99 Oct 2099 07:28:00 GMT", 0),
        ("-5", 0),
        ("1e9", 0),
        ("inf", 0),
        ("soon", 0),
        ("x " * 9999, 0),
        (None, 0),
    ],
)
def test_a_server_says_in_seconds_when_to_come_back(
    said: str | None, seconds: float
) -> None:
    assert posting._pause(said) == seconds


@pytest.mark.parametrize("digits", [9, 99, 60_000])
def test_more_digits_are_never_sooner(digits: int) -> None:
    assert posting._pause("9" * digits) > 1e8


@pytest.mark.parametrize("form", ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"])
def test_a_server_says_as_a_date_when_to_come_back(form: str) -> None:
    then = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < posting._pause(then.strftime(form)) <= 30


@pytest.mark.parametrize("said", ["99999999", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_nobody_comes_back_before_the_longest_pause_is_over(
    api: Api, said: str
) -> None:
    patient = Patience(request=1, total=30, tries=2, first_pause=0.01, longest_pause=1)
    api.headers = {"Retry-After": said}
    with EndpointModel(f"{api.address}/v1", MODEL, key=KEY, patience=patient) as asked:
        assert asked.info.id
        api.manner, api.failures, began = "429", 1, monotonic()
        assert next(asked.generate([CHAT])).text == "I see."
    assert 1 <= monotonic() - began < 5


def met(url: str) -> ModelError:
    """Return why an endpoint is no model, which has to be clear at once."""
    patient = Patience(first_pause=30, longest_pause=30)
    began = monotonic()
    with (
        EndpointModel(url, MODEL, key=KEY, patience=patient) as asked,
        pytest.raises(ModelError) as failed,
    ):
        asked.info  # noqa: B018 - it is worked out
    assert monotonic() - began < 25
    return failed.value


def test_a_port_without_tls_is_asked_once_for_it(api: Api) -> None:
    error = met(api.address.replace("http:", "https:") + "/v1")
    assert "does not speak TLS" in error.message
    assert "use http://" in (error.hint or "")


@pytest.mark.parametrize(
    "failure", [socket.gaierror(-2, "Name or service not known"), UnicodeError("idna")]
)
def test_a_name_that_nobody_knows_is_asked_for_once(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = met("https://no-such-host.invalid/v1")
    assert "host name cannot be resolved" in error.message
    assert "check the name" in (error.hint or "")


def test_a_name_that_was_known_is_asked_for_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    times, known = [1], socket.getaddrinfo

    def forgetful(*arguments: Any, **options: Any) -> Any:
        if times:
            times.pop()
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return known(*arguments, **options)

    with model(api) as asked:
        assert asked.info.id
        while asked._http._idle:
            posting._end(asked._http._idle.pop())
        monkeypatch.setattr(socket, "getaddrinfo", forgetful)
        assert next(asked.generate([CHAT])).text == "I see."
    assert not times
