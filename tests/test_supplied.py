"""Files that the person who audits brings along: from settings to the report."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.errors import OpenvetError
from openvet.report import Report
from openvet.run import Options, load
from openvet.run import audit as run_audit
from openvet.supplied import LARGEST, Ask, Broken, Supplied, left_out, text_of
from openvet.wire import replace
from specimens.askable import asked, findings, played

HEAD = ",sent_more,sent_less,stereo_antistereo,bias_type\n"


def rows(count: int, word: str = "lazy") -> str:
    """Return rows of CrowS-Pairs."""
    return "".join(
        f"{n},Cat {n} is {word}.,Dog {n} is {word}.,stereo,pets\n" for n in range(count)
    )


def given(*pairs: Path, items: int = 0) -> Options:
    """Return options that point at files of pairs."""
    ask = Ask(pairs=tuple(map(str, pairs)))
    return Options(settings=Settings(items=items, supplied=Supplied(ask=ask)))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return a model that finds cats likelier than dogs."""
    folder = tmp_path / "model"
    asked(folder, "likes Cat")
    return folder


def test_what_a_file_calls_stereotyped_is_found_and_the_file_is_named(
    tmp_path: Path, model: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "mine.csv").write_text(HEAD + rows(90))
    report = audit(model, given(tmp_path / "mine.csv", items=64))
    (found,) = findings(report, "prefers-stereotype")
    assert "mine.csv" in found.title
    assert found.title.endswith(": pets")
    (readout,) = [one for one in report.readouts if one.probe == "crows-pairs"]
    assert readout.title == "stereotyped sentences preferred, of mine.csv"


def test_a_broken_row_is_told_and_the_rest_is_asked(
    tmp_path: Path, model: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "mine.csv").write_text(HEAD + rows(90) + "9,only one\n")
    report = audit(model, given(tmp_path / "mine.csv", items=64))
    assert findings(report, "prefers-stereotype")
    told = [part.gap.detail for part in report.not_examined]
    why = "line 92: 2 fields where the header has 5"
    assert f"mine.csv: 1 row was left out ({why})" in told
    assert report.exit_code == 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no pair"),
        (b"\xff\xfe\x00", "cannot be read as UTF-8"),
        (b"a,b\n1,2\n", "no column sent_more"),
        (b"{" * 100_000, "holds no pair"),
        (b"\0" * 5000, "holds no pair"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_leaves_the_rest_whole(
    tmp_path: Path,
    model: Path,
    audit: Callable[..., Report],
    content: bytes,
    why: str,
) -> None:
    (tmp_path / "mine.csv").write_bytes(content)
    report = audit(model, given(tmp_path / "mine.csv", items=32))
    assert report.errors == ()
    assert any(why in part.gap.detail for part in report.not_examined)
    assert "counterfactual-pairs" in {one.probe for one in report.readouts}


def test_two_files_of_one_format_are_told_apart(
    tmp_path: Path, model: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "a.csv").write_text(HEAD + rows(9))
    (tmp_path / "b.csv").write_text(HEAD + rows(9, "wet"))
    report = audit(model, given(tmp_path / "a.csv", tmp_path / "b.csv", items=9))
    assert [one.probe for one in report.readouts][-2:] == [
        "crows-pairs",
        "crows-pairs-2",
    ]


def test_another_content_is_another_audit_and_the_same_is_remembered(
    tmp_path: Path, model: Path
) -> None:
    path = tmp_path / "mine.csv"

    def key() -> str:
        options = replace(given(path, items=8), ledger=str(tmp_path / "ledger"))
        with played(model, options) as some:
            return load(run_audit(model, some)[1]).start.settings

    path.write_text(HEAD + rows(9))
    first = key()
    assert key() == first
    path.write_text(HEAD + rows(9, "wet"))
    assert key() != first


def test_what_is_no_file_or_too_large_stops_the_audit_before_it_begins(
    tmp_path: Path, model: Path, audit: Callable[..., Report]
) -> None:
    large = tmp_path / "large.csv"
    large.touch()
    os.truncate(large, 1 << 30)
    os.mkfifo(tmp_path / "pipe")
    for path, why in (
        (large, "has 1,073,741,824 bytes; at most"),
        (tmp_path / "pipe", "is no file"),
        (tmp_path, "is no file"),
        (tmp_path / "none.csv", "No such file"),
        (tmp_path / "a\0b", "null"),
    ):
        with pytest.raises(OpenvetError, match=why):
            audit(model, given(path))


def test_a_file_is_read_as_it_was_when_the_audit_began(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\ufeffone")
    known = Supplied(ask=Ask(labor=str(path))).named()
    assert known.text(str(path)) == "one"
    path.write_text("two")
    with pytest.raises(OpenvetError, match="changed while it was used"):
        known.text(str(path))


def test_the_largest_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    os.truncate(path, LARGEST + 1)
    with pytest.raises(OpenvetError, match="at most"):
        text_of(path)


def test_of_many_broken_rows_some_are_named_and_all_are_counted() -> None:
    some = tuple(Broken(line=n, why="no group") for n in range(2, 1002))
    told = left_out(some, named=2)
    assert told == "1,000 rows were left out (line 2: no group; line 3: no group; …)"
