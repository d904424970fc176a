"""The weights hold numbers that training does not leave behind.

## What it does
Looks at the values of floating-point tensors: values that are not a number, positive
infinities, rows whose numbers are a thousand times larger than usual, and files spelled
by the low mantissa bits of consecutive values. Files of up to 16 MiB are read without
being asked to (low bits of the first mebibyte of each tensor); larger ones, and whole
tensors, with the setting `weights`.

## Why it matters
Low bits can be replaced without hurting accuracy, so malware has been carried in them
past scanners and unpacked by a small loader elsewhere (EvilModel, StegoNet). A single
giant row is one way to plant a trigger or to sabotage a model. One value that is not a
number spreads through every layer after it.

## How it is measured
Bytes are regrouped by the lowest one to three bytes and the lowest one, two and four
bits of each value, in both orders; a file counts only if its first bytes agree with its
format in five places or more, and portable executables also with their second
signature. Outliers are counted against the median magnitude of an even sample, in
matrices of at least 16 by 16, and only where at most one value in a hundred is one.

## What to do
Compare the file's digest with the publisher's. Rounding the weights to bfloat16 or
quantizing them destroys whatever the low bits carry. Not-a-number values and giant rows
are often the trace of a broken conversion: convert again from the original.

## Known limits
These are hints with low confidence and never fail an audit by themselves. A payload
that is encrypted, spread by a secret order or hidden in quantized values is not seen.
Unusual numbers also come from honest accidents. Big-endian files are not read.

## References
- Wang, Liu, Cui: EvilModel, arXiv 2107.08590 and 2109.04344.
- Liu et al.: StegoNet, ACSAC 2020.
- Hong, Carlini, Kurakin: Handcrafted Backdoors in Deep Neural Networks,
  arXiv 2106.04690.
"""

from collections.abc import Iterable
from typing import ClassVar

from openvet.artifacts import TensorValues, Weights
from openvet.check import Check, Context
from openvet.finding import Bytes, Confidence, Finding, Severity

AGAIN = "compare the digest with the publisher's, or convert again from the original"


class WeightsLookTampered(Check[Weights]):
    """Judges numbers that a reader found unusual."""

    id: ClassVar[str] = "weights-look-tampered"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "weights hold numbers that training does not leave behind"
    severity: ClassVar[Severity] = Severity.LOW
    subjects: ClassVar[tuple[type[Weights], ...]] = (Weights,)

    def run(self, subject: Weights, context: Context) -> Iterable[Finding]:
        """Yield hints, one per tensor and kind."""
        for tensor in subject.tensors:
            for kind, layout, offset in tensor.hidden:
                yield self.finding(
                    subject,
                    f"low bits of the weights spell a file ({kind})",
                    Bytes(
                        offset=tensor.start,
                        shows=f"{layout} of tensor {tensor.name!r}, from byte {offset}",
                    ),
                    fix=AGAIN + "; rounding to bfloat16 destroys what is hidden",
                    severity=Severity.HIGH,
                    confidence=Confidence.LOW,
                    live="a program that reassembles and runs it; no loader does",
                )
            yield from self._numbers(subject, tensor)

    def _numbers(self, subject: Weights, tensor: TensorValues) -> Iterable[Finding]:
        """Yield hints about unusual values."""
        rows = list(tensor.outlier_rows)
        usual = f"in rows {rows}, against {tensor.usual:.3g}"
        remarks = (
            (
                tensor.not_a_number,
                Severity.MEDIUM,
                "weights hold values that are not a number",
                f"{tensor.not_a_number} of {tensor.values} values",
            ),
            (
                tensor.infinite,
                Severity.LOW,
                "weights hold infinite values",
                f"{tensor.infinite} of {tensor.values} values",
            ),
            (
                tensor.outliers,
                Severity.LOW,
                "a few weights are a thousand times larger than the rest",
                f"{tensor.outliers} of {tensor.values} values, {usual}",
            ),
        )
        for count, severity, title, shows in remarks:
            if count:
                yield self.finding(
                    subject,
                    title,
                    Bytes(offset=tensor.start, shows=f"{tensor.name!r}: {shows}"),
                    fix=AGAIN,
                    severity=severity,
                    confidence=Confidence.LOW,
                )
