import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.dossier import Card
from openvet.formats.card import parse_card
from openvet.openness.claims import Claim, claims_of
from openvet.subject import Origin


def claims(text: str, *names: str) -> tuple[Claim, ...]:
    parts = parse_card(text, Budget())
    card = Card(
        origin=Origin(place=(), digest="0"),
        file="README.md",
        kind="model",
        data=parts.data,
        lines=parts.lines,
        sections=parts.sections,
    )
    return claims_of(card, names, Budget())


@pytest.mark.parametrize(
    "sentence",
    [
        "This model is open source.",
        "This is a fully open language model.",
        "Acme-1B is an open-source large language model.",
        "Acme-1B is the strongest open-source LLM.",
        "We open-source our 7B model.",
        "We are open-sourcing the weights.",
        "We're excited to open-source the Acme-1B model.",
        "The model is released under an open source license.",
        "**Acme-1B** is a *fully open* LLM.",
        "[Acme-1B](https://a.b/c) is an open-source model.",
        "Our model is 100% open.",
        "We introduce Acme IF, a novel open-source text-to-image model that is good.",
        "This is currently the largest open-source Transformer-based MoE model.",
        "Acme-1B stands as the best-performing open-source model.",
        "Acme-1B (the first) is the next generation of open-source language models.",
        "The Acme-1B model is open source.",
        "The weights are open source and free.",
        "This model is truly open source!",
        "- This model is open-sourced under the Acme License.",
    ],
)
def test_a_plain_sentence_about_this_model_is_a_claim(sentence: str) -> None:
    (found,) = claims(f"# Acme-1B\n\n{sentence}\n", "Acme-1B")
    assert found.line == 3


@pytest.mark.parametrize(
    "sentence",
    [
        "This model is not open source.",
        "This model isn't open source.",
        "It outperforms open-source models.",
        "Acme-1B is better than open-source models.",
        "Acme-1B is competitive with open-source models.",
        "We use open-source libraries.",
        "This model is trained on open source data.",
        "This model is based on the open-source model Mistral-7B.",
        "Mistral-7B is an open-source model.",
        "Is this model open source?",
        "We open-source our training code.",
        "We plan to open-source the model.",
        "We will open-source the model soon.",
        "If the model is open source, use it.",
        "This is an open-source library.",
        "This is the open-source implementation of the model.",
        "We trained it with axolotl. It is open-source.",
        "We compare it to fully open models.",
        "We compare it to open-source models.",
        "We evaluated open-source models.",
        "The code is open source.",
        "The tokenizer of this model is open source.",
        "The Mistral-7B model is an open-source language model.",
        "These models are fully open for academic research.",
        "This model is better than most open-source models.",
        "This model is close to open-source models.",
        "This dataset is open source.",
        "Open-source models are great.",
        "This model is open-domain and answers open questions.",
        "`this model is open source` is what others write",
        "```\nThis model is open source.\n```",
        "<!-- This model is open source. -->",
    ],
)
def test_other_words_about_open_source_are_no_claim(sentence: str) -> None:
    found = claims(f"# Acme-1B\n\n{sentence}\n", "Acme-1B")
    assert [c.text for c in found if not sentence.startswith("`this")] == []


def test_a_claim_may_run_over_lines_and_the_line_is_that_of_the_word() -> None:
    text = "# A\n\nMade in 2024. This\nis, we say, new. The model is\nopen source.\n"
    (found,) = claims(text)
    assert found.line == 5
    assert found.text == "The model is open source."


def test_all_of_it_is_more_than_some_of_it() -> None:
    (fully,) = claims("The model is fully open.\n")
    (some,) = claims("The model is open source.\n")
    assert (fully.fully, some.fully) == (True, False)


def test_a_tag_is_a_claim() -> None:
    (found,) = claims("---\ntags:\n- small\n- open-source\n---\n")
    assert (found.line, found.tag, found.key) == (4, True, "tags[1]")


def test_a_card_full_of_claims_is_cut() -> None:
    assert len(claims("This model is open source.\n\n" * 500)) == 20


words = st.sampled_from(
    ["we ", "this model ", "is ", "open-source ", "fully open ", "not ", ". ", "\n",
     "[", "](", ")", "**", "model ", "our "]
)  # fmt: skip


@given(st.lists(words | st.text(max_size=5), max_size=60).map("".join))
def test_any_text_is_searched_without_error(text: str) -> None:
    for claim in claims(text, "this model"):
        assert 0 < claim.line <= text.count("\n") + 1
