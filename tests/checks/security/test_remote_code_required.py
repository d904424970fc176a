from pathlib import Path

import pytest

from openvet.artifacts import Repository
from openvet.check import Context
from openvet.checks.security.remote_code_required import RemoteCodeRequired
from openvet.finding import Finding, Severity
from openvet.readers.repository import RepositoryReader
from openvet.source import BytesSource, MemberTree
from openvet.subject import Inventory, Item, Origin
from specimens.hostile_python import ENCODED, HONEST, LOADED
from specimens.repositories import HOSTILE, IMPORT_TIME, MODEL, ordinary, put, with_code


def flagged(folder: Path) -> None:
    with_code(folder, HOSTILE)


def passed(folder: Path) -> None:
    ordinary(folder)


def repository(folder: Path) -> Repository:
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    inventory = Inventory(
        origin=Origin(place=(), digest="0"),
        items=tuple(
            Item(name=name, size=len(data), formats=(), digest="0")
            for name, data in files.items()
        ),
        tree=MemberTree({name: BytesSource(data) for name, data in files.items()}),
    )
    (found,) = RepositoryReader().read(inventory, Context())
    assert isinstance(found, Repository)
    return found


def judged(folder: Path) -> list[Finding]:
    return list(RemoteCodeRequired().run(repository(folder), Context()))


def worst(folder: Path) -> Severity:
    return max((finding.severity for finding in judged(folder)), key=lambda s: s.rank)


def test_ordinary_model_code_is_a_review(tmp_path: Path) -> None:
    with_code(tmp_path)
    (finding,) = judged(tmp_path)
    assert finding.severity is Severity.MEDIUM
    assert finding.place == ("modeling_tiny.py",)


@pytest.mark.parametrize("name", IMPORT_TIME)
def test_code_that_reaches_out_while_it_is_imported_fails(
    name: str, tmp_path: Path
) -> None:
    with_code(tmp_path, IMPORT_TIME[name])
    assert worst(tmp_path).rank >= Severity.HIGH.rank


@pytest.mark.parametrize("name", LOADED)
def test_code_that_a_loader_imports_fails_however_it_is_written(
    name: str, tmp_path: Path
) -> None:
    with_code(tmp_path, LOADED[name])
    assert worst(tmp_path).rank >= Severity.HIGH.rank


@pytest.mark.parametrize("name", ENCODED)
def test_a_comment_that_holds_a_program_in_its_encoding_fails(
    name: str, tmp_path: Path
) -> None:
    with_code(tmp_path)
    (tmp_path / "modeling_tiny.py").write_bytes(ENCODED[name])
    assert worst(tmp_path) is Severity.CRITICAL


@pytest.mark.parametrize("name", HONEST)
def test_honest_code_that_looks_alike_stays_a_review(name: str, tmp_path: Path) -> None:
    with_code(tmp_path, HONEST[name])
    assert worst(tmp_path) is Severity.MEDIUM


def test_what_the_code_imports_from_its_folder_counts_too(tmp_path: Path) -> None:
    with_code(tmp_path, MODEL, HOSTILE)
    assert worst(tmp_path) is Severity.CRITICAL


def test_a_process_in_a_method_of_loaded_code_fails(tmp_path: Path) -> None:
    body = (
        "import os\nclass TinyModel:\n    def forward(self, x):\n        os.system(x)\n"
    )
    with_code(tmp_path, body)
    assert worst(tmp_path) is Severity.HIGH


