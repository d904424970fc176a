"""An endpoint as the target of an audit: asked, and nothing else is claimed of it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openvet.check import Settings
from openvet.endpoint import endpoint
from openvet.errors import TargetError
from openvet.finding import Attribution, Dialogue, Measure
from openvet.ledger import facts_and_head
from openvet.models import posting
from openvet.models.endpoint import EndpointModel
from openvet.models.posting import Patience
from openvet.readers.kept import endpoint_digest
from openvet.report import Report
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import encode
from openvet.write.html import write as html
from openvet.write.markdown import write as markdown
from openvet.write.text import write as text
from specimens.askable import REFUSAL, findings
from specimens.command import Done, run
from specimens.endpoints import KEY, MODEL, Api, serving
from specimens.models import Fake, stereotyping

QUICK = Patience(request=1, total=60, tries=2, first_pause=0.01, longest_pause=0.05)
FEW = 8
Audit = Callable[..., Report]


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as served:
        yield served


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """Return what audits an endpoint, and waits for it a short time only."""

    def hurried(url: str, key: str, _: object, *, kept: int) -> posting.Poster:
        return posting.Poster(url, key, QUICK, kept=kept)

    def audited(target: str, items: int = FEW) -> Report:
        options = Options(
            settings=Settings(ask=True, items=items), ledger=str(tmp_path)
        )
        return run_audit(endpoint(target), options)[0]

    monkeypatch.setattr("openvet.models.endpoint.Poster", hurried)
    monkeypatch.delenv("OPENVET_API_KEY", raising=False)
    return audited


def reasons(report: Report) -> str:
    return "\n".join(item.gap.detail for item in report.not_examined)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("openai:http://gpu.example/v1#m", "not an https"),
        ("openai:https://host/v1", "names no model"),
        ("openai:https://host/v1#", "names no model"),
        ("openai:https://host/v1#a\nb", "names no model"),
        ("openai:https://me:secret@host/v1#m", "holds a password"),
        ("openai:https://host/v1?key=secret#m", "holds a password or a query"),
        ("openai:https://host/v 1#m", "is not a URL"),
        ("openai:#m", "not an https"),
        ("openai:https://host:x/v1#m", "is not a URL"),
    ],
)
def test_what_is_no_endpoint_is_refused(target: str, why: str) -> None:
    with pytest.raises(TargetError, match=why) as refused:
        endpoint(target)
    assert "secret" not in refused.value.diagnostics()


def test_an_address_on_this_machine_needs_no_encryption() -> None:
    found = endpoint("openai:http://127.0.0.1:8080/v1/#a/b:c#d")
    assert (found.url, found.model) == ("http://127.0.0.1:8080/v1", "a/b:c#d")


def test_nothing_is_said_of_files_that_nobody_saw(api: Api, audit: Audit) -> None:
    report = audit(api.target)
    assert (report.kind, report.verdict, report.exit_code) == (
        "endpoint",
        "incomplete",
        4,
    )
    assert "no file, license, lineage or weight was examined" in reasons(report)
    for written in (text(report), markdown(report)):
        assert "no file was examined" in written
        assert "0 of 0" not in written
    page = html(report)
    assert "A model behind an endpoint, of which no file was examined" in page
    assert "read whole" not in page.partition('id="unchecked"')[0]
    clean = {
        rule.rule
        for rule in report.rules
        if rule.subjects and not (rule.failed or rule.skipped or rule.errors)
    }
    assert clean <= {"model-not-asked", "answers-by-group"}, "none that judges files"


def test_what_cannot_be_asked_is_told_as_not_asked(api: Api, audit: Audit) -> None:
    report = audit(api.target)
    assert f"not asked, because {MODEL} gives no likelihoods" in reasons(report)
    assert {one.probe for one in report.readouts} == {"open-answers", "brand-answers"}
    rules = {one.rule: one for one in report.rules}
    assert rules["prefers-stereotype"].skipped == 1
    assert not rules["prefers-stereotype"].passed


def test_what_is_found_is_what_the_model_says(audit: Audit) -> None:
    with serving(Fake(says=lambda _: "The best is Samsung.\x1b[2J")) as api:
        report = audit(api.target, 24)
    (found,) = findings(report, "favors-brand")
    assert "smartphone brand: Samsung" in found.title
    assert any(isinstance(one, Dialogue) for one in found.evidence)
    assert "\x1b" not in text(report) + markdown(report)


@pytest.mark.slow
def test_a_server_that_gives_likelihoods_is_asked_for_them(audit: Audit) -> None:
    with serving(Fake(likes=stereotyping(["nationality"], 3.0))) as api:
        api.echoes = True
        report = audit(api.target, 32)
    (found,) = findings(report, "prefers-stereotype")
    assert found.title.endswith(": nationality")
    assert not any(isinstance(one, Attribution) for one in found.evidence)
    assert "brand-answers" not in {one.probe for one in report.readouts}


def test_its_cost_is_counted_in_tokens_and_not_made_up(api: Api, audit: Audit) -> None:
    (found,) = findings(audit(api.target), "asking-cost")
    assert "the electricity is not known" in found.title
    (tokens,) = [one for one in found.evidence if isinstance(one, Measure)]
    assert tokens.value > 0


def test_without_a_count_nothing_is_said_of_cost(api: Api, audit: Audit) -> None:
    api.usage = False
    assert findings(audit(api.target), "asking-cost") == []


@pytest.mark.parametrize(
    ("manner", "why"),
    [
        ("401", "refuses the key"),
        ("404", "does not know the model"),
        ("429", "asks for fewer requests"),
        ("500", "the endpoint fails"),
        ("cut", "ends too early"),
        ("silent", "no answer within"),
        ("elsewhere", "redirects to another address"),
        ("text:oops", "no completion"),
    ],
)
def test_an_endpoint_that_fails_is_a_part_not_examined(
    api: Api, audit: Audit, manner: str, why: str
) -> None:
    api.manner = manner
    report = audit(api.target)
    assert why in reasons(report)
    assert report.exit_code == 4
    assert not report.errors, "that is no fault of ours"


@pytest.mark.parametrize("manner", ["429", "500", "cut", "text:oops", "400"])
def test_one_that_fails_on_the_way_leaves_the_audit_whole(
    api: Api, audit: Audit, manner: str
) -> None:
    api.manner, api.after = manner, 20
    report = audit(api.target)
    assert {one.probe for one in report.readouts} == {"open-answers", "brand-answers"}
    assert "no usable answers" in reasons(report)
    assert report.exit_code == 4
    assert not report.errors


def test_a_wrong_name_of_a_model_is_said(api: Api, audit: Audit) -> None:
    report = audit(f"openai:{api.address}/v1#other")
    assert "The model other does not exist" in reasons(report)


def test_where_nothing_listens_that_is_said(audit: Audit) -> None:
    report = audit("openai:http://127.0.0.1:1/v1#m")
    assert "nothing listens there" in reasons(report)
    assert report.exit_code == 4


@pytest.mark.parametrize("said", ["", REFUSAL])
def test_a_model_that_says_nothing_or_refuses_everything_never_passes(
    audit: Audit, said: str
) -> None:
    with serving(Fake(says=lambda _: said)) as api:
        report = audit(api.target, 40)
    rules = {one.rule: one for one in report.rules}
    for name in ("answers-by-group", "favors-brand"):
        assert rules[name].skipped
        assert not rules[name].passed
    assert "no usable answers" in reasons(report)


def test_the_key_is_in_no_ledger_and_no_report(
    api: Api, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENVET_API_KEY", KEY)
    api.key, api.manner = KEY, "echo-key"
    api.model.says = lambda _: "I see. Samsung is best."
    report = audit(api.target, 24)
    assert "[the key] Samsung is best" in text(report)
    for written in (encode(report).decode(), text(report), html(report)):
        assert KEY not in written
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_a_second_audit_asks_again(api: Api, audit: Audit, tmp_path: Path) -> None:
    api.model.says = lambda _: "The best is Samsung."
    assert findings(audit(api.target, 24), "favors-brand")
    api.model.says = lambda _: "They are all fine, but I like none."
    assert not findings(audit(api.target, 24), "favors-brand")
    facts, _ = facts_and_head(tmp_path / "last.jsonl")
    assert getattr(facts[0], "kind", "") == "endpoint"


def test_what_was_answered_before_an_endpoint_fell_silent_is_not_asked_again(
    api: Api, audit: Audit, tmp_path: Path
) -> None:
    api.manner, api.after = "500", 60
    audit(api.target)
    api.manner, before = "", len(api.asked)
    assert (tmp_path / "unfinished.jsonl").is_file()
    audit(api.target)
    rest = len(api.asked) - before
    assert not (tmp_path / "unfinished.jsonl").exists(), "that audit was finished"
    audit(api.target)
    whole = len(api.asked) - before - rest
    assert rest <= whole - 40


@pytest.mark.parametrize("same", ["address", "name"])
def test_one_endpoint_is_not_given_the_answers_of_another_in_the_same_folder(
    api: Api, audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    api.model.says = lambda _: "The best is Samsung, says the first one."
    api.manner, api.after = "500", 60
    audit(api.target)
    assert b"the first one" in (tmp_path / "unfinished.jsonl").read_bytes()
    with serving(Fake(says=lambda _: "They are all fine, says the second.")) as other:
        target = other.target
        if same == "address":
            monkeypatch.setattr("specimens.endpoints.MODEL", "org/name:70b")
            api.model, api.manner, target = other.model, "", api.target
        report = audit(target)
        asked = len((other if same == "name" else api).asked)
    assert not findings(report, "favors-brand")
    assert b"the first one" not in (tmp_path / "last.jsonl").read_bytes()
    assert asked > 60


def test_an_endpoint_is_told_from_others_by_what_is_no_secret() -> None:
    names = {
        endpoint_digest(url, model)
        for url in ("https://host/v1", "https://host/v2", "http://127.0.0.1:8000/v1")
        for model in ("a", "b")
    }
    assert len(names) == 6
    plain = endpoint_digest("https://host/v1", "a")
    assert endpoint_digest("https://me:secret@host/v1?key=secret", "a") == plain
    with EndpointModel("https://me:secret@host/v1", "a", key="") as model:
        assert (model.url, model.protections[0][-4:]) == ("https://host/v1", "host")


def test_answers_of_an_endpoint_are_forgotten_after_a_day(
    api: Api, audit: Audit, tmp_path: Path
) -> None:
    api.manner, api.after = "500", 60
    audit(api.target)
    path = tmp_path / "unfinished.jsonl"
    assert path.read_bytes()
    os.utime(path, (0, path.stat().st_mtime - 25 * 3600))
    api.manner, before = "", len(api.asked)
    audit(api.target)
    asked = len(api.asked) - before
    audit(api.target)
    again = len(api.asked) - before - asked
    assert abs(again - asked) <= 4, "some may have been under way before"


def command(target: str, folder: Path, *more: str) -> Done:
    return run("audit", target, "--ledger", folder, *more, cwd=folder)


def test_the_command_asks_an_endpoint_without_being_told_to(
    api: Api, tmp_path: Path
) -> None:
    done = command(api.target, tmp_path, "--items", str(FEW), "--offline")
    assert done.returncode == 4, done.stderr
    assert "answers that differ with the group" in done.stdout


def test_offline_refuses_an_endpoint_elsewhere(tmp_path: Path) -> None:
    done = command("openai:https://api.example/v1#m", tmp_path, "--offline")
    assert done.returncode == 2
    assert "--offline refuses it" in done.stderr
