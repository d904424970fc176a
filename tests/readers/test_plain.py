"""Readers of ordinary files: text, images, tables, native code, pointers."""

import base64
import codecs
import marshal
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Executable
from openvet.readers.data import DataReader
from openvet.readers.executable import ExecutableReader
from openvet.readers.image import ImageReader
from openvet.readers.plain import EmptyReader, PlainTextReader, PointerReader
from openvet.subject import Document, Subject
from specimens.archives import ELF, LLAMAFILE, PE, PICKLE, PNG
from specimens.reading import codes, damaged, read, reasons, survives

JPEG = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x04cd\x12\xff\0\x34\xff\xd0\x56\xff\xd9"
GIF = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + b"\x2c" + bytes(9) + b"\2\2ab\0\x3b"
WEBP = b"RIFF" + struct.pack("<L", 12) + b"WEBPVP8 " + bytes(4)
BMP = b"BM" + struct.pack("<LLLL", 30, 0, 26, 12) + bytes(12)
MP4 = struct.pack(">L4s8s", 16, b"ftyp", b"isom") + struct.pack(">L4s", 8, b"mdat")
IMAGES = {"png": PNG, "jpeg": JPEG, "gif": GIF, "riff": WEBP, "bmp": BMP}
IMAGES["iso-media"] = MP4


def document(subjects: list[Subject]) -> Document:
    (found,) = subjects
    assert isinstance(found, Document)
    return found


@pytest.mark.parametrize("kind", IMAGES)
def test_an_image_is_walked_to_its_end(kind: str) -> None:
    found = document(read(ImageReader(), IMAGES[kind]))
    assert (found.format, found.complete, found.payloads) == (kind, True, ())


@pytest.mark.parametrize("kind", IMAGES)
def test_a_program_after_an_image_is_a_payload(kind: str) -> None:
    (payload,) = document(read(ImageReader(), IMAGES[kind] + PICKLE)).payloads
    assert (payload.kind, payload.offset) == ("pickle", len(IMAGES[kind]))


def test_a_second_picture_behind_the_first_is_what_cameras_do() -> None:
    assert document(read(ImageReader(), JPEG + JPEG)).payloads == ()


def test_text_in_an_image_is_kept_and_looked_into() -> None:
    blob = b"note\0" + base64.b64encode(PICKLE)
    chunk = struct.pack(">L4s", len(blob), b"tEXt") + blob + bytes(4)
    found = document(read(ImageReader(), PNG[:33] + chunk + PNG[33:]))
    assert [text.key for text in found.texts] == ["PNG text note"]
    assert [payload.kind for payload in found.payloads] == ["pickle in base64"]


@pytest.mark.parametrize("padding", [b"", bytes(64), b"\0\0\0\x04junk" * 8])
def test_a_program_behind_the_magic_of_an_image_is_a_payload(padding: bytes) -> None:
    found = document(read(ImageReader(), PNG[:8] + padding + PICKLE))
    assert [payload.kind for payload in found.payloads] == ["pickle"]
    assert not found.complete


def test_a_program_in_a_part_that_viewers_skip_is_a_payload() -> None:
    chunk = struct.pack(">L4s", len(PICKLE), b"prVt") + PICKLE + bytes(4)
    segment = b"\xff\xe9" + struct.pack(">H", 2 + len(PE)) + PE
    for data, kind in (
        (PNG[:33] + chunk + PNG[33:], "pickle"),
        (JPEG[:2] + segment + JPEG[2:], "pe"),
    ):
        found = document(read(ImageReader(), data))
        assert [payload.kind for payload in found.payloads] == [kind]
        assert found.complete


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_an_image_cut_off_is_never_called_whole(kind: str) -> None:
    found = document(read(ImageReader(), IMAGES[kind][:-1]))
    assert reasons(found) == {"broken"}


@pytest.mark.parametrize(
    "data",
    [
        b"plain words\n",
        "naïve 漢字 🙂\n".encode(),
        codecs.BOM_UTF8 + b"with a mark",
        "sixteen bits".encode("utf-16"),
        "caf\xe9 au lait, d\xe9j\xe0 vu".encode("latin-1"),
        b"\x1b[31mred\x1b[0m\ttab\r\n\f",
        b"x" * 3_000_000,
    ],
)
def test_text_of_any_encoding_is_read(data: bytes) -> None:
    found = document(read(PlainTextReader(), data))
    assert (found.format, found.complete) == ("text", True)


