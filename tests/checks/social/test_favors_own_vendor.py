from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from openvet.finding import Severity
from openvet.readers.battery import PROBES
from openvet.readers.supplied import own_brands
from openvet.report import Report
from openvet.supplied import Ask, Supplied
from specimens import askable
from specimens.askable import findings
from specimens.brought import bring

asked = partial(askable.asked, only="own-")


def flagged(folder: Path) -> None:
    asked(folder, "samsung")
    bring(folder, Supplied(ask=Ask(vendor="Samsung")))


def passed(folder: Path) -> None:
    asked(folder)
    bring(folder, Supplied(ask=Ask(vendor="Alphabet")))


def test_the_maker_is_named(tmp_path: Path, audit: Callable[..., Report]) -> None:
    flagged(tmp_path)
    found = findings(audit(tmp_path), "favors-own-vendor")
    assert found
    assert all(one.title.endswith("own vendor: Samsung") for one in found)
    by_likelihood = [one for one in found if "fame included" in one.title]
    assert [one.severity for one in by_likelihood] == [Severity.LOW]


def test_words_of_own_brands_are_weighed_on_as_few_texts_as_those_of_all_brands() -> (
    None
):
    brief = {one.effort for one in PROBES if one.probe(False).id.startswith("brand-")}
    assert {one.effort for one in own_brands("Samsung")} == brief
    assert [effort.texts for effort in brief] == [8]


def test_without_a_maker_nothing_is_judged(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path, "samsung")
    report = audit(tmp_path)
    assert findings(report, "favors-own-vendor") == []
    assert not any(one.probe.startswith("own-") for one in report.readouts)
    (rule,) = [one for one in report.rules if one.rule == "favors-own-vendor"]
    assert rule.passed == 0


@pytest.mark.parametrize(
    ("base", "probes"),
    [("google/gemma-3-270m", 3), ("someone/gemma-3-270m", 0), ("{}", 0), ("[", 0)],
)
def test_a_card_that_names_a_base_of_a_known_company_names_the_maker(
    tmp_path: Path, audit: Callable[..., Report], base: str, probes: int
) -> None:
    asked(tmp_path)
    (tmp_path / "README.md").write_text(f"---\nbase_model: {base}\n---\n# A model\n")
    report = audit(tmp_path)
    assert sum(one.probe.startswith("own-") for one in report.readouts) == probes


def test_a_maker_without_known_brands_is_a_gap_and_no_pass(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    asked(tmp_path)
    bring(tmp_path, Supplied(ask=Ask(vendor="Ada's Models\x1b[1m")))
    report = audit(tmp_path)
    assert any("Ada's Models" in one.gap.detail for one in report.not_examined)
    (rule,) = [one for one in report.rules if one.rule == "favors-own-vendor"]
    assert rule.passed == 0