@pytest.mark.parametrize(
    ("name", "data", "severity"),
    [
        ("config.json", {"auto_map": {"AutoModel": "a/b--m.C"}}, Severity.HIGH),
        ("config.json", {"auto_map": {"AutoModel": "absent.C"}}, Severity.HIGH),
        (
            "tokenizer_config.json",
            {"auto_map": {"AutoTokenizer": ["absent.T", None]}},
            Severity.HIGH,
        ),
        ("config.json", {"custom_pipelines": {"x": {"impl": "no.P"}}}, Severity.HIGH),
        ("config.json", {"trust_remote_code": True}, Severity.MEDIUM),
        ("modules.json", [{"type": "absent.Module", "path": ""}], Severity.HIGH),
        (
            "adapter_config.json",
            {"auto_mapping": {"parent_library": "os", "base_model_class": "system"}},
            Severity.HIGH,
        ),
        (
            "adapter_config.json",
            {"auto_mapping": {"parent_library": "transformers_modules.a.b"}},
            Severity.MEDIUM,
        ),
        ("model_index.json", {"_class_name": ["my_pipe", "Pipe"]}, Severity.HIGH),
        ("model_index.json", {"unet": ["my_unet", "UNet"]}, Severity.HIGH),
        ("router_config.json", {"types": {"query_0": "absent.M"}}, Severity.HIGH),
        ("config.json", {"types": {"a": "no.M"}, "structure": {}}, Severity.HIGH),
        ("config.json", {"attn_implementation": "owner/kernel@main"}, Severity.HIGH),
        (
            "config.json",
            {"text_config": {"_attn_implementation": "paged|owner/kernel:f"}},
            Severity.HIGH,
        ),
        (
            "sentence_bert_config.json",
            {"model_args": {"trust_remote_code": True}},
            Severity.MEDIUM,
        ),
        ("data/keras_module.txt", "os", Severity.HIGH),
        ("data/model/pickle_module_info.txt", "subprocess\n", Severity.HIGH),
        ("pickle_module_info.txt", "their_pickle", Severity.MEDIUM),
    ],
)
def test_each_key_that_imports_code_is_followed(
    name: str,
    data: object,
    severity: Severity,
    tmp_path: Path,
) -> None:
    put(tmp_path, **{name.replace(".", "__").replace("/", "--"): data})
    assert worst(tmp_path) is severity


@pytest.mark.parametrize(
    "flavor",
    [
        "python_function:\n    loader_module: evil",
        "xgboost:\n    model_class: evil.Model",
        "tensorflow:\n    keras_module: evil",
        "python_function:\n    model_code_path: /home/a/project/evil.py",
    ],
)
def test_each_key_of_mlflow_that_imports_is_followed(
    flavor: str, tmp_path: Path
) -> None:
    put(tmp_path, MLmodel=f"flavors:\n  {flavor}\n", evil__py=HOSTILE)
    assert worst(tmp_path) is Severity.CRITICAL


def test_modules_that_openmmlab_imports_are_followed(tmp_path: Path) -> None:
    data = {"custom_imports": {"imports": ["evil"], "allow_failed_imports": False}}
    put(tmp_path, detector__json=data, evil__py=HOSTILE)
    assert worst(tmp_path) is Severity.CRITICAL


@pytest.mark.parametrize(
    ("module", "severity"),
    [("os", Severity.HIGH), ("their_library", Severity.MEDIUM)],
)
def test_a_library_that_openmmlab_imports_is_judged_by_its_name(
    module: str, severity: Severity, tmp_path: Path
) -> None:
    put(tmp_path, a__json={"custom_imports": {"imports": module}})
    assert worst(tmp_path) is severity


@pytest.mark.parametrize(
    "config",
    [
        '[nlp]\n[nlp.before_creation]\n@callbacks = "evil.hook"',
        '[nlp]\nafter_creation = {"@callbacks": "evil.hook"}',
        '[nlp]\n[training.logger]\n@loggers = "evil.log.v1"',
        '[nlp]\n[corpora.train]\n@readers = "evil.read"',
    ],
)
def test_each_registry_of_spacy_is_followed(config: str, tmp_path: Path) -> None:
    put(tmp_path, config__cfg=config, evil__py=HOSTILE)
    assert worst(tmp_path) is Severity.CRITICAL


