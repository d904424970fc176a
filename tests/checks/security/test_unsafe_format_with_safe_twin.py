from pathlib import Path

from openvet.check import Context
from openvet.checks.security.unsafe_format_with_safe_twin import (
    UnsafeFormatWithSafeTwin,
)
from openvet.finding import Severity
from openvet.source import MemberTree
from openvet.subject import Inventory, Item, Origin
from specimens.archives import torch_zip
from specimens.formats import every

PADDED = b"\x80\x02]q\x00(" + b"K\x01" * 2000 + b"e."


def flagged(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(torch_zip(PADDED))


def passed(folder: Path) -> None:
    (folder / "vocab.txt").write_text("a\nb\n")


def judged(*files: tuple[str, str], container: str = "") -> list[Severity]:
    inventory = Inventory(
        origin=Origin(place=(), digest="0"),
        items=tuple(
            Item(name=name, size=1 << 20, formats=(kind,), digest="0")
            for name, kind in files
        ),
        tree=MemberTree({}),
        container=container,
    )
    found = UnsafeFormatWithSafeTwin().run(inventory, Context())
    return [finding.severity for finding in found]


def test_a_pickle_beside_safe_weights_is_a_review() -> None:
    safe = ("model.safetensors", "safetensors")
    assert judged(("pytorch_model.bin", "torch"), safe) == [Severity.MEDIUM]
    assert judged(("a/pytorch_model.bin", "torch"), safe) == [Severity.INFO]
    assert judged(safe) == []


def test_what_stands_inside_a_container_is_the_format_of_the_container() -> None:
    assert judged(("data.bin", "torch")) == [Severity.INFO]
    assert judged(("data.bin", "torch"), container="zip") == []


def test_a_pickle_that_is_no_weights_is_silent() -> None:
    assert judged(("data.records", "pickle")) == []
    assert every()
