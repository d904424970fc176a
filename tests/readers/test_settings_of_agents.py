"""The settings in the zip of stable-baselines3: JSON with a pickle in every field."""

import base64
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.report import Report
from specimens.archives import zipped
from specimens.pickles import call, name, proto, text

HONEST = pickle.dumps({"gamma": [0.99] * 40})
HOSTILE = proto(4) + call(name("os", "system"), text("id" * 20)) + b"."


def settings(*fields: bytes) -> bytes:
    """Return settings as stable-baselines3 writes them."""
    kept = {
        f"field{number}": {
            ":type:": "<class 'object'>",
            ":serialized:": base64.b64encode(field).decode(),
        }
        for number, field in enumerate(fields)
    }
    return json.dumps(kept, indent=4).encode()


def failing(report: Report) -> set[tuple[str, str]]:
    return {
        (judged.finding.rule, judged.finding.place[0])
        for judged in report.findings
        if judged.disposition == "failing"
    }


@pytest.mark.slow
def test_every_field_is_judged_as_the_pickle_that_it_is(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    many = [pickle.dumps("x" * 80)] * 2100
    for title, fields in (("good", [HONEST]), ("bad", [HOSTILE, *many])):
        packed = zipped([("data", settings(*fields))])
        (tmp_path / f"{title}.zip").write_bytes(packed)
    assert failing(audit(tmp_path)) == {("pickle-runs-code", "bad.zip")}


def test_a_pickle_in_text_that_is_no_such_settings_is_hidden(
    tmp_path: Path, audit: Callable[..., Report]
) -> None:
    (tmp_path / "told.txt").write_bytes(b"settings: " + settings(HOSTILE))
    broken = settings(HOSTILE).replace(b'":serialized:"', b'":deserialized:"')
    (tmp_path / "keyed.txt").write_bytes(broken)
    rules = failing(audit(tmp_path))
    assert ("hidden-payload", "told.txt") in rules
    assert ("hidden-payload", "keyed.txt") in rules
