"""What servers answer: taken for what it says and for nothing more."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.models.completions import body, likelihood_of, scored, text_of
from openvet.models.posting import Reply, said
from openvet.models.protocol import GenerateRequest, Message
from openvet.models.replies import Broken, Completion, completion

TURN = (Message(role="user", content="Hi"),)
ASKED = [GenerateRequest(prompt=one, max_tokens=4) for one in ("Hi", TURN)]
NAMES = ["choices", "text", "message", "content", "refusal", "finish_reason"]
MORE = ["usage", "prompt_tokens", "logprobs", "tokens", "token_logprobs", "error"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, *MORE]), inner, max_size=5)
    ),
    max_leaves=20,
)


def same(text: str) -> str:
    return text


def echoed(**changes: Any) -> Completion:
    """Return the answer of vLLM to `The sky is`, with a mark of the beginning."""
    likelihoods = {
        "tokens": ["<s>", "The", " sky", " is", " blue"],
        "token_logprobs": [None, -3.0, -4.0, -0.5, -0.25],
        "text_offset": [0, 3, 6, 10, 13],
        **changes,
    }
    usage = {"prompt_tokens": changes.get("count", 4), "completion_tokens": 1}
    choice = {"text": changes.get("text", "The sky is blue"), "logprobs": likelihoods}
    return msgspec.convert({"choices": [choice], "usage": usage}, Completion)


def test_the_likelihood_of_a_text_is_that_of_its_own_tokens() -> None:
    found = likelihood_of(echoed(), "The sky is")
    assert (found.value, found.tokens, found.first) == (-7.5, 3, "<s>")


def test_without_a_count_the_offsets_tell_which_tokens_are_its_own() -> None:
    tokens, nats = ["The", " sky", " blue"], [None, -4.0, -0.25]
    offsets = {"text_offset": [0, 3, 7], "count": None}
    answer = echoed(tokens=tokens, token_logprobs=nats, text="The sky blue", **offsets)
    assert likelihood_of(answer, "The sky").value == -4.0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": " blue"}, "does not echo"),
        ({"tokens": None}, "gives no likelihoods"),
        ({"token_logprobs": [-1.0]}, "gives no likelihoods"),
        ({"count": 9}, "which token"),
        ({"count": 2}, "which token"),
        ({"tokens": ["a", "b", "c", "d", "e"]}, "another text"),
        ({"token_logprobs": [None, -3.0, None, -1.0, -1.0]}, "that are none"),
        ({"token_logprobs": [None, -3.0, 2.0, -1.0, -1.0]}, "that are none"),
        ({"token_logprobs": [None, -1e308, -1e308, -1.0, -1.0]}, "that are none"),
    ],
)
def test_likelihoods_that_are_none_are_not_taken(
    changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Broken, match=why):
        likelihood_of(echoed(**changes), "The sky is")


def test_a_mark_of_the_beginning_lets_first_words_be_compared() -> None:
    one = likelihood_of(echoed(), "The sky is")
    result = scored([one, one])
    assert result.log_likelihoods == (-7.5, -7.5)
    assert math.isfinite(sum(result.log_likelihoods))


def test_a_refusal_is_an_answer_and_a_withheld_one_is_not() -> None:
    choice = {"message": {"content": None, "refusal": "I cannot."}}
    found = msgspec.convert({"choices": [choice]}, Completion)
    assert text_of(found, ASKED[1], same).text == "I cannot."
    held = {"message": {"content": ""}, "finish_reason": "content_filter"}
    with pytest.raises(Broken, match="withheld"):
        text_of(msgspec.convert({"choices": [held]}, Completion), ASKED[1], same)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "no\\n such  model"}}', "HTTP 404: no such model"),
        (b'{"error": "busy"}', "HTTP 404: busy"),
        (b'{"detail": "Not Found"}', "HTTP 404: Not Found"),
        (b"<html>", "HTTP 404"),
        (b'{"detail": [1]}', "HTTP 404"),
    ],
)
def test_what_a_server_says_went_wrong_is_told_in_a_line(
    body: bytes, words: str
) -> None:
    assert said(Reply(status=404, body=body), same) == words


def answered(found: object) -> str:
    """Return the text of a chat's answer, written as JSON, or why there is none."""
    text = json.dumps(found) if not isinstance(found, str) else found
    try:
        body = completion(Reply(status=200, body=text.encode()), same)
        return text_of(body, ASKED[1], same).text
    except Broken as error:
        return str(error)


def saying(content: object, **more: object) -> dict[str, object]:
    return {"choices": [{"message": {"content": content, **more}}]}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}], "Hello"),
        ([{"text": "Hel"}, "lo"], "Hello"),
        ([{"type": "thinking", "thinking": []}, {"type": "text", "text": "Hi"}], "Hi"),
        ([{"type": "image_url", "image_url": {"url": "x"}}], ""),
        ([{"type": "refusal", "refusal": "I cannot."}], "I cannot."),
        ([], ""),
        (None, ""),
    ],
)
def test_parts_of_a_text_are_joined(content: object, text: str) -> None:
    assert answered(saying(content)) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("\\ud800", "\ufffd"),
        ("a\\udc00b", "a\ufffdb"),
        ("\\ud83d\\ude00", "\U0001f600"),
        ("\\ud83d", "\ufffd"),
    ],
)
def test_half_a_character_is_replaced_and_a_whole_one_stays(
    written: str, text: str
) -> None:
    assert answered(f'{{"choices": [{{"message": {{"content": "{written}"}}}}]}}') == (
        text
    )


