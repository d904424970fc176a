from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Graph
from openvet.check import Context
from openvet.readers.torchscript import TorchScriptReader
from openvet.source import BytesSource
from openvet.subject import File, Origin

CODE = """\
class M(Module):
  __parameters__ = []
  training : bool
  def forward(self: __torch__.M,
    x: Tensor) -> Tensor:
    _0 = "torch.save(1) is a string \\"torch.load("
    y = __torch__.torch.nn.functional.relu((self.l).forward(x, ), False, )
    z = torch.from_file("/etc/hostname", False, 4)
    return torch.add(ops.prim.data(torch.add(y, z)), torch.fft_rfft(x))
"""


def read(text: str, name: str = "archive/code/__torch__.py") -> list[Graph]:
    origin = Origin(place=("m.pt",), digest="0").at(name)
    file = File(origin=origin, source=BytesSource(text.encode("utf-8", "replace")))
    reader = TorchScriptReader()
    if not reader.claims(file):
        return []
    return [s for s in reader.read(file, Context()) if isinstance(s, Graph)]


def test_operators_are_named_as_the_loader_names_them() -> None:
    (graph,) = read(CODE)
    counts = {operation.name: operation.count for operation in graph.operations}
    assert counts == {
        "aten::from_file": 1,
        "aten::add": 2,
        "prim::data": 1,
        "aten::fft_rfft": 1,
    }
    opened = graph.operations[0]
    assert (opened.domain, opened.where) == ("torchscript", "M.forward")
    assert "/etc/hostname" in opened.detail


def test_text_in_strings_is_no_operator() -> None:
    (graph,) = read(CODE)
    assert "aten::save" not in {operation.name for operation in graph.operations}


def test_classes_of_native_libraries_are_named_too() -> None:
    line = "    _0 = __torch__.torch.classes.mine.Engine.__new__(x)\n"
    (graph,) = read(CODE + line)
    assert "mine::Engine" in {operation.name for operation in graph.operations}


def test_ordinary_python_in_a_folder_called_code_is_not_torchscript() -> None:
    python = "import torch\n\ndef f(x):\n    torch.save(x, 'a')\n"
    assert read(python, "archive/code/loader.py") == []
    assert read(python, "code/loader.py") == []


def test_code_outside_of_torchs_own_names_is_read_too() -> None:
    assert len(read(CODE, "archive/code/other.py")) == 1


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert len(read(text)) == 1


def test_long_lines_do_not_take_long() -> None:
    assert len(read('"' + "\\" * 200_000)) == 1
    assert len(read("torch." * 100_000)) == 1
