"""The exact engine: packed or plain, its numbers are those of text after text."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import Place, place_of
from openvet.models.protocol import (
    GenerateRequest,
    LanguageModel,
    Message,
    ScoreRequest,
)
from specimens.language_models import STYLES, make, needed

pytestmark = pytest.mark.slow
needed()


def causal(place: Place) -> CausalModel:
    model = open_model(place)
    assert isinstance(model, CausalModel)
    return model


PAIRS = (
    ("The nurse said that", (" she was tired.", " he was happy and left early.")),
    ("", ("The nurse was late.", "They were late.")),
    ("", ("He left.", "She was tired and left early.", "They left.")),
    ("The nurse was", (" tired", " tired and late")),
    ("The nurse said that he", (" was tired",)),
    ("The nurse and the nurse and the nurse and the", (" nurse left", " nurse was")),
)
REQUESTS = [ScoreRequest(context=c, continuations=more) for c, more in PAIRS]

Make = Callable[..., CausalModel]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Make:
    @cache
    def made(style: str = "llama", *, chat: bool = False) -> CausalModel:
        folder = make(tmp_path_factory.mktemp(style), style, chat=chat)
        return causal(place_of(folder))

    return made


def naive(model: CausalModel, request: ScoreRequest) -> list[float]:
    """Score each whole text on its own; what is shared counts for each."""
    import torch

    found = []
    for text in request.continuations:
        ids = model.opened.tokenizer(request.context + text)["input_ids"]
        ids = [*model.opened.start, *ids]
        with torch.no_grad():
            logits = model.opened.model(torch.tensor([ids])).logits[0].double()
        values = logits.log_softmax(-1)[:-1].gather(1, torch.tensor([ids[1:]]).T)
        found.append(float(values.sum()))
    return found


@pytest.mark.parametrize("style", STYLES)
def test_differences_are_those_of_the_naive_loop(model: Make, style: str) -> None:
    asked = model(style)
    results = list(asked.score(REQUESTS))
    assert len(results) == len(REQUESTS)
    for request, result in zip(REQUESTS, results, strict=True):
        expected = naive(asked, request)
        ours = result.log_likelihoods
        for value, wanted in zip(ours, expected, strict=True):
            # The shared part, which is left out, moves all of them alike.
            assert value - ours[0] == pytest.approx(wanted - expected[0], abs=1e-3)
            assert (value > ours[0]) == (wanted > expected[0])


@pytest.mark.parametrize(
    ("style", "packs"),
    [
        ("gpt2", True),
        ("llama", True),
        ("gemma3", True),
        ("mistral", True),
        ("mamba", False),
        ("bloom", False),
    ],
)
def test_a_model_that_takes_no_block_mask_is_found_out_and_says_so(
    model: Make, style: str, packs: bool
) -> None:
    info = model(style).info
    assert model(style).packs == packs
    assert ("packed trees" in info.engine) == packs
    assert ("plain batches" in info.engine) != packs


def test_texts_beyond_a_sliding_window_are_still_exact(model: Make) -> None:
    asked = model("gemma3")
    assert asked.opened.reach == 16
    long = "The nurse said that they were tired and late and left early and she" * 2
    request = ScoreRequest(context=long, continuations=(" was happy", " left early"))
    assert asked._tree(request).depth > 16
    (result,) = asked.score([request])
    first, second = naive(asked, request)
    ours = result.log_likelihoods
    assert ours[1] - ours[0] == pytest.approx(second - first, abs=1e-3)


def test_the_likelihood_of_one_continuation_leaves_out_its_context(model: Make) -> None:
    asked = model()
    whole, part = asked.score(
        [
            ScoreRequest(context="", continuations=("The nurse left",)),
            ScoreRequest(context="The nurse", continuations=(" left",)),
        ]
    )
    assert part.tokens < whole.tokens
    (context,) = asked.score([ScoreRequest(context="", continuations=("The nurse",))])
    assert whole.log_likelihoods[0] == pytest.approx(
        part.log_likelihoods[0] + context.log_likelihoods[0], abs=1e-4
    )


def test_many_requests_come_back_in_their_order(model: Make) -> None:
    asked = model()
    asked.row = 40
    many = REQUESTS * 5
    once = [next(iter(asked.score([request]))) for request in many]
    asked.row = 256
    for together, alone in zip(asked.score(many), once, strict=True):
        assert together.tokens == alone.tokens
        assert together.log_likelihoods == pytest.approx(alone.log_likelihoods, 1e-5)


def test_empty_texts_weigh_nothing(model: Make) -> None:
    (result,) = model().score([ScoreRequest(context="", continuations=("", ""))])
    assert result.log_likelihoods == (0.0, 0.0)
    assert result.tokens == (0, 0)


def test_a_text_that_does_not_fit_is_an_error_in_words(model: Make) -> None:
    request = ScoreRequest(context="", continuations=("a" * 100, "b" * 100))
    with pytest.raises(ModelError, match="a text of 100 tokens; the model takes 64"):
        list(model().score([request]))
    with pytest.raises(ModelError, match="nothing to score"):
        list(model().score([ScoreRequest(context="a", continuations=())]))


def test_answers_are_not_moved_by_their_neighbors(model: Make) -> None:
    asked = model()
    requests = [
        GenerateRequest(prompt="The nurse", max_tokens=9),
        GenerateRequest(prompt="The nurse said that they", max_tokens=3),
        GenerateRequest(prompt="He", max_tokens=12, temperature=1, seed=1),
        GenerateRequest(prompt="He", max_tokens=12, temperature=1, seed=2),
    ]
    together = list(asked.generate(requests))
    assert together == [next(asked.generate([request])) for request in requests]
    assert together[2].text != together[3].text
    for request, result in zip(requests, together, strict=True):
        assert 0 < result.tokens <= request.max_tokens
        assert (result.finish == "stop") == (result.tokens < request.max_tokens)


def test_greedy_answers_are_those_of_the_library(model: Make) -> None:
    import torch

    asked = model("gpt2")
    (result,) = asked.generate([GenerateRequest(prompt="The nurse", max_tokens=8)])
    ids = asked.opened.tokenizer("The nurse", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        for _ in range(8):
            following = asked.opened.model(ids).logits[:, -1:].argmax(-1)
            ids = torch.cat([ids, following], dim=1)
    expected = asked.opened.tokenizer.decode(ids[0], skip_special_tokens=True)
    assert "The nurse" + result.text == expected


def test_sampling_draws_as_often_as_the_model_says(model: Make) -> None:
    import torch

    asked = model("gpt2")
    draws = 2000
    requests = [
        GenerateRequest(prompt="The", max_tokens=1, temperature=0.5, seed=seed)
        for seed in range(draws)
    ]
    ids = asked.opened.tokenizer("The", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        shares = (asked.opened.model(ids).logits[0, -1] / 0.5).softmax(-1)
    decode = asked.opened.tokenizer.decode
    texts = [decode([token], skip_special_tokens=True) for token in range(len(shares))]
    text = texts[int(shares.argmax())]
    found = sum(result.text == text for result in asked.generate(requests))
    share = sum(float(shares[at]) for at, other in enumerate(texts) if other == text)
    spread = (share * (1 - share) / draws) ** 0.5
    assert abs(found / draws - share) < 4 * spread


def test_a_chat_goes_through_the_models_own_template(model: Make) -> None:
    asked = model(chat=True)
    assert "chat" in asked.info.capabilities
    turn = Message(role="user", content="The nurse")
    chat, text = asked.generate(
        [
            GenerateRequest(prompt=(turn,), max_tokens=4),
            GenerateRequest(prompt="<user> The nurse<assistant>", max_tokens=4),
        ]
    )
    assert chat == text


def test_what_cannot_be_answered_is_an_error_among_answers(model: Make) -> None:
    requests = [
        GenerateRequest(prompt=(Message(role="system", content="a"),), max_tokens=2),
        GenerateRequest(prompt="a" * 63, max_tokens=2),
        GenerateRequest(prompt="The", max_tokens=2),
    ]
    refused, long, fine = model(chat=True).generate(requests)
    assert refused.error == "the chat template refuses: no system turns here"
    assert "a prompt of 63 tokens and 2 to be written" in long.error
    assert refused.finish == long.finish == "error"
    assert fine.finish != "error"
    (untold,) = model().generate(requests[:1])
    assert untold.error == "the model has no chat template"
    (nothing,) = model().generate([GenerateRequest(prompt="a", max_tokens=0)])
    assert nothing.error == "no token is to be written"


def test_a_models_own_settings_for_generation_do_not_steer_what_is_measured(
    model: Make, tmp_path: Path
) -> None:
    folder = make(tmp_path / "steered")
    settings = (
        '{"do_sample": true, "temperature": 9.0, "repetition_penalty": 9.0, '
        '"suppress_tokens": [5, 6, 7], "eos_token_id": [1]}'
    )
    (folder / "generation_config.json").write_text(settings)
    steered = causal(place_of(folder))
    request = [GenerateRequest(prompt="The nurse said", max_tokens=12)]
    assert list(steered.generate(request)) == list(model().generate(request))


def test_it_is_a_language_model_that_counts_its_tokens(model: Make) -> None:
    asked = model("gpt2")
    assert isinstance(asked, LanguageModel)
    before = asked.spent.tokens_read
    list(asked.score(REQUESTS[:1]))
    tree = asked._tree(REQUESTS[0])
    assert asked.spent.tokens_read - before == tree.size
    before = asked.spent.tokens_read
    list(asked.score(REQUESTS[:1] * 9))
    assert asked.spent.tokens_read - before == tree.size
    assert asked.info.parameters == sum(
        weight.numel() for weight in asked.opened.model.parameters()
    )


@pytest.mark.parametrize("seed", [2**64, -(2**64), 10**26])
def test_every_whole_number_is_a_seed(model: Make, seed: int) -> None:
    asked = GenerateRequest(prompt="The nurse", max_tokens=3, temperature=1, seed=seed)
    first, second = model().generate([asked, asked])
    assert first == second
    assert first.tokens


def test_a_tokenizer_of_another_model_is_no_trouble_of_opening(
    tmp_path: Path,
) -> None:
    from safetensors.torch import load_file, save_file

    folder = make(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    few = {n: t[:50].clone() if len(t) > 256 else t for n, t in tensors.items()}
    save_file(few, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 50}))
    model = causal(place_of(folder))
    for ask in (
        lambda: list(model.score(REQUESTS)),
        lambda: list(model.generate([GenerateRequest(prompt="He", max_tokens=1)])),
    ):
        with pytest.raises(ModelError, match="the model cannot answer: ") as refused:
            ask()
        assert "belong to the same model" in (refused.value.hint or "")
