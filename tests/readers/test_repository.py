"""Configuration is plain data, its references are named, its damage is said."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Config
from openvet.formats.plain import read_ini, read_json, read_toml, without_tables
from openvet.formats.repository.references import references
from openvet.readers.config import ConfigReader
from openvet.report import Report
from openvet.subject import File
from specimens.reading import read
from specimens.repositories import put

MANIFESTS = ("MANIFEST.json", "Manifest.json")


def config(data: bytes, name: str = "config.json") -> Config:
    found = read(ConfigReader(), data, name=name)[0]
    assert isinstance(found, Config)
    return found


def test_structured_text_is_read_by_name_and_by_beginning() -> None:
    assert config(b'{"a": 1}').data == {"a": 1}
    assert config(b'{"a": 1}', "model").data == {"a": 1}
    assert config(b"a: [1, 2]", "x.yaml").data == {"a": [1, 2]}
    assert config(b"[a]\nb = 1", "x.toml").data == {"a": {"b": 1}}
    assert config(b'[nlp]\n@x = "y"', "config.cfg").data == {"nlp": {"@x": '"y"'}}
    assert config(b"flavors:\n  a: 1", "MLmodel").data == {"flavors": {"a": 1}}
    assert config(b'\xef\xbb\xbf{"a": 1}').data == {"a": 1}


def test_a_name_that_promises_no_format_is_no_reason_for_a_gap() -> None:
    assert config(b'{\n "mode": "default"}', "vectors.cfg").data == {"mode": "default"}
    assert read(ConfigReader(), b"-Xmx 2g\nloose words", name="run.cfg") == []
    assert config(b"no section", "setup.cfg").gaps


def test_lines_of_json_under_the_name_of_json_are_all_read() -> None:
    rows = b'{"a": 1}\n{"a": {"_target_": "os.system"}}\n'
    assert config(rows, "train.json").data[1] == {"a": {"_target_": "os.system"}}
    assert config(rows + b'{"a": 1', "train.json").gaps
    assert config(rows + b'{"a": b}', "train.json").gaps


@pytest.mark.parametrize("data", [b"{", b'{"a": 1} x', b"", b"{'a': 1}", b'{"a": 01}'])
def test_broken_json_is_not_called_examined(data: bytes) -> None:
    found = read(ConfigReader(), data, name="config.json")
    assert all(not subject.complete for subject in found)


def test_deep_nesting_is_a_defect_and_not_a_crash() -> None:
    found = config(b"[" * 100_000)
    assert found.gaps
    assert [defect.code for defect in found.defects] == ["json-deep"]


def test_a_repeated_key_is_named() -> None:
    found = config(b'{"auto_map": 1, "auto_map": 2}')
    assert found.data == {"auto_map": 2}
    assert [defect.code for defect in found.defects] == ["json-duplicate-key"]


def test_large_tables_of_scalars_are_dropped_and_the_rest_is_kept() -> None:
    vocabulary = {f"t{n}": n for n in range(20_000)}
    data = {"model": {"vocab": vocabulary, "type": "BPE"}, "normalizer": {"a": [1]}}
    kept = without_tables(data)
    assert kept == {"model": {"vocab": {}, "type": "BPE"}, "normalizer": {"a": [1]}}
    assert without_tables(dict(vocabulary)) == {}


def test_a_pickle_encoded_in_a_text_becomes_a_file() -> None:
    pickled = b"cposix\nsystem\n(S'true'\ntR." + b"\n" * 40
    text = base64.b64encode(pickled).decode()
    found = read(ConfigReader(), json.dumps({"x": text}).encode(), name="config.json")
    assert [type(subject) for subject in found] == [Config, File]


@pytest.mark.parametrize(
    ("name", "data", "values"),
    [
        (
            "model.safetensors.index.json",
            {"weight_map": {"a": "x.safetensors", "b": "../../y.bin", "c": 3}},
            ["x.safetensors", "../../y.bin"],
        ),
        (
            "adapter_config.json",
            {"base_model_name_or_path": "../../../x"},
            ["../../../x"],
        ),
        ("adapter_config.json", {"base_model_name_or_path": "/etc/x"}, ["/etc/x"]),
        ("adapter_config.json", {"base_model_name_or_path": "/home/me/llama"}, []),
        ("adapter_config.json", {"base_model_name_or_path": "meta/llama"}, []),
        ("tokenizer_config.json", {"vocab_file": "../../../etc/x"}, ["../../../etc/x"]),
        ("tokenizer_config.json", {"vocab_file": "/root/cache/vocab.txt"}, []),
        ("MLmodel", {"flavors": {"a": {"data": "../x", "code": None}}}, ["../x"]),
        ("MANIFEST.json", {"model": {"serializedFile": "m.pt"}}, ["m.pt"]),
        (
            "model.weights.json",
            {"weight_map": {"/a": ["x.h5", "../y"]}},
            ["x.h5", "../y"],
        ),
        ("model.json", {"weightsManifest": [{"paths": ["../a", 1]}, 2]}, ["../a"]),
        ("Manifest.json", {"itemInfoEntries": {"A": {"path": "../../x"}}}, ["../../x"]),
    ],
)
def test_names_that_a_loader_opens_are_references(
    name: str, data: object, values: list[str]
) -> None:
    assert [reference.value for reference in references(name, data)] == values


def test_a_shard_outside_of_the_folder_fails(
    tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    put(tmp_path, model__index__json={"weight_map": {"a": "../../x.bin"}})
    report = audit(tmp_path)
    rules = {judged.finding.rule for judged in report.findings}
    assert "reference-leaves-folder" in rules


@given(
    st.recursive(
        st.none() | st.text() | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_value_survives_reading(data: object) -> None:
    assert read_json(json.dumps(data)).data == data
    for name in ("modules.json", "MLmodel", "adapter_config.json", *MANIFESTS):
        references(name, data)


@given(st.text())
def test_any_text_is_read_or_a_gap(text: str) -> None:
    for reader in (read_json, read_toml, read_ini):
        plain = reader(text)
        assert plain.gaps or plain.data is not None or text.strip() in ("null", "")
