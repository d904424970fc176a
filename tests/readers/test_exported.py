import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Config, Graph
from openvet.check import Context
from openvet.formats.exported import is_exported, target_of
from openvet.readers.exported import ExportedProgramReader
from openvet.report import Report
from openvet.subject import Origin
from specimens.archives import zipped


def program(*targets: str, inner: str = "") -> dict[str, Any]:
    """Return an exported program whose nodes call the targets."""
    nodes: list[dict[str, object]] = [
        {"target": name, "inputs": [], "outputs": []} for name in targets
    ]
    if inner:
        graph = {"nodes": [{"target": inner, "inputs": []}]}
        argument = {"arg": {"as_graph": {"name": "true_graph_0", "graph": graph}}}
        nodes.append(
            {
                "target": "torch.ops.higher_order.cond",
                "inputs": [argument],
                "outputs": [],
            }
        )
    return {
        "graph_module": {"graph": {"inputs": [], "nodes": nodes}, "signature": {}},
        "opset_version": {"aten": 10},
        "schema_version": {"major": 8, "minor": 1},
        "torch_version": "2.13.0",
    }


def archive(*targets: str) -> bytes:
    """Return a `.pt2` archive."""
    model = json.dumps(program(*targets)).encode()
    return zipped([("m/archive_format", b"pt2"), ("m/models/model.json", model)])


def read(data: object) -> list[Graph]:
    origin = Origin(place=("m.pt2",), digest="0")
    config = Config(origin=origin, format="json", name="model.json", data=data)
    reader = ExportedProgramReader()
    if not reader.claims(config):
        return []
    return [one for one in reader.read(config, Context()) if isinstance(one, Graph)]


def test_operators_are_named_with_their_namespace() -> None:
    (graph,) = read(program("torch.ops.aten.add.Tensor", "_operator.mul"))
    assert [operation.name for operation in graph.operations] == [
        "_operator.mul",
        "aten::add",
    ]


def test_a_branch_is_a_graph_too() -> None:
    (graph,) = read(program(inner="torch.ops.image.read_file.default"))
    assert "image::read_file" in {operation.name for operation in graph.operations}


@pytest.mark.parametrize(
    "name",
    [
        "torch.os.system",
        "torch.load",
        "torch.hub.load",
        "math.__loader__.load_module",
        "os.system",
        "_operator.methodcaller",
        "torch.sys.modules.get",
    ],
)
def test_a_path_that_is_no_operator_is_a_function_of_python(name: str) -> None:
    assert target_of(name).python


@pytest.mark.parametrize(
    "name",
    [
        "torch.ops.aten.add.Tensor",
        "torch.ops.higher_order.wrap_with_set_grad_enabled",
        "_operator.getitem",
        "math.ceil",
        "torch.sym_max",
        "torch._sym_sqrt",
        "torch.full_like",
    ],
)
def test_arithmetic_is_arithmetic(name: str) -> None:
    assert not target_of(name).python


def test_other_documents_are_none() -> None:
    others: tuple[object, ...] = ({}, [], {"graph_module": 1}, None, "x")
    for data in others:
        assert not is_exported(data)
        assert read(data) == []


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["target", "inputs", "graph"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_document_gets_an_answer(inner: object) -> None:
    assert len(read({**program(), "graph_module": inner})) == 1


def test_a_function_of_python_fails_the_audit_and_arithmetic_passes(
    tmp_path: Path, audit: Callable[[Path], Report]
) -> None:
    bad, good = tmp_path / "bad.pt2", tmp_path / "good.pt2"
    bad.write_bytes(archive("torch.ops.aten.add.Tensor", "torch.os.system"))
    good.write_bytes(archive("torch.ops.aten.add.Tensor", "_operator.mul"))
    assert audit(bad).verdict == "not-passed"
    assert audit(good).verdict == "passed"
