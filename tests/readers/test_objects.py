import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.allow.objects import judge
from openvet.artifacts import Config, ObjectTree, TensorIndex
from openvet.budget import Budget, Limits
from openvet.check import Context
from openvet.errors import OverBudgetError
from openvet.finding import Severity
from openvet.readers.objects import ConfigObjectsReader, MetadataObjectsReader
from openvet.subject import Origin
from specimens.objects import DENSE, LAMBDA, sequential

ORIGIN = Origin(place=("config.json",), digest="0")


def trees(data: Any) -> list[ObjectTree]:
    config = Config(origin=ORIGIN, format="json", name="config.json", data=data)
    context = Context(budget=Budget(Limits(steps=1_000_000)))
    found = list(ConfigObjectsReader().read(config, context))
    assert all(isinstance(one, ObjectTree) for one in found)
    return [one for one in found if isinstance(one, ObjectTree)]


def names(data: Any) -> list[tuple[str, str, str, str]]:
    return [
        (tree.format, made.kind, f"{made.module}.{made.name}".strip("."), made.key)
        for tree in trees(data)
        for made in tree.made
    ]


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        "text",
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
        {"class_name": "x"},
        {"target": "https://example.invalid/a.b"},
        {"target": {"a": 1}},
        {"py/id": 3},
        {"target": "main.py"},
        {"x": {"target": "model.bin"}},
    ],
)
def test_ordinary_configurations_name_no_objects(data: object) -> None:
    assert trees(data) == []


def test_every_layer_of_nested_models_and_wrappers_is_found() -> None:
    inner = sequential({"class_name": "TimeDistributed", "config": {"layer": LAMBDA}})
    found = names(sequential(DENSE, inner))
    assert [name for _, _, name, _ in found] == [
        "Sequential", "Dense", "Sequential", "TimeDistributed", "Lambda",
    ]  # fmt: skip
    assert found[-1][-1] == "config.layers[1].config.layers[0].config.layer"


def test_names_in_the_bytecode_of_a_lambda_are_shown() -> None:
    code = base64.b64encode(b"\xe3\0\0\0\0__import__\xda\x02os\xda\x06system").decode()
    node = {"class_name": "Lambda", "config": {"function": [code, None, None]}}
    (tree,) = trees(sequential(node))
    assert "__import__" in tree.made[1].detail
    assert "system" in tree.made[1].detail


def test_a_function_object_is_named_by_its_configuration() -> None:
    node = {"module": "builtins", "class_name": "function", "config": "exec"}
    data = sequential(DENSE) | {"compile_config": {"loss": node}}
    assert ("keras", "function", "builtins.exec", "compile_config.loss") in names(data)


def test_a_vocabulary_kept_as_a_path_is_a_reference() -> None:
    node = {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}}
    (tree,) = trees(sequential(node))
    (reference,) = tree.references
    assert reference.value == "/etc/passwd"
    assert "CVE-2025-12058" in reference.opens


def test_a_vocabulary_kept_as_words_is_none() -> None:
    node = {"class_name": "StringLookup", "config": {"vocabulary": ["/etc", "b"]}}
    (tree,) = trees(sequential(node))
    assert tree.references == ()


def test_a_function_of_tensorflow_named_by_a_layer_is_found() -> None:
    node = {"class_name": "TFOpLambda", "config": {"function": "io.write_file"}}
    assert ("keras", "function", "tensorflow.io.write_file") in [
        found[:3] for found in names(sequential(node))
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": {"_target_": "os.system"}}, ("function", "os.system", "a._target_")),
        ({"target": "ldm.X", "params": {}}, ("class", "ldm.X", "target")),
        (
            {"m": {"class_path": "a.B", "init_args": {}}},
            ("class", "a.B", "m.class_path"),
        ),
        ({"_component_": "torchtune.x"}, ("function", "torchtune.x", "_component_")),
        ({"_target_": "eval"}, ("function", "eval", "_target_")),
    ],
)
def test_targets_are_found_where_frameworks_look(
    data: object, expected: tuple[str, str, str]
) -> None:
    assert names(data) == [("hydra", *expected)]


def test_what_hydra_looks_up_is_a_name_too() -> None:
    data = {"_target_": "hydra.utils.get_method", "path": "os.system"}
    assert [name for _, _, name, _ in names(data)] == [
        "hydra.utils.get_method", "os.system",
    ]  # fmt: skip