def test_a_loader_module_of_mlflow_and_a_callback_of_spacy_are_followed(
    tmp_path: Path,
) -> None:
    put(
        tmp_path,
        MLmodel="flavors:\n  python_function:\n    loader_module: evil\n",
        config__cfg='[nlp]\n[initialize.before_init]\n@callbacks = "evil.x"',
        evil__py=HOSTILE,
    )
    assert {f.severity for f in judged(tmp_path)} == {Severity.CRITICAL}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model_index.json", {"_class_name": "Pipe", "unet": ["diffusers", "UNet"]}),
        ("adapter_config.json", {"auto_mapping": {"parent_library": "transformers.x"}}),
        ("adapter_config.json", {"auto_mapping": None, "peft_type": "LORA"}),
        ("config.json", {"auto_map": "text", "custom_pipelines": []}),
        ("modules.json", {"not": "a list"}),
        ("a.json", {"custom_imports": {"imports": ["mmdet.models", None]}}),
        ("model_index.json", {"transformer": ["z_image", "Model"], "n": [None, None]}),
        ("config.json", {"attn_implementation": "kernels-community/flash-attn2"}),
        ("config.json", {"_attn_implementation": "flash_attention_2", "types": {}}),
        (
            "router_config.json",
            {"types": {"query_0": "sentence_transformers.models.Transformer"}},
        ),
        ("pickle_module_info.txt", "mlflow.pytorch.pickle_module"),
        ("data/keras_module.txt", "tensorflow.keras"),
        (
            "MLmodel",
            "flavors:\n  xgboost:\n    model_class: xgboost.sklearn.XGBRegressor",
        ),
        (
            "config.cfg",
            '[nlp]\n[a]\n@readers = "spacy.Corpus.v1"\n[b]\n@schedules = "x.v1"',
        ),
    ],
)
def test_libraries_own_classes_and_odd_shapes_are_silent(
    name: str, data: object, tmp_path: Path
) -> None:
    put(tmp_path, **{name.replace(".", "__").replace("/", "--"): data})
    assert judged(tmp_path) == []


def test_a_component_in_a_subfolder_is_resolved_there(tmp_path: Path) -> None:
    with_code(tmp_path / "unet")
    (finding,) = judged(tmp_path)
    assert finding.place == ("unet/modeling_tiny.py",)


def test_a_handler_is_a_hint_as_long_as_it_only_computes(tmp_path: Path) -> None:
    put(tmp_path, handler__py="class EndpointHandler:\n    pass\n")
    assert worst(tmp_path) is Severity.LOW
    put(tmp_path, handler__py="import os\nos.system('true')\n")
    assert worst(tmp_path) is Severity.CRITICAL


def test_a_function_that_a_layer_is_told_to_call_is_followed(tmp_path: Path) -> None:
    dense = {"in_features": 2, "out_features": 2, "activation_function": "os.system"}
    put(tmp_path, **{"2_Dense/config.json": dense})
    assert worst(tmp_path) >= Severity.HIGH
    nested = {"sentence_transformers": {"activation_fn": "helpers.run"}}
    put(tmp_path, **{"2_Dense/config.json": {}, "config.json": nested})
    assert worst(tmp_path) is Severity.MEDIUM


def test_an_ordinary_activation_is_silent(tmp_path: Path) -> None:
    tanh = "torch.nn.modules.activation.Tanh"
    dense = {"in_features": 2, "out_features": 2, "activation_function": tanh}
    put(tmp_path, **{"2_Dense/config.json": dense, "config.json": {"act_fn": "gelu"}})
    assert judged(tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [
        {"text_config": {"auto_map": {"AutoModel": "other/code--m.Model"}}},
        {"auto_map": ["other/code--tokens.Tokenizer", None]},
    ],
)
def test_a_part_of_a_model_and_a_list_of_tokenizers_lead_to_code_too(
    data: object, tmp_path: Path
) -> None:
    put(tmp_path, config__json=data)
    assert worst(tmp_path) is Severity.HIGH
