import json
from pathlib import Path

import pytest

from openvet.check import Context, Profile, Settings
from openvet.checks.governance.annex_iii_signal import AnnexIiiSignal
from openvet.finding import Confidence, Finding, Quote, Severity
from specimens.releases import CARD, WEIGHTS, Files, dossier_of, write

VISION = CARD.replace("text-generation", "image-classification")
EMOTIONS = ["angry", "disgust", "happy", "neutral"]


def flagged(folder: Path) -> None:
    write(folder, labelled(EMOTIONS))


def passed(folder: Path) -> None:
    write(folder, labelled(["happy dog", "sad cat", "woman in red", "neutral gear"]))


def labelled(labels: list[str], card: str = VISION) -> Files:
    config = {"id2label": {str(at): name for at, name in enumerate(labels)}}
    return {
        "README.md": card,
        "config.json": json.dumps(config),
        "model.safetensors": WEIGHTS,
    }


def named(title: str, **files: str) -> Files:
    card = VISION.replace("# Acme 1B", f"# {title}")
    return {"README.md": card, "model.safetensors": WEIGHTS, **files}


def run(files: Files, profile: Profile | None = None) -> list[Finding]:
    context = Context(Settings(profile=profile or Profile()))
    return list(AnnexIiiSignal().run(dossier_of(files), context))


def test_classes_of_emotions_raise_a_question_with_their_place() -> None:
    (found,) = run(labelled(EMOTIONS))
    assert found.severity is Severity.LOW
    assert found.confidence is Confidence.LOW
    assert found.title.endswith("emotion recognition")
    assert "?" in found.title
    (quote,) = found.evidence
    assert isinstance(quote, Quote)
    assert quote.file == "config.json"
    assert quote.line == 1


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (["female", "male"], "sex or gender"),
        (["0-2", "3-9", "10-19", "20-29", "more than 70"], "age"),
        (["White", "Black", "East Asian", "Indian"], "race"),
        (["Good Fit", "Potential Fit", "No Fit"], "applicants"),
        (["default", "no default"], "credit"),
    ],
)
def test_classes_of_people_raise_a_question(labels: list[str], what: str) -> None:
    (found,) = run(labelled(labels))
    assert what in found.title


@pytest.mark.parametrize(
    "labels",
    [
        ["positive", "negative", "neutral"],
        ["male", "chair"],
        ["happy", "sad"],
        ["0", "1", "2", "3"],
        ["default", "other"],
        ["black", "red", "green", "blue"],
        ["1-2", "LABEL_0"],
    ],
)
def test_classes_of_other_things_raise_none(labels: list[str]) -> None:
    assert run(labelled(labels)) == []


def test_emotions_in_text_are_no_biometrics() -> None:
    card = CARD.replace("text-generation", "text-classification")
    assert run(labelled(EMOTIONS, card)) == []


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("FaceNet VGGFace2", "face recognition"),
        ("buffalo_l ArcFace", "face recognition"),
        ("ECAPA-TDNN VoxCeleb", "speaker recognition"),
        ("Resume Ranker", "applicants"),
        ("credit-scoring v2", "credit"),
        ("Essay scoring", "grading"),
        ("Recidivism risk", "law enforcement"),
    ],
)
def test_what_a_model_calls_itself_raises_a_question(title: str, what: str) -> None:
    (found,) = run(named(title))
    assert what in found.title


@pytest.mark.parametrize(
    "title",
    [
        "MTCNN face detection",
        "Transfer learning",
        "Accredited sources",
        "Presume nothing",
        "Sentence pieces",
        "Default model",
        "Interface",
        "Language identification",
        "Emotional speech synthesis",
        "Gender bias probe",
        "De-identification of notes",
        "Page segmentation",
    ],
)
def test_other_names_raise_none(title: str) -> None:
    assert run(named(title)) == []


def test_what_a_card_only_mentions_is_no_sign() -> None:
    files = named("Edges")
    files["README.md"] += "\nUnlike ArcFace or emotion recognition, it finds edges.\n"
    assert run(files) == []


def test_weights_are_known_by_their_name() -> None:
    (found,) = run(named("Net", **{"arcface_r100.onnx": "x"}))
    (quote,) = found.evidence
    assert isinstance(quote, Quote)
    assert quote.file == "arcface_r100.onnx"


def test_outside_of_the_union_nothing_is_asked() -> None:
    assert run(labelled(EMOTIONS), Profile(territory=("US",))) == []
    (found,) = run(labelled(EMOTIONS), Profile(territory=("EU",)))
    assert "if it is used in the EU" not in found.title
