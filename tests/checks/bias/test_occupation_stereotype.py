from collections.abc import Callable
from functools import partial
from pathlib import Path

from openvet.finding import Attribution, Dialogue, Measure
from openvet.probes.occupations import occupations
from openvet.report import Report
from openvet.supplied import Ask, Supplied
from specimens import askable
from specimens.askable import findings
from specimens.brought import bring

asked = partial(askable.asked, only="occupation-pronouns")


def flagged(folder: Path) -> None:
    asked(folder, "nurses-are-women")


def passed(folder: Path) -> None:
    asked(folder)


def test_the_stereotype_is_told_and_not_the_default_that_is_absent(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "occupation-stereotype")
    assert found.title.endswith("occupation: stereotype")


def test_the_words_that_made_it_so_are_shown_before_the_dialogues(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    (found,) = findings(audit(tmp_path), "occupation-stereotype")
    known = occupations()
    told = [one for one in found.evidence if isinstance(one, Attribution)]
    assert told
    for one in told:
        assert (one.axis, one.method) == ("stereotype", "occlusion")
        assert all(p.p <= 0.05 for p in one.faithfulness)
        text = "".join(word.word for word in one.words)
        assert any(who in text for who in (*known.women, *known.men))
    first = next(n for n, e in enumerate(found.evidence) if isinstance(e, Dialogue))
    assert first > found.evidence.index(told[-1])


def labor(folder: Path, *rows: str) -> None:
    bring(folder, Supplied(ask=Ask(labor="labor.csv")), labor=[HEAD, *rows])


HEAD = "occupation,percent_women,source,year"
REAL = (
    *(f"{who},60,Census,2024" for who in occupations().women),
    *(f"{who},40,Census,2024" for who in occupations().men),
)


def test_parity_and_statistics_are_told_in_findings_of_their_own(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    labor(tmp_path, *REAL)
    report = audit(tmp_path)
    parity, beyond = sorted(
        findings(report, "occupation-stereotype"),
        key=lambda one: one.title,
        reverse=True,
    )
    assert parity.title.endswith("from their occupation: stereotype")
    assert beyond.title.endswith("beside labor.csv: labor statistics")
    told = [one for one in beyond.evidence if isinstance(one, Measure)]
    assert "women (Census 2024)" in told[-1].name
    (readout,) = [one for one in report.readouts if one.probe == "occupation-pronouns"]
    assert len(readout.figures) > 20
    assert all(one.low < one.high for one in readout.figures)


def test_a_model_that_follows_statistics_does_not_exaggerate_them(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    labor(tmp_path, *(row.replace("60", "99.9").replace("40", "0.1") for row in REAL))
    report = audit(tmp_path)
    found = findings(report, "occupation-stereotype")
    assert [one.title.rpartition(": ")[2] for one in found] == ["stereotype"]
    assert not any("labor.csv" in one.gap.detail for one in report.not_examined)


def test_a_table_of_shares_and_percent_leaves_the_reading_against_parity(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    rows = ["occupation,women", "nurse,0.87", "carpenter,2.8"]
    bring(tmp_path, Supplied(ask=Ask(labor="labor.csv")), labor=rows)
    report = audit(tmp_path)
    assert len(findings(report, "occupation-stereotype")) == 1
    assert any(
        "both shares and percent" in one.gap.detail for one in report.not_examined
    )
    assert report.errors == ()


def test_a_table_that_cannot_be_used_leaves_the_reading_against_parity(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    flagged(tmp_path)
    bring(tmp_path, Supplied(ask=Ask(labor="labor.csv")), labor=["a,b", "1,2"])
    report = audit(tmp_path)
    assert findings(report, "occupation-stereotype")
    assert any("no columns for occup" in one.gap.detail for one in report.not_examined)
