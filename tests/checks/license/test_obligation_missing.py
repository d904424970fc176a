from pathlib import Path

import pytest

from openvet.check import Context, Profile, Settings
from openvet.checks.license.obligation_missing import ObligationMissing
from openvet.finding import Confidence, Finding, Severity
from specimens.dossiers import card, dossier

LLAMA = "license: llama3.1\nbase_model: meta-llama/Llama-3.1-8B"
NOTICE = (
    b"Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright"
    b" (c) Meta Platforms, Inc. All Rights Reserved.\n"
)


def flagged(folder: Path) -> None:
    (folder / "README.md").write_text(f"---\n{LLAMA}\n---\n# Tiny\n")


def passed(folder: Path) -> None:
    license_text = Path(__file__).parents[3] / "LICENSE"
    header = "license: apache-2.0\nbase_model: Qwen/Qwen2.5-0.5B"
    (folder / "README.md").write_text(f"---\n{header}\n---\n# Tiny\nFine-tuned.\n")
    (folder / "LICENSE").write_text(license_text.read_text("utf-8"))


def run(files: dict[str, bytes], profile: Profile | None = None) -> list[Finding]:
    settings = Settings(profile=profile or Profile())
    return list(ObligationMissing().run(dossier(files), Context(settings)))


def asked(found: list[Finding]) -> list[str]:
    return [one.title.partition("asks for ")[2].partition(":")[0] for one in found]


def test_each_duty_of_a_llama_is_reported_with_what_to_add() -> None:
    found = run(card(LLAMA, "# Tiny"))
    assert asked(found) == [
        "a copy of the license",
        "a notice",
        "the words “Built with Llama”",
        "a name that begins with “Llama”",
    ]
    assert {one.severity for one in found} == {Severity.MEDIUM}
    assert {one.confidence for one in found} == {Confidence.HIGH}
    assert "add a file named NOTICE that says: Llama 3.1 is licensed" in found[1].fix


def test_a_notice_the_words_and_the_name_discharge_theirs() -> None:
    files = card(LLAMA, "# Llama-Tiny\n\n*Built with* Llama\n")
    assert asked(run({**files, "NOTICE": NOTICE})) == ["a copy of the license"]


def test_a_name_that_has_the_word_elsewhere_falls_short_and_is_noted() -> None:
    found = run(card(LLAMA, "# Tiny-Llama-Bird"))
    name = next(one for one in found if "a name that" in one.title)
    assert name.severity is Severity.LOW
    assert "not at the beginning" in name.title


def test_it_fails_where_the_model_is_passed_on_and_is_silent_where_it_is_not() -> None:
    files = card(LLAMA, "# Tiny")
    found = run(files, Profile(passes_on=True))
    assert {one.severity for one in found} == {Severity.HIGH}
    assert run(files, Profile(passes_on=False)) == []


def test_a_model_that_names_no_parent_owes_nothing_until_it_is_passed_on() -> None:
    files = card("license: llama3.1", "# Llama-Tiny")
    assert run(files) == []
    found = run(files, Profile(passes_on=True))
    assert {one.severity for one in found} == {Severity.MEDIUM}


def test_a_permissive_parent_asks_for_a_copy_and_that_is_noted() -> None:
    found = run(card("license: mit\nbase_model: mistralai/Mistral-7B-v0.1"))
    assert asked(found) == ["a copy of the license"]
    assert found[0].severity is Severity.LOW


def test_what_is_restricted_by_gemma_has_to_be_passed_on() -> None:
    found = run(card("license: mit\nbase_model: google/gemma-2-2b"))
    assert "restrictions of use to be passed on" in asked(found)
    found = run(card("license: gemma\nbase_model: google/gemma-2-2b"))
    assert "restrictions of use to be passed on" not in asked(found)


@pytest.mark.parametrize("relation", ["adapter", "merge", "quantized", "finetune"])
def test_every_kind_of_derivative_owes_the_same(relation: str) -> None:
    header = f"{LLAMA}\nbase_model_relation: {relation}"
    assert len(run(card(header, "# Tiny"))) == 4


def test_an_unknown_parent_asks_for_nothing_here() -> None:
    assert run(card("license: mit\nbase_model: a/b")) == []


def test_a_hundred_parents_under_one_license_are_one_finding_each_duty() -> None:
    names = "".join(f"\n- meta-llama/Llama-3.1-{n}B" for n in range(100))
    found = run(card(f"base_model:{names}", "# Tiny"))
    assert len(found) == 4
    assert "and 47 more" in found[0].title
