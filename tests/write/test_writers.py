"""Every writer shows the whole story, and nothing in it can act on its reader."""

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from syrupy.assertion import SnapshotAssertion

from openvet.documentation import HEADINGS, RuleDocument
from openvet.errors import OpenvetError
from openvet.finding import Outcome, Severity, Status
from openvet.ledger import Step
from openvet.policy import Judged, Policy
from openvet.report import Report
from openvet.subject import Gap
from openvet.wire import decode, replace, schema
from openvet.write import FORMATS, formats, writer
from openvet.write.escape import bytes_text, safe_json, visible
from openvet.write.pictures import bars, share
from openvet.write.prose import prose
from openvet.write.text import Terminal
from specimens.reports import (
    clean,
    everything,
    failed,
    file,
    finding,
    incomplete,
    told,
)

ALL = sorted(FORMATS)


@pytest.fixture(autouse=True)
def _fixed_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the rules' own words out of the snapshots."""

    def document(rule: str) -> RuleDocument:
        return RuleDocument(
            id=rule,
            version=1,
            title=f"what {rule} asks",
            concern="security",
            severity=Severity.HIGH,
            summary=f"Asks {rule}.",
            sections={name: f"{name} of {rule}." for name in HEADINGS},
        )

    monkeypatch.setattr("openvet.write.html._document", document)
    monkeypatch.setattr("openvet.write.sarif.document", document)


@pytest.mark.parametrize("name", ALL)
def test_the_whole_report_reads_as_it_did(
    name: str, snapshot: SnapshotAssertion
) -> None:
    text = writer(name)(everything())
    # How a page looks is no part of what it says; a browser looks at that.
    assert re.sub(r"(?s)<style>.*?</style>", "<style></style>", text) == snapshot


@pytest.mark.parametrize("name", ["text", "markdown", "junit"])
def test_a_clean_report_reads_as_it_did(name: str, snapshot: SnapshotAssertion) -> None:
    assert writer(name)(clean()) == snapshot


@pytest.mark.parametrize("name", ALL)
def test_no_writer_lets_a_hostile_name_through(name: str) -> None:
    text = writer(name)(everything())
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "html":
        assert "<script>alert" not in text


@pytest.mark.parametrize("name", ALL)
def test_every_writer_names_what_was_not_examined(name: str) -> None:
    assert "strange.xyz" in writer(name)(incomplete())


def test_colors_add_nothing_but_colors() -> None:
    plain = Terminal(color=False).write(everything())
    colored = Terminal(color=True).write(everything())
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


@pytest.mark.parametrize(
    ("report", "code"), [(clean(), 0), (everything(), 1), (incomplete(), 4)]
)
def test_the_verdict_decides_the_exit_code(report: Report, code: int) -> None:
    assert report.exit_code == code


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_what_was_not_examined_stands_before_what_was_found(name: str) -> None:
    text = writer(name)(everything())
    title = text.lower().index("loading it runs a program")
    assert text.replace("\\", "").index("no reader knows this format") < title


def test_the_verdict_stands_last_in_a_terminal() -> None:
    assert writer("text")(everything()).splitlines()[-1].startswith("NOT PASSED: ")
    assert writer("text")(incomplete()).splitlines()[-1].startswith("INCOMPLETE: ")
    assert writer("text")(clean()).splitlines()[-1].startswith("PASSED: ")


def test_json_reads_back_as_the_same_report() -> None:
    report = everything()
    assert decode(writer("json")(report).encode(), Report) == report


def test_the_published_schema_describes_the_json() -> None:
    described = schema(Report)["$defs"]["Report"]
    written = json.loads(writer("json")(everything()))
    assert set(written) == set(described["properties"])
    assert set(described["required"]) <= set(written)


