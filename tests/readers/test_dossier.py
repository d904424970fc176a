import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.formats.lineage.dispatch import JSON, WEIGHTS
from openvet.formats.lineage.gathered import EDGES
from openvet.readers.dossier import DossierReader
from openvet.source import MemberTree
from openvet.subject import Inventory, Item, Origin
from specimens.dossiers import card, dossier, edges, facts
from specimens.tensors import safetensors

NAMES: Final = (
    *JSON,
    *(
        "README.md",
        "LICENSE",
        "NOTICE",
        "CITATION.cff",
        "croissant.json",
        "SECURITY.md",
    ),
    *("CHANGELOG.md", "mergekit_config.yml", "MLmodel", "data.dvc", "train.py", "a.py"),
    *("x-1.dist-info/METADATA", "x.egg-info/PKG-INFO"),
)
KEYS: Final = (
    *("license", "license_name", "base_model", "datasets", "tags", "model-index"),
    *(
        "results",
        "metrics",
        "dataset",
        "name",
        "language",
        "co2_eq_emissions",
        "models",
    ),
    *("_name_or_path", "architectures", "vocab_size", "hidden_size", "auto_map"),
    *("id2label", "quantization_config", "merge_method", "slices", "sources", "model"),
    *(
        "authors",
        "creator",
        "distribution",
        "flavors",
        "deps",
        "repo",
        "rai:dataBiases",
    ),
    *("isBasedOn", "count", "base_model_name_or_path", "torch_dtype", "text_config"),
)


def test_one_base_is_a_base_and_several_are_merged() -> None:
    assert edges(dossier(card("base_model: a/b"))) == [
        ("a/b", "model", "base", "README.md", 2)
    ]
    found = edges(dossier(card("base_model:\n- a/b\n- c/d")))
    assert found == [
        ("a/b", "model", "merge", "README.md", 3),
        ("c/d", "model", "merge", "README.md", 4),
    ]


def test_the_relation_that_a_card_declares_counts() -> None:
    (edge,) = dossier(card("base_model: a/b\nbase_model_relation: quantized")).edges
    assert edge.relation == "quantized"
    (edge,) = dossier(card("tags:\n- base_model:adapter:a/b")).edges
    assert (edge.parent, edge.relation, edge.spot.line) == ("a/b", "adapter", 3)


def test_data_sets_of_a_model_card_were_trained_on() -> None:
    assert edges(dossier(card("datasets: [squad, a/b]\npipeline_tag: x"))) == [
        ("squad", "dataset", "trained-on", "README.md", 2),
        ("a/b", "dataset", "trained-on", "README.md", 2),
    ]


def test_a_name_of_its_own_says_more_than_other() -> None:
    header = "license: other\nlicense_name: my-terms\nlicense_link: LICENSE"
    found = dossier(card(header))
    (claim,) = found.claims
    assert (claim.written, claim.source, claim.spot.line) == ("my-terms", "card", 3)
    assert found.facts["license-link"][0].value == "LICENSE"


def test_the_text_of_a_card_is_read_by_its_labels() -> None:
    text = (
        "# Tiny\n- **Developed by:** Someone\n- **License:** [MIT](LICENSE)\n"
        "- **Finetuned from model [optional]:** [x](https://huggingface.co/a/x)\n"
        "- **Funded by [optional]:** [More Information Needed]\n"
        "Trained on 1.5T tokens.\n## Model Card Contact\n\nmail@example.org\n"
    )
    found = dossier({"README.md": text.encode()})
    assert edges(found) == [("a/x", "model", "finetune", "README.md", 4)]
    assert [(c.written, c.spot.line) for c in found.claims] == [("MIT", 3)]
    assert facts(found) == {
        "name": "Tiny",
        "publisher": "Someone",
        "tokens": 1_500_000_000_000,
        "contact": "mail@example.org",
    }


def test_ten_thousand_bases_are_cut_and_said_so() -> None:
    names = "".join(f"\n- a/{number}" for number in range(10_000))
    found = dossier(card(f"base_model:{names}"))
    assert len(found.edges) == EDGES
    assert found.gaps


def test_values_of_any_type_break_nothing() -> None:
    for value in ("1", "null", "{a: b}", "[[x], {y: z}]", ".nan", "1e999", "yes"):
        for key in ("license", "base_model", "datasets", "tags", "model-index", "x"):
            dossier(card(f"{key}: {value}"))


def test_a_container_has_no_dossier() -> None:
    subject = Inventory(
        origin=Origin(place=("x.zip",), digest="0"),
        items=(),
        tree=MemberTree({}),
        container="zip",
    )
    assert not DossierReader().claims(subject)


def test_a_folder_of_data_beside_a_model_has_a_page_and_no_card() -> None:
    weights = safetensors({})
    pages = {"data/README.md": b"# Data", "model/README.md": b"# Model"}
    found = dossier({**pages, "model/model.safetensors": weights})
    assert [card.file for card in found.cards] == ["model/README.md"]
    assert {p.file for p in found.papers if p.role == "card"} == {"model/README.md"}


def test_what_says_nothing_of_the_model_is_not_opened() -> None:
    names = ("pixels.png", "notes.json", "x.yaml", "model.bin", "data.csv")
    assert dossier(dict.fromkeys(names, b"license: mit")).claims == ()


def test_a_file_that_cannot_be_opened_is_a_gap() -> None:
    item = Item(name="README.md", size=1, formats=(), digest="0")
    origin = Origin(place=(), digest="0")
    subject = Inventory(origin=origin, items=(item,), tree=MemberTree({}))
    (found,) = DossierReader().read(subject, Context())
    assert [gap.reason for gap in found.gaps] == ["unreadable"]


def test_what_was_found_before_the_time_was_over_is_kept() -> None:
    limits = Limits(steps=1)
    files = {**card("license: mit"), "MODEL_CARD.md": b"# T\n" * 9000}
    found = dossier(files, budget=Budget(limits))
    assert [gap.reason for gap in found.gaps] == ["over-budget"]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner)
    ),
    max_leaves=12,
)


@pytest.mark.slow
@given(data=st.dictionaries(st.sampled_from(KEYS), PLAIN, max_size=8))
def test_no_plain_data_breaks_a_dossier(data: dict[str, Any]) -> None:
    raw = json.dumps(data).encode()
    found = dossier({name: raw for name in NAMES if not name.endswith(".md")})
    page = b"---\n" + raw + b"\n---\n"
    assert dossier({"README.md": page, "data_card.md": page}).origin == found.origin


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_a_dossier(data: bytes) -> None:
    files = dict.fromkeys(NAMES, data)
    files["README.md"] = b"---\n" + data + b"\n---\n" + data
    for kind in WEIGHTS:
        files[f"model.{kind}"] = data
    dossier(files, {f"model.{kind}": kind for kind in WEIGHTS})
