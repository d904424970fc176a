"""Whatever files may say of a model, for property tests of bills of materials."""

from hypothesis import strategies as st

from openvet.dossier import Edge, LicenseClaim, Spot
from openvet.finding import Basis
from openvet.stated import Fact, Passage, Stated, Text
from specimens.reports import HOSTILE
from specimens.stated import stated

words = st.text(max_size=30) | st.sampled_from(
    [HOSTILE, "a/b", "https://x.y/%zz", "arxiv:1", "pkg:", "..", "a" * 5000]
)
spots = st.builds(
    Spot,
    file=words,
    line=st.integers(0, 9),
    key=words,
    basis=st.sampled_from(Basis),
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words
values = (
    scalars
    | st.lists(scalars, max_size=3).map(tuple)
    | st.dictionaries(words, scalars, max_size=3)
)
subjects = st.sampled_from(sorted(stated().facts)) | words
sayings = st.builds(
    Stated,
    name=words,
    claims=st.lists(
        st.builds(
            LicenseClaim,
            written=words,
            keys=st.lists(
                st.sampled_from(["mit", "llama3", "no-such"]), max_size=2
            ).map(tuple),
            about=st.sampled_from(["model", "dataset", "code"]),
            source=st.sampled_from(["card", "text", "weights"]),
            spot=spots,
        ),
        max_size=3,
    ).map(tuple),
    edges=st.lists(
        st.builds(
            Edge,
            parent=words,
            kind=st.sampled_from(["model", "dataset", "code"]),
            relation=st.sampled_from(["base", "adapter", "bundles", "trained-on"]),
            spot=spots,
        ),
        max_size=4,
    ).map(tuple),
    texts=st.lists(
        st.builds(Text, file=words, keys=st.just(("mit",)), modified=st.booleans()),
        max_size=2,
    ).map(tuple),
    facts=st.dictionaries(
        subjects,
        st.lists(st.builds(Fact, value=values, spot=spots), max_size=2).map(tuple),
        max_size=4,
    ),
    passages=st.lists(
        st.builds(
            Passage,
            topic=st.sampled_from(["use", "risks", "environment", "other"]),
            text=words,
            spot=spots,
        ),
        max_size=3,
    ).map(tuple),
    cards=st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
