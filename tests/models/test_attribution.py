"""Which words matter: the weights are gradients times inputs, as captum has them."""

import math
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from openvet.errors import ModelError
from openvet.models import attribution
from openvet.models.attribution import contrasts, of_words
from openvet.models.causal import CausalModel, open_model
from openvet.models.files import place_of
from openvet.models.packing import Tree
from openvet.models.protocol import Explainer, ExplainRequest, ScoreRequest
from specimens.language_models import encoder, make, needed

pytestmark = pytest.mark.slow
needed()

STYLES = ("gpt2", "llama", "gemma3", "mistral", "mamba", "bloom")
REQUESTS = [
    ExplainRequest(
        words=("The", " nurse", " said", " that"), continuations=(" she was", " he")
    ),
    ExplainRequest(
        words=("When", " they", " left", " early,"),
        continuations=(" he was tired", " she was late"),
    ),
    ExplainRequest(words=("They",), continuations=(" were late", " were happy")),
]

Make = Callable[[str], CausalModel]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Make:
    @cache
    def made(style: str) -> CausalModel:
        opened = open_model(place_of(make(tmp_path_factory.mktemp(style), style)))
        assert isinstance(opened, CausalModel)
        return opened

    return made


def trees(model: CausalModel) -> list[Tree]:
    """Return the tokens of the requests."""
    return [
        model._whole(
            ScoreRequest(context="".join(one.words), continuations=one.continuations)
        )
        for one in REQUESTS
    ]


@pytest.mark.parametrize("style", STYLES)
def test_a_contrast_is_the_difference_of_the_likelihoods(
    model: Make, style: str
) -> None:
    asked = model(style)
    scores = asked.score(
        [
            ScoreRequest(context="".join(one.words), continuations=one.continuations)
            for one in REQUESTS
        ]
    )
    for told, scored in zip(asked.explain(REQUESTS), scores, strict=True):
        first, second = scored.log_likelihoods
        assert told.contrast == pytest.approx(first - second, abs=1e-3)


@pytest.mark.parametrize("style", STYLES)
def test_weights_are_those_of_captum(model: Make, style: str) -> None:
    captum = pytest.importorskip(
        "captum.attr", reason="needs captum 0.9.0, the oracle of these tests"
    )
    import torch

    asked = model(style)
    layer = asked.opened.model.get_input_embeddings()
    found = contrasts(asked.opened.model, trees(asked), asked.opened.vocabulary)
    for tree, (_, ours) in zip(trees(asked), found, strict=True):
        theirs = torch.zeros(len(tree.prefix))
        for tail, sign in zip(tree.tails, (1, -1), strict=True):
            oracle = captum.LayerGradientXActivation(
                partial(likelihood, asked.opened.model, tail, len(tree.prefix)), layer
            )
            text = torch.tensor([[*tree.prefix, *tail[:-1]]])
            weights = oracle.attribute(text).sum(-1)[0]
            theirs += sign * weights[: len(tree.prefix)].detach()
        assert ours == pytest.approx(theirs.tolist(), rel=1e-3, abs=1e-4)
        # Embeddings that are normalized first have a weight of nearly 0 each: their
        # length says nothing.
        assert max(map(abs, ours)) > (1e-5 if style == "bloom" else 0.01)


def likelihood(model: Any, tail: tuple[int, ...], prefix: int, ids: Any) -> Any:
    """Return the log-likelihood of a tail after so many tokens of a text."""
    import torch

    logits = model(input_ids=ids, use_cache=False).logits
    values = logits[:, prefix - 1 :].log_softmax(-1)
    chosen = torch.tensor(tail)[None, :, None]
    return values[:, : len(tail)].gather(-1, chosen).sum((1, 2))


def test_a_batch_gives_what_each_request_gives_alone(
    model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = model("llama")
    together = list(asked.explain(REQUESTS))
    monkeypatch.setattr(attribution, "LINES", 2)
    for one, told in zip(REQUESTS, together, strict=True):
        (alone,) = asked.explain([one])
        assert alone.contrast == pytest.approx(told.contrast, abs=1e-4)
        assert alone.weights == pytest.approx(told.weights, abs=1e-4)


def test_every_word_has_a_weight_and_they_add_up_to_those_of_the_tokens(
    model: Make,
) -> None:
    asked = model("llama")
    found = contrasts(asked.opened.model, trees(asked), asked.opened.vocabulary)
    for one, told, (_, tokens) in zip(
        REQUESTS, asked.explain(REQUESTS), found, strict=True
    ):
        assert len(told.weights) == len(one.words)
        start, shared = tokens[0], one.continuations[0].split()[0]
        if shared != one.continuations[1].split()[0]:
            assert sum(told.weights) + start == pytest.approx(sum(tokens), abs=1e-4)


def test_weights_of_tokens_are_summed_by_word_whatever_a_tokenizer_says() -> None:
    assert of_words([9.0, 1.0, 2.0, 4.0], [2, 4]) == (1.0, 6.0)
    assert of_words([9.0, 1.0, 2.0, 4.0], [3, 2, 90]) == (3.0, 0.0, 4.0)
    assert of_words([9.0], [0, 5]) == (0.0, 0.0)


def test_a_score_after_an_explanation_is_the_same(model: Make) -> None:
    asked = model("gpt2")
    request = ScoreRequest(context="The nurse", continuations=(" left", " was tired"))
    (before,) = asked.score([request])
    assert list(asked.explain(REQUESTS))
    assert list(asked.score([request])) == [before]


def test_a_text_that_does_not_fit_is_an_error_in_words(model: Make) -> None:
    request = ExplainRequest(words=("a" * 100,), continuations=(" b", " c"))
    with pytest.raises(ModelError, match="tokens; the model takes 64"):
        list(model("llama").explain([request]))


def test_weights_that_are_no_numbers_are_an_error(
    model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        attribution, "contrasts", lambda *_: iter([(0.0, [0.0, math.nan])])
    )
    with pytest.raises(ModelError, match="not finite"):
        list(model("llama").explain(REQUESTS[:1]))


def test_a_model_that_goes_on_with_text_can_explain_and_others_cannot(
    model: Make, tmp_path: Path
) -> None:
    asked = model("llama")
    assert isinstance(asked, Explainer)
    assert "explain" in asked.info.capabilities
    masked = open_model(place_of(encoder(tmp_path)))
    assert "explain" not in masked.info.capabilities
    with pytest.raises(ModelError, match="cannot explain text"):
        list(masked.explain(REQUESTS))
