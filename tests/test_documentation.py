"""What the documentation says about formats and keys is so."""

import ast
import json
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest
import schemas

from openvet.budget import Limits
from openvet.catalog import CHECKS
from openvet.check import Environment, Profile, Settings
from openvet.config import Config, convert
from openvet.controls import Control
from openvet.documentation import HOW, document
from openvet.machine import Machine
from openvet.policy import Policy, Responsible, Waiver, check_rules
from openvet.probes import generation, recommendations
from openvet.report import EXIT, Report
from openvet.subject import GapReason
from openvet.supplied import Ask, DecisionTable, RecommendationTable


@pytest.mark.parametrize("name", sorted(schemas.schemas()))
def test_a_published_schema_is_the_one_of_its_record(root: Path, name: str) -> None:
    published = (root / "docs/reference" / name).read_text()
    assert published == schemas.schemas()[name], "run scripts/check --fix"


def test_a_report_may_grow_and_a_configuration_may_not() -> None:
    made = {name: json.loads(text) for name, text in schemas.schemas().items()}
    report = json.dumps(made["json-v1.schema.json"])
    assert '"additionalProperties": false' not in report
    config = made["config.schema.json"]["$defs"]["Config"]
    assert config["additionalProperties"] is False


def keys_of(page: str) -> set[str]:
    """Return the names at the beginning of a page's table rows."""
    return {
        name.strip(" `")
        for line in page.splitlines()
        if line.startswith("| `")
        for name in line.split("|")[1].split(",")
    }


def test_every_key_of_the_configuration_is_documented_and_no_other(root: Path) -> None:
    page = (root / "docs/reference/configuration.md").read_text()
    general = (Config, Settings, Profile, Limits, Waiver, Responsible, Policy, Control)
    asking = (Ask, DecisionTable, RecommendationTable, Environment, Machine)
    records = (*general, *asking)
    names = {name for kind in records for name in kind.__struct_fields__}
    assert keys_of(page) == names - {"waivers"}


def test_every_key_of_the_report_is_documented_and_no_other(root: Path) -> None:
    page = (root / "docs/reference/json.md").read_text()
    assert keys_of(page) == set(Report.__struct_fields__) - {"schema"}


def test_every_reason_for_not_examining_is_explained(root: Path) -> None:
    page = (root / "docs/concepts/not-examined.md").read_text()
    for reason in get_args(GapReason):
        assert f"| {reason} |" in page


def test_the_exit_codes_of_verdicts_are_documented(root: Path) -> None:
    page = (root / "docs/concepts/verdict.md").read_text()
    for verdict, code in EXIT.items():
        assert f"| {verdict.replace('-', ' ')} | {code} |" in page


def test_the_examples_of_policies_are_valid_and_name_rules_that_exist(
    root: Path,
) -> None:
    page = root / "docs/how-to/policies.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(), flags=re.DOTALL)
    assert len(examples) > 2
    for example in map(tomllib.loads, examples):
        if "name" in example:
            policy: Policy = convert(example, Policy, page)
        else:
            policy = convert(example, Config, page).judge_by(Policy())
        check_rules(policy, frozenset(plugin.id for plugin in CHECKS))


def test_only_a_rule_that_can_fail_tells_how_many_samples_it_fails() -> None:
    assert " malicious ones" in document("pickle-runs-code").sections[HOW]
    noted = document("weights-unsigned").sections[HOW]
    assert noted.endswith(
        "\n\nIt only notes, so the labeled samples do not measure it."
    )


def test_answers_of_an_endpoint_are_as_long_as_its_page_says(root: Path) -> None:
    page = " ".join((root / "docs/how-to/endpoints.md").read_text().split())
    assert f"requests of at most {generation.TOKENS} new tokens" in page
    assert f"recommends some 200 of at most {recommendations.TOKENS}:" in page


def imported(root: Path) -> set[str]:
    """Return the names that the program takes from `openvet.stats`."""
    statistics = root / "src/openvet/stats"
    sources = [
        path.read_bytes()
        for path in (root / "src/openvet").rglob("*.py")
        if not path.is_relative_to(statistics)
    ]
    return {
        alias.name
        for source in sources
        if b"openvet.stats." in source
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("openvet.stats.")
        for alias in node.names
    }


def test_a_method_that_reports_rest_on_has_a_caller_and_no_other_has(
    root: Path,
) -> None:
    page = (root / "docs/concepts/certainty.md").read_text()
    used, _, idle = page.partition("## Which method where")[2].partition("for now:")
    idle = idle.partition("\nThe docstrings")[0]
    named = [
        set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|.*", part, re.MULTILINE))))
        for part in (used, idle)
    ]
    assert all(named)
    called = imported(root)
    assert named[0] <= called
    assert not named[1] & called
    known = {
        name.name
        for path in (root / "src/openvet/stats").glob("*.py")
        for name in ast.parse(path.read_bytes()).body
        if isinstance(name, ast.FunctionDef | ast.ClassDef)
    }
    assert named[0] | named[1] <= known


def test_nobody_is_told_to_install_a_name_that_is_not_ours(root: Path) -> None:
    """The index of packages has no openvet of this project: it could be anybody's."""
    folders = [(root / name).rglob("*") for name in ("src", "docs", "demo", "scripts")]
    kinds = {".py", ".md", ".toml", ".j2", ".yml", ""}
    texts = [
        path
        for path in (root / "README.md", root / "Dockerfile", *chain(*folders))
        if path.is_file() and path.suffix in kinds and "rules" not in path.parts
    ]
    said = re.compile(r"\b(?:pipx?|uv)\b[^\n`]*\binstall\b[^\n`]*\bopenvet\b")
    assert said.search("pip install 'openvet[models]'")
    told = [path.name for path in texts if said.search(path.read_text(errors="ignore"))]
    assert told == []


def test_code_quoted_for_contributors_is_the_code_that_runs(root: Path) -> None:
    guide = (root / "CONTRIBUTING.md").read_text()
    quotes = re.findall(r"\n`(\S+)`:\n\n```(?:python|text)\n(.*?)```", guide, re.DOTALL)
    assert len(quotes) == 3
    for name, quote in quotes:
        code = (root / name).read_text()
        for part in quote.split("…\n"):
            assert part in code, f"{name} no longer says:\n{part}"
