"""What servers answer: taken for what it says and for nothing more."""

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.models.completions import (
    Broken,
    Completion,
    completion,
    likelihood_of,
    scored,
    text_of,
)
from openvet.models.posting import Reply, said
from openvet.models.protocol import GenerateRequest, Message

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
