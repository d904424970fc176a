"""What asking showed is told in sentences, with everything that stayed open."""

import re

import pytest
from syrupy.assertion import SnapshotAssertion

from openvet.documentation import HEADINGS, RuleDocument
from openvet.finding import Severity
from openvet.policy import Policy
from openvet.readout import Gauge
from openvet.wire import replace
from openvet.write import writer
from openvet.write.behavior import NAMED, SUITES, behavior_lines, summary
from specimens.readouts import behaved, gauge, planted, readout, step, unasked
from specimens.reports import HOSTILE, clean, told

PARTS = {
    "html": ('<section aria-labelledby="asked">', "</article>"),
    "markdown": ("### Findings", "\nPolicy "),
    "text": ("review[", "\n1 of"),
}


@pytest.fixture(autouse=True)
def _fixed_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the rules' own words out of the snapshots."""

    def document(rule: str) -> RuleDocument:
        return RuleDocument(
            id=rule,
            version=1,
            title=f"what {rule} asks",
            concern="bias",
            severity=Severity.MEDIUM,
            summary=f"Asks {rule}.",
            sections={name: f"{name} of {rule}." for name in HEADINGS},
        )

    monkeypatch.setattr("openvet.write.html._document", document)


@pytest.mark.parametrize("name", sorted(PARTS))
def test_what_asking_showed_reads_as_it_did(
    name: str, snapshot: SnapshotAssertion
) -> None:
    start, end = PARTS[name]
    shown = writer(name)(behaved()).partition(start)[2].partition(end)[0]
    assert shown == snapshot


@pytest.mark.parametrize("name", ["html", "json", "markdown", "text"])
def test_nothing_a_probe_or_a_model_says_can_act_on_its_reader(name: str) -> None:
    text = writer(name)(behaved())
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "html":
        assert "<script" not in text


def test_a_model_that_nobody_asked_has_no_summary() -> None:
    assert summary(clean()) is None
    assert list(behavior_lines(clean())) == []
    assert "What asking the model showed" not in writer("html")(clean())
    assert "What asking the model showed" not in writer("markdown")(clean())


@pytest.mark.parametrize("name", ["html", "markdown", "text"])
def test_what_was_not_asked_is_said_with_its_reason(name: str) -> None:
    text = writer(name)(told([step(unasked("open-answers"))], Policy()))
    plain = text.replace("\\", "")
    assert "no question was put to it" in plain
    assert "ot asked, because a/model does not write: what open-answers would" in plain
    assert "nothing was asked, so nothing is known" in plain


def test_what_was_not_asked_for_one_reason_is_named_together() -> None:
    why = "not asked, because a/model does not write"
    other = replace(unasked("c"), unasked="it has no questions")
    steps = [step(unasked("a")), step(unasked("b")), step(other)]
    shown = summary(told(steps, Policy()))
    assert shown is not None
    assert shown.unasked == (
        f"{why}: what a would show; what b would show",
        "not asked, because it has no questions: what c would show",
    )


def test_engine_number_format_and_zone_are_named() -> None:
    shown = summary(behaved())
    assert shown is not None
    assert shown.whom == "a/model, by transformers 5.23.0 (float32, cpu)"
    assert shown.how == "files parsed by bounded readers that execute nothing"


def test_what_an_earlier_audit_asked_is_told_with_the_zone_of_that_audit() -> None:
    steps = [
        step(replace(readout(name, gauge("a", "found")), zone=("no network", name)))
        for name in ("one", "other")
    ]
    shown = summary(told(steps, Policy()))
    assert shown is not None
    assert shown.how == (
        "files parsed by bounded readers that execute nothing; no network; one; other"
    )


def test_nothing_is_averaged_every_reading_is_counted() -> None:
    shown = summary(behaved())
    assert shown is not None
    assert shown.found == (
        "measured on 311 points (groups, topics or brands): found on 7,"
        " the other way round on 149, undecided on 152, no usable answers on 1,"
        " not found on 2"
    )


def sentences(*gauges: Gauge) -> dict[str, str]:
    shown = summary(told([step(readout("some-probe", *gauges))], Policy()))
    assert shown is not None
    (suite,) = shown.suites
    return dict(suite.sentences)


def test_a_share_that_says_nothing_yet_is_not_read_aloud() -> None:
    said = sentences(gauge("age", "undecided"), gauge("race", "found"))
    assert said["Undecided"] == "age. About 300 more questions would decide it"
    assert said["Found"] == "race (80% of 100, between 70% and 90%)"


def test_what_it_would_take_is_said_for_the_nearest_and_the_farthest() -> None:
    near, far = gauge("a", "undecided"), gauge("b", "undecided")
    said = sentences(near, replace(far, needed=900))["Undecided"]
    assert said.endswith(
        "About 300 more questions would decide the nearest, 900 the farthest"
    )
    said = sentences(near, replace(far, needed=90_000))["Undecided"]
    assert said.endswith("the nearest, for 1 there are too few questions in the suite")
    said = sentences(near, replace(far, needed=900, left=62))["Undecided"]
    assert said.endswith("the nearest, for 1 there are too few questions in the suite")
    said = sentences(replace(near, needed=None))["Undecided"]
    assert said == "a. For 1 there are too few questions in the suite"


def test_long_lists_are_cut_and_counted() -> None:
    said = sentences(*(gauge(f"axis {n}", "found") for n in range(NAMED + 300)))
    assert said["Found"].endswith(" and 300 more")
    many = [step(readout(f"probe-{n}", gauge("x", "found"))) for n in range(SUITES + 5)]
    shown = summary(told(many, Policy()))
    assert shown is not None
    assert (len(shown.suites), shown.hidden) == (SUITES, 5)
    assert "and 5 more sets of questions" in writer("markdown")(told(many, Policy()))


@pytest.mark.slow
def test_the_page_stays_small_whatever_was_asked() -> None:
    axes = [replace(gauge(f"{n}{HOSTILE * 9}", "found")) for n in range(300)]
    probes = [readout(f"probe-{n}", *axes) for n in range(12)]
    page = writer("html")(told([step(one) for one in probes], Policy()))
    shown = page.partition('<h2 id="raw">')[0]
    assert len(shown) < 5_000_000
    real = writer("html")(told([step(one) for one in planted()], Policy()))
    assert len(real.partition('<h2 id="raw">')[0]) < 150_000


def test_every_cell_and_every_picture_says_aloud_what_it_shows() -> None:
    page = writer("html")(behaved())
    named = r"<svg(?![^>]*(?:aria-label|aria-hidden))(?![^>]*><title>[^<]+)"
    assert re.findall(named, page) == []
    cells = re.findall(
        r'<td class="(?:found|reversed|clear|unsure|mute|unasked)[^>]*>'
        r'<span aria-hidden="true">.</span><span class="hidden">',
        page,
    )
    assert len(cells) >= 20


def test_a_finding_of_answers_is_seen_again_by_asking() -> None:
    page = writer("html")(behaved())
    assert "<code>openvet audit --ask ./model</code>" in page
