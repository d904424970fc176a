"""What counts as moved, what is held against what, and what is said of neither."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from openvet.models.protocol import ClassifyResult
from openvet.probes.answers import Answers
from openvet.probes.encoding import Texts
from openvet.probes.labels import Results, scale_of
from openvet.probes.moved import Moved, weigh
from openvet.probes.swaps import CONTROL, Swap, group_swaps, swaps
from openvet.stats.means import clustered_mean
from specimens.encoders import Labeling, about, against
from specimens.models import drawn

AXES = (
    "gender",
    "race",
    "religion",
    "age",
    "disability",
    "orientation",
    "nationality",
    "socioeconomic",
)


def scores(**texts: tuple[float, ...]) -> Results:
    names = ("a", "b", "c")
    return {
        text: ClassifyResult(labels=names[: len(one)], scores=one)
        for text, one in texts.items()
    }


def list_of(pairs: Sequence[Swap]) -> list[tuple[str, str]]:
    """Return the pairs of words of an axis, each once."""
    return list(dict.fromkeys(one.groups for one in pairs))


def verdicts(model: Labeling, cap: int = 160) -> Mapping[str, Moved]:
    axes = swaps(0, cap)
    texts = [text for found in axes.values() for one in found for text in one.texts]
    results = Texts(model, Answers(model.info)).classify(texts)
    return {one.axis: one for one in weigh(axes, results, scale_of(results))}


def moving(shares: Mapping[str, float]) -> Mapping[str, Moved]:
    """Return what moves where even shares of pairs do, by turns one way and the other.

    Args:
        shares: Of some axes; of others no pair moves.
    """
    axes = swaps(0, 160)
    results = {}
    for axis, found in axes.items():
        share, hits = shares.get(axis, 0), 0
        for at, one in enumerate(found, 1):
            hit = int(at * share) - int((at - 1) * share)
            hits += hit
            second = 0.5 + hit * 0.051 * (-1) ** hits
            for text, score in zip(one.texts, (0.5, second), strict=True):
                results[text] = (score, 1 - score)
    answers = scores(**results)
    return {one.axis: one for one in weigh(axes, answers, scale_of(answers))}


def test_every_axis_has_as_many_pairs_and_every_sentence_one_place_for_a_person() -> (
    None
):
    axes = swaps(0, 1000)
    assert tuple(axes) == (*AXES, CONTROL)
    assert {len(found) for found in axes.values()} == {160}
    assert all(text.count("{who}") == 1 for text in group_swaps().templates)
    assert len(set(group_swaps().templates)) == 40


def test_each_pair_of_words_of_an_axis_comes_up_about_equally_often() -> None:
    for found in swaps(0, 1000).values():
        words = Counter(one.groups for one in found)
        assert len(words) == 20
        assert set(words.values()) == {8}
        assert Counter(one.template for one in found) == dict.fromkeys(
            group_swaps().templates, 4
        )


def test_no_sentence_takes_a_pair_of_words_twice_and_no_two_always_take_the_same() -> (
    None
):
    for found in swaps(0, 1000).values():
        taken: dict[str, set[tuple[str, str]]] = {}
        for one in found:
            taken.setdefault(one.template, set()).add(one.groups)
        assert {len(words) for words in taken.values()} == {4}
        assert len({frozenset(words) for words in taken.values()}) >= 20


def test_no_phrase_stands_in_two_pairs_of_words() -> None:
    suite = group_swaps()
    pairs = [*(people[1:] for people in suite.people), *suite.controls]
    phrases = Counter(who for pair in pairs for who in pair)
    assert [who for who, count in phrases.items() if count > 1] == []


def test_axes_have_their_sentences_in_common_however_few_are_asked() -> None:
    used = {
        axis: [one.template for one in found] for axis, found in swaps(7, 12).items()
    }
    assert len({tuple(templates) for templates in used.values()}) == 1
    assert used != {
        axis: [one.template for one in found] for axis, found in swaps(8, 12).items()
    }


def test_how_scores_are_to_be_read_shows_in_them() -> None:
    alone = scale_of(scores(one=(0.25, 0.75), other=(0.5, 0.5)))
    several = scale_of(scores(one=(0.25, 0.25), other=(0.9, 0.8)))
    number = scale_of(scores(one=(3.5,), other=(-1.5,)))
    assert alone is not None
    assert several is not None
    assert number is not None
    assert alone.form == "one of several"
    assert several.form == "any of several"
    assert number.form == "a number"
    assert number.steps == (0.5,)
    assert alone.given((0.25, 0.75)) == (1,)
    assert several.given((0.9, 0.8)) == (0, 1)
    assert number.given((3.5,)) == ()


@pytest.mark.parametrize(
    "results",
    [
        {},
        {"one": "the model failed"},
        scores(one=(0.5, 0.5), other=(0.2, 0.3, 0.5)),
        scores(one=(math.nan, 0.5)),
        scores(one=()),
    ],
)
def test_scores_that_say_nothing_have_no_scale(results: Results) -> None:
    assert scale_of(results) is None


def test_scores_within_a_step_are_flat_and_a_constant_number_is_too() -> None:
    near = scale_of(scores(one=(0.50, 0.50), other=(0.54, 0.46)))
    same = scale_of(scores(one=(1e9,), other=(1e9 + 1,)))
    assert near is not None
    assert near.flat
    assert same is not None
    assert same.flat


def test_a_fair_model_is_within_and_nothing_moves() -> None:
    found = verdicts(Labeling())
    assert {one.verdict for one in found.values()} == {"within"}
    assert {one.hits for one in found.values()} == {0}
    assert all(one.interval and one.interval.high > 0 for one in found.values())
    # No interval without width from nothing that was seen.
    assert all(one.shifted is None for one in found.values())


def test_the_label_that_the_first_groups_get_more_of_is_named_with_its_shift() -> None:
    found = verdicts(against("age"))
    assert [axis for axis, one in found.items() if one.verdict == "above"] == ["age"]
    age = found["age"]
    assert age.label == "toxic"
    assert age.shifted is not None
    assert 0.2 < age.shifted.low < age.shift < age.shifted.high
    assert age.contrast is not None
    assert age.contrast.groups[0] in {who for _, who, _ in group_swaps().people}


def test_a_shift_away_from_the_first_groups_is_found_as_well() -> None:
    found = verdicts(against("age", strength=-2.0))
    assert found["age"].verdict == "above"
    assert found["age"].label == "fine"


def test_an_axis_is_held_against_a_share_of_the_control_that_is_uncertain_too() -> None:
    found = moving({"age": 0.15, "race": 0.3, "gender": 0.1, CONTROL: 0.125})
    control, age, race = found[CONTROL], found["age"], found["race"]
    assert control.interval is not None
    assert control.share is not None
    assert age.interval is not None
    assert race.interval is not None
    assert age.contrast is not None
    # Within the margin, if the share of the control were known.
    assert age.interval.high < control.share + 0.15
    assert age.contrast.steps < 1
    assert age.verdict == "undecided"
    # Both intervals overlap, and that of the difference excludes 0.
    assert race.interval.low < control.interval.high
    assert race.verdict == "above"
    assert found["gender"].verdict == "within"


@pytest.mark.parametrize("seed", range(8))
def test_what_a_model_holds_for_single_words_is_not_put_down_to_groups(
    seed: int,
) -> None:
    found = verdicts(Labeling(lambda who: 0.15 * drawn(f"words {seed}", who)))
    assert found[CONTROL].hits > 0
    assert "above" not in {one.verdict for one in found.values()}


def test_the_interval_of_a_share_regards_words_where_pairs_tell_them_apart() -> None:
    words = verdicts(against("age", every=3))["age"]
    assert words.interval is not None
    assert 48 <= words.hits <= 56
    # By sentences, of which each has as many such words, it would be narrow.
    assert words.interval.width > 0.5
    assert "crossed" in words.interval.method
    nothing = verdicts(Labeling())["age"]
    assert nothing.interval is not None
    assert nothing.interval.high < 0.15


def test_few_pairs_of_words_tell_nothing_of_others_so_that_sentences_alone_count() -> (
    None
):
    axes = {
        axis: tuple(one for one in found if one.groups in set(list_of(found)[:4]))
        for axis, found in swaps(0, 160).items()
    }
    model = against("age", every=2)
    texts = [text for found in axes.values() for one in found for text in one.texts]
    results = Texts(model, Answers(model.info)).classify(texts)
    age = next(
        one for one in weigh(axes, results, scale_of(results)) if one.axis == "age"
    )
    assert age.interval is not None
    assert "crossed" not in age.interval.method


def test_one_pair_of_groups_that_lies_apart_leaves_an_axis_open_that_hardly_moves() -> (
    None
):
    class Jumping(Labeling):
        def odds(self, text: str) -> float:
            who, _ = about(text)
            apart = 1.0 * (who == "transgender woman")
            return super().odds(text) + apart + 0.4 * drawn("any word", text)

    found = verdicts(Jumping())
    gender = found["gender"]
    control = found[CONTROL].contrast
    assert gender.contrast is not None
    assert control is not None
    assert gender.contrast.groups[0] == "transgender woman"
    assert gender.contrast.steps > max(1.0, control.steps)
    assert gender.verdict == "undecided"


def test_few_pairs_decide_nothing_about_a_fair_model() -> None:
    found = verdicts(Labeling(), 8)
    assert {found[axis].verdict for axis in AXES} == {"undecided"}


def test_pairs_with_one_answer_count_as_unusable_and_too_many_leave_it_open() -> None:
    axes = swaps(0, 160)
    texts = [text for found in axes.values() for one in found for text in one.texts]
    model = Labeling()
    results = dict(Texts(model, Answers(model.info)).classify(texts))
    for one in axes["race"][:40]:
        results[one.texts[0]] = "the model failed"
    found = {one.axis: one for one in weigh(axes, results, scale_of(results))}
    assert found["race"].n <= 120
    assert found["race"].verdict == "undecided"
    assert found["race"].why == "the model failed"
    assert found["age"].verdict == "within"


def test_a_pair_is_the_sentence_with_either_person() -> None:
    one = Swap(axis="age", template="The {who} left.", groups=("old man", "young man"))
    assert one.texts == ("The old man left.", "The young man left.")


def test_the_interval_of_a_mean_widens_with_what_clusters_have_in_common() -> None:
    apart = clustered_mean({str(at): [at % 2] for at in range(40)})
    alike = clustered_mean({str(at): [at % 2] * 4 for at in range(10)})
    assert apart.low < 0.5 < apart.high
    assert alike.width > 1.8 * apart.width
    with pytest.raises(ValueError, match="two clusters"):
        clustered_mean({"one": [1.0, 2.0]})
    with pytest.raises(ValueError, match="finite"):
        clustered_mean({"one": [1.0], "other": [math.inf]})
