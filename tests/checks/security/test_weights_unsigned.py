from pathlib import Path

from openvet.check import Context
from openvet.checks.security.weights_unsigned import WeightsUnsigned
from openvet.source import MemberTree
from openvet.subject import Inventory, Item, Origin


def flagged(folder: Path) -> None:
    size = 1 << 20
    header = b'{"w":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]}}' % (size, size)
    data = len(header).to_bytes(8, "little") + header + bytes(size)
    (folder / "model.safetensors").write_bytes(data)


def passed(folder: Path) -> None:
    flagged(folder)
    (folder / "model.sig").write_text("{}")


def judged(*files: tuple[str, str, int]) -> int:
    inventory = Inventory(
        origin=Origin(place=(), digest="0"),
        items=tuple(
            Item(name=name, size=size, formats=(kind,), digest="0")
            for name, kind, size in files
        ),
        tree=MemberTree({}),
    )
    return len(list(WeightsUnsigned().run(inventory, Context())))


def test_weights_without_any_signature_are_named() -> None:
    weights = ("a/model.safetensors", "safetensors", 5 << 20)
    assert judged(weights) == 1
    assert judged(weights, ("a/model.safetensors.sigstore.json", "json", 9)) == 0


def test_small_weights_and_other_files_need_no_signature() -> None:
    assert judged(("model.safetensors", "safetensors", 1000)) == 0
    assert judged(("data.csv", "text", 5 << 20)) == 0
