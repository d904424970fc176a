"""No folder makes the account of licenses fail, or take long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet import catalog
from openvet.check import Context, Profile, Settings
from openvet.dossier import Dossier, Edge, LicenseClaim, Spot, Statement
from openvet.finding import Finding
from openvet.wire import replace
from specimens.dossiers import card, dossier

RULES = [line.where for line in catalog.CHECKS if ".license." in line.where]
NAMES = st.sampled_from(
    [
        *("meta-llama/Llama-3.1-8B", "google/gemma-2-2b", "a/b", "A/B", "./x", "/"),
        *("tatsu-lab/alpaca", "\x1b[2J", "<script>", "a" * 5000, "\ud800", " "),
    ]
)
LICENSES = st.one_of(
    st.sampled_from(
        ["mit", "apache-2.0", "llama3.1", "gemma", "agpl-3.0", "cc-by-nc-4.0", "gpl"]
    ),
    st.text(max_size=40),
)
SPOTS = st.builds(
    Spot,
    file=st.sampled_from(["README.md", "x/README.md", "LICENSE", "", "../../a", "/"]),
    line=st.integers(0, 9),
    text=st.text(max_size=9),
)
EDGES = st.builds(
    Edge,
    parent=st.one_of(NAMES, st.text(max_size=20)),
    kind=st.sampled_from(["model", "dataset", "code"]),
    relation=st.sampled_from(
        ["base", "merge", "adapter", "trained-on", "distilled-from", "bundles"]
    ),
    spot=SPOTS,
)
CLAIMS = st.builds(
    LicenseClaim,
    written=LICENSES,
    keys=st.lists(LICENSES, max_size=3).map(tuple),
    about=st.sampled_from(["model", "dataset", "code"]),
    source=st.sampled_from(["card", "text", "weights", "package", "config", "header"]),
    spot=SPOTS,
)
PROFILES = st.builds(
    Profile,
    commercial=st.sampled_from([None, True, False]),
    passes_on=st.sampled_from([None, True, False]),
    territory=st.lists(st.sampled_from(["EU", "de", "", "\x00"])).map(tuple),
    monthly_users=st.one_of(st.none(), st.integers(-1, 10**12)),
    revenue=st.one_of(st.none(), st.integers(-1, 10**12)),
)


def judge(subject: Dossier, profile: Profile) -> list[Finding]:
    context = Context(Settings(profile=profile))
    return [f for rule in RULES for f in catalog.check(rule).run(subject, context)]


@given(
    name=NAMES,
    edges=st.lists(EDGES, max_size=8),
    claims=st.lists(CLAIMS, max_size=8),
    profile=PROFILES,
    publisher=st.sampled_from(["", "Google DeepMind", "meta-llama", "A", "\x00"]),
)
def test_no_statements_make_a_rule_fail(
    name: str,
    edges: list[Edge],
    claims: list[LicenseClaim],
    profile: Profile,
    publisher: str,
) -> None:
    empty = dossier(card("license: mit", "# T"))
    subject = replace(empty, name=name, edges=tuple(edges), claims=tuple(claims))
    said = Statement(value=publisher, spot=Spot(file="README.md"))
    subject = replace(subject, facts={**empty.facts, "publisher": (said,)})
    first = judge(subject, profile)
    assert judge(replace(subject), profile) == first


@given(edges=st.lists(EDGES, max_size=6), profile=PROFILES)
def test_a_parent_of_unknown_license_is_never_met(
    edges: list[Edge], profile: Profile
) -> None:
    subject = replace(dossier({}), edges=tuple(edges))
    for found in judge(subject, profile):
        for chain in found.evidence:
            for node in getattr(chain, "nodes", ()):
                assert node.license or node.state != "met"


@pytest.mark.slow
def test_twenty_thousand_parents_and_claims_are_judged_in_seconds() -> None:
    spot = Spot(file="README.md", line=1)
    edges = tuple(
        Edge(parent=f"a/b{number}", kind="dataset", relation="trained-on", spot=spot)
        for number in range(20_000)
    )
    claims = tuple(
        LicenseClaim(
            written=f"mit{number}",
            keys=("mit",),
            about="model",
            source="weights",
            spot=Spot(file=f"x{number}.onnx"),
        )
        for number in range(2000)
    )
    begun = time.process_time()
    judge(replace(dossier({}), edges=edges, claims=claims), Profile())
    assert time.process_time() - begun < 20
