"""Nothing in the folder lets a user verify who published the weights.

## What it does

Looks for a signature beside the weights: an OpenSSF model signature (`model.sig`), a
Sigstore bundle, or a detached PGP or minisign signature.

## Why it matters

A digest proves that a file did not change since somebody wrote the digest down. Only a
signature says who that was. Without one, a mirror or a taken-over account can replace
the weights, and every check of the file passes.

## How it is measured

By file names in the folder that holds weights. This is information, not a fault: few
publishers sign so far.

## What to do

Publisher: sign the folder (`openvet sign`, or OpenSSF model-signing). User: compare the
digests with those of the original publisher.

## Known limits

Whether a signature is right, and whose it is, is decided by `openvet verify`. Signed
commits of a repository are not seen. Below 1 MiB of weights in all it says nothing, and
weights count by their format: those of a format that it does not know do not.

## References

- https://github.com/sigstore/model-transparency
- OpenSSF model signing specification 1.0
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Absence, Finding, Severity
from openvet.subject import Inventory, Subject

SIGNATURES: Final = (
    ".sig", ".sigstore", ".sigstore.json", ".asc", ".minisig", ".p7s", ".intoto.jsonl",
)  # fmt: skip
WEIGHTS: Final = frozenset(
    {"safetensors", "gguf", "onnx", "torch", "torch-zip", "torch-legacy", "pickle",
     "hdf5", "keras", "tflite", "tensorflow", "joblib", "ggml"}
)  # fmt: skip
LEAST: Final = 1 << 20
"""Bytes of weights below which a signature would be a formality."""


class WeightsUnsigned(Check[Inventory]):
    """Judges whether weights come with a signature."""

    id: ClassVar[str] = "weights-unsigned"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the weights carry no signature"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (Inventory,)

    def run(self, subject: Inventory, context: Context) -> Iterator[Finding]:
        """Yield one finding for the folder."""
        if subject.container:
            return
        names = [item.name for item in subject.items]
        weights = [i for i in subject.items if WEIGHTS & set(i.formats)]
        if sum(item.size for item in weights) < LEAST:
            return
        if any(name.lower().endswith(SIGNATURES) for name in names):
            return
        yield self.finding(
            subject,
            "the weights carry no signature",
            Absence(
                looked_for="model.sig, a Sigstore bundle, a detached signature",
                looked_in=tuple(sorted({_folder(item.name) for item in weights})[:10]),
            ),
            fix="sign the folder, or compare its digests with the publisher's",
        )


def _folder(name: str) -> str:
    return name.rpartition("/")[0] or "."
