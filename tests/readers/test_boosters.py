import json
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.check import Context, Reader
from openvet.errors import OverBudgetError
from openvet.readers.catboost import CatboostReader
from openvet.readers.fasttext import FasttextReader
from openvet.readers.ggml import GgmlReader
from openvet.readers.lightgbm import LightgbmReader
from openvet.readers.msgpack import MsgpackReader
from openvet.readers.sentencepiece import SentencepieceReader
from openvet.readers.word2vec import Word2vecReader
from openvet.readers.xgboost import XgboostReader
from openvet.source import BytesSource
from openvet.subject import File, Origin, Subject
from specimens import boosters
from specimens.tensors import PICKLE

HONEST: dict[str, tuple[Reader[File], bytes]] = {
    "xgboost-ubjson": (XgboostReader(), boosters.ubjson(boosters.xgboost())),
    "xgboost-json": (XgboostReader(), json.dumps(boosters.xgboost()).encode()),
    "lightgbm": (LightgbmReader(), boosters.lightgbm()),
    "catboost": (CatboostReader(), boosters.catboost()),
    "fasttext": (FasttextReader(), boosters.fasttext()),
    "word2vec": (Word2vecReader(), boosters.word2vec()),
    "sentencepiece": (SentencepieceReader(), boosters.sentencepiece()),
    "ggjt": (GgmlReader(), boosters.ggjt()),
    "msgpack": (MsgpackReader(), boosters.flax()),
}


def read(
    reader: Reader[File], data: bytes, name: str = "model.msgpack"
) -> list[Subject]:
    file = File(origin=Origin(place=(name,), digest="0"), source=BytesSource(data))
    return list(reader.read(file, Context())) if reader.claims(file) else []


def attacks(reader: Reader[File], data: bytes) -> set[str]:
    return {d.code for d in read(reader, data)[0].defects if d.weight == "attack"}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_model_is_claimed_read_whole_and_draws_no_remark(name: str) -> None:
    reader, data = HONEST[name]
    (subject,) = read(reader, data, "weights.dat")
    assert subject.complete
    assert subject.defects == ()
    assert subject.payloads == ()


@pytest.mark.parametrize("name", HONEST)
def test_nobody_claims_anothers_model_or_an_ordinary_file(name: str) -> None:
    reader, own = HONEST[name]
    for data in (
        *(data for _, data in HONEST.values() if data != own),
        b"", b"{}", b'{"model_type": "llama"}', b"hello world\n" * 20, PICKLE,
        b"2 words\n", bytes(100),
    ):  # fmt: skip
        if name.startswith("xgboost") and b"learner" in data:
            continue
        assert read(reader, data, "weights.dat") == []


@pytest.mark.parametrize("name", sorted(HONEST.keys() - {"ggjt", "xgboost-json"}))
def test_a_pickle_after_the_end_is_named_and_handed_on(name: str) -> None:
    reader, data = HONEST[name]
    subject, *members = read(reader, data + PICKLE)
    assert "pickle" in {payload.kind for payload in subject.payloads}
    assert [
        member.source.read(0, 100) for member in members if isinstance(member, File)
    ]


@pytest.mark.parametrize("name", sorted(HONEST.keys() - {"word2vec"}))
def test_a_cut_model_is_never_complete(name: str) -> None:
    reader, data = HONEST[name]
    step = max(1, len(data) // 40)
    for cut in range(len(data) // 2, len(data) - 30, step):
        for subject in read(reader, data[:cut])[:1]:
            assert not subject.complete or name == "sentencepiece"


def tree(**changes: Any) -> dict[str, bytes]:
    model = boosters.xgboost(**changes)
    return {"ubjson": boosters.ubjson(model), "json": json.dumps(model).encode()}


@pytest.mark.parametrize("form", ["ubjson", "json"])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"left_children": [1_000_000, -1, -1]}, "xgboost-index"),
        ({"right_children": [-7, -1, -1]}, "xgboost-index"),
        ({"split_indices": [99, 0, 0]}, "xgboost-index"),
        ({"left_children": [0, -1, -1]}, "xgboost-circle"),
        ({"left_children": [2, -1, -1]}, "xgboost-circle"),
        ({"parents": [2147483647]}, "xgboost-count"),
        ({"tree_param": {"num_nodes": "4000000000"}}, "xgboost-count"),
        ({"categories_segments": [5], "categories_sizes": [9]}, "xgboost-index"),
    ],
)
def test_a_tree_that_leads_outside_its_arrays_is_an_attack(
    form: str, changes: dict[str, Any], code: str
) -> None:
    assert attacks(XgboostReader(), tree(**changes)[form]) == {code}


def test_a_forest_that_miscounts_its_trees_is_an_attack() -> None:
    model = boosters.xgboost()
    booster = model["learner"]["gradient_booster"]["model"]
    booster["gbtree_model_param"]["num_trees"] = "4000"
    assert attacks(XgboostReader(), boosters.ubjson(model)) == {"xgboost-count"}


def test_a_length_no_file_could_hold_is_an_attack() -> None:
    start = b"{L" + struct.pack(">q", 7) + b"learner"
    for lie in (
        b"[$l#L" + struct.pack(">q", 1 << 62),
        b"SL" + struct.pack(">q", -1),
        b"[" * 100,
    ):
        assert attacks(XgboostReader(), start + lie) == {"ubjson-malformed"}


