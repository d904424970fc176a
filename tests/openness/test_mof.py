import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from openvet.openness.mof import (
    Terms,
    classify,
    declared,
    lacking,
    remarks,
    resolve,
    score,
)
from openvet.openness.terms import framework

NAMES = tuple(component.name for component in framework().components)
OPEN = Terms(distribution="Apache-2.0")


def required(*classes: int) -> set[str]:
    return {c.name for c in framework().components if c.required and c.klass in classes}


@pytest.mark.parametrize(
    ("included", "klass"),
    [(required(3), 3), (required(3, 2), 2), (required(3, 2, 1), 1), (required(2), 0)],
)
def test_a_class_needs_everything_of_the_classes_below(
    included: set[str], klass: int
) -> None:
    assert score(included, OPEN).klass == klass


def test_one_missing_component_is_enough_to_miss_a_class() -> None:
    for name in required(3) - {"Technical report"}:
        assert score(required(3) - {name}, OPEN).klass == 0


def test_a_research_paper_stands_in_for_the_technical_report() -> None:
    without = required(3, 2, 1) - {"Technical report"}
    assert score(without, OPEN).klass == 1
    assert score(required(3) - {"Technical report"}, OPEN).klass == 0


def test_a_technical_report_does_not_stand_in_for_the_research_paper() -> None:
    assert score(required(3, 2, 1) - {"Research paper"}, OPEN).klass == 2


def test_the_license_of_a_component_goes_before_that_of_its_type_and_of_all() -> None:
    code = next(c for c in framework().components if c.name == "Training code")
    terms = Terms(
        distribution="MIT",
        by_type={"code": "ISC"},
        by_component={"Training code": "GPL-3.0-only"},
    )
    assert resolve(code, terms) == "GPL-3.0-only"
    assert resolve(code, Terms(distribution="MIT", by_type={"code": "ISC"})) == "ISC"
    assert resolve(code, Terms(distribution="MIT", by_type={"data": "ISC"})) == "MIT"


def test_a_component_that_is_said_to_be_unlicensed_takes_no_other_license() -> None:
    terms = Terms(distribution="Apache-2.0", by_component={"Model card": ""})
    assert score(required(3), terms).klass == 0


def test_an_open_license_for_something_else_passes_with_a_remark() -> None:
    found = score(required(3), Terms(distribution="MIT"))
    assert found.klass == 3
    assert "Model card: MIT is open, but not made for document" in remarks(
        found.ratings
    )
    code = next(r for r in found.ratings if r.component.name == "Model architecture")
    assert code.standing == "open"


@pytest.mark.parametrize("license_id", ["CC-BY-NC-4.0", "gemma", "", "Undisclosed"])
def test_a_license_that_is_not_open_fulfills_nothing(license_id: str) -> None:
    assert score(NAMES, Terms(distribution=license_id)).klass == 0


def test_a_spelling_counts_unless_ids_are_taken_to_the_letter() -> None:
    terms = Terms(distribution="Apache 2.0")
    assert score(NAMES, terms).klass == 1
    assert score(NAMES, terms, literal=True).klass == 0


@given(st.sets(st.sampled_from(NAMES)), st.sampled_from(NAMES))
def test_more_components_never_lower_the_class(have: set[str], more: str) -> None:
    def height(names: Collection[str]) -> int:
        return {0: 0, 3: 1, 2: 2, 1: 3}[classify(names)]

    assert height(have | {more}) >= height(have)


@given(st.sets(st.sampled_from(NAMES)))
def test_a_class_is_met_where_nothing_is_lacking_for_it(have: set[str]) -> None:
    for klass in (3, 2, 1):
        met = classify(have) != 0 and classify(have) <= klass
        assert met == (not lacking(klass, have))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from(["components", "license", "name"]),
        anything | st.lists(st.dictionaries(st.sampled_from(["name", "license"]),
                                            anything)),
    )
)  # fmt: skip
def test_a_declaration_may_say_anything(release: dict[str, Any]) -> None:
    included, terms = declared(release)
    assert score(included, terms).klass in (0, 1, 2, 3)


def test_a_declaration_is_read_as_the_framework_writes_it() -> None:
    included, terms = declared(
        {
            "license": {"distribution": {"name": "MIT", "path": ""}, "code": {}},
            "components": [
                {"name": "Model card"},
                {"name": "Datasets", "license": "unlicensed"},
                {"name": "Data card", "license": "CC-BY-4.0"},
            ],
        }
    )
    assert included == {"Model card", "Datasets", "Data card"}
    assert terms == Terms(
        distribution="MIT", by_component={"Datasets": "", "Data card": "CC-BY-4.0"}
    )


def test_the_scorer_agrees_with_a_strict_reading_of_published_models(
    shared: Path,
) -> None:
    classes: Counter[int] = Counter()
    for path in (shared / "data/governance/mot-models").glob("*.yml"):
        release = yaml.load(path.read_bytes(), yaml.CSafeLoader)["release"]
        found = declared(json.loads(json.dumps(release, default=str)))
        assert score(*found, literal=True).klass == score(*found).klass
        classes[score(*found, literal=True).klass] += 1
    assert classes == {0: 242, 3: 16, 2: 1, 1: 14}
