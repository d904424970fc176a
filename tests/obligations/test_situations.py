"""Every situation comes out as it is written."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.report import Report
from openvet.run import Options
from openvet.wire import encode
from specimens.planted import ALL, APACHE
from specimens.situations import LICENSE_RULES, SHARED, Situation, write

ORDER = ("info", "low", "medium", "high", "critical")


@pytest.fixture(scope="module")
def texts(root: Path) -> Mapping[str, str]:
    """Return the texts of licenses that are at hand."""
    path = root.parent / "shared" / SHARED
    if not path.exists():
        return {"apache-2.0": APACHE}
    data = json.loads(path.read_text("utf-8"))["texts"]
    return {name: one["text"] for name, one in data.items()}


@pytest.mark.parametrize("situation", ALL, ids=[one.name for one in ALL])
def test_a_situation_comes_out_as_it_is_written(
    situation: Situation,
    tmp_path: Path,
    texts: Mapping[str, str],
    audit: Callable[..., Report],
) -> None:
    try:
        write(situation, tmp_path, texts)
    except KeyError as error:
        pytest.skip(f"the text of {error} is not here")
    options = Options(settings=Settings(profile=situation.profile))
    found = [j.finding for j in audit(tmp_path, options=options).findings]
    said = [(f.rule, f.severity.value, encode(f).decode()) for f in found]
    for must in situation.must:
        assert any(
            (rule, severity) == must[:2] and must.words in text
            for rule, severity, text in said
        ), must
    worst = [ORDER.index(s) for rule, s, _ in said if rule in LICENSE_RULES]
    assert max(worst, default=0) <= ORDER.index(situation.worst)


def test_enough_situations_are_told_and_planted() -> None:
    assert len(ALL) >= 25
    assert sum(bool(situation.thread) for situation in ALL) >= 13
