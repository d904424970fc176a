from pathlib import Path

import pytest

from openvet.check import Context, Profile, Settings
from openvet.checks.governance.training_summary_missing import TrainingSummaryMissing
from openvet.finding import Finding, Severity
from specimens.releases import CARD, Files, dossier_of, write

LARGE = CARD.replace("# Acme 1B", "# Acme 8B\n\nTrained on 15 trillion tokens.")


def declaring(values: int) -> str:
    """Return a file whose header declares so many values, none of which is there."""
    header = f'{{"w":{{"dtype":"F16","shape":[{values}],"data_offsets":[0,4]}}}}'
    return len(header).to_bytes(8, "little").decode("latin-1") + header


WEIGHTS = declaring(8 * 10**9)


def flagged(folder: Path) -> None:
    write(folder, {"README.md": LARGE, "model.safetensors": WEIGHTS})


def passed(folder: Path) -> None:
    flagged(folder)
    (folder / "TRAINING_CONTENT_SUMMARY.md").write_text("# Summary\n")


def run(files: Files, profile: Profile | None = None) -> list[Finding]:
    context = Context(Settings(profile=profile or Profile()))
    return list(TrainingSummaryMissing().run(dossier_of(files), context))


def release(card: str = LARGE, weights: str = WEIGHTS) -> Files:
    return {"README.md": card, "model.safetensors": weights}


def test_a_large_model_without_a_summary_is_for_review() -> None:
    (found,) = run(release())
    assert found.severity is Severity.LOW
    assert found.title.startswith("if it is placed on the EU market: a likely")


def test_it_weighs_more_for_its_provider_in_the_union() -> None:
    (found,) = run(release(), Profile(territory=("EU",), role="provider"))
    assert found.severity is Severity.MEDIUM
    assert found.title.startswith("a likely")


def test_what_is_not_known_is_said_with_less_belief() -> None:
    (found,) = run(release(CARD))
    assert "possibly" in found.title
    (found,) = run(release(CARD), Profile(territory=("EU",), role="provider"))
    assert found.severity is Severity.LOW


@pytest.mark.parametrize(
    "line",
    [
        "The [training data summary](https://example.eu/summary) is public.",
        "A summary of the training content by Art. 53(1)(d) is at example.eu.",
    ],
)
def test_a_summary_that_the_card_names_is_enough(line: str) -> None:
    assert run(release(f"{LARGE}\n{line}\n")) == []


def test_small_models_owe_none() -> None:
    assert run(release(CARD, declaring(135 * 10**6))) == []
    few = LARGE.replace("15 trillion", "2 trillion")
    assert run(release(few, declaring(3 * 10**9))) == []


def test_the_provider_of_the_original_owes_it_for_changed_and_converted_models() -> (
    None
):
    based = LARGE.replace("language: en", "base_model: acme/huge\nlanguage: en")
    assert run(release(based)) == []
    assert run({"README.md": LARGE, "model.gguf": "GGUF"}) == []


def test_classifiers_deployers_and_other_places_are_left_alone() -> None:
    card = LARGE.replace("text-generation", "text-classification")
    assert run(release(card)) == []
    assert run(release(), Profile(role="deployer")) == []
    assert run(release(), Profile(territory=("BR",))) == []
