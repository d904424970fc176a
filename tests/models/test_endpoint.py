"""A model behind an API: asked carefully, whatever the server does."""

import json
import math
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from openvet.errors import ModelError, OpenvetError
from openvet.models.endpoint import EndpointModel
from openvet.models.posting import LARGEST, Patience, api_key
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    LanguageModel,
    Message,
    Metered,
    ScoreRequest,
)
from openvet.wire import replace
from specimens.endpoints import KEY, MODEL, Api, serving
from specimens.models import Fake

QUICK = Patience(request=1, total=30, tries=3, first_pause=0.01, longest_pause=0.05)
HURRIED = replace(QUICK, request=0.4)
CHAT = GenerateRequest(
    prompt=(Message(role="user", content="How are you?"),), max_tokens=8, seed=3
)
TEXT = GenerateRequest(prompt="How are", max_tokens=8, temperature=0.5)


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as served:
        yield served


def model(api: Api, patience: Patience = QUICK, **more: Any) -> EndpointModel:
    more.setdefault("key", "")
    return EndpointModel(f"{api.address}/v1", MODEL, patience=patience, **more)


def ask(api: Api, *requests: GenerateRequest) -> list[GenerateResult]:
    with model(api) as asked:
        assert asked.info.id == MODEL
        return list(asked.generate(requests or [CHAT]))


def failing(api: Api, manner: str, *, times: int = -1) -> GenerateResult:
    """Return the answer of an endpoint that begins well and then misbehaves."""
    with model(api, HURRIED) as asked:
        assert "chat" in asked.info.capabilities
        api.manner, api.failures = manner, times
        return next(asked.generate([CHAT]))


def test_it_is_a_language_model_whose_tokens_are_counted(api: Api) -> None:
    with model(api) as asked:
        assert isinstance(asked, LanguageModel)
        assert isinstance(asked, Metered)
        before = asked.spent
        list(asked.generate([CHAT] * 5))
        spent = asked.spent
    assert spent.tokens_read - before.tokens_read == 15
    assert spent.tokens_written - before.tokens_written == 10
    assert spent.cpu_seconds == 0


def test_it_says_what_it_is_as_far_as_that_can_be_told(api: Api) -> None:
    with model(api) as asked:
        info = asked.info
    assert (info.id, info.digest, info.dtype) == (MODEL, "", "unknown")
    assert info.device == api.address.removeprefix("http://")
    assert info.engine == "OpenAI-compatible endpoint"
    assert info.parameters is None


@pytest.mark.parametrize(
    ("chats", "writes", "echoes", "able"),
    [
        (True, True, True, {"chat", "generate", "score"}),
        (True, True, False, {"chat", "generate"}),
        (True, False, False, {"chat"}),
        (False, True, True, {"generate", "score"}),
    ],
)
def test_what_it_can_be_asked_is_tried_out(
    api: Api, *, chats: bool, writes: bool, echoes: bool, able: set[str]
) -> None:
    api.chats, api.writes, api.echoes = chats, writes, echoes
    with model(api) as asked:
        assert set(asked.info.capabilities) == able


def test_a_question_is_sent_as_it_was_asked(api: Api) -> None:
    ask(api, CHAT, TEXT)
    (chat, sent), (text, other) = sorted(api.asked[-2:])
    assert (chat, text) == ("/v1/chat/completions", "/v1/completions")
    assert sent == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "How are you?"}],
        "max_tokens": 8,
        "temperature": 0,
        "seed": 3,
    }
    assert (other["prompt"], other["temperature"]) == ("How are", 0.5)


def test_answers_come_in_the_order_of_the_questions_and_few_at_once() -> None:
    def says(prompt: str) -> str:
        time.sleep(0.002 * (20 - int(prompt or 0)) if prompt.isdigit() else 0)
        return prompt

    with serving(Fake(says=says)) as api, model(api) as asked:
        wanted = [str(n) for n in range(20)]
        requests = [GenerateRequest(prompt=text, max_tokens=8) for text in wanted]
        assert [one.text.strip() for one in asked.generate(requests)] == wanted
        assert 2 <= api.most_at_once <= 4


