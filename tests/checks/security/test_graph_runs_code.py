from pathlib import Path

import pytest

from openvet.artifacts import Graph, Operation
from openvet.check import Context
from openvet.checks.security.graph_runs_code import GraphRunsCode
from openvet.finding import Finding, Severity
from openvet.subject import Origin
from specimens.graphs import onnx, onnx_node, saved_model, tf_const, tf_graph, tf_node


def flagged(folder: Path) -> None:
    nodes = tf_const("name", "out.txt"), tf_node("w", "WriteFile", (3, "name"))
    (folder / "saved_model.pb").write_bytes(saved_model(tf_graph(*nodes)))


def passed(folder: Path) -> None:
    nodes = tf_const("name", "model"), tf_node("save", "SaveV2", (3, "name"))
    (folder / "saved_model.pb").write_bytes(saved_model(tf_graph(*nodes)))
    (folder / "model.onnx").write_bytes(onnx(onnx_node("Relu")))


def run(runtime: str, name: str, detail: str = "", domain: str = "") -> list[Finding]:
    subject = Graph(
        origin=Origin(place=("model",), digest="0"),
        format=runtime,
        operations=(Operation(name=name, detail=detail, domain=domain),),
    )
    return list(GraphRunsCode().run(subject, Context()))


def severity(runtime: str, name: str, detail: str = "", domain: str = "") -> Severity:
    (finding,) = run(runtime, name, detail, domain)
    return finding.severity


@pytest.mark.parametrize(
    "name",
    [
        "PyFunc",
        "PyFuncStateless",
        "EagerPyFunc",
        "ReadFile",
        "WriteFile",
        "MatchingFiles",
        "ImmutableConst",
        "RpcCall",
        "DataServiceDatasetV4",
        "SqlDataset",
        "CreateSummaryFileWriter",
        "DebugIdentityV3",
        "DumpTensor",
        "XlaCustomCallV2",
    ],
)
def test_what_reaches_beyond_tensors_in_tensorflow_fails(name: str) -> None:
    assert severity("tensorflow-saved-model", name) is Severity.HIGH


@pytest.mark.parametrize("name", ["Add", "Const", "SaveV2", "RestoreV2", "Unheard"])
def test_ordinary_and_unknown_operations_of_tensorflow_are_silent(name: str) -> None:
    assert run("tensorflow-saved-model", name) == []


def test_a_training_graph_may_hold_the_pipeline_that_read_its_examples() -> None:
    assert severity("tensorflow-meta-graph", "ReadFile") is Severity.MEDIUM
    assert severity("tensorflow-meta-graph", "WriteFile") is Severity.HIGH


def test_a_checkpoint_outside_the_folder_fails_when_written() -> None:
    assert severity("tensorflow-graph", "SaveV2", "'/etc/x'") is Severity.HIGH
    assert severity("tensorflow-graph", "RestoreV2", "'/data/x'") is Severity.MEDIUM


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("PrintV2", "output_stream=file:///srv/x"),
        ("DecodeProtoV2", "descriptor_source=/srv/x"),
        ("FixedUnigramCandidateSampler", "vocab_file=/srv/x"),
    ],
)
def test_an_attribute_that_names_a_file_fails(name: str, detail: str) -> None:
    assert severity("tensorflow-graph", name, detail) is Severity.HIGH


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("PrintV2", "output_stream=stderr"),
        ("PrintV2", "output_stream=log(info)"),
        ("PrintV2", ""),
        ("DecodeProtoV2", "descriptor_source=local://"),
        ("FixedUnigramCandidateSampler", "vocab_file="),
    ],
)
def test_an_attribute_that_names_no_file_is_silent(name: str, detail: str) -> None:
    assert run("tensorflow-graph", name, detail) == []


@pytest.mark.parametrize("domain", ["", "ai.onnx.contrib", "com.microsoft", "x.y"])
def test_python_in_onnx_fails_in_any_domain(domain: str) -> None:
    assert severity("onnx", "PyOp", domain=domain) is Severity.HIGH