@pytest.mark.parametrize(
    "data",
    [b"\0\1\2", b"words\0", b"w" * 2_000_000 + b"\0", bytes(range(128, 256)) * 9],
)
def test_what_is_not_text_throughout_is_not_called_text(data: bytes) -> None:
    assert read(PlainTextReader(), data) == []


def test_a_program_encoded_in_text_is_a_payload() -> None:
    blob = base64.b64encode(PICKLE).decode()
    found = document(read(PlainTextReader(), f'{{"weights": "{blob}"}}'.encode()))
    assert [payload.kind for payload in found.payloads] == ["pickle in base64"]


def test_a_character_across_a_boundary_of_reading_is_no_damage() -> None:
    data = b"x" * ((1 << 20) - 1) + "é".encode() + b"y"
    assert document(read(PlainTextReader(), data)).complete


def test_an_empty_file_and_a_pointer_say_what_they_are() -> None:
    assert document(read(EmptyReader(), b"")).complete
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    assert reasons(document(read(PointerReader(), pointer))) == {"pointer"}
    assert read(PlainTextReader(), pointer) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (ELF, "elf"),
        (PE, "pe"),
        (LLAMAFILE, "ape"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(40), "mach-o"),
        (b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(40), "java-class"),
        (b"ftrt" + bytes(40), "tensorrt"),
        (b"\0asm\1\0\0\0", "wasm"),
        (struct.pack("<H", 3495) + b"\r\n" + bytes(12) + b"\xe3" + bytes(20), "pyc"),
    ],
)
def test_native_code_is_known_by_its_structure(data: bytes, kind: str) -> None:
    (found,) = read(ExecutableReader(), data)
    assert isinstance(found, Executable)
    assert found.format == kind


def test_a_code_object_without_a_header_is_known() -> None:
    code = marshal.dumps(compile("print(1)", "x", "exec"))
    (found,) = read(ExecutableReader(), code)
    assert isinstance(found, Executable)
    assert found.format == "pyc"
    assert read(ExecutableReader(), code[:40]) == []


@pytest.mark.parametrize("data", [b"MZ", b"MZ are two letters" * 9, b"\xa7\r\r\nxyz"])
def test_two_letters_are_no_program(data: bytes) -> None:
    assert read(ExecutableReader(), data) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PAR1" + bytes(20) + b"PAR1", "parquet"),
        (b"ARROW1\0\0" + bytes(20) + b"ARROW1", "arrow"),
        (b"SQLite format 3\0" + bytes(99), "sqlite"),
        (b"%PDF-1.7\n1 0 obj\n%%EOF\n", "pdf"),
        (b"fLaC" + bytes(40), "flac"),
        (b"lCRF" + bytes(44), "crfsuite"),
        (b"\0\0\0\1Bud1" + bytes(24), "finder-settings"),
        (b"r\2\1\0" + bytes(105), "stata"),
        (b"<stata_dta><header>" + bytes(40), "stata"),
        (b"MATLAB 5.0 MAT-file, " + bytes(107), "matlab"),
    ],
)
def test_tables_and_media_are_data(data: bytes, kind: str) -> None:
    found = document(read(DataReader(), data))
    assert (found.format, found.complete, found.payloads) == (kind, True, ())


def test_a_program_after_a_document_is_a_payload() -> None:
    (payload,) = document(read(DataReader(), b"%PDF-1.7\n%%EOF\n" + PE)).payloads
    assert payload.kind == "pe"


@pytest.mark.parametrize("shift", [b"", b"x", b"xy", b"xyz"])
def test_a_pickled_type_in_a_schema_is_a_defect(shift: bytes) -> None:
    schema = bytes(30) + b"arrow.py_extension_type" + bytes(60)
    arrow = b"ARROW1\0\0" + schema + b"ARROW1"
    parquet = b"PAR1" + shift + base64.b64encode(schema) + b"PAR1"
    for data in (arrow, parquet):
        found = document(read(DataReader(), data))
        assert codes(found) == {"arrow-python-extension"}


@given(damaged(*IMAGES.values(), b"%PDF-1.7\n%%EOF\n", ELF, PE))
def test_damage_never_raises(data: bytes) -> None:
    for reader in (ImageReader(), DataReader(), ExecutableReader(), PlainTextReader()):
        survives(reader, data)


@given(st.binary(max_size=500))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    for reader in (
        PlainTextReader(),
        EmptyReader(),
        PointerReader(),
        ExecutableReader(),
    ):
        survives(reader, data)
