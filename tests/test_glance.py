"""A sign that does not hold means that its reader would not have claimed the file."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet import catalog
from openvet.catalog import Plugin
from openvet.check import Context
from openvet.errors import OverBudgetError
from openvet.glance import SIGNS, Glance
from openvet.plan import kinds_of
from openvet.source import BytesSource, MemberTree
from openvet.subject import File, Inventory, Item, Origin, Subject
from specimens.releases import dossier_of
from specimens.seeds import seeds

READERS = [line for line in catalog.READERS if "File" in line.subjects]
NAMES = (
    *("x", "x.bin", "x.pt", "x.pth", "x.pkl", "x.py", "x.json", "X.JSON", "x.yaml"),
    *("MLmodel", "Pipfile.lock", "x.ini", "x.md", "x.HTML", "x.sh", "x.ipynb", "x.ubj"),
    *("requirements.txt", "constraints-dev.in", "x.jinja", "x.onnx", "x.onnx_data_1"),
    *("x.data-00000-of-00001", "x.weights", "x.h5", "x.keras", "x.msgpack", "model"),
    *("tokenizer", "x.safetensors", "x.xml", "x.pmml", "archive/data/0", ".data/0"),
    *("README_cn.md", "model-card.txt", "LICENSE.txt", "USE_POLICY.md", "NOTICE"),
    *("archive/code/__torch__/m.py", "tensors/0.storage", "data/weights/w_0"),
)
MAGICS = (
    *(b"", b"\0", b"\0\0", b"{", b" {", b"\xef\xbb\xbf{", b"[", b"<", b"<?xml ", b"#!"),
    *(b"\xff\xfe", b"\xff\xfe<\0", b"\xfe\xff\0<", b"\xff\xfe\0\0", b"\0\0\xfe\xff"),
    *(b"PK\3\4", b"\x1f\x8b\x08", b"BZh91AY&SY", b"\x78\x9c", b"]\0\0\x80\0", b"\x80"),
    *(b"\x80\4", b"\x83\xa3abc", b"\xde\0\2\xa3abc", b"\n\4", b"\x08\7", b"\x12\2"),
    *(b"10 4\n", b"tree\nversion=v4", b"node {", b"X\n\0\0\0\3", b"RDX3\nX\n\0\0\0\3"),
    *(b"MZ", b"\x7fELF", b"\xa7\x0d\r\n", b"\0\0\0\x18ftyp", b"\x1c\0\0\0TFL3", b"BM"),
    *(b"version https://git-lfs.github.com/spec/v1\n", b"PAR1", b"GIF8", b"II*\0"),
)


@pytest.fixture(scope="module", autouse=True)
def _gathered() -> None:
    """Gather the specimens before the first input: some makers are tests themselves."""
    seeds()


def file_of(name: str, data: bytes) -> File:
    """Return a member of a container; readers claim no fewer of them than of files."""
    origin = Origin(place=("in", name), digest="0")
    return File(origin=origin, source=BytesSource(data))


def unsigned_claims(subject: Subject) -> list[str]:
    """Return the readers that claim a subject whose sign does not hold."""
    seen = Glance(subject) if isinstance(subject, File) else subject
    kinds = set(kinds_of(type(subject)))
    return [
        line.id
        for line in catalog.READERS
        if line.id in SIGNS
        and not kinds.isdisjoint(line.subjects)
        and not SIGNS[line.id](seen)
        and _claims(line, subject)
    ]


def _claims(line: Plugin, subject: Subject) -> bool:
    try:
        return catalog.reader(line.where).claims(subject)
    except OverBudgetError:
        return False


def test_every_sign_is_of_a_reader() -> None:
    assert set(SIGNS) <= {line.id for line in catalog.READERS}


def test_no_specimen_is_claimed_without_its_sign() -> None:
    for files in seeds().values():
        for name, data in files:
            for other in (name, *NAMES[::3]):
                assert not unsigned_claims(file_of(other, data)), name


@pytest.mark.parametrize("name", NAMES)
def test_no_beginning_is_claimed_without_its_sign(name: str) -> None:
    for magic in MAGICS:
        for rest in (b"", b" words\n", bytes(600), b'"learner": {"nodes": ["op": "'):
            file = file_of(name, magic + rest)
            assert not unsigned_claims(file), magic


@given(st.sampled_from(NAMES), st.sampled_from(MAGICS), st.binary(max_size=64))
def test_no_bytes_are_claimed_without_their_sign(
    name: str, magic: bytes, rest: bytes
) -> None:
    assert not unsigned_claims(file_of(name, magic + rest))


@given(st.data())
def test_no_damaged_specimen_is_claimed_without_its_sign(data: st.DataObject) -> None:
    files = data.draw(st.sampled_from([some for some in seeds().values() if some]))
    name, content = data.draw(st.sampled_from(files))
    at = data.draw(st.integers(0, min(len(content), 600)))
    new = data.draw(st.binary(max_size=8))
    cut = data.draw(st.integers(0, 8))
    content = content[:at] + new + content[at + cut :]
    assert not unsigned_claims(file_of(name, content))


def test_no_fact_is_claimed_without_its_sign() -> None:
    for subject in _subjects():
        assert not unsigned_claims(subject), subject.place


@pytest.mark.parametrize("formats", [(), ("onnx",), ("text",), ("zip", "onnx")])
def test_no_inventory_is_claimed_without_its_sign(formats: tuple[str, ...]) -> None:
    for name in NAMES:
        for other in ("x", "model.onnx", "sub/config.yaml"):
            items = tuple(
                Item(name=one, size=1, formats=formats, digest="0")
                for one in (name, other)
            )
            inventory = Inventory(
                origin=Origin(place=("in",), digest="0"),
                items=items,
                tree=MemberTree({}),
            )
            assert not unsigned_claims(inventory), name


def test_a_check_says_nothing_where_none_of_its_parts_is_there() -> None:
    some = [line for line in catalog.CHECKS if line.judges]
    assert some
    for subject in _subjects():
        kinds = set(kinds_of(type(subject)))
        for line in some:
            if kinds.isdisjoint(line.subjects):
                continue
            if not any(getattr(subject, part, ()) for part in line.judges):
                found = catalog.check(line.where).run(subject, Context())
                assert not list(found), line.id


@cache
def _subjects() -> list[Subject]:
    """Return every specimen as a file, and what its readers find in it."""
    found: list[Subject] = []
    known = seeds()
    for line in READERS:
        for name, data in known[line.id]:
            file = file_of(name, data)
            found.append(file)
            found.append(dossier_of({name: data.decode("utf-8", "replace")}))
            try:
                found.extend(catalog.reader(line.where).read(file, Context()))
            except OverBudgetError:
                continue
    assert {"PickleProgram", "Graph"} <= {kinds_of(type(s))[0] for s in found}
    return found
