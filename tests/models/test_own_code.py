"""Code of its author: named, never run, and told where nothing opens without it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from openvet.errors import ModelError
from openvet.models.files import place_of
from openvet.models.loading import load
from openvet.models.own_code import OwnCode, needed
from openvet.models.protocol import GenerateRequest, ScoreRequest
from openvet.models.zone import ZonedModel
from openvet.report import Report
from specimens import language_models
from specimens.askable import NEEDED, asked
from specimens.language_models import make

Audit = Callable[..., Report]
RAN = "open('/dev/tty', 'w').write('ran'); raise SystemExit(9)\n"
NATIVE = {
    "AutoConfig": "configuration_own.OwnConfig",
    "AutoModelForCausalLM": "modeling_own.LlamaForCausalLM",
}
ELSEWHERE = {"AutoModelForCausalLM": "other/code--modeling_own.LlamaForCausalLM"}


def named(folder: Path, mapped: object, tokenizer: object = None) -> OwnCode:
    """Return what settings name."""
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps({"auto_map": tokenizer}))
    return OwnCode({"auto_map": mapped}, folder)


@pytest.mark.parametrize(
    ("mapped", "files"),
    [
        (None, ""),
        ({}, ""),
        ("text", "text.py, by auto_map of config.json"),
        ({"AutoModel": 3, "AutoConfig": None}, ""),
        (NATIVE, "configuration_own.py, modeling_own.py, by auto_map of config.json"),
        (ELSEWHERE, "modeling_own.py of other/code, by auto_map of config.json"),
        ({"AutoTokenizer": ["a.T", None]}, "a.py, by auto_map of config.json"),
        (
            {str(n): f"file{n}.X" for n in range(9)},
            "file0.py, file1.py, file2.py and 6 more, by auto_map of config.json",
        ),
    ],
)
def test_the_files_that_would_run_are_named(
    tmp_path: Path, mapped: object, files: str
) -> None:
    assert named(tmp_path, mapped).model == files


@pytest.mark.parametrize("mapped", [["a.T", None], {"AutoTokenizer": [None, "a.T"]}])
def test_those_of_a_tokenizer_are_named_as_well(tmp_path: Path, mapped: object) -> None:
    own = named(tmp_path, NATIVE, mapped)
    assert own.tokenizer == "a.py, by auto_map of tokenizer_config.json"
    assert own.both == f"{own.model} and {own.tokenizer}"


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 9000, "\xff"])
def test_settings_of_a_tokenizer_that_are_none_name_nothing(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "tokenizer_config.json").write_bytes(text.encode("latin-1"))
    assert OwnCode({}, tmp_path).both == ""


def test_a_name_that_is_long_or_steers_a_terminal_is_shown_as_text(
    tmp_path: Path,
) -> None:
    shown = named(tmp_path, {"AutoModel": "\x1b[2J\u202e" + "a" * 9000 + ".X"}).model
    assert len(shown) < 200
    assert shown.isprintable()


def test_a_model_that_needs_code_of_its_author_is_a_gap_and_the_rest_stays_whole(
    tmp_path: Path, audit: Audit
) -> None:
    asked(tmp_path / "model", "needs-code")
    report = audit(tmp_path / "model")
    gaps = [item.gap for item in report.not_examined]
    assert [gap.detail for gap in gaps] == [NEEDED.message]
    assert "(modeling_own.py, by auto_map of config.json)" in NEEDED.message
    assert [gap.lift for gap in gaps] == [NEEDED.hint]
    assert (report.exit_code, report.errors, report.readouts) == (4, (), ())
    rules = {rule.rule: rule for rule in report.rules}
    assert rules["model-not-asked"].skipped == 1
    files = rules["malformed-file"]
    assert files.passed > 10
    assert files.skipped == 1, "the model alone was not read whole"


def test_what_is_needed_is_said_even_where_no_file_is_named() -> None:
    assert needed("tokenizer", "").message == (
        "the tokenizer runs only with code of its author, which is never run here"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    language_models.needed()
    return make(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Return a model beside code of its author that would end whoever runs it."""
    copy = shutil.copytree(whole, tmp_path / "model")
    for name in ("configuration", "modeling", "tokenization"):
        (copy / f"{name}_own.py").write_text(RAN)
    return copy


