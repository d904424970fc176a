"""The same weights lie in the folder twice, once in a format that runs code on load.

## What it does

Reports pickled weights that lie beside a safetensors, ONNX or GGUF file, and pickled
weights without such a twin as a hint.

## Why it matters

A loader that finds both takes one of them; which, depends on its version, its arguments
and on what is installed. The pickle can hold other weights, or code, and review of the
safe file says nothing about it.

## How it is measured

From the formats that the readers found, folder by folder. A pickle in the same folder
as safe weights is a review of medium severity: it can simply be deleted. A pickle
without a twin is a note: convert it.

## What to do

Delete the pickled weights, or convert them: `safetensors.torch.save_file`, or the
conversion space of the Hugging Face hub.

## Known limits

Whether both hold the same numbers is not compared. Scikit-learn and other estimators
have no safe twin but skops.

## References

- https://huggingface.co/docs/hub/security-pickle
- CWE-502, deserialization of untrusted data
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Finding, Quote, Severity
from openvet.subject import Inventory, Item, Subject

SAFE: Final = frozenset({"safetensors", "gguf", "onnx"})
UNSAFE: Final = frozenset({"torch", "pickle", "torch-legacy", "torch-zip", "torch-tar"})
WEIGHTS: Final = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
SHOWN: Final = 10
LEAST: Final = 1024
"""Bytes below which a pickle is no set of weights."""


class UnsafeFormatWithSafeTwin(Check[Inventory]):
    """Judges formats side by side."""

    id: ClassVar[str] = "unsafe-format-with-safe-twin"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "weights in a format that runs code on load"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Inventory,)

    def run(self, subject: Inventory, context: Context) -> Iterator[Finding]:
        """Yield at most one finding per folder."""
        if subject.container:
            return
        folders: dict[str, list[Item]] = defaultdict(list)
        for item in subject.items:
            folders[item.name.rpartition("/")[0]].append(item)
        for items in folders.values():
            unsafe = [item for item in items if _is_unsafe(item)]
            if not unsafe:
                continue
            twin = next((i for i in items if SAFE & set(i.formats)), None)
            quotes = [Quote(text=item.name) for item in unsafe[:SHOWN]]
            if twin is not None:
                yield self.finding(
                    subject,
                    "pickled weights lie beside safe ones",
                    *quotes,
                    Quote(text=f"beside {twin.name}"),
                    fix="delete the pickled weights; the safe file holds them",
                )
            else:
                yield self.finding(
                    subject,
                    "weights are pickled",
                    *quotes,
                    fix="convert them to safetensors, and publish that file alone",
                    severity=Severity.INFO,
                )


def _is_unsafe(item: Item) -> bool:
    return (
        bool(UNSAFE & set(item.formats))
        and item.size >= LEAST
        and item.name.lower().endswith(WEIGHTS)
    )
