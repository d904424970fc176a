"""Reports of audits whose files say much, some of it hostile."""

from openvet.dossier import ClaimSource, Edge, Kind, LicenseClaim, Relation, Spot
from openvet.finding import Basis
from openvet.ledger import Step
from openvet.report import Report
from openvet.stated import Fact, Passage, Stated, Text, Value
from openvet.wire import replace
from specimens.reports import HOSTILE, file, policy, steps, told


def at(line: int = 1, key: str = "", basis: Basis = Basis.DECLARED) -> Spot:
    """Return a place in the card."""
    return Spot(file="README.md", line=line, key=key, basis=basis)


def fact(value: Value, key: str = "", basis: Basis = Basis.DECLARED) -> Fact:
    """Return a fact of the card."""
    return Fact(value=value, spot=at(2, key, basis))


def claim(
    written: str, *keys: str, source: ClaimSource = "card", about: Kind = "model"
) -> LicenseClaim:
    """Return a statement of a license."""
    spot = at(3, "license")
    return LicenseClaim(
        written=written, keys=keys, about=about, source=source, spot=spot
    )


def edge(parent: str, kind: Kind, relation: Relation, key: str = "base_model") -> Edge:
    """Return a parent."""
    return Edge(parent=parent, kind=kind, relation=relation, spot=at(4, key))


def _facts() -> dict[str, tuple[Fact, ...]]:
    figure: dict[str, bool | int | float | str | None] = {
        "dataset": "squad",
        "metric": "f1",
        "value": 0.91,
    }
    return {
        "architecture": (fact(("LlamaForCausalLM",), basis=Basis.BYTES),),
        "model-type": (fact("llama", basis=Basis.BYTES),),
        "parameters": (fact(8_000_000_000, basis=Basis.BYTES),),
        "task": (fact("text-generation"),),
        "tags": (fact(("reinforcement-learning", HOSTILE)),),
        "evaluation": (fact(figure, "model-index[0]"), fact("nothing")),
        "emissions": (fact({"emissions": 12.5, "source": None}),),
        "publisher": (fact("Acme"),),
        "description": (fact(HOSTILE),),
        "version": (fact("1.2.0"),),
        "released": (fact("2026-05-01"),),
        "repository": (fact("https://github.com/acme/coder"), fact("https:// x")),
        "paper": (fact("arxiv:2401.00001"), fact("https://a.b/\u202e")),
        "contact": (fact("mailto:x"), fact("https://acme.example/help?a=b#c")),
        HOSTILE: (fact(HOSTILE),),
    }


def stated() -> Stated:
    """Return what a talkative card says."""
    topics = (
        *("use", "users", "out-of-scope", "limitations", "risks", "mitigations"),
        *("tradeoffs", "environment", "training-data"),
    )
    return Stated(
        name="acme/coder-8b",
        claims=(
            claim("apache-2.0", "apache-2.0"),
            claim("llama3.1", "llama3.1", source="weights"),
            claim("MIT OR Apache-2.0", "mit", "apache-2.0", source="package"),
            claim(HOSTILE),
            claim("cc-by-nc-4.0", "cc-by-nc-4.0", about="dataset"),
        ),
        edges=(
            edge("meta-llama/Llama-3.1-8B", "model", "finetune"),
            edge("meta-llama/Llama-3.1-8B", "model", "base", "tags[0]"),
            edge("acme/base", "model", "adapter"),
            edge("./out/checkpoint-3", "model", "base", "_name_or_path"),
            edge("acme/data", "dataset", "trained-on", "datasets[0]"),
            edge(HOSTILE, "dataset", "trained-on", "datasets[1]"),
            edge("vendor/lib", "code", "bundles"),
        ),
        texts=(Text(file="LICENSE", keys=("apache-2.0",), modified=True),),
        facts=_facts(),
        passages=tuple(
            Passage(topic=topic, text=f"About {topic}.\n{HOSTILE}", spot=at(9))
            for topic in topics
        ),
        cards=("README.md",),
        left_out=3,
    )


def step(said: Stated) -> Step:
    """Return the step of a dossier."""
    return Step(
        kinds=("Dossier", "Subject"), digest="s", place=(), plan="p", stated=said
    )


def talkative() -> Report:
    """Return a report that has everything, of a model that says everything."""
    return told([*steps(), step(stated()), file("LICENSE")], policy())


def plain() -> Report:
    """Return it under a policy without controls."""
    ours = replace(policy(), controls=())
    return told([*steps(), step(stated())], ours)
