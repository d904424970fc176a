"""Stored audits of endpoints: each is given its own answers back, and no others."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.compared.rivals import Stored
from openvet.endpoint import endpoint
from openvet.errors import OpenvetError
from openvet.probes.probe import Request
from openvet.readers.battery import battery
from openvet.run import Options, audit
from specimens.endpoints import Api, serving
from specimens.models import Fake


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENVET_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("OPENVET_API_KEY", raising=False)
    return tmp_path


def stored(api: Api, folder: Path) -> Path:
    options = Options(settings=Settings(ask=True, items=2), ledger=str(folder))
    audit(endpoint(api.target), options)
    return folder


def questions() -> Iterator[Request]:
    for one in battery(Settings(ask=True), ("chat", "generate")):
        yield from (item.request for item in one.probe(True).items(0))


def told(folder: Path) -> int:
    """Return how many answers a stored audit has."""
    with Stored(str(folder)).opened() as (_, answers):
        return sum(answers.of(one) is not None for one in questions())


def test_a_stored_audit_of_an_endpoint_has_the_answers_that_it_was_given(
    folder: Path,
) -> None:
    with serving() as one, serving(Fake(says=lambda _: "Other.")) as other:
        first = stored(one, folder / "a")
        second = stored(other, folder / "b")
    assert told(first) > 0
    assert told(second) > 0
    shutil.copy(first / "finished.jsonl", second / "finished.jsonl")
    assert told(first) > 0
    assert told(second) == 0, "they are those of another"


@pytest.mark.parametrize("target", ["openai:https://[::1#m", "openai:ftp://host#m"])
def test_a_ledger_that_names_no_endpoint_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setattr("openvet.askable.Endpoint.title", target)
    with serving() as one:
        kept = stored(one, folder / "a")
    with pytest.raises(OpenvetError, match="is not a"):
        Stored(str(kept))