@pytest.mark.parametrize("tag", ["py/function", "py/type"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_reduction_of_jsonpickle_is_one_call(tag: str, wrapped: bool) -> None:
    parts: Any = [{tag: "os.system"}, {"py/tuple": ["true"]}]
    data = {"py/reduce": {"py/tuple": parts} if wrapped else parts}
    ((tree,),) = [trees(data)]
    (made,) = tree.made
    assert (made.kind, made.module, made.name) == ("reduce", "os", "system")
    assert "true" in made.detail


def test_a_module_of_jsonpickle_names_what_is_taken_out_of_it() -> None:
    (named,) = names({"py/mod": "os/os.system"})
    assert named == ("jsonpickle", "type", "os.system", "py/mod")
    ((tree,),) = [trees({"py/reduce": [{"py/mod": "os/os.system"}, ["true"]]})]
    assert [(one.kind, one.module, one.name) for one in tree.made] == [
        ("reduce", "os", "system")
    ]


BUNDLE = {
    "imports": ["$import os", "$from glob import glob", "$import torch"],
    "bundle_root": ".",
    "device": "$torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
    "images": "$sorted(glob(os.path.join(@bundle_root, '*.nii.gz')))",
    "net": {"_target_": "torch.nn.Linear", "in_features": "$len(@images)"},
    "run": ["$@net.to(@device)", "$@train#handlers[0].run()"],
}


def test_expressions_of_a_bundle_are_read_for_what_they_reach() -> None:
    assert {name for _, _, name, _ in names(BUNDLE)} == {"torch.nn.Linear"}
    for text in ("$os.system('true')", "$__import__('os').popen(@bundle_root)"):
        hostile = {**BUNDLE, "run": [text]}
        found = [(one[0], one[2]) for one in names(hostile) if one[0] == "monai"]
        assert found
        assert all(name.startswith("os.") for _, name in found)


def test_an_expression_that_is_no_python_is_silent() -> None:
    assert names({"imports": [], "a": "$(", "b": "$5 a month", "c": "$"}) == []


YOLO = {
    "nc": 80,
    "activation": "nn.LeakyReLU(0.1)",
    "backbone": [[-1, 1, "Conv", [64, 3, 2]], [-1, 1, "nn.Upsample", ["None", 2]]],
    "head": [[[-1, 6], 1, "Concat", [1]], [[17, 20], 1, "Detect", ["nc", "anchors"]]],
}


def test_a_layer_of_yolo_is_no_code() -> None:
    assert names(YOLO) == []


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "exec('import os')",
        "nn.SiLU() or print(1)",
        "[x for x in ().__class__.__mro__]",
        "os.system('true')",
    ],
)
def test_what_a_yolo_loader_evaluates_is_named(text: str) -> None:
    assert names({**YOLO, "activation": text}) == [
        ("yolo", "reduce", "builtins.eval", "activation")
    ]
    layers = {**YOLO, "head": [[-1, 1, "Conv", [64, text]]]}
    assert names(layers) == [("yolo", "reduce", "builtins.eval", "head[0][3]")]


def test_an_expression_of_jsonpickle_is_an_eval() -> None:
    found = names([{"py/repr": "os/os.system('true')"}])
    assert found == [("jsonpickle", "reduce", "builtins.eval", "[0].py/repr")]


def node(loader: str, module: str, name: str, content: object = None) -> dict[str, Any]:
    return {
        "__class__": name,
        "__module__": module,
        "__loader__": loader,
        "content": content,
    }


def test_nodes_of_skops_are_named_by_what_they_build() -> None:
    function = node("FunctionNode", "builtins", "function")
    function["content"] = {"module_path": "numpy", "function": "log1p"}
    data = node("ObjectNode", "sklearn.pipeline", "Pipeline", {"steps": function})
    assert [found[1:3] for found in names(data)] == [
        ("class", "sklearn.pipeline.Pipeline"),
        ("function", "numpy.log1p"),
    ]


@pytest.mark.parametrize(
    ("data", "consistent"),
    [
        (node("OperatorFuncNode", "operator", "itemgetter"), True),
        (node("OperatorFuncNode", "builtins", "eval"), False),
        (node("ListNode", "builtins", "list", []), True),
        (node("ListNode", "subprocess", "Popen", []), False),
        (
            node("MethodNode", "a.b", "C", {"func": "f", "obj": node("X", "a.c", "C")}),
            True,
        ),
        (
            node("MethodNode", "a.b", "C", {"func": "f", "obj": node("X", "os", "C")}),
            False,
        ),
        (node("MethodNode", "a.b", "C", "text"), False),
    ],
)
def test_a_loader_that_builds_something_else_is_a_defect(
    data: dict[str, Any], consistent: bool
) -> None:
    (tree,) = trees(data)
    assert (
        [d.code for d in tree.defects] == [] if consistent else ["skops-inconsistent"]
    )


def test_objects_in_the_metadata_of_weights_are_found() -> None:
    metadata = {"format": "pt", "config": json.dumps({"_target_": "os.system"})}
    weights = TensorIndex(
        origin=ORIGIN, format="safetensors", count=0, parameters=0, tensors=(),
        metadata=metadata,
    )  # fmt: skip
    reader = MetadataObjectsReader()
    assert reader.claims(weights)
    (tree,) = reader.read(weights, Context())
    assert isinstance(tree, ObjectTree)
    assert tree.made[0].module == "os"


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["os.system"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([
                "class_name", "module", "config", "registered_name", "_target_",
                "target", "params", "py/object", "py/reduce", "py/repr", "__class__",
                "__module__", "__loader__", "content", "obj", "func", "vocabulary",
            ]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)  # fmt: skip


@given(JSON)
def test_any_document_ends_in_facts(data: object) -> None:
    with suppress(OverBudgetError):
        trees(data)


def test_a_deep_document_is_walked_without_recursion() -> None:
    data: Any = LAMBDA
    for _ in range(50_000):
        data = [data]
    found = names({"class_name": "Model", "config": data})
    assert [name for _, _, name, _ in found] == ["Model", "Lambda"]


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("org.apache.spark.ml.PipelineModel", None),
        ("com.johnsnowlabs.nlp.annotators.Tokenizer", None),
        ("java.lang.ProcessBuilder", Severity.HIGH),
        ("os.system", Severity.CRITICAL),
    ],
)
def test_the_class_that_reads_a_stage_of_spark_is_judged(
    path: str, severity: Severity | None
) -> None:
    data = {"class": path, "sparkVersion": "3.5.0", "paramMap": {}}
    (one,) = trees(data)[0].made
    found = judge("spark", one)
    assert (found and found.severity) == severity
