"""Storages of torch's archives are numbers, unless a program stands in them."""

import pytest

from openvet.check import Context
from openvet.readers.torch import TorchStorageReader
from openvet.source import BytesSource
from openvet.subject import Document, File, Origin
from specimens import pickles as p


def member(name: str, data: bytes) -> File:
    origin = Origin(place=("model.pt", name), digest="0")
    return File(origin=origin, source=BytesSource(data))


@pytest.mark.parametrize(
    "name",
    [
        "archive/data/0",
        "model/tensors/12",
        "archive/constants/0",
        ".data/1.storage",
        "pkg/.data/94304870911616.storage",
        "archive/data/weights/weight_0",
        "archive/data/constants/tensor_0",
    ],
)
def test_a_storage_is_read_whole(name: str) -> None:
    reader = TorchStorageReader()
    assert reader.claims(member(name, bytes(64)))
    (document,) = reader.read(member(name, bytes(64)), Context())
    assert isinstance(document, Document)
    assert (document.complete, document.payloads) == (True, ())


@pytest.mark.parametrize("name", ["archive/data.pkl", "data/readme", "a/b/data/0"])
def test_other_members_are_not_storages(name: str) -> None:
    assert not TorchStorageReader().claims(member(name, bytes(64)))


def test_a_program_in_a_storage_is_a_payload() -> None:
    found = member("archive/data/0", p.hostile())
    (document,) = TorchStorageReader().read(found, Context())
    assert [payload.kind for payload in document.payloads] == ["pickle"]
