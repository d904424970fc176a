"""Every reader of graphs, on whole models and on damaged ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.budget import Budget
from openvet.check import Reader
from openvet.formats.protobuf import Wire
from openvet.readers.checkpoint import CheckpointReader
from openvet.readers.coreml import CoreMlReader
from openvet.readers.layers import LayersReader
from openvet.readers.mxnet import MxnetReader
from openvet.readers.onnx import OnnxReader
from openvet.readers.tensorflow import TensorFlowReader
from openvet.readers.textproto import TextProtoReader
from openvet.readers.tflite import TfliteReader
from openvet.readers.weights import WeightsReader
from openvet.readers.xml import XmlReader
from openvet.source import BytesSource
from openvet.subject import File
from specimens.graphs import (
    caffe,
    caffe_layer,
    checkpoint_index,
    coreml,
    damaged,
    keras_metadata,
    onnx,
    onnx_external,
    onnx_node,
    onnx_tensor,
    paddle,
    proto,
    read,
    saved_model,
    tf_const,
    tf_function,
    tf_graph,
    tf_node,
    tflite,
    tflite_code,
)

SUBGRAPH = (5, proto((1, "then"), (6, proto((1, onnx_node("Relu")), (2, "s")))))
ONNX = onnx(
    onnx_node("If", SUBGRAPH),
    tensors=(onnx_tensor((9, bytes(8))), onnx_external(location="w.bin")),
    model=((14, proto((1, "author"), (2, "nobody"))),),
)
GRAPH = tf_graph(
    tf_const("name", "out.txt"),
    tf_node("write", "WriteFile", (3, "name")),
    functions=(tf_function("f", tf_node("a", "Add")),),
)
NETWORK = b'name: "n"\nlayer { name: "a" type: "ReLU" } # end\n'
OPENVINO = (
    b'<?xml version="1.0"?><net name="m"><layers><layer id="0" name="x" type="Const"'
    b' version="opset1"><data element_type="f32" shape="2, 4" offset="0" size="32"/>'
    b"</layer></layers></net>"
)
SYMBOL = b'{"nodes": [{"op": "null", "name": "x"}, {"op": "relu", "name": "y"}]}'
WHOLE: dict[str, tuple[Reader[File], bytes, str]] = {
    "onnx": (OnnxReader(), ONNX, "model.onnx"),
    "tensorflow-graph": (TensorFlowReader(), GRAPH, "frozen.pb"),
    "saved-model": (TensorFlowReader(), saved_model(GRAPH), "saved_model.pb"),
    "keras-metadata": (TensorFlowReader(), keras_metadata("{}"), "k.pb"),
    "tflite": (TfliteReader(), tflite(tflite_code(3), tflite_code(0, "Op")), "m"),
    "coreml": (
        CoreMlReader(),
        coreml((500, proto((1, proto((1, "a"), (500, proto((10, "C")))))))),
        "m.mlmodel",
    ),
    "caffe": (LayersReader(), caffe(caffe_layer("a", "ReLU")), "m.caffemodel"),
    "paddle": (LayersReader(), paddle("relu", "py_func"), "__model__"),
    "checkpoint": (
        CheckpointReader(),
        checkpoint_index(a=(0, 16), b=(16, 8)),
        "variables.index",
    ),
    "prototxt": (TextProtoReader(), NETWORK, "deploy.prototxt"),
    "openvino": (XmlReader(), OPENVINO, "model.xml"),
    "mxnet": (MxnetReader(), SYMBOL, "model-symbol.json"),
    "weights": (WeightsReader(), bytes(range(256)), "w.data-00000-of-00001"),
}
PROTOBUF = ("onnx", "tensorflow-graph", "saved-model", "coreml", "caffe", "paddle")
ENDS = {
    form: {one.stop for one in Wire(BytesSource(WHOLE[form][1]), Budget()).fields()}
    for form in PROTOBUF
}
"""Where a message may end as well: after any of its fields."""
ENDS["prototxt"] = set(range(NETWORK.index(b"}") + 1, len(NETWORK)))
ENDS["weights"] = set(range(256))
FORMATS = pytest.mark.parametrize("form", WHOLE)


@FORMATS
def test_a_whole_model_is_read_whole(form: str) -> None:
    reader, data, name = WHOLE[form]
    subjects = read(reader, data, name)
    assert subjects
    assert all(subject.complete for subject in subjects)
    assert not any(subject.defects for subject in subjects)


@FORMATS
@given(data=st.data())
def test_a_damaged_model_never_raises(form: str, data: st.DataObject) -> None:
    reader, whole, name = WHOLE[form]
    read(reader, data.draw(damaged(whole)), name)


@FORMATS
@given(data=st.data())
def test_a_cut_model_is_never_called_complete(form: str, data: st.DataObject) -> None:
    reader, whole, name = WHOLE[form]
    at = data.draw(st.integers(1, len(whole) - 1))
    if at in ENDS.get(form, ()):
        return
    subjects = [s for s in read(reader, whole[:at], name) if not isinstance(s, File)]
    assert not subjects or not all(subject.complete for subject in subjects)


@FORMATS
@given(noise=st.binary(max_size=300))
def test_noise_is_nobody_s_model(form: str, noise: bytes) -> None:
    reader, _, _ = WHOLE[form]
    if form != "weights":
        assert read(reader, b"\x93" + noise, "noise") == []