@pytest.mark.parametrize("detail", ["", "operator=from_file", "operator=system"])
def test_aten_in_onnx_fails_for_what_an_exporter_does_not_write(detail: str) -> None:
    assert severity("onnx", "ATen", detail, "org.pytorch.aten") is Severity.HIGH


def test_aten_in_onnx_is_a_review_for_what_an_exporter_writes() -> None:
    found = severity("onnx", "ATen", "operator=embedding_bag", "org.pytorch.aten")
    assert found is Severity.MEDIUM


@pytest.mark.parametrize("name", ["aten::save", "aten::from_file", "prim::PythonOp"])
def test_files_and_python_in_torchscript_fail(name: str) -> None:
    assert severity("torchscript", name, domain="torchscript") is Severity.HIGH


def test_a_tensorflow_operation_in_tflite_is_judged_as_one() -> None:
    assert severity("tflite", "FlexWriteFile", domain="custom") is Severity.HIGH
    assert run("tflite", "FlexAdd", domain="custom") == []


@pytest.mark.parametrize(
    ("runtime", "name"),
    [("mxnet", "Custom"), ("caffe", "Python"), ("paddle", "py_func")],
)
def test_python_in_other_runtimes_fails(runtime: str, name: str) -> None:
    assert severity(runtime, name) is Severity.HIGH


def test_the_same_name_elsewhere_is_silent() -> None:
    assert run("onnx", "Custom") == []
    assert run("openvino", "Python") == []


def test_a_native_library_fails() -> None:
    subject = Graph(
        origin=Origin(place=("model.xml",), digest="0"),
        format="openvino",
        operations=(),
        libraries=("libmine.so",),
    )
    (finding,) = GraphRunsCode().run(subject, Context())
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize(
    "name",
    [
        "aten::from_file",
        "aten::save",
        "image::read_file",
        "image::write_file",
        "video_reader::read_video_from_file",
        "torchaudio::sox_io_save_audio_file",
        "torchcodec_ns::create_from_file",
        "mine::downloadModel",
        "mine::run_system",
        "torch::load_library",
    ],
)
def test_what_reaches_beyond_tensors_in_torchscript_fails(name: str) -> None:
    assert severity("torchscript", name) is Severity.HIGH
    assert severity("exported-program", name) is Severity.HIGH
    space, _, own = name.partition("::")
    assert severity("executorch", own, domain=space) is Severity.HIGH


@pytest.mark.parametrize(
    "name",
    [
        "aten::add",
        "aten::_fft_r2c",
        "aten::_use_cudnn_ctc_loss",
        "prim::data",
        "quantized::linear_dynamic",
        "torchvision::nms",
        "image::decode_jpeg",
        "mine::profile_forward",
        "mine::filelike",
    ],
)
def test_what_stays_with_tensors_in_torchscript_is_silent(name: str) -> None:
    assert run("torchscript", name) == []


@pytest.mark.parametrize(
    "name",
    ["py_func", "load", "load_combine", "save", "save_combine", "listen_and_serv",
     "send", "recv", "gen_nccl_id"],
)  # fmt: skip
def test_what_reaches_beyond_tensors_in_paddle_fails(name: str) -> None:
    assert severity("paddle", name) is Severity.HIGH


@pytest.mark.parametrize(
    "name",
    ["matmul", "feed", "fetch", "while", "conditional_block", "send_v2", "print"],
)
def test_what_stays_with_tensors_in_paddle_is_silent(name: str) -> None:
    assert run("paddle", name) == []


def test_what_ends_the_process_is_a_review() -> None:
    assert severity("tensorflow-graph", "Abort") is Severity.MEDIUM


def test_a_function_of_python_in_an_exported_program_fails() -> None:
    assert severity("exported-program", "torch.os.system", domain="python") is (
        Severity.HIGH
    )
