import json
from pathlib import Path

from openvet.check import Context, Profile, Settings
from openvet.checks.license.license_chain import LicenseChain
from openvet.finding import Chain, Checklist, Finding
from specimens.dossiers import card, dossier

ADAPTER = {"base_model_name_or_path": "meta-llama/Llama-3.1-8B", "peft_type": "LORA"}


def flagged(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: mit\nbase_model: a/b\n---\n# T\n")


def passed(folder: Path) -> None:
    (folder / "README.md").write_text("# Notes\n")


def run(files: dict[str, bytes], profile: Profile | None = None) -> list[Finding]:
    settings = Settings(profile=profile or Profile())
    return list(LicenseChain().run(dossier(files), Context(settings)))


def parts(files: dict[str, bytes]) -> tuple[Chain, Checklist]:
    (found,) = run(files)
    chain, checklist = found.evidence
    assert isinstance(chain, Chain)
    assert isinstance(checklist, Checklist)
    return chain, checklist


def test_the_chain_names_each_parent_with_license_relation_and_line() -> None:
    files = card("base_model: meta-llama/Llama-3.1-8B", "# Llama-Tiny")
    files["adapter_config.json"] = json.dumps(ADAPTER).encode()
    chain, _ = parts(files)
    node = chain.nodes[1]
    assert node.name == "meta-llama/Llama-3.1-8B"
    assert node.license == "Llama 3.1 Community License Agreement"
    (edge,) = chain.edges
    assert (edge.relation, edge.file, edge.line) == ("adapter", "README.md", 2)


def test_a_parent_of_unknown_license_is_open_and_never_allowed() -> None:
    chain, checklist = parts(card("license: mit\nbase_model: nobody/knows"))
    assert chain.nodes[1].license == ""
    assert chain.nodes[1].state == "unclear"
    (item,) = [i for i in checklist.items if "nobody/knows" in i.name]
    assert item.state == "unclear"
    assert "nothing is taken as allowed" in item.detail


def test_every_item_that_is_missing_says_what_to_do() -> None:
    _, checklist = parts(card("base_model: meta-llama/Llama-3.1-8B", "# Tiny"))
    missing = {item.name: item.detail for item in checklist.items}
    name = next(detail for title, detail in missing.items() if "name of" in title)
    assert "begin the name of the model with “Llama”" in name


def test_where_no_license_and_no_parent_is_named_nothing_is_said() -> None:
    assert run({"README.md": b"# Notes\n"}) == []


def test_ten_thousand_parents_are_judged_and_not_all_drawn() -> None:
    names = "".join(f"\n- a/b{number}" for number in range(10_000))
    chain, _ = parts(card(f"license: mit\ndatasets:{names}"))
    assert 100 < len(chain.nodes) <= 300


def test_cards_that_name_each_other_end_where_they_began() -> None:
    files = {
        "README.md": b"---\nmodel_name: a/one\nbase_model: a/two\n---\n",
        "x/README.md": b"---\nmodel_name: a/two\nbase_model: a/three\n---\n",
        "y/README.md": b"---\nmodel_name: a/three\nbase_model: a/two\n"
        b"license: gpl-3.0\n---\n",
        "x/model.safetensors": b"",
        "y/model.safetensors": b"",
    }
    chain, checklist = parts(files)
    assert [(edge.child, edge.parent) for edge in chain.edges] == [
        ("this", "model:a/two"),
        ("model:a/two", "model:a/three"),
        ("model:a/three", "model:a/two"),
    ]
    assert any("GPL-3.0" in item.name for item in checklist.items)
