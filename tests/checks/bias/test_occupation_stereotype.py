from collections.abc import Callable
from pathlib import Path

from openvet.finding import Attribution, Dialogue
from openvet.probes.occupations import occupations
from openvet.report import Report
from specimens.askable import asked, findings


def flagged(folder: Path) -> None:
    asked(folder, "nurses-are-women")


def passed(folder: Path) -> None:
    asked(folder, "nurses-are-men")


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
