"""What players skip in sound and pictures, and what they show."""

import random
import struct
import zlib

import pytest

from openvet.readers.data import DataReader
from openvet.readers.image import ImageReader
from openvet.subject import Document, Subject
from specimens.media import PARTS, jpeg, mp3, png, wav
from specimens.reading import file_of, read
from specimens.tensors import PICKLE, elf

EXIF = b"II*\0\x08\0\0\0\1\0\x0f\1\2\0\x14\0\0\0" + b"A maker of cameras\0\0"
XMP = (
    b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin='' id='W5M0'?>"
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><dc:title>Import of the eval"
    b" system</dc:title></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)


def document(name: str, data: bytes) -> Document:
    reader = next(r for r in (ImageReader(), DataReader()) if r.claims(file_of(data)))
    (found,) = read(reader, data, name=name)
    assert isinstance(found, Document)
    return found


def payloads(found: Subject) -> list[tuple[str, bool]]:
    return [(one.kind, one.low_confidence) for one in found.payloads]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize(("kind", "data"), [("pickle", PICKLE), ("elf", elf())])
def test_a_program_shows_in_every_part(name: str, kind: str, data: bytes) -> None:
    assert payloads(document(name, PARTS[name](data))) == [(kind, False)]


@pytest.mark.parametrize("name", PARTS)
def test_words_and_thumbnails_are_what_such_parts_are_for(name: str) -> None:
    if name.startswith("end."):
        return
    for said in (b"A picture of a model, by an honest maker", EXIF, XMP, jpeg()):
        found = document(name, PARTS[name](said))
        assert (found.complete, found.payloads) == (True, ())


@pytest.mark.parametrize("name", PARTS)
def test_noise_in_a_part_is_no_program(name: str) -> None:
    chance = random.Random(name)  # noqa: S311 - noise, not secrets
    found = document(name, PARTS[name](chance.randbytes(50_000)))
    assert all(weak for _, weak in payloads(found))


def test_a_program_deep_in_a_profile_is_found_where_it_stands() -> None:
    profile = b"ICC_PROFILE\0\1\1" + bytes(500)
    (found,) = document("a.jpg", jpeg((0xE2, profile + elf()))).payloads
    assert (found.kind, found.offset) == ("elf", 6 + len(profile))


def test_tags_are_texts() -> None:
    title = b"\0A song about a model"
    for data in (
        png((b"zTXt", b"Title\0\0" + zlib.compress(title))),
        mp3((b"TIT2", title)),
        wav((b"LIST", b"INFOINAM" + struct.pack("<I", len(title)) + title)),
    ):
        texts = document("a", data).texts
        assert any("A song about a model" in text.value for text in texts)


def test_a_tag_that_unpacks_without_end_is_cut() -> None:
    packed = zlib.compress(bytes(50 << 20))
    found = document("a.png", png((b"zTXt", b"Comment\0\0" + packed)))
    assert found.payloads == ()
