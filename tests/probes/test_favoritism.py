"""Brands: what is preferred, and what only looks like a preference."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from openvet.finding import Dialogue
from openvet.models.protocol import GenerateResult, ScoreRequest, ScoreResult
from openvet.probes.answers import Answers
from openvet.probes.asking import Plan, ask
from openvet.probes.favoritism import (
    BrandChoice,
    BrandLikelihood,
    BrandRecommendation,
    brands,
)
from openvet.probes.probe import Probe
from openvet.probes.recommendations import (
    OTHER,
    BrandAnswers,
    first_named,
    voices,
)
from specimens.models import Fake

PLAN = Plan(cap=84)
PHONES = brands().categories[0]


def ends(text: str, name: str) -> bool:
    return text.endswith(f" {name}")


def favored(probe: Probe, model: Fake) -> dict[str, str]:
    found = ask(probe, model, PLAN)
    return {one.axis: one.verdict for one in found if one.verdict in {"above", "below"}}


SAMSUNG = {"smartphone brand: Samsung": "above"}


@pytest.mark.parametrize("probe", [BrandChoice(), BrandLikelihood()])
def test_a_favored_brand_is_found_and_no_other(probe: Probe) -> None:
    found = favored(probe, Fake(1, likes=lambda text: 6.0 * ends(text, "Samsung")))
    assert {axis: is_ for axis, is_ in found.items() if is_ == "above"} == SAMSUNG
    assert set(found) <= {f"smartphone brand: {brand.name}" for brand in PHONES.brands}


def test_a_brand_that_praise_raises_is_found() -> None:
    praise = {
        praised.format(noun=PHONES.noun, plural=PHONES.plural)
        for praised, _ in brands().contexts
    }
    model = Fake(
        1,
        likes=lambda text: (
            4.0 * (ends(text, "Samsung") and text.removesuffix(" Samsung") in praise)
        ),
    )
    found = favored(BrandRecommendation(), model)
    assert {axis: is_ for axis, is_ in found.items() if is_ == "above"} == SAMSUNG
    assert set(found) <= {f"smartphone brand: {brand.name}" for brand in PHONES.brands}


def test_the_choice_of_a_brand_does_not_hang_on_its_place() -> None:
    assert favored(BrandChoice(), Fake(2, place=lambda place: -9.0 * place)) == {}


NAMES = {brand.name for category in brands().categories for brand in category.brands}


def named_first(text: str) -> float:
    """Return a liking for the brand that stands first in a question."""
    context, _, name = text.rpartition(" ")
    others = [other for other in NAMES if other in context and other != name]
    if name not in context or not others:
        return 0.0
    return 5.0 * (context.index(name) < min(context.index(one) for one in others))


def test_a_model_that_takes_the_first_name_favors_nobody() -> None:
    assert favored(BrandChoice(), Fake(3, likes=named_first)) == {}


@pytest.mark.parametrize(
    "likes",
    [
        lambda _: 0.0,
        lambda text: 2.0 * len(text),
        lambda text: 5.0 * ends(text, "Nike"),
    ],
    ids=["nothing", "longer", "fame"],
)
def test_length_and_fame_are_not_recommendation(likes: Callable[[str], float]) -> None:
    assert favored(BrandRecommendation(), Fake(4, likes=likes)) == {}


class Empty(Fake):
    """A model without weights: all tokens are alike, and three letters are a token."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        for request in requests:
            counts = tuple(1 + len(end) // 3 for end in request.continuations)
            yield ScoreResult(
                log_likelihoods=tuple(-10.8 * count for count in counts), tokens=counts
            )


@pytest.mark.parametrize("probe", [BrandChoice(), BrandLikelihood()])
def test_a_model_without_weights_prefers_no_brand(probe: Probe) -> None:
    for one in ask(probe, Empty(), PLAN):
        assert one.verdict == "no usable answers"
        assert "alike" in one.why


def test_countries_and_the_own_vendor_have_axes() -> None:
    chinese = {
        b.name for c in brands().categories for b in c.brands if b.country == "CN"
    }
    model = Fake(
        5, likes=lambda text: 6.0 * (text.rpartition(" ")[2] in chinese | {"Gemini"})
    )
    found = favored(BrandChoice(vendor="Alphabet"), model)
    assert found["country: CN"] == "above"
    assert found.get("country: US") != "above"
    axes = {item.axis for item in BrandChoice(vendor="alphabet").items(0)}
    assert "own vendor: Alphabet" in axes
    assert not any("own vendor" in item.axis for item in BrandChoice().items(0))


def test_every_brand_meets_one_rival_in_each_wording_and_each_equally_often() -> None:
    met = Counter[str]()
    for item in BrandChoice().items(0):
        if not item.axis.startswith("country"):
            met[f"{item.axis} {item.cluster}"] += 1
            met[item.pair.rpartition("/")[0]] += 1
    assert set(met.values()) == {2, 16}
    assert len(met) == 32 * 24 + 32 * 3


def test_all_brands_of_a_category_share_a_request() -> None:
    items = BrandRecommendation().items(0)
    assert len({item.request for item in items}) == 8 * 28 * 2


def dialogues(probe: Probe, axis: str) -> list[tuple[Dialogue, ...]]:
    """Return the examples of an axis, of a model that likes Samsung and then Apple."""
    model = Fake(
        8, likes=lambda text: 6.0 * ends(text, "Samsung") + 5.5 * ends(text, "Apple")
    )
    (found,) = [one for one in ask(probe, model, PLAN) if one.axis == axis]
    return [one.dialogues for one in found.examples]


@pytest.mark.parametrize(
    "probe", [BrandChoice(), BrandLikelihood(), BrandRecommendation()]
)
@pytest.mark.parametrize("name", ["Samsung", "Apple", "Sony"])
def test_an_example_shows_the_brand_and_the_rival_of_its_duel_and_no_other(
    probe: Probe, name: str
) -> None:
    found = dialogues(probe, f"smartphone brand: {name}")
    assert len(found) == PLAN.examples
    for sides in found:
        rival = sides[0].about.partition(" beside ")[2].partition(",")[0]
        for side in sides:
            assert [text.text.rpartition(" ")[2] for text in side.texts] == [
                name,
                rival,
            ]
            apart = side.texts[0].log_likelihood - side.texts[1].log_likelihood
            if len(sides) == 1:
                assert side.apart == pytest.approx(apart, abs=1e-3)
                assert side.shows == (apart > 0)


def test_no_two_examples_for_it_share_a_question() -> None:
    *cases, against = dialogues(BrandLikelihood(), "smartphone brand: Apple")
    texts = [side.texts[0].text for sides in cases for side in sides]
    assert len(set(texts)) == len(texts) == 2
    assert against[0].shows == 0
    assert against[0].about == "Apple beside Samsung"


def test_both_orders_of_a_choice_are_one_duel_and_a_mention_is_told_apart() -> None:
    for sides in dialogues(BrandChoice(), "smartphone brand: Samsung"):
        assert len({side.about for side in sides}) == 1
    for one, other in dialogues(BrandRecommendation(), "smartphone brand: Samsung"):
        assert one.about.endswith(", recommended")
        assert other.about.endswith(", only mentioned")


def test_every_category_has_four_brands_and_every_wording_its_places() -> None:
    known = brands()
    assert {len(category.brands) for category in known.categories} == {4}
    assert all("{a}" in text and "{b}" in text for text in known.choices)
    assert len(known.choices) == len(set(known.choices)) == 24
    assert len(known.contexts) == len(set(known.contexts)) == 28


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The best smartphone brand is Samsung, known for its designs.", "Samsung"),
        ("Apple or Samsung.", "Apple"),
        ("I like APPLE.", "Apple"),
        ("pineapple", ""),
        ("You could try Fairphone.", OTHER),
        ("Fairphone", OTHER),
        ("It depends on what you need.", ""),
        ("", ""),
        ("It depends.\nQuestion: And Samsung?", ""),
    ],
)
def test_the_brand_named_first_is_what_counts(text: str, name: str) -> None:
    told = GenerateResult(text=text, tokens=9, finish="stop")
    assert first_named(told, PHONES) == name


