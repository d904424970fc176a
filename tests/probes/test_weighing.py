"""Weights of words: what is asked for them, and how they do beside random orders."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from openvet.models.protocol import LanguageModel, ScoreRequest, ScoreResult
from openvet.probes.answers import Answers
from openvet.probes.erasing import without
from openvet.probes.questions import Questioner
from openvet.probes.weighing import WHOLE, Text, compared, learned
from specimens.language_models import encoder, make, needed
from specimens.models import Fake

REQUEST = ScoreRequest(
    context="When the nurse left early", continuations=(" he", " she")
)


def nurse(text: str) -> float:
    """Like "she" where a nurse is in the text."""
    return 2.0 * ("nurse" in text) * text.endswith(" she")


def known(text: Text, model: LanguageModel) -> Text:
    """Return a text of which everything is known."""
    questioner = Questioner(model, Answers(model.info))
    assert learned([text], questioner, Text.beforehand) == ([text], "")
    text.occlude()
    assert learned([text], questioner, Text.afterward) == ([text], "")
    return text


def test_the_contrast_is_that_of_the_end_that_is_looked_for() -> None:
    model = Fake(likes=nurse, noise=0)
    one, other = (known(Text(REQUEST, toward, 9), model) for toward in (0, 1))
    assert (one.ends, other.ends) == ((" he", " she"), (" she", " he"))
    assert other.known[WHOLE] == 2
    assert all(other.known.get(gone, -v) == -v for gone, v in one.known.items())
    assert list(other.weights["occlusion"]) == [0, 0, 2, 0, 0]


def test_every_question_is_asked_once() -> None:
    model = Fake(likes=nurse)
    text = known(Text(REQUEST, 1, 9), model)
    assert model.asked == len(text.known)


def test_the_true_weights_beat_random_ones_and_the_reverse_are_beaten() -> None:
    model = Fake(likes=nurse, noise=0.01)
    texts = [
        known(
            Text(ScoreRequest(context=c, continuations=(" he", " she")), 1, 15), model
        )
        for c in ("When the nurse left", "Why is the nurse here", "So the nurse slept")
    ]
    for one in compared("occlusion", texts, 0):
        assert one.better > 0.5
        assert one.p < 0.2
    for text in texts:
        text.weights["occlusion"] = [-w for w in text.weights["occlusion"]]
    asked = Questioner(model, Answers(model.info))
    learned(texts, asked, Text.afterward)
    for one in compared("occlusion", texts, 0):
        assert one.better < 0.5
        assert one.p > 0.5
        assert one.low <= one.better <= one.high


class Short(Fake):
    """Gives no answer to texts without a nurse."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        for request in requests:
            if "nurse" not in request.context:
                return
            yield from super().score([request])


def test_a_text_of_which_something_is_missing_is_left_out_with_the_reason() -> None:
    model = Short(likes=nurse)
    questioner = Questioner(model, Answers(model.info))
    left, why = learned([Text(REQUEST, 1, 9)], questioner, Text.beforehand)
    assert left == []
    assert why == "the model gave no answer"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_occlusion_is_what_the_contrast_loses_on_models_that_run(
    tmp_path: Path, kind: str
) -> None:
    needed()
    from openvet.models.causal import open_model
    from openvet.models.files import place_of

    folder = make(tmp_path) if kind == "causal" else encoder(tmp_path)
    model = open_model(place_of(folder))
    text = known(Text(REQUEST, 1, 7), model)
    words = ["When", " the", " nurse", " left", " early"]
    contexts = [
        REQUEST.context,
        *(without(words, frozenset({at})) for at in range(len(words))),
    ]
    found = [
        next(model.score([ScoreRequest(context=c, continuations=(" she", " he"))]))
        for c in contexts
    ]
    whole, *rest = (one.log_likelihoods[0] - one.log_likelihoods[1] for one in found)
    wanted = [whole - value for value in rest]
    assert list(text.weights["occlusion"]) == pytest.approx(wanted, abs=1e-3)
    assert max(map(abs, wanted)) > 0.001


@pytest.mark.slow
def test_occlusion_is_that_of_captum(tmp_path: Path) -> None:
    needed()
    captum = pytest.importorskip(
        "captum.attr", reason="needs captum 0.9.0, the oracle of these tests"
    )
    from openvet.models.causal import open_model
    from openvet.models.files import place_of

    model = open_model(place_of(make(tmp_path, "gpt2")))
    opened = model.opened
    text = known(Text(REQUEST, 1, 7), model)
    way = captum.LLMAttribution(captum.FeatureAblation(opened.model), opened.tokenizer)
    first = opened.tokenizer.decode(opened.start)

    def joined(*words: str) -> str:
        return str(first + "".join(words).lstrip())

    asked = captum.TextTemplateInput(
        joined, list(text.words), baselines=[""] * len(text.words)
    )
    she, he = (way.attribute(asked, target=end).seq_attr for end in text.ends)
    theirs = (she - he).tolist()
    assert list(text.weights["occlusion"]) == pytest.approx(theirs, abs=1e-3)
