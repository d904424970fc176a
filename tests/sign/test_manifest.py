"""Manifests are those of OpenSSF model signing, and hostile ones are refused."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.errors import DoesNotHoldError, SignatureError
from openvet.signing.envelope import Statement, decoded, statement
from openvet.signing.manifest import Manifest, Part, ordered, read, unsafe

ONE, TWO = hashlib.sha256(b"1").hexdigest(), hashlib.sha256(b"2").hexdigest()


def part(name: str, digest: str = ONE) -> Part:
    return Part(name=name, algorithm="sha256", digest=digest)


MANIFEST = Manifest(
    name="model",
    parts=ordered([part("b"), part("a/c"), part("a.txt", TWO)]),
    ignore=(".git", "b.sig"),
)


def signed(data: bytes) -> Statement:
    return decoded(data, Statement, "statement")


def changed(**resource: Any) -> Statement:
    """Return a statement about one resource, with a root that fits where it can."""
    found = {"name": "a", "algorithm": "sha256", "digest": ONE, **resource}
    plain = str(found["digest"])
    raw = bytes.fromhex(plain) if set(plain) <= set("0123456789abcdefABCDEF") else b""
    return about([found], hashlib.sha256(raw).hexdigest())


def about(
    resources: list[dict[str, Any]], root: str, method: str = "files"
) -> Statement:
    how = {"method": method, "hash_type": "sha256", "allow_symlinks": False}
    return signed(
        statement(
            "https://model_signing/signature/v1.0",
            [{"name": "model", "digest": {"sha256": root}}],
            {"serialization": how, "resources": resources},
        )
    )


def test_a_manifest_comes_back_as_it_was_written() -> None:
    assert read(signed(MANIFEST.statement())) == MANIFEST


def test_files_stand_in_the_order_of_their_folders() -> None:
    assert [part.name for part in MANIFEST.parts] == ["a/c", "a.txt", "b"]


def test_what_is_left_out_is_left_out_with_all_below_it() -> None:
    assert MANIFEST.ignores(".git/config")
    assert MANIFEST.ignores("b.sig")
    assert not MANIFEST.ignores(".gitmodules")
    assert not MANIFEST.ignores("a/.git")


@pytest.mark.parametrize(
    "name", ["../a", "/etc/passwd", "a/../../b", "a//b", "./a", "a/", "", "..", "a\0b"]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    assert unsafe(name)
    with pytest.raises(DoesNotHoldError, match="a file outside the model"):
        read(changed(name=name))


@pytest.mark.parametrize("name", [".", "...", "..a", "a/b", "a\\..\\b", "~", "-rf"])
def test_an_odd_name_below_the_folder_is_none_of_those(name: str) -> None:
    assert [part.name for part in read(changed(name=name)).parts] == [name]


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"algorithm": "md5"}, "a digest unknown here: md5"),
        ({"digest": ONE[:-2]}, "a digest that is none"),
        ({"digest": "x" * 64}, "a digest that is none"),
        ({"name": 1}, "no manifest"),
    ],
)
def test_a_resource_that_is_none_is_refused(
    resource: dict[str, Any], said: str
) -> None:
    with pytest.raises(SignatureError, match=said):
        read(changed(**resource))


def test_a_root_that_is_not_that_of_the_files_does_not_hold() -> None:
    resource = {"name": "a", "algorithm": "sha256", "digest": ONE}
    with pytest.raises(DoesNotHoldError, match="its root is not that"):
        read(about([resource], TWO))


def test_a_file_that_is_named_twice_does_not_hold() -> None:
    resource = {"name": "a", "algorithm": "sha256", "digest": ONE}
    root = hashlib.sha256(bytes.fromhex(ONE * 2)).hexdigest()
    with pytest.raises(DoesNotHoldError, match="names a file twice"):
        read(about([resource, resource], root))


def test_ranges_of_files_are_read() -> None:
    algorithm = "sha256-sharded-5"
    resources = [
        {"name": "a:b:0:5", "algorithm": algorithm, "digest": ONE},
        {"name": "a:b:5:7", "algorithm": algorithm, "digest": TWO},
    ]
    root = hashlib.sha256(bytes.fromhex(ONE + TWO)).hexdigest()
    found = read(about(resources, root, "shards"))
    assert found.shards
    assert [(p.name, p.start, p.stop) for p in found.parts] == [
        ("a:b", 0, 5),
        ("a:b", 5, 7),
    ]


@pytest.mark.parametrize("name", ["a", "a:0", "a:5:5", "a:6:5", "a:-1:5", ":0:5"])
def test_a_range_that_is_none_is_refused(name: str) -> None:
    resource = {"name": name, "algorithm": "sha256", "digest": ONE}
    with pytest.raises(SignatureError, match="names no part of a file"):
        read(about([resource], ONE, "shards"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"signature/v1.0", b"signature/v9", "a statement of another kind"),
        (b"signature/v1.0", b"Digests/v0.1", "before its version 1.0"),
        (b'"files"', b'"tensors"', "in a way unknown here: tensors"),
    ],
)
def test_another_kind_of_statement_is_named(old: bytes, new: bytes, said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        read(signed(MANIFEST.statement().replace(old, new)))


KEYS = st.sampled_from(["name", "digest", "algorithm", "method", "resources"])
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=5,
)


@given(JSON, st.lists(JSON, max_size=3), st.lists(JSON, max_size=3))
def test_no_predicate_breaks_the_reading(
    serialization: Any, resources: list[Any], subject: list[Any]
) -> None:
    predicate = {"serialization": serialization, "resources": resources}
    data = {
        "_type": "",
        "subject": subject,
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": predicate,
    }
    try:
        found = read(signed(json.dumps(data).encode()))
    except SignatureError:
        return
    assert not any(unsafe(part.name) for part in found.parts)


@given(st.text(max_size=20), st.sampled_from(["files", "shards"]))
def test_no_name_that_leads_out_is_taken(name: str, method: str) -> None:
    resource = {"name": name, "algorithm": "sha256", "digest": ONE}
    root = hashlib.sha256(bytes.fromhex(ONE)).hexdigest()
    try:
        found = read(about([resource], root, method))
    except SignatureError:
        return
    assert not any(unsafe(part.name) for part in found.parts)
