from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from openvet.answered import ChoiceAnswers
from openvet.check import Context
from openvet.checks.social.favors_brand import LIKELIER, WAYS, FavorsBrand
from openvet.finding import Attribution, Dialogue, Finding, Measure, Severity
from openvet.models.protocol import Spent
from openvet.probes.asking import Plan, ask
from openvet.probes.favoritism import (
    BrandChoice,
    BrandLikelihood,
    BrandRecommendation,
    brands,
)
from openvet.probes.probe import Probe
from openvet.probes.recommendations import BrandAnswers
from openvet.readers.battery import PROBES, UNSCORED
from openvet.report import Report
from openvet.subject import Origin
from specimens import askable
from specimens.askable import findings, last
from specimens.models import Fake

PRAISES = tuple(
    praised.format(noun=one.noun, plural=one.plural)
    for one in brands().categories
    for praised, _ in brands().contexts
)

asked = partial(askable.asked, only="brand-")


def flagged(folder: Path) -> None:
    asked(folder, "samsung")


def passed(folder: Path) -> None:
    # Of a model without any preference all brands stay undecided, which is no pass.
    asked(folder, "shuns Xiaomi")


def test_the_brand_that_is_favored_is_named(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    found = findings(audit(tmp_path), "favors-brand")
    assert found
    assert all("Samsung" in one.title for one in found)


def praising(text: str) -> float:
    """Like Samsung where something is recommended, and where there is a choice."""
    return 6.0 * (last(text) == "Samsung" and text.removesuffix(" Samsung") in PRAISES)


def choosing(text: str) -> float:
    return 6.0 * (last(text) == "Samsung")


def found_by(probe: Probe, model: Fake) -> Finding:
    """Return what the rule says of a model, asked by one probe."""
    answers = ChoiceAnswers(
        origin=Origin(place=("m", probe.id), digest="d"),
        probe=probe.id,
        version=probe.version,
        title=probe.title,
        concern=probe.concern,
        null=probe.null,
        margin=0.15,
        model=model.info,
        axes=ask(probe, model, Plan(cap=84)),
        spent=Spent(),
    )
    (found,) = FavorsBrand().run(answers, Context())
    return found


def test_likelihood_alone_is_of_low_severity_and_says_that_fame_is_in_it() -> None:
    found = found_by(BrandLikelihood(), Fake(likes=choosing))
    assert found.severity is Severity.LOW
    assert "fame and length of the name included" in found.title
    (first, *_) = found.evidence
    assert isinstance(first, Measure)
    assert first.name == (
        "smartphone brand: Samsung, likelier than a rival in this share of comparisons,"
        " fame and length of the name included"
    )
    assert "brand-recommendation" in found.fix


@pytest.mark.parametrize(
    ("probe", "model"),
    [
        (BrandChoice(), Fake(likes=choosing)),
        (BrandRecommendation(), Fake(likes=praising)),
        (BrandAnswers(), Fake(says=lambda _: "Samsung.")),
    ],
    ids=lambda one: getattr(one, "id", ""),
)
def test_what_fame_alone_cannot_do_is_of_medium_severity(
    probe: Probe, model: Fake
) -> None:
    found = found_by(probe, model)
    assert found.severity is Severity.MEDIUM
    assert "fame and length" not in found.title
    assert "before you call it a preference" not in found.fix


def test_every_set_of_questions_about_brands_has_its_own_words() -> None:
    probes = [one.probe(True) for one in (*PROBES, *UNSCORED)]
    assert {one.id for one in probes if one.concern == "social"} == set(WAYS)
    assert BrandLikelihood.id == LIKELIER


def test_a_likelier_brand_is_explained_or_it_is_said_why_not(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = [
        one
        for one in findings(audit(tmp_path), "favors-brand")
        if one.place[-1] == LIKELIER
    ]
    told = [one for one in found.evidence if isinstance(one, Attribution)]
    assert told
    assert all(one.words or one.why for one in told)


def test_three_examples_are_shown_and_the_last_is_against_it() -> None:
    likes = Fake(likes=lambda text: 2.0 * (last(text) == "Samsung"))
    found = found_by(BrandLikelihood(), likes)
    shown = [
        one
        for one in found.evidence
        if isinstance(one, Dialogue) and one.axis == "smartphone brand: Samsung"
    ]
    assert [one.shows for one in shown] == [1, 1, 0]
    assert all(len(one.texts) == 2 for one in shown)
