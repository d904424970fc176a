from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.check import Context
from openvet.dossier import Dossier
from openvet.formats.lineage.gathered import EDGES
from openvet.readers.dossier import DossierReader
from openvet.source import BytesSource, MemberTree, Source
from openvet.subject import Inventory, Item, Origin


def inventory(files: dict[str, bytes], formats: dict[str, str]) -> Inventory:
    members: dict[str, Source] = {n: BytesSource(d) for n, d in files.items()}
    items = (
        Item(
            name=name,
            size=len(data),
            formats=(formats[name],) if name in formats else (),
            digest="0",
        )
        for name, data in files.items()
    )
    origin = Origin(place=(), digest="0")
    return Inventory(origin=origin, items=tuple(items), tree=MemberTree(members))


def read(
    files: dict[str, bytes], formats: dict[str, str] | None = None, **more: Any
) -> Dossier:
    subject = inventory(files, formats or {})
    (made,) = DossierReader().read(subject, Context(**more))
    assert isinstance(made, Dossier)
    return made


def edges(found: Dossier) -> list[tuple[str, str, str, str, int]]:
    return [
        (e.parent, e.kind, e.relation, e.spot.file, e.spot.line) for e in found.edges
    ]


def card(header: str, text: str = "") -> dict[str, bytes]:
    return {"README.md": f"---\n{header}\n---\n{text}".encode()}


def test_one_base_is_a_base_and_several_are_merged() -> None:
    assert edges(read(card("base_model: a/b"))) == [
        ("a/b", "model", "base", "README.md", 2)
    ]
    found = edges(read(card("base_model:\n- a/b\n- c/d")))
    assert found == [
        ("a/b", "model", "merge", "README.md", 3),
        ("c/d", "model", "merge", "README.md", 4),
    ]


def test_the_relation_that_a_card_declares_counts() -> None:
    (edge,) = read(card("base_model: a/b\nbase_model_relation: quantized")).edges
    assert edge.relation == "quantized"
    (edge,) = read(card("tags:\n- base_model:adapter:a/b")).edges
    assert (edge.parent, edge.relation, edge.spot.line) == ("a/b", "adapter", 3)


def test_data_sets_of_a_model_card_were_trained_on() -> None:
    assert edges(read(card("datasets: [squad, a/b]\npipeline_tag: x"))) == [
        ("squad", "dataset", "trained-on", "README.md", 2),
        ("a/b", "dataset", "trained-on", "README.md", 2),
    ]


def test_a_name_of_its_own_says_more_than_other() -> None:
    header = "license: other\nlicense_name: my-terms\nlicense_link: LICENSE"
    found = read(card(header))
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
    found = read({"README.md": text.encode()})
    assert edges(found) == [("a/x", "model", "finetune", "README.md", 4)]
    assert [(c.written, c.spot.line) for c in found.claims] == [("MIT", 3)]
    facts = {key: said[0].value for key, said in found.facts.items()}
    assert facts == {
        "publisher": "Someone",
        "tokens": 1_500_000_000_000,
        "contact": "mail@example.org",
    }


def test_ten_thousand_bases_are_cut_and_said_so() -> None:
    names = "".join(f"\n- a/{number}" for number in range(10_000))
    found = read(card(f"base_model:{names}"))
    assert len(found.edges) == EDGES
    assert found.gaps


def test_values_of_any_type_break_nothing() -> None:
    for value in ("1", "null", "{a: b}", "[[x], {y: z}]", ".nan", "1e999", "yes"):
        for key in ("license", "base_model", "datasets", "tags", "model-index", "x"):
            read(card(f"{key}: {value}"))


def test_a_container_has_no_dossier() -> None:
    subject = Inventory(
        origin=Origin(place=("x.zip",), digest="0"),
        items=(),
        tree=MemberTree({}),
        container="zip",
    )
    assert not DossierReader().claims(subject)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_breaks_a_dossier(data: bytes) -> None:
    for name in ("README.md", "LICENSE"):
        read({name: b"---\n" + data + b"\n---\n" + data}, budget=Budget())
