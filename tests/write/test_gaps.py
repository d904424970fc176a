"""What stayed undecided is not told as if nobody had read it."""

import pytest

from openvet.finding import Outcome, Status
from openvet.policy import Policy
from openvet.report import Report
from openvet.subject import Gap, GapReason
from openvet.wire import replace
from openvet.write import writer
from openvet.write.gaps import meaning, only_open
from openvet.write.pictures import blocks, share
from specimens.readouts import gauge, readout, spoken, step
from specimens.reports import file, incomplete, told


def gap(reason: GapReason) -> Gap:
    return Gap(reason=reason, detail=f"{reason} here", lift="ask more")


def ended(status: Status) -> Outcome:
    """Return an outcome that decides nothing."""
    return Outcome(
        check="malformed-file",
        version=1,
        subject="d",
        place=("x",),
        status=status,
        reason="open",
    )


def asked(*reasons: GapReason) -> Report:
    """Return the report of a model of one file that was asked, with such gaps."""
    one = step(readout("some-probe", gauge("x", "undecided")))
    gaps = tuple(map(gap, reasons))
    return told([file("model.gguf"), replace(one, gaps=gaps)], Policy())


def test_where_questions_alone_stay_open_everything_was_read() -> None:
    report = asked("undecided")
    assert only_open(report)
    assert report.verdict == "incomplete"
    assert report.why == ("1 part undecided",)
    page = writer("html")(report)
    assert "everything was read. Some questions stay open" in page
    assert "What stayed open" in page
    assert "nobody" not in page.partition('<h2 id="concerns">')[0]
    assert "1 part undecided</span>" in page
    for name in ("text", "markdown"):
        text = writer(name)(report)
        assert "ndecided (1)" in text.replace("\\", "")
        assert "ot examined (" not in text


def test_what_nobody_read_is_still_said_where_questions_stay_open_too() -> None:
    report = asked("undecided", "broken")
    assert not only_open(report)
    assert report.why == ("1 part not examined", "1 part undecided")
    assert meaning(report).endswith("What nobody read may hold anything.")
    page = writer("html")(report)
    assert "What was not checked" in page
    assert "1 part not examined</span>" in page
    assert "not examined (1), undecided (1):" in writer("text")(report)


def test_a_reader_that_broke_is_no_open_question() -> None:
    one = step(readout("some-probe", gauge("x", "undecided")))
    gaps, broken = (gap("undecided"),), (ended(Status.ERROR),)
    report = told([replace(one, gaps=gaps, outcomes=broken)], Policy())
    assert not only_open(report)
    assert "not examined" in meaning(report)


def test_a_policy_that_asks_for_more_is_no_unread_file() -> None:
    policy = Policy(require=("malformed-file",))
    report = told([file("model.gguf", ended(Status.SKIP))], policy)
    assert report.verdict == "incomplete"
    assert "the policy asks for is not known" in writer("html")(report)
    assert "nobody read" not in writer("html")(report)


def test_the_ring_closes_where_every_file_was_read() -> None:
    assert share(asked("undecided")) == 100
    assert share(asked("broken")) < 100
    assert share(incomplete()) < 100


@pytest.mark.parametrize("name", ["model.gguf", "answers of model.gguf"])
def test_a_file_of_which_a_question_stays_open_was_read_whole(name: str) -> None:
    one = step(readout("some-probe", gauge("x", "undecided")))
    place = (name, "some-probe")
    open_ = replace(one, place=place, gaps=(gap("undecided"),))
    report = told([file("model.gguf"), open_], Policy())
    assert report.coverage.files_whole == 1


def test_the_picture_of_files_says_that_answers_are_told_elsewhere() -> None:
    one = step(readout("some-probe", gauge("x", "found")), spoken())
    report = told([file("model.gguf"), one], Policy())
    (block,) = blocks(report)
    assert block.title.endswith("read whole, nothing found in it")
    page = writer("html")(report)
    assert "what the model answered is told with the findings" in page
    assert "nothing to review in it" in page
    silent = writer("html")(told([file("model.gguf")], Policy()))
    assert "what the model answered is told" not in silent
