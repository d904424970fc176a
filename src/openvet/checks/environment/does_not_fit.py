"""A model needs more memory than the machine has on which it is to run.

## What it does

Estimates for each model how much memory it takes as it is stored and in 32, 16, 8 and 4
bits, and reports those that the machine certainly cannot hold: as they are stored, or
in any of these ways.

## Why it matters

A model that does not fit is ended by the system in the middle of its work, or reads its
weights from disk for every token. Who knows before can choose a smaller or a quantized
one.

## How it is measured

Weights are counted from the headers of files: parameters times bits. To them come keys
and values of each layer for each token, from the model's settings, and what engines
take besides, from measurements. The lower bound is a short text in a lean engine, the
upper the model's whole context and a heavy one. Only where the lower bound is more than
the machine has is it reported. The machine is the one that audits, or the one that
`[machine]` names:

    [machine]
    memory = "8 GiB"
    accelerator = "none"

`scripts/bench fit` prints predictions beside measured peaks.

## What to do

Run it in one of the ways that fit, with the memory that the finding names, or name the
machine on which it is really to run.

## Known limits

Several texts at once need a cache each. What other programs of the machine need is
taken as a tenth. Parameters of weights that are packed into larger numbers are not
counted, nor those in formats whose header does not tell: of these only the stored bytes
are known. Memory of NVIDIA cards is not asked for: name it as `accelerator`. Whether it
runs fast enough is another question: see `asking-cost`.

## References

- Shazeer 2019, Fast Transformer Decoding, arXiv 1911.02150: keys and values of a token
- GGUF, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.finding import Basis, Finding, Measure, Severity
from openvet.fit import Fit, Way
from openvet.fitted import ModelFit
from openvet.subject import Subject

GIB: Final = 1 << 30


class DoesNotFit(Check[ModelFit]):
    """Judges memory."""

    id: ClassVar[str] = "does-not-fit"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a model needs more memory than the machine has"
    concern: ClassVar[Concern] = "environment"
    severity: ClassVar[Severity] = Severity.LOW
    subjects: ClassVar[tuple[type[Subject], ...]] = (ModelFit,)

    def run(self, subject: ModelFit, context: Context) -> Iterator[Finding]:
        """Yield a finding where it does not run as stored, or not at all."""
        del context
        found = subject.found
        if not found.ways or found.ways[0].state != "does not run":
            return
        others = [way for way in found.ways if way.state != "does not run"]
        machine = "the machine" if found.hardware.stated else "this machine"
        counted = found.shape is not None and found.shape.parameters > 0
        never = counted and not others
        how = " in any way" if never else " as it is stored"
        yield self.finding(
            subject,
            f"{found.name} does not run{how} on {machine}, which has"
            f" {found.hardware.memory / GIB:.1f} GiB of memory",
            *(_measure(way, found) for way in found.ways),
            fix=_fix(others),
            severity=Severity.MEDIUM if never else None,
        )


def _fix(others: list[Way]) -> str:
    if not others:
        return "use a smaller or quantized model, or a machine with more memory"
    named = ", ".join(way.name for way in others)
    return f"run it as {named}; or on a machine with more memory"


def _measure(way: Way, found: Fit) -> Measure:
    """Return the memory of a way: the middle of its bounds, and both."""
    return Measure(
        name=f"GiB of memory, {way.name}: {way.state}",
        value=(way.low + way.high) / 2 / GIB,
        low=way.low / GIB,
        high=way.high / GIB,
        n=1,
        method=f"estimated from headers, for {_context(found)}",
        basis=Basis.BYTES,
    )


def _context(found: Fit) -> str:
    context = found.shape.context if found.shape is not None else 0
    return f"512 to {context:,} tokens" if context else "a short text"