def settings(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def refused(folder: Path) -> str:
    """Return why the process of a model does not open it."""
    with ZonedModel(folder) as model, pytest.raises(ModelError) as caught:
        model.info  # noqa: B018 - opens it
    assert caught.value.hint
    return caught.value.message


@pytest.mark.slow
@pytest.mark.parametrize("mapped", [NATIVE, ELSEWHERE])
@pytest.mark.parametrize("tokenizer", [None, ["tokenization_own.Own", None]])
def test_a_native_model_is_opened_and_asked_without_the_code_that_it_names(
    folder: Path, mapped: object, tokenizer: object
) -> None:
    settings(folder / "config.json", auto_map=mapped)
    if tokenizer:
        path = folder / "tokenizer_config.json"
        settings(path, auto_map={"AutoTokenizer": tokenizer})
    pair = ScoreRequest(context="The nurse", continuations=(" left", " was tired"))
    with ZonedModel(folder) as model:
        assert len(list(model.score([pair]))) == 1
        text = GenerateRequest(prompt="The nurse", max_tokens=4)
        assert next(model.generate([text])).finish != "error"
        native = [words for words in model.protections if "opened as" in words]
    assert len(native) == 1
    assert native[0].startswith("opened as LlamaForCausalLM of transformers, without")
    assert "modeling_own.py" in native[0]
    assert ("tokenization_own.py" in native[0]) == bool(tokenizer)


@pytest.mark.slow
@pytest.mark.parametrize("mapped", [NATIVE, ELSEWHERE])
def test_a_model_of_a_type_that_is_its_authors_names_the_files_that_would_run(
    folder: Path, mapped: dict[str, str]
) -> None:
    settings(folder / "config.json", model_type="own", auto_map=mapped)
    message = refused(folder)
    assert message.startswith("the model runs only with code of its author (")
    assert "modeling_own.py" in message
    assert ("other/code" in message) == (mapped is ELSEWHERE)


@pytest.mark.slow
def test_a_class_of_its_author_under_the_type_of_another_is_not_taken_for_it(
    folder: Path,
) -> None:
    mapped = {"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}
    settings(folder / "config.json", architectures=["OwnForCausalLM"], auto_map=mapped)
    assert "(modeling_own.py, by auto_map of config.json)" in refused(folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["LLAMAForCausalLM", "Llama_ForCausalLM"])
def test_a_class_that_its_author_spells_otherwise_is_the_same(
    folder: Path, name: str
) -> None:
    mapped = {"AutoModelForCausalLM": f"modeling_own.{name}"}
    settings(folder / "config.json", architectures=[name], auto_map=mapped)
    with ZonedModel(folder) as model:
        assert model.info.parameters


@pytest.mark.slow
@pytest.mark.parametrize("target", ["tokenization_own.Own", "other/code--own.Own"])
def test_a_tokenizer_that_needs_code_of_its_author_names_its_file(
    folder: Path, target: str
) -> None:
    mapped = {"AutoTokenizer": [target, None]}
    path = folder / "tokenizer_config.json"
    settings(path, auto_map=mapped, tokenizer_class="Own")
    (folder / "tokenizer.json").rename(folder / "own.tiktoken")
    message = refused(folder)
    assert message.startswith("the tokenizer ")
    assert "own.py" in message
    assert "by auto_map of tokenizer_config.json" in message
    assert ("other/code" in message) == ("--" in target)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["native", "elsewhere", "type", "tokenizer"])
def test_nobody_is_asked_at_the_keyboard_whether_to_run_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    # transformers does so where it is not told what to do, and waits 15 seconds.
    prompts: list[str] = []

    def prompted(text: str) -> str:
        prompts.append(text)
        return "y"

    monkeypatch.setattr("builtins.input", prompted)
    settings(folder / "config.json", auto_map=NATIVE)
    if what == "elsewhere":
        settings(folder / "config.json", auto_map=ELSEWHERE)
    if what == "type":
        settings(folder / "config.json", model_type="own")
    if what == "tokenizer":
        mapped = {"AutoTokenizer": ["tokenization_own.Own", None]}
        path = folder / "tokenizer_config.json"
        settings(path, auto_map=mapped, tokenizer_class="Own")
    if what in ("native", "elsewhere"):
        module = type(load(place_of(folder)).model).__module__
        assert module == "transformers.models.llama.modeling_llama"
    else:
        with pytest.raises(ModelError, match="runs only with code of its author"):
            load(place_of(folder))
    assert not prompts


@pytest.mark.slow
def test_weights_that_are_laid_out_for_code_of_its_author_say_so(folder: Path) -> None:
    settings(folder / "config.json", intermediate_size=48, auto_map=NATIVE)
    message = refused(folder)
    assert "of the wrong shape" in message
    assert "modeling_own.py" in message