@pytest.mark.parametrize(
    ("usage", "read", "written"),
    [
        ({"prompt_tokens": 12.0, "completion_tokens": 3}, 12, 3),
        ({"prompt_tokens": "12", "completion_tokens": 3.5}, 0, 0),
        ({"prompt_tokens": True, "completion_tokens": [1]}, 0, 0),
        ({"prompt_tokens": 1e300, "completion_tokens": -1}, 0, 0),
        ({"prompt_tokens": math.nan, "completion_tokens": math.inf}, 0, 0),
        ({"prompt_tokens": 2**70}, 0, 0),
    ],
)
def test_a_count_of_the_wrong_form_is_not_told(
    usage: dict[str, object], read: int, written: int
) -> None:
    reply = Reply(
        status=200, body=json.dumps({**saying("Hi"), "usage": usage}).encode()
    )
    found = completion(reply, same).usage
    assert found is not None
    assert (found.read, found.written) == (read, written)


@pytest.mark.parametrize("usage", ["12", 12, [], None, False])
def test_usage_that_is_none_costs_no_answer(usage: object) -> None:
    assert answered({**saying("Hi"), "usage": usage}) == "Hi"


@pytest.mark.parametrize(
    "odd",
    [
        {"finish_reason": 3},
        {"finish_reason": {"type": "stop"}},
        {"logprobs": [1]},
        {"logprobs": {"content": [], "tokens": 3, "token_logprobs": "x"}},
        {"text": 3},
    ],
)
def test_what_nobody_needs_may_be_odd(odd: dict[str, object]) -> None:
    assert answered({"choices": [{"message": {"content": "Hi"}, **odd}, 3]}) == "Hi"
    assert answered(saying("Hi", refusal=3, tool_calls="x")) == "Hi"


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([], "is JSON with choices"),
        ("<html>", "is JSON with choices"),
        ({}, "choices is missing"),
        ({"choices": "x"}, "choices is a text"),
        ({"choices": [3]}, "choices[0] is a number"),
        ({"choices": [{"message": "x"}]}, "choices[0].message is a text"),
        (saying({"text": "x"}), "choices[0].message.content is an object"),
        (saying(True), "choices[0].message.content is true or false"),
        (saying(["a", 3]), "choices[0].message.content[1] is a number"),
        (saying([{"type": "text"}]), "message.content[0].text is missing"),
        ({"choices": [{"text": [1]}]}, "choices[0].text is a list"),
        ({"detail": "x\n" * 999}, "choices is missing (x x x"),
    ],
)
def test_what_is_no_completion_names_the_field_that_is_wrong(
    found: object, why: str
) -> None:
    said = answered(found)
    assert why in said
    assert said.startswith("what the endpoint sent is no completion")
    assert len(said) < 300


@pytest.mark.parametrize(
    "changes",
    [
        {"tokens": ["<s>", 3, " sky", " is", " blue"]},
        {"token_logprobs": [None, "x", -4.0, -0.5, -0.25]},
        {"token_logprobs": [None, True, -4.0, -0.5, -0.25]},
        {"token_logprobs": {"a": 1}},
    ],
)
def test_likelihoods_of_the_wrong_form_are_none(changes: dict[str, object]) -> None:
    likelihoods = {
        "tokens": ["<s>", "The", " sky", " is", " blue"],
        "token_logprobs": [None, -3, -4.0, -0.5, -0.25],
        "text_offset": [0.0, 3, 6, 10, 13],
    }

    def likely(logprobs: dict[str, object]) -> float:
        choice = {"text": "The sky is blue", "logprobs": logprobs}
        data = {"choices": [choice], "usage": {"prompt_tokens": 4.0}}
        body = json.dumps(data).encode()
        found = completion(Reply(status=200, body=body), same)
        return likelihood_of(found, "The sky is").value

    assert likely(likelihoods) == -7.5
    with pytest.raises(Broken, match="gives no likelihoods"):
        likely({**likelihoods, **changes})


@given(VALUES, st.sampled_from([200, 400]))
def test_whatever_a_server_sends_is_an_answer_or_broken(
    value: object, status: int
) -> None:
    reply = Reply(status=status, body=json.dumps(value).encode())
    assert said(reply, same).startswith("HTTP")
    try:
        found = completion(reply, same)
    except Broken:
        return
    for asked in ASKED:
        for take in (
            lambda asked=asked: text_of(found, asked, same),
            lambda: likelihood_of(found, "Hi"),
        ):
            try:
                take()
            except Broken:
                continue


@given(st.binary(max_size=60))
def test_bytes_that_are_no_answer_are_broken(body: bytes) -> None:
    with pytest.raises(Broken):
        completion(Reply(status=200, body=body), same)


@pytest.mark.parametrize("seed", [0, 7, -7, 2**63 - 1, -(2**63), 2**64, -(2**64)])
def test_a_seed_is_sent_as_servers_take_them(seed: int) -> None:
    asked = GenerateRequest(prompt="Hi", max_tokens=4, seed=seed)
    sent = body(asked)["seed"]
    assert -(2**63) <= sent < 2**63
    assert sent == seed or abs(seed) >= 2**63
