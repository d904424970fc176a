"""One configuration file counts, and a key that does not exist is said."""

from pathlib import Path

import pytest

from openvet.config import find, read, read_policy
from openvet.errors import OpenvetError
from openvet.finding import Severity
from openvet.policy import Policy

FULL = """
fail_on = "medium"
offline = true
format = ["text", "sarif"]

[severity]
secret-in-file = "low"

[settings]
strict_classes = true

[limits]
depth = 5

[[waiver]]
rule = "pickle-runs-code"
subject = "old.pt::*"
reason = "trained by us"
owner = "Ada Lovelace"
expires = 2027-01-31
"""


def test_fewer_than_no_questions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "openvet.toml").write_text("[settings]\nitems = -1\n")
    with pytest.raises(OpenvetError, match="`items` is 0 or more, not -1"):
        read(tmp_path / "openvet.toml")


def test_every_part_of_a_configuration_is_read(tmp_path: Path) -> None:
    (tmp_path / "openvet.toml").write_text(FULL)
    config = read(tmp_path / "openvet.toml")
    assert config.fail_on is Severity.MEDIUM
    assert config.settings.strict_classes
    assert config.limits.depth == 5
    policy = config.judge_by(Policy())
    assert policy.fail_on is Severity.MEDIUM
    assert policy.waivers[0].owner == "Ada Lovelace"


def test_the_nearest_file_counts_and_parents_are_not_merged(tmp_path: Path) -> None:
    (tmp_path / "openvet.toml").write_text("offline = true")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find(inner)[0] == tmp_path / "openvet.toml"
    (tmp_path / "a" / "openvet.toml").write_text("")
    assert find(inner)[0] == tmp_path / "a" / "openvet.toml"
    assert read(tmp_path / "a" / "openvet.toml").offline is None


def test_pyproject_counts_only_with_a_table_of_ours(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\nname = 'x'")
    assert find(tmp_path)[0] != project
    project.write_text("[tool.openvet]\noffline = true")
    assert find(tmp_path)[0] == project
    assert read(project).offline


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail_onn = 'high'", "did you mean fail_on?"),
        ("[limits]\ndepht = 1", "did you mean depth?"),
        ("fail_on = 'bogus'", "'bogus' is no value for `fail_on`"),
        ("fail_on = 'bogus'", "help: one of info, low, medium, high, critical"),
        ("min_confidence = 'bogus'", "help: one of low, medium, high"),
        ("[severity]\nr = 'bogus'", "help: one of info, low, medium, high, critical"),
        ("[ask]\nengine = 'onnx'", "help: one of transformers, onnxruntime-genai"),
        ("hash = 'md5'", "help: one of none, blake3, sha256"),
        ("[profile]\nrole = 'it'", "help: one of provider, deployer, modifier"),
        ("[settings.profile]\nrole = 'it'", "help: one of provider, deployer, modif"),
        (
            "[[table]]\nfile = 'f'\nprotected = ['p']\nfavorable = 'maybe'",
            "help: one of yes, no",
        ),
        ("[[waiver]]\nrule = 'r'", "there has to be a key `subject` in `waiver[0]`"),
        ("[limits]\nsteps = 'x'", "expected a number, got a text in `limits.steps`"),
        ("[limits]\nsteps = 0", "the limit `steps` has to be above 0"),
        ("[limits]\nseconds = nan", "the limit `seconds` has to be above 0"),
        ("settings = 3", "expected a table, got a number in `settings`"),
        ("not toml at all", "it must be UTF-8 TOML"),
    ],
)
def test_a_mistake_is_said_with_what_is_near(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "openvet.toml"
    path.write_text(text)
    with pytest.raises(OpenvetError) as caught:
        read(path)
    assert said in caught.value.diagnostics()
    assert caught.value.exit_code == 2


def test_a_project_file_that_is_no_project_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool = 3")
    assert find(tmp_path)[0] != tmp_path / "pyproject.toml"


def test_a_policy_file_is_a_policy_with_waivers(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    waiver = FULL[FULL.index("[[waiver]]") :]
    path.write_text(f'name = "ours"\nversion = "2"\nfail_on = "low"\n{waiver}')
    policy = read_policy(path)
    assert (policy.name, policy.fail_on) == ("ours", Severity.LOW)
    assert len(policy.waivers) == 1