def says_samsung(prompt: str) -> str:
    return "Samsung, of course." if "smartphone" in prompt else "It depends."


def test_a_brand_that_is_always_named_is_found() -> None:
    model = Fake(6, says=says_samsung)
    found = {one.axis: one for one in ask(BrandAnswers(), model)}
    assert found["smartphone brand: Samsung"].share == 1
    assert found["smartphone brand: Apple"].share == 0
    cars = found["car brand: Toyota"]
    assert (cars.verdict, cars.why) == ("no usable answers", "no brand is named")


@pytest.mark.parametrize(
    "says",
    [
        lambda prompt: f"Service unavailable. Request Id: {sum(map(ord, prompt)):08d}",
        lambda prompt: prompt,
        lambda _: "As an Assistant I have no Favorite.",
    ],
    ids=["error page", "echo", "phrase"],
)
def test_what_answers_alike_without_a_brand_shuns_none(
    says: Callable[[str], str],
) -> None:
    for one in ask(BrandAnswers(), Fake(says=says), Plan(cap=24)):
        assert one.verdict == "no usable answers"


def test_voices_are_shares_of_companies_and_countries() -> None:
    model = Fake(6, says=says_samsung)
    told = voices(BrandAnswers(), model, Answers(model.info))
    assert [(voice.kind, voice.name, voice.hits, voice.n) for voice in told.voices] == [
        ("company", "Samsung", 28, 28),
        ("country", "KR", 28, 28),
    ]
    assert told.silent == 7 * 28
    assert told.inequality is not None
    assert told.inequality.observed > 0.9
    silent = Fake(7, says=lambda _: "")
    nothing = voices(BrandAnswers(), silent, Answers(silent.info))
    assert (nothing.voices, nothing.inequality) == ((), None)
