"""What a model brings along cannot weaken its own audit, nor harm who runs it."""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from openvet.digests import Content
from openvet.errors import LedgerError
from openvet.finding import (
    Absence,
    Attribution,
    Bytes,
    Confidence,
    Dialogue,
    Faithfulness,
    Finding,
    Measure,
    Outcome,
    Quote,
    Severity,
    Status,
    WordWeight,
)
from openvet.ledger import End, Ledger, Start, Step
from openvet.policy import Policy
from openvet.readout import WORDS, Gauge, Readout
from openvet.report import Story
from openvet.run import judge, load
from openvet.subject import Gap
from openvet.wire import replace
from openvet.write import FORMATS, writer
from specimens.command import run, run_apart
from specimens.pickles import PICKLE
from specimens.readouts import MODEL, readout

LENIENT = """
fail_on = "critical"
severity = { pickle-runs-code = "info" }
settings = { allow = ["os.system", "posix.system"] }
[[waiver]]
rule = "pickle-runs-code"
subject = "*"
reason = "trust me"
owner = "the attacker"
expires = 2999-01-01
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.pkl").write_bytes(PICKLE)
    return folder


@pytest.mark.parametrize("target", [".", "model.pkl", "../model"])
@pytest.mark.parametrize("name", ["openvet.toml", "pyproject.toml"])
def test_a_configuration_that_came_with_the_model_is_not_obeyed(
    model: Path, name: str, target: str
) -> None:
    head = "[tool.openvet]" if name == "pyproject.toml" else ""
    text = LENIENT.replace("[[", "[[tool.openvet.") if head else LENIENT
    (model / name).write_text(head + text)
    done = run("audit", target, cwd=model)
    assert done.returncode == 1, done.stdout
    assert f"{name} came with what is audited and is not used" in done.stderr
    assert "name it with --config" in done.stderr


def test_a_configuration_that_came_with_the_model_hides_none_above_it(
    model: Path,
) -> None:
    (model / "openvet.toml").write_text(LENIENT)
    (model.parent / "openvet.toml").write_text('format = ["json"]')
    assert run("audit", ".", cwd=model).stdout.startswith("{")


def test_a_broken_project_file_of_the_model_does_not_stop_its_audit(
    model: Path,
) -> None:
    (model / "pyproject.toml").write_text("not toml at all")
    assert run("audit", ".", cwd=model).returncode == 1


def test_a_configuration_of_ones_own_model_is_obeyed_where_it_is_named(
    model: Path,
) -> None:
    (model / "openvet.toml").write_text(LENIENT)
    done = run("audit", ".", "--config", "openvet.toml", cwd=model)
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""


def test_a_link_inside_the_folder_does_not_rename_a_file_past_its_rule(
    model: Path,
) -> None:
    (model / "model.pkl").unlink()
    (model / "notes.txt").write_text('{"auto_map": {"AutoModel": "evil/code--x.Y"}}')
    (model / "config.json").symlink_to("notes.txt")
    done = run("audit", ".", cwd=model)
    assert "[remote-code-required]" in done.stdout


@pytest.mark.slow
def test_a_file_of_holes_does_not_outlast_the_time_of_the_audit(model: Path) -> None:
    with (model / "huge.bin").open("wb") as file:
        file.truncate(4 << 40)
    (model.parent / "limits.toml").write_text("limits = { seconds = 2.0 }")
    done = run("audit", ".", "--config", "../limits.toml", cwd=model)
    assert done.returncode in {1, 4}, done.stderr
    assert "the audit took longer than 2 seconds" in done.stdout


@pytest.mark.parametrize("option", ["--bundle", "--output"])
def test_a_link_that_waits_for_a_temporary_file_catches_nothing(
    model: Path, option: str
) -> None:
    keys = model.parent / "authorized_keys"
    keys.write_text("mine")
    for name in (".out.part", "out.part", "out", "out~", ".out.tmp"):
        (model / name).symlink_to(keys)
    run("audit", ".", "--format=json", option, "out", cwd=model)
    assert keys.read_text() == "mine"
    assert not (model / "out").is_symlink()
    assert [p.name for p in model.glob(".openvet-*")] == [".openvet-cache"]


def test_a_module_in_the_model_folder_is_not_imported(model: Path) -> None:
    for name in ("click", "yaml", "blake3", "json"):
        (model / f"{name}.py").write_text("open('ran', 'w')")
    assert run_apart("audit", ".", cwd=model).returncode == 1
    assert not (model / "ran").exists()


def test_a_plug_in_that_lies_in_the_model_folder_is_not_loaded(model: Path) -> None:
    info = model / "evil-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[openvet.checks]\nx = evil:Evil\n")
    (model / "evil.py").write_text("open('ran', 'w')")
    assert run_apart("audit", ".", cwd=model).returncode == 1
    assert not (model / "ran").exists()


NASTY = (
    "\x1b]0;owned\x07\x9b31m\u202e\u200b\x00<script>alert(1)</script>'\"&`]]>-->"
    "\n::error::x\r\n# Heading [a](javascript:b) ${{ x }} {{ 7*7 }} ../../../etc"
)


def nasty_attribution() -> Attribution:
    return Attribution(
        axis=NASTY,
        texts=1,
        faithfulness=(
            Faithfulness(
                method="occlusion",
                measure="sufficiency",
                nats=1e308,
                random=0,
                better=1,
                low=0,
                high=1,
                n=1,
                interval=NASTY,
                p=0,
            ),
        ),
        method="occlusion",
        words=tuple(
            WordWeight(word=word, weight=weight)
            for word, weight in ((NASTY, 1e308), ("</span>", -1e308), ("", 0))
        ),
        toward=NASTY,
        against=NASTY,
        contrast=-1e308,
    )


def nasty_finding(rule: str) -> Finding:
    return Finding(
        rule=rule,
        title=NASTY,
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        place=(NASTY, NASTY),
        evidence=(
            Bytes(offset=1, shows=NASTY),
            Quote(text=NASTY, line=1, key=NASTY),
            Measure(name=NASTY, value=1, low=0, high=2, n=3, method=NASTY),
            Dialogue(prompt=NASTY, answer=NASTY),
            Absence(looked_for=NASTY, looked_in=(NASTY,)),
            nasty_attribution(),
            replace(nasty_attribution(), words=(), why=NASTY),
        ),
        fix=NASTY,
        live=NASTY,
    )


def nasty_readout() -> Readout:
    gauges = tuple(
        Gauge(axis=f"{NASTY}{n}", reading=reading, n=n, method=NASTY, why=NASTY)
        for n, reading in enumerate(WORDS)
    )
    return replace(
        readout(NASTY, *gauges),
        model=replace(MODEL, id=NASTY, engine=NASTY, dtype=NASTY, device=NASTY),
        example=(Dialogue(prompt=NASTY, answer=NASTY * 99, about=NASTY, pair=NASTY),),
        figures=(Measure(name=NASTY, value=1, low=0, high=2, n=3, method=NASTY),),
    )


def nasty_story(**ids: str) -> Story:
    """Return an audit that a stranger made up, with the worst in every text of it.

    Args:
        ids: What openvet writes of itself, where it is other than usual.
    """
    finding = nasty_finding(ids.get("rule", "pickle-runs-code"))
    outcomes = tuple(
        Outcome(
            check=ids.get("check", "pickle-runs-code"),
            version=1,
            subject=NASTY,
            place=(NASTY,),
            status=status,
            findings=(finding,) if status is Status.FAIL else (),
            reason=NASTY,
        )
        for status in (Status.FAIL, Status.ERROR, Status.SKIP)
    )
    step = Step(
        kinds=("File", "Subject"),
        digest=NASTY,
        place=(NASTY,),
        plan=NASTY,
        formats=(NASTY,),
        content=Content(identity=NASTY, blake3=NASTY, sha256=NASTY),
        gaps=(Gap(reason="broken", detail=NASTY, lift=NASTY),),
        passed=(NASTY,),
        outcomes=outcomes,
        children=(NASTY,),
        readout=nasty_readout(),
    )
    start = Start(
        schema=1,
        tool=ids.get("tool", "openvet 0.1.0"),
        target=NASTY,
        kind=ids.get("kind", "folder"),
        settings=NASTY,
        started=ids.get("started", "2026-01-01T00:00:00+00:00"),
        zone=(NASTY,),
        hashing=ids.get("hashing", "blake3"),
        excluded=(NASTY,),
    )
    ended = ids.get("ended", "2026-01-01T00:00:00+00:00")
    end = End(ended=ended, steps=1, zone=(NASTY,))
    return Story(start=start, steps=(step,), end=end, head="0" * 64)


def stored(story: Story, path: Path) -> Path:
    """Write an audit down."""
    ledger = Ledger(path)
    ledger.append(story.start)
    for step in story.steps:
        ledger.append(step)
    ledger.append(story.end)
    ledger.close()
    return path


@pytest.mark.parametrize(
    "field", ["rule", "check", "tool", "kind", "started", "hashing", "ended"]
)
@pytest.mark.parametrize("text", [NASTY, "fine\n", "\u202e"])
def test_a_stored_audit_whose_own_words_are_not_plain_is_refused(
    tmp_path: Path, field: str, text: str
) -> None:
    with pytest.raises(LedgerError):
        load(stored(nasty_story(**{field: text}), tmp_path / "ledger.jsonl"))


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_stored_audit_of_a_stranger_commands_nothing_that_shows_it(
    tmp_path: Path, form: str
) -> None:
    story = load(stored(nasty_story(), tmp_path / "ledger.jsonl"))
    text = writer(form)(judge(story, Policy(name=NASTY)))
    for hidden in "\x00\x07\x1b\r\x9b\u202e\u200b":
        assert hidden not in text, (form, hex(ord(hidden)))
    assert "\n::error" not in text
    assert "\n# Heading" not in text
    if form in {"html", "junit"}:
        assert "<script>" not in text
    if form in {"json", "sarif"}:
        json.loads(text)
    if form == "junit":
        ET.fromstring(text)  # noqa: S314 - our own output
    if form == "sarif":
        uris = re.findall(r'"uri":"([^"]*)"', text)
        assert uris
        assert not any(uri.startswith(("/", "..")) for uri in uris)


@pytest.mark.parametrize(
    "words", [("verify",), ("report",), ("report", "--color=always")]
)
def test_a_terminal_is_not_commanded_by_the_audit_of_a_stranger(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ledger = stored(nasty_story(), tmp_path / "ledger.jsonl")
    done = run(
        *words, ledger, "--config=none" if words[0] == "report" else "--", cwd=tmp_path
    )
    assert "Traceback" not in done.stderr
    assert not re.search("\x1b(?!\\[[0-9;]*m)", done.stdout + done.stderr)
    assert "\u202e" not in done.stdout


@pytest.mark.parametrize(
    "name", ["javascript:alert(1).pkl", "%2e%2e%2fx.pkl", "a b.pkl"]
)
def test_the_name_of_a_file_is_a_plain_path_in_sarif(model: Path, name: str) -> None:
    (model / "model.pkl").rename(model / name)
    done = run("audit", ".", "--format=sarif", cwd=model)
    (result,) = (
        one
        for one in json.loads(done.stdout)["runs"][0]["results"]
        if one["level"] == "error"
    )
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert urlsplit(uri).scheme == ""
    assert unquote(uri) == name


def test_padding_hides_no_configuration_that_a_loader_obeys(model: Path) -> None:
    (model / "model.pkl").unlink()
    keys = '{"auto_map": {"AutoModel": "evil/code--x.Y"}}'
    (model / "config.json").write_text(keys + " " * (5 << 20))
    assert run("audit", ".", cwd=model).returncode == 4


def test_a_crowd_of_harmless_modules_hides_no_other(model: Path) -> None:
    (model / "model.pkl").unlink()
    harmless = [{"type": "sentence_transformers.models.Normalize"}] * 1500
    modules = json.dumps([*harmless, {"type": "evil/code--x.Y"}])
    (model / "modules.json").write_text(modules)
    assert "[remote-code-required]" in run("audit", ".", cwd=model).stdout