def test_likelihoods_of_an_endpoint_are_those_of_its_model(api: Api) -> None:
    api.echoes = True
    request = ScoreRequest(context="She is a", continuations=(" nurse", " doctor"))
    with model(api) as asked:
        (found,) = asked.score([request])
    (wanted,) = api.model.score([request])
    one, other = found.log_likelihoods
    first, second = wanted.log_likelihoods
    assert one - other == pytest.approx(first - second)
    assert found.tokens == (3, 3), "the first word has none, as nothing is before it"


def test_texts_that_differ_in_their_first_word_are_not_compared(api: Api) -> None:
    api.echoes = True
    with model(api) as asked:
        (found,) = asked.score([ScoreRequest(context="", continuations=("A b", "C b"))])
    assert all(map(math.isnan, found.log_likelihoods))


def test_an_endpoint_without_likelihoods_is_not_asked_for_them(api: Api) -> None:
    with model(api) as asked, pytest.raises(ModelError, match="no likelihoods"):
        next(asked.score([ScoreRequest(context="a", continuations=(" b",))]))


@pytest.mark.parametrize("name", ["seed", "temperature"])
def test_what_a_server_does_not_take_is_left_out_and_told(api: Api, name: str) -> None:
    api.refuses = {name}
    with model(api) as asked:
        assert "chat" in asked.info.capabilities
        assert next(asked.generate([CHAT])).text == "I see."
        assert f"it sets {name} by itself" in asked.protections[0]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(api: Api, status: int) -> None:
    assert failing(api, str(status), times=2).text == "I see."


def test_a_cut_answer_is_asked_for_again(api: Api) -> None:
    assert failing(api, "cut", times=1).text == "I see."


def test_the_server_says_when_it_wants_to_be_asked_again(api: Api) -> None:
    api.headers = {"Retry-After": "1"}
    patient = Patience(request=1, total=30, tries=2, first_pause=0.01, longest_pause=9)
    with model(api, patient) as asked:
        assert asked.info.id
        api.manner, api.failures, began = "429", 1, time.monotonic()
        assert next(asked.generate([CHAT])).text == "I see."
    assert time.monotonic() - began >= 1


def test_nobody_waits_longer_than_is_allowed(api: Api) -> None:
    api.headers, api.manner = {"Retry-After": "999"}, "429"
    began = time.monotonic()
    with model(api) as asked, pytest.raises(ModelError, match="fewer requests"):
        asked.info  # noqa: B018 - it is worked out
    assert time.monotonic() - began < 5


def test_there_is_a_limit_on_all_requests_together(api: Api) -> None:
    api.headers, api.manner = {"Retry-After": "9"}, "429"
    short = Patience(total=2, longest_pause=60)
    with model(api, short) as asked, pytest.raises(ModelError, match="more than 2"):
        asked.info  # noqa: B018


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("500", "HTTP 500"),
        ("cut", "ends too early"),
        ("drip", "no answer within"),
        ("silent", "no answer within"),
        ("text:<html>", "is no completion"),
        ('text:{"error": {"message": "too many"}}', "choices is missing (too many)"),
        ("text:" + "[" * 5000, "is no completion"),
        ('text:{"choices": []}', "without an answer"),
        ('text:{"choices": [{"message": null}]}', "without a text"),
        (
            'text:{"choices": [{"message": {"content": 3}}]}',
            "is no completion: choices[0].message.content is a number",
        ),
        ("text:" + " " * (LARGEST + 9), "longer than 1 MiB"),
        ("400", "refuses: HTTP 400: no"),
    ],
)
def test_an_answer_that_is_none_says_why(api: Api, manner: str, why: str) -> None:
    result = failing(api, manner)
    assert result.finish == "error"
    assert why in result.error
    assert not result.text


def test_more_than_was_asked_for_is_no_answer() -> None:
    with serving(Fake(says=lambda _: "word " * 100_000)) as api:
        api.chats = False
        with pytest.raises(ModelError, match="more than 16 tokens can hold"):
            ask(api)