class Page(HTMLParser):
    """Collects what could act or load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for key, value in attrs:
            if key.startswith("on") or key in {"src", "srcset", "data", "action"}:
                self.loads.append(f"{tag} {key}={value}")


def test_the_page_has_no_script_and_loads_nothing() -> None:
    page = Page()
    text = writer("html")(everything())
    page.feed(text)
    assert not {"script", "iframe", "object", "embed", "link"} & set(page.tags)
    assert page.loads == []
    assert "default-src 'none'" in text


def test_the_page_tells_the_story_in_order() -> None:
    text = writer("html")(everything())
    parts = (
        "./model</h1>",
        "NOT PASSED</h2>",
        "What was not checked</h2>",
        "Concerns</h2>",
        "Findings</h2>",
        "Failing ",
        "To review ",
        "Waived</h2>",
        "Passed</h2>",
        "Raw data</h2>",
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_no_heading_of_the_page_skips_a_level() -> None:
    levels = [int(n) for n in re.findall(r"<h([1-6])", writer("html")(everything()))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_ring_is_closed_only_when_nothing_was_left_out() -> None:
    assert share(clean()) == 100
    assert share(incomplete()) == 0
    assert 0 < share(everything()) < 98


def test_what_a_file_and_its_folder_both_leave_unread_is_listed_once() -> None:
    gap = Gap(reason="unreadable", detail="cannot open a.json: Permission denied")
    folder = Step(kinds=("Folder", "Subject"), digest="f", place=(), plan="p")
    steps = [file("a.json", gaps=(gap,)), replace(folder, gaps=(gap,))]
    (listed,) = told(steps, Policy()).not_examined
    assert listed.place == ("a.json",)


def test_every_severity_that_occurs_can_be_seen_in_the_picture() -> None:
    odd = finding("archive-slip", "a rare one", "a", severity=Severity.LOW)
    many = [
        Judged(finding=finding("archive-slip", "a", str(n)), disposition="failing")
        for n in range(5000)
    ]
    many.append(Judged(finding=odd, disposition="review"))
    rows = {bar.severity: bar for bar in bars(many)}
    assert rows[Severity.HIGH].failing > 90
    assert rows[Severity.LOW].other >= 1
    assert (rows[Severity.INFO].failing, rows[Severity.INFO].other) == (0, 0)


def several(number: int) -> Report:
    """Return a report in which one thing is found in many files."""
    places = [f"model-{n}.pt" for n in range(number)]
    found = (finding("archive-slip", "a member leaves the folder", p) for p in places)
    outcomes = [failed("archive-slip", one) for one in found]
    return told([file(*pair) for pair in zip(places, outcomes, strict=True)], Policy())


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_what_holds_of_many_places_is_said_once(name: str) -> None:
    text = writer(name)(several(5))
    shown = text.partition("Raw data")[0]
    assert shown.count("member leaves the folder") == 1
    assert all(f"model-{number}.pt" in shown.replace("\\", "") for number in range(5))


def test_a_page_of_ten_thousand_findings_stays_small_and_counts_the_rest() -> None:
    page = writer("html")(several(10_000))
    assert "10,000 findings" in page
    assert "9,997 more places" in page
    assert "9,900 more in the raw data" in page
    assert len(page.partition("Raw data")[0]) < 400_000


def test_a_rule_that_was_not_decided_everywhere_is_not_among_the_passed() -> None:
    skipped = Outcome(
        check="archive-slip", version=1, subject="d", place=("x",), status=Status.SKIP
    )
    page = writer("html")(told([file("x", skipped)], Policy()))
    assert "undecided" in page.partition("Concerns</h2>")[0]
    assert "archive-slip" not in page.partition("Passed</h2>")[2].partition("Raw")[0]


def test_documentation_is_shown_as_prose_and_stays_text() -> None:
    html = str(prose("One `a<b>` line\ngoes on.\n\n- an <i>item</i>\n- another\n  one"))
    assert html == (
        "<p>One <code>a&lt;b&gt;</code> line goes on.</p>\n"
        "<ul><li>an &lt;i&gt;item&lt;/i&gt;</li><li>another one</li></ul>"
    )


@pytest.mark.parametrize("name", ["text", "markdown", "junit", "sarif", "html"])
def test_a_waived_finding_is_named_with_who_accepted_it(name: str) -> None:
    text = writer(name)(everything()).replace("\\", "")
    assert "old.tar" in text
    assert "accepted by Ada Lovelace until 2026-12-31: kept for comparison" in text


def test_a_page_of_an_incomplete_audit_never_says_none_without_saying_of_what() -> None:
    assert "None in what was read." in writer("html")(incomplete())


def test_junit_is_xml_and_never_green_when_something_was_not_examined() -> None:
    suites = ET.fromstring(writer("junit")(incomplete()))  # noqa: S314 - our own
    assert suites.get("errors") == "1"
    clean_suites = ET.fromstring(writer("junit")(clean()))  # noqa: S314 - our own
    assert (clean_suites.get("errors"), clean_suites.get("failures")) == ("0", "0")


def test_markdown_cannot_mention_or_format() -> None:
    text = writer("markdown")(everything())
    assert "`` evil" not in text
    assert "**critical**" in text


def test_an_unknown_format_is_refused_with_the_nearest() -> None:
    with pytest.raises(OpenvetError) as caught:
        writer("htlm")
    assert "did you mean html?" in caught.value.diagnostics()
    assert set(FORMATS) <= set(formats())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("ünïcode", "ünïcode"),
        ("a\nb\tc", "a\\x0ab\\x09c"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202etxt", "\\u202etxt"),
        ("\U000e0041", "\\U000e0041"),
        ("x" * 30, "x" * 20 + " … (10 more characters)"),
    ],
)
def test_what_does_not_show_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text, most=20) == shown


def test_json_stays_json_when_made_safe() -> None:
    value = {"a": "é\u202e\U000e0041\x1b"}
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(safe_json(text)) == value
    assert "\u202e" not in safe_json(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (1 << 30, "1.0 GiB")],
)
def test_sizes_read_as_people_write_them(size: int, text: str) -> None:
    assert bytes_text(size) == text
