import struct

import pytest

from openvet.budget import Budget
from openvet.check import Context
from openvet.digests import Content
from openvet.glance import SIGNS, Glance
from openvet.readers.bare import BareReader
from openvet.readers.weights import WeightsReader
from openvet.subject import Document, File, Origin
from openvet.wire import replace
from specimens.archives import PICKLE
from specimens.bare import BARE, COMPILED, NUMBERS
from specimens.seeds import file_of
from specimens.tensors import elf


def document(name: str, data: bytes) -> Document | None:
    """Return what the reader makes of a file, or None if it leaves it alone."""
    file = file_of(name, data)
    reader = BareReader()
    if not reader.claims(file):
        return None
    (found,) = reader.read(file, Context(budget=Budget()))
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("name", BARE)
def test_a_file_of_numbers_is_read_whole(name: str) -> None:
    found = document(name, BARE[name])
    assert found is not None
    assert (found.complete, found.payloads) == (True, ())


@pytest.mark.parametrize("name", [*BARE, *COMPILED])
def test_the_sign_holds_for_what_the_reader_claims(name: str) -> None:
    data = {**BARE, **COMPILED}[name]
    assert SIGNS["bare"](Glance(file_of(name, data)))


@pytest.mark.parametrize("name", COMPILED)
def test_what_was_compiled_for_an_accelerator_is_not_called_whole(name: str) -> None:
    found = document(name, COMPILED[name])
    assert found is not None
    assert [gap.reason for gap in found.gaps] == ["unsupported"]
    assert "compiled from" in found.gaps[0].lift


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("program", [elf(), PICKLE])
def test_a_program_behind_the_numbers_is_found(name: str, program: bytes) -> None:
    changed = BARE[name] + bytes(64) + program
    found = document(name, changed)
    # A length that the format writes down no longer fits; nobody knows such a file.
    assert found is None or len(found.payloads) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("words.fst", b"\xd6\xfd\xb2\x7e" + struct.pack("<i", 1 << 30) + b"vector"),
        ("words.fst", b"\xd6\xfd\xb2\x7e" + struct.pack("<i", -4) + bytes(20)),
        ("final.mat", b"\0BFM \4" + struct.pack("<i", 1 << 30) + b"\4\1\0\0\0"),
        ("final.mat", b"\0BFM \4"),
        ("eng.traineddata", struct.pack("<i2q", 2, 20, 1 << 40)),
        ("eng.traineddata", struct.pack("<i2q", 2, 21, 20)),
        ("index.faiss", b"IxF2" + struct.pack("<i", -1) + bytes(40)),
        ("index.faiss", b"IxF2"),
        ("sys.dic", b"\0\0\0\0" + bytes(20)),
        ("0.0", b"\2\1\x21\4" + struct.pack("<3I", 8, 8, 99) + bytes(8)),
        ("phontab", bytes(8)),
    ],
)
def test_fields_that_disagree_are_no_such_file(name: str, data: bytes) -> None:
    assert document(name, data) is None


def test_phonemes_are_known_by_their_folder_alone() -> None:
    file = file_of("phontab", bytes(8))
    file = File(
        origin=Origin(place=("espeak-ng-data/phontab",), digest="0"),
        source=file.source,
    )
    assert BareReader().claims(file)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_with_nothing_but_a_name_are_known_by_it(name: str) -> None:
    content = Content(identity="")
    for data, known in ((NUMBERS[name], True), (PICKLE, False), (b"text\n", False)):
        file = replace(file_of(name, data), content=content)
        assert WeightsReader().claims(file) is known
        assert not known or SIGNS["weights"](Glance(file))


def test_a_chunk_in_a_compressed_stream_is_known_and_a_storage_in_a_zip_is_not() -> (
    None
):
    file = file_of("weights/0", NUMBERS["weights/0.1"])
    for place, known in (
        (("weights/0", "0"), True),
        (("model.pt", "model/data/0"), False),
    ):
        inner = replace(file, origin=Origin(place=place, digest="0"))
        assert WeightsReader().claims(inner) is known