@pytest.mark.parametrize("said", ["", "\x1b[2J\x00\u202e", "é" * 40])
def test_an_answer_is_what_was_said(said: str) -> None:
    with serving(Fake(says=lambda _: said)) as api:
        assert ask(api)[0].text == said


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("401", "refuses the key"),
        ("402", "to be paid"),
        ("403", "refuses access"),
        ("404", "does not know the model"),
        ("429", "fewer requests"),
        ("502", "fails .HTTP 502"),
        ("elsewhere", "redirects"),
        ("text:nonsense", "no completion"),
        ("cut", "ends too early"),
    ],
)
def test_an_endpoint_that_does_not_answer_is_no_model(
    api: Api, manner: str, why: str
) -> None:
    api.manner = manner
    with model(api) as asked, pytest.raises(ModelError, match=why) as first:
        asked.info  # noqa: B018
    assert first.value.hint
    many = len(api.asked)
    with pytest.raises(ModelError):
        asked.info  # noqa: B018
    if manner != "text:nonsense":
        assert len(api.asked) == many, "it was given up"


def test_an_endpoint_that_falls_silent_is_given_up(api: Api) -> None:
    with model(api) as asked:
        assert asked.info.id
        api.manner = "500"
        with pytest.raises(ModelError, match="HTTP 500"):
            list(asked.generate([CHAT] * 40))
        time.sleep(0.2)
        many = len(api.asked)
        with pytest.raises(ModelError, match="HTTP 500"):
            list(asked.generate([CHAT] * 40))
    assert len(api.asked) == many
    assert many < 40, "forty questions are not asked three times each"


def test_where_nothing_listens_that_is_said() -> None:
    with (
        EndpointModel("http://127.0.0.1:1/v1", "m", key="", patience=QUICK) as asked,
        pytest.raises(ModelError, match="nothing listens there"),
    ):
        asked.info  # noqa: B018


def test_the_key_goes_to_the_endpoint_and_nowhere_else(api: Api) -> None:
    api.key = KEY
    with model(api, key=KEY) as asked:
        assert "chat" in asked.info.capabilities
        api.manner = "echo-key"
        (answer,) = asked.generate([CHAT])
        assert answer.text == "Bearer [the key]"
        api.manner, api.key = "", "another"
        with pytest.raises(ModelError, match=r"wrong: Bearer \[the key\]"):
            list(asked.generate([CHAT]))
    assert api.keys == {f"Bearer {KEY}"}
    assert KEY not in json.dumps([path for path, _ in api.asked])


@pytest.mark.parametrize(
    "change",
    [
        {"usage": {"prompt_tokens": 12.0, "completion_tokens": "3"}},
        {"usage": "none"},
        {"model": ["a"], "usage": None},
        {"choices": [{"message": {"content": [{"type": "text", "text": "I see."}]}}]},
    ],
)
def test_one_odd_field_does_not_end_an_endpoint(
    api: Api, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    chat = Api.chat

    def odd(self: Api, asked: dict[str, Any]) -> dict[str, Any]:
        return {**chat(self, asked), **change}

    monkeypatch.setattr(Api, "chat", odd)
    assert ask(api)[0].text == "I see."


def test_the_key_is_the_one_of_the_environment(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVET_API_KEY", f"{KEY}\n")
    with EndpointModel(f"{api.address}/v1", MODEL, patience=QUICK) as asked:
        assert asked.info.id
    assert api.keys == {f"Bearer {KEY}"}


@pytest.mark.parametrize("key", ["a\nb", "a b", "schlüssel"])
def test_a_key_that_cannot_be_sent_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setitem(os.environ, "OPENVET_API_KEY", key)
    with pytest.raises(OpenvetError) as refused:
        api_key()
    assert key not in refused.value.diagnostics()


def test_a_connection_is_used_again(api: Api) -> None:
    with model(api, at_once=1) as asked:
        list(asked.generate([CHAT] * 5))
        assert len(asked._http._idle) == 1


def test_closing_it_ends_what_is_under_way(api: Api) -> None:
    slow = Patience(request=60, tries=1)
    with model(api, slow) as asked:
        assert asked.info.id
        api.manner = "silent"
        waiting = asked._pool.submit(asked._answer, CHAT)
        time.sleep(0.2)
        began = time.monotonic()
    with pytest.raises(ModelError, match="not asked anymore"):
        waiting.result(5)
    assert time.monotonic() - began < 2
