"""Bills of materials: their judges, and whatever files may say of a model."""

import io
import json
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from spdx_python_model import v3_0_1 as spdx

from openvet.dossier import Edge, LicenseClaim, Spot
from openvet.finding import Basis
from openvet.stated import Fact, Passage, Stated, Text
from specimens.reports import HOSTILE
from specimens.stated import stated

if TYPE_CHECKING:
    from cyclonedx.validation.json import JsonStrictValidator


def read_cyclonedx(text: str) -> dict[str, Any]:
    """Return a document that is valid and whose references lead somewhere."""
    problem = _validator().validate_str(text)
    assert problem is None, str(problem)
    document: dict[str, Any] = json.loads(text)
    _sound(document)
    return document


@cache
def _validator() -> "JsonStrictValidator":
    # Its schemas take seconds to import, which only who validates shall wait for.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_7)


def _sound(document: dict[str, Any]) -> None:
    """Check what the schema cannot: every reference and pointer leads somewhere."""
    names = [one["bom-ref"] for one in _objects(document) if "bom-ref" in one]
    assert len(names) == len(set(names))
    known = set(names)
    for one in _objects(document):
        for key in ("ref", "attributedTo", "target", "assessor", "requirement"):
            assert one.get(key, names[0]) in known
        for key in ("dependsOn", "claims", "counterClaims", "evidence", "assemblies"):
            listed = one.get(key, [])
            refs = listed if isinstance(listed, list) else []
            assert {ref for ref in refs if isinstance(ref, str)} <= known
    for citation in document["citations"]:
        for pointer in citation["pointers"]:
            _follow(document, pointer)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)


def _follow(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer leads to."""
    for part in pointer.split("/")[1:]:
        document = document[int(part) if isinstance(document, list) else part]
    return document


def read_spdx(text: str) -> list[dict[str, Any]]:
    """Return the elements of a document that the bindings read and write again."""
    graph: list[dict[str, Any]] = json.loads(text)["@graph"]
    found = spdx.SHACLObjectSet()
    spdx.JSONLDDeserializer().read(io.BytesIO(text.encode()), found)
    # Writing is when they count what has to be there.
    spdx.JSONLDSerializer().write(found, io.BytesIO())
    names = [one["spdxId"] for one in graph if "spdxId" in one]
    assert len(names) == len(set(names))
    assert found.link() == set()  # every name that is used is there
    assert len(list(found.foreach_type(spdx.Element))) == len(names)
    return graph


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