def test_an_attribute_is_kept_as_text() -> None:
    model = boosters.xgboost()
    model["learner"]["attributes"]["hook"] = "import os; os.system('true')"
    (subject,) = read(XgboostReader(), boosters.ubjson(model))
    assert "learner.attributes.hook" in {text.key for text in subject.texts}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"num_leaves": "999999999"}, "lightgbm-index"),
        ({"num_leaves": "-1"}, "lightgbm-index"),
        ({"left_child": "77 -1"}, "lightgbm-index"),
        ({"left_child": "1 -9"}, "lightgbm-index"),
        ({"split_feature": "-5 0"}, "lightgbm-index"),
        ({"split_feature": "0 2"}, "lightgbm-index"),
        ({"left_child": "0 -1"}, "lightgbm-circle"),
        ({"left_child": "1 -3"}, "lightgbm-circle"),
        ({"num_cat": "1", "cat_boundaries": "0 9", "cat_threshold": "1"},
         "lightgbm-index"),
    ],
)  # fmt: skip
def test_a_lightgbm_tree_that_leads_outside_is_an_attack(
    changes: dict[str, str], code: str
) -> None:
    assert attacks(LightgbmReader(), boosters.lightgbm(**changes)) == {code}


def test_a_lightgbm_tail_that_is_no_json_is_an_attack() -> None:
    data = boosters.lightgbm().replace(b"categorical:null", b"categorical:__import__")
    assert attacks(LightgbmReader(), data) == {"lightgbm-tail"}


def test_catboost_parts_are_allowed_where_the_core_lists_them() -> None:
    listed = boosters.catboost(part="text_process_v2") + b"text_process_v2\0" * 9
    (subject,) = read(CatboostReader(), listed)
    assert subject.defects == ()
    unlisted = boosters.catboost() + b"text_process_v2\0" * 9
    assert [d.code for d in read(CatboostReader(), unlisted)[0].defects] == [
        "catboost-trailing"
    ]


def test_a_fasttext_matrix_that_no_file_could_hold_is_an_attack() -> None:
    data = boosters.fasttext(rows=1 << 40)
    assert attacks(FasttextReader(), data) == {"fasttext-length"}


def test_a_pickle_in_a_flax_array_or_extension_is_a_payload() -> None:
    padded = PICKLE + bytes(-len(PICKLE) % 4)
    data = boosters.flax(padded, (len(padded) // 4,))
    assert [p.kind for p in read(MsgpackReader(), data)[0].payloads] == ["pickle"]
    data = boosters.msgpack({"params": (7, PICKLE)})
    assert [p.kind for p in read(MsgpackReader(), data)[0].payloads] == ["pickle"]


def test_a_named_file_that_is_only_a_length_is_an_attack() -> None:
    bomb = b"\xc6\xff\xff\xff\xff"
    (subject,) = read(MsgpackReader(), bomb, "checkpoint.msgpack")
    assert [d.weight for d in subject.defects] == ["attack"]
    bomb = b"{L" + struct.pack(">q", (1 << 63) - 1) + b"x"
    (subject,) = read(XgboostReader(), bomb, "model.ubj")
    assert [d.weight for d in subject.defects] == ["attack"]


@pytest.mark.parametrize("head", [b"\x92", b"\xdc\0\2", b"\xdd\0\0\0\2"])
def test_a_list_of_maps_is_msgpack_under_any_name(head: bytes) -> None:
    row = b"\x82\xa8patterns\1\xa5index\xc4" + bytes((len(PICKLE),)) + PICKLE
    found = read(MsgpackReader(), head + row + row, "patterns")
    assert found[0].complete
    assert found[0].payloads or any(isinstance(part, File) for part in found)
    assert not read(MsgpackReader(), head + b"\1" * 20, "patterns")


def test_msgpack_that_lies_or_nests_is_an_attack() -> None:
    bomb = b"\x81\xa6params\xdd\xff\xff\xff\xff"
    assert attacks(MsgpackReader(), bomb) == {"msgpack-length"}
    deep = b"\x81\xa6params" + b"\x91" * 5000
    assert attacks(MsgpackReader(), deep) == {"msgpack-nesting"}
    wrong = boosters.flax(bytes(16), (3, 3))
    assert attacks(MsgpackReader(), wrong) == {"msgpack-array"}


def test_a_ggml_file_of_an_unknown_layout_is_not_examined() -> None:
    (subject,) = read(GgmlReader(), b"tjgg" + bytes(100))
    assert [gap.reason for gap in subject.gaps] == ["unsupported"]


@pytest.mark.parametrize("name", HONEST)
@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    st.binary(max_size=30),
    st.integers(0, 4000),
)
def test_no_bytes_make_a_reader_raise(
    name: str, flips: list[tuple[int, int]], extra: bytes, at: int
) -> None:
    reader, honest = HONEST[name]
    data = bytearray(honest)
    for where, value in flips:
        data[where % len(data)] = value
    data[at % len(data) : at % len(data)] = extra
    with suppress(OverBudgetError):
        read(reader, bytes(data))
