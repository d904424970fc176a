"""What asking has cost is a sum of parts that are named."""

from openvet.readout import Part
from openvet.report import Report
from openvet.wire import replace
from openvet.write.behavior import summary
from openvet.write.spending import spent
from specimens.readouts import behaved, planted

READ = Part(work="read", tokens=33_367, cpu_seconds=163.4)
WROTE = Part(work="written", tokens=3850, prompts=1104, cpu_seconds=31.4)
EXPLAINED = Part(work="explained", tokens=2058, cpu_seconds=19.4)


def much(report: Report) -> str:
    shown = summary(report)
    assert shown is not None
    return shown.much


def test_tokens_and_seconds_are_the_sum_of_what_is_named() -> None:
    said = spent((), (READ, WROTE, EXPLAINED))
    assert said == (
        "; 40,379 tokens, 213 seconds of processor time: 33,367 read (163 s),"
        " 3,850 written after 1,104 of prompts (31 s),"
        " 2,058 explained by gradients (19 s)"
    )
    assert 33_367 + 3850 + 1104 + 2058 == 40_379
    assert 163 + 31 + 19 == 213


def test_one_kind_of_work_is_not_named_apart() -> None:
    assert spent((), (READ,)) == "; 33,367 tokens, 163 seconds of processor time"


def test_a_server_shows_tokens_and_no_time() -> None:
    parts = (replace(READ, cpu_seconds=0), replace(WROTE, cpu_seconds=0))
    assert spent((), parts) == (
        "; 38,321 tokens: 33,367 read, 3,850 written after 1,104 of prompts"
    )


def test_what_takes_time_and_no_tokens_is_named_beside_it() -> None:
    vectors = replace(planted()[0], tokens=0, cpu_seconds=12.2)
    assert spent((vectors,), (READ,)) == (
        "; 33,367 tokens, 175 seconds of processor time: 33,367 read (163 s),"
        " vectors compared (12 s)"
    )


def test_audits_that_noted_no_parts_show_the_sum_of_their_sets() -> None:
    asked = planted()[:2]
    assert spent(asked, ()) == "; 2,468 tokens, 3 seconds of processor time"
    assert spent((), ()) == ""


def test_the_summary_of_a_report_says_it() -> None:
    report = replace(behaved(), work=(READ, EXPLAINED))
    assert "; 35,425 tokens, 182 seconds of processor time: 33,367" in much(report)
