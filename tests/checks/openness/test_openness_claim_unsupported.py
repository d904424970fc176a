from pathlib import Path

import pytest

from openvet.check import Context
from openvet.checks.openness.openness_claim_unsupported import OpennessClaimUnsupported
from openvet.finding import Confidence, Finding, Quote, Severity
from specimens.releases import CARD, WEIGHTS, Files, dossier_of, write

CLAIM = "\nThis model is an open-source language model.\n"


def card(license_id: str, text: str = CLAIM) -> Files:
    return {
        "README.md": CARD.replace("apache-2.0", license_id) + text,
        "model.safetensors": WEIGHTS,
    }


def flagged(folder: Path) -> None:
    write(folder, card("llama3.1"))


def passed(folder: Path) -> None:
    write(folder, card("apache-2.0"))


def run(files: Files) -> list[Finding]:
    return list(OpennessClaimUnsupported().run(dossier_of(files), Context()))


@pytest.mark.parametrize(
    ("license_id", "name"),
    [
        ("llama3.1", "Llama 3.1 Community License Agreement"),
        ("gemma", "Gemma Terms of Use"),
        ("cc-by-nc-4.0", "Creative Commons Attribution Non Commercial 4.0"),
        ("creativeml-openrail-m", "CreativeML OpenRAIL-M"),
    ],
)
def test_a_closed_license_bears_no_claim_out(license_id: str, name: str) -> None:
    (found,) = run(card(license_id))
    assert (found.severity, found.confidence) == (Severity.MEDIUM, Confidence.HIGH)
    assert found.title == (
        f"the model is called open source, and its license is not: {name}"
    )
    claim, stated = found.evidence
    assert isinstance(claim, Quote)
    assert isinstance(stated, Quote)
    assert (claim.file, claim.line) == ("README.md", 43)
    assert claim.text == "This model is an open-source language model."
    assert (stated.file, stated.line) == ("README.md", 2)


def test_an_open_license_bears_it_out() -> None:
    assert run(card("apache-2.0")) == []
    assert run(card("cc-by-4.0")) == []


def test_a_closed_license_without_a_claim_is_no_matter() -> None:
    assert run(card("llama3.1", "")) == []
    assert run(card("llama3.1", "\nWe compare it to open-source models.\n")) == []


def test_a_license_that_is_not_known_supports_no_finding() -> None:
    assert run(card("other")) == []


def test_no_license_at_all_bears_nothing_out() -> None:
    files = card("apache-2.0")
    files["README.md"] = files["README.md"].replace("license: apache-2.0\n", "")
    (found,) = run(files)
    assert found.confidence is Confidence.MEDIUM
    assert found.title == "the model is called open source, and no license is stated"


def test_a_license_text_that_nobody_knows_is_a_license() -> None:
    files = card("apache-2.0")
    files["README.md"] = files["README.md"].replace("license: apache-2.0\n", "")
    files["LICENSE"] = "Anyone may use this model as long as it rains in Hamburg. " * 20
    assert run(files) == []


def test_a_readme_beside_the_model_card_is_read_too() -> None:
    files = card("gemma", "") | {"MODEL_CARD.md": "# Acme\n" + CLAIM}
    (found,) = run(files)
    (claim, _) = found.evidence
    assert isinstance(claim, Quote)
    assert (claim.file, claim.line) == ("MODEL_CARD.md", 3)


def test_a_tag_alone_is_weaker_than_a_sentence() -> None:
    files = card("gemma", "")
    files["README.md"] = files["README.md"].replace("[small]", "[small, open-source]")
    (found,) = run(files)
    assert found.confidence is Confidence.MEDIUM


def test_fully_open_needs_more_than_weights() -> None:
    fully = "\nThis model is fully open.\n"
    assert run(card("apache-2.0", fully)) == []
    files = card("apache-2.0", fully)
    files["README.md"] = files["README.md"].replace("datasets: [acme/words]\n", "")
    (found,) = run(files)
    assert found.title.startswith("the model is called fully open, and neither")
    assert run(files | {"train.py": "train()\n"}) == []
    assert run(card("apache-2.0", CLAIM) | {}) == []
