import io
import struct
import zipfile

import pytest

from openvet.artifacts import Graph
from openvet.check import Context
from openvet.readers.tflite import TfliteReader
from openvet.readers.zip import ZipReader
from openvet.subject import File
from specimens.graphs import (
    PICKLE,
    FlatTable,
    FlatVector,
    flat_text,
    flatbuffer,
    read,
    tflite,
    tflite_code,
)


def graph(data: bytes) -> Graph:
    subject = read(TfliteReader(), data)[-1]
    assert isinstance(subject, Graph)
    return subject


def test_builtin_and_custom_operators_are_told_apart() -> None:
    subject = graph(tflite(tflite_code(3), tflite_code(custom="MyOp")))
    assert [(one.domain, one.name) for one in subject.operations] == [
        ("", "builtin 3"),
        ("custom", "MyOp"),
    ]
    assert subject.complete
    assert subject.texts[0].value == "tiny"


def test_a_tensor_larger_than_its_buffer_is_an_attack() -> None:
    subject = graph(tflite(tflite_code(3), shape=(2**15, 2**15)))
    assert [defect.code for defect in subject.defects] == ["tflite-tensor-size"]


def test_a_count_beyond_the_file_is_an_attack_and_not_followed() -> None:
    data = bytearray(tflite(tflite_code(3)))
    at = data.index(b"main") - 4
    struct.pack_into("<I", data, at, 2**32 - 1)
    subject = graph(bytes(data))
    assert not subject.complete
    assert [defect.code for defect in subject.defects] == ["flatbuffer-offset"]


def test_an_operator_of_no_known_code_is_an_attack() -> None:
    data = tflite(tflite_code(3), tflite_code(4))
    operator = struct.pack("<I", 1)
    at = data.rindex(operator)
    changed = data[:at] + struct.pack("<I", 9) + data[at + 4 :]
    codes = [defect.code for defect in graph(changed).defects]
    assert codes in (["tflite-operator-code"], ["tflite-buffer-number"])


def test_a_program_behind_the_model_is_found() -> None:
    assert [one.kind for one in graph(tflite(tflite_code(3)) + PICKLE).payloads] == [
        "pickle"
    ]


def test_a_program_in_a_buffer_is_found() -> None:
    data = tflite(tflite_code(3), data=b"\x7fELF\2\1\1" + bytes(57))
    assert [payload.kind for payload in graph(data).payloads] == ["elf"]


@pytest.mark.parametrize("name", ["TFLITE_METADATA", "other"])
def test_files_packed_behind_a_model_with_metadata_are_read_further(name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("labels.txt", "cat\ndog\n")
    metadata = FlatTable([flat_text(name), struct.pack("<I", 0)])
    model = FlatTable(
        [
            struct.pack("<I", 3),
            *[None] * 3,
            FlatVector([FlatTable([])]),
            None,
            FlatVector([metadata]),
        ]
    )
    subjects = read(TfliteReader(), flatbuffer(model, b"TFL3") + packed.getvalue())
    kinds = [type(subject) for subject in subjects]
    assert kinds == ([File, Graph] if name == "TFLITE_METADATA" else [Graph])
    assert bool(subjects[-1].payloads) == (name == "other")


@pytest.mark.parametrize("hostile", [False, True])
def test_offsets_of_packed_files_may_count_from_the_start_of_the_model(
    *, hostile: bool
) -> None:
    metadata = FlatTable([flat_text("TFLITE_METADATA"), struct.pack("<I", 0)])
    fields = [struct.pack("<I", 3), *[None] * 3, FlatVector([FlatTable([])]), None]
    model = flatbuffer(FlatTable([*fields, FlatVector([metadata])]), b"TFL3")
    packed = io.BytesIO(model + bytes(hostile))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("labels.txt", "cat\ndog\n")
    data = packed.getvalue()
    packed_file, _ = read(TfliteReader(), model + data[len(model) + hostile :])
    assert isinstance(packed_file, File)
    found = list(ZipReader().read(packed_file, Context()))
    assert [part.name for part in found if isinstance(part, File)] == ["labels.txt"]
    assert bool(found[-1].defects) == hostile


def test_the_operators_and_delegates_of_an_executorch_program_are_read() -> None:
    operator = FlatTable([flat_text("aten::add"), flat_text("out")])
    delegate = FlatTable([flat_text("XnnpackBackend")])
    plan = FlatTable(
        [
            flat_text("forward"),
            *[None] * 5,
            FlatVector([operator]),
            FlatVector([delegate]),
        ]
    )
    program = FlatTable([struct.pack("<I", 0), FlatVector([plan])])
    subject = graph(flatbuffer(program, b"ET12"))
    assert [(one.domain, one.name) for one in subject.operations] == [
        ("aten", "add"),
        ("delegate", "XnnpackBackend"),
    ]


def test_commands_among_the_texts_of_metadata_are_kept() -> None:
    commands = "import os; os.system('true')"
    texts = f"\0\1M001\0{commands}\0a description of the model\0".encode()
    described = [FlatTable([]), FlatTable([FlatVector(texts)])]
    metadata = FlatTable([flat_text("notes"), struct.pack("<I", 1)])
    fields = [struct.pack("<I", 3), *[None] * 3, FlatVector(described), None]
    # However many names one buffer has, it is searched a few times at most.
    names = FlatVector([metadata] * 300)
    subject = graph(flatbuffer(FlatTable([*fields, names]), b"TFL3"))
    assert {one.value for one in subject.texts} == {commands}
