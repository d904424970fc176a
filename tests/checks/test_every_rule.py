"""Every rule flags its bad specimen and passes its good one, through the engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openvet import catalog
from openvet.catalog import Plugin
from openvet.documentation import HEADINGS, document
from openvet.report import Report, RuleSummary
from specimens.seeds import module_of

Specimen = Callable[[Path], None]
RULES = pytest.mark.parametrize(
    "rule", catalog.CHECKS, ids=[plugin.id for plugin in catalog.CHECKS]
)


def specimen(rule: Plugin, name: str) -> Specimen:
    """Return a specimen builder from the test of a rule."""
    made: Specimen = getattr(module_of(rule), name)
    return made


def summary(report: Report, rule: Plugin) -> RuleSummary:
    return next(item for item in report.rules if item.rule == rule.id)


@RULES
def test_a_rule_flags_its_bad_specimen_in_the_manner_of_the_others(
    rule: Plugin, tmp_path: Path, audit: Callable[..., Report]
) -> None:
    specimen(rule, "flagged")(tmp_path)
    report = audit(tmp_path)
    assert report.errors == ()
    assert rule.id in {judged.finding.rule for judged in report.findings}
    titles = [document(rule.id).title]
    titles += [judged.finding.title for judged in report.findings]
    for title in titles:
        assert not title.endswith("."), title
        assert title[:2].isupper() or not title[0].isupper(), title


@RULES
def test_a_rule_judges_its_good_specimen_and_finds_nothing(
    rule: Plugin, tmp_path: Path, audit: Callable[..., Report]
) -> None:
    specimen(rule, "passed")(tmp_path)
    report = audit(tmp_path)
    assert report.errors == ()
    assert [j for j in report.findings if j.finding.rule == rule.id] == []
    assert summary(report, rule).passed > 0


@RULES
def test_a_rule_explains_itself(rule: Plugin) -> None:
    page = document(rule.id)
    assert page.summary
    assert tuple(page.sections) == HEADINGS


@RULES
def test_a_rule_is_what_its_catalog_line_says(rule: Plugin) -> None:
    check = catalog.check(rule.where)
    names = tuple(subject.__name__ for subject in check.subjects)
    assert (check.id, check.version, names) == (rule.id, rule.version, rule.subjects)


@pytest.mark.parametrize(
    "line", catalog.READERS, ids=[plugin.id for plugin in catalog.READERS]
)
def test_a_reader_is_what_its_catalog_line_says(line: Plugin) -> None:
    reader = catalog.reader(line.where)
    assert (reader.id, reader.version) == (line.id, line.version)
    assert (reader.subject.__name__,) == line.subjects


def test_the_catalog_lists_its_rules_by_name() -> None:
    names = [plugin.id for plugin in catalog.CHECKS]
    assert names == sorted(set(names))
