"""A program is carried inside data: in a tensor, in metadata, after the end of a file.

## What it does

Reports bytes of one format found where another should be: a pickle, an executable, a
script or an archive as the content of a tensor, in a gap between tensors, encoded in a
metadata string, before the first or after the last byte of a file's own structure.

## Why it matters

Such bytes do not run when the model is loaded. They are carried past a review by a file
that looks harmless, and fetched by a second stage: code that reads the tail of
a picture, a script that decodes a metadata field. There is no honest reason for a
pickle in a picture.

## How it is measured

Readers hand over every range that their format does not claim, and the content of
opaque fields. A format is believed only on a strong sign: four bytes of magic and
fields that fit it, or a pickle whose opcodes are valid up to an import and a call.
Up to four encodings are taken off first, one over another: base64, base32, base85 and
ASCII85, hexadecimal, decimal numbers, uuencode, link and mail quoting, text backwards
or in rot13, zlib, gzip, bzip2, xz and bare deflate. Comments, profiles and tags of
sound and pictures are searched, small tensors to their end. Readable code counts where
an encoding hides it or where it is all there is after an end. Bytes after the end that
no format explains are a hint of low confidence and never fail.

## What to do

Do not use the file until its publisher explains what the bytes are. Re-saving the
weights drops what stands outside the format; it does not clean tensors.

## Known limits

Encrypted payloads, and those combined with a key, look like noise. A program split over
many tensors or hidden in the low bits of weights is looked for by other rules.

## References

- MITRE ATLAS AML.T0018, manipulate AI model; ATT&CK T1027.009, embedded payloads
- CWE-506, embedded malicious code
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Bytes, Confidence, Finding, Severity
from openvet.subject import Payload, Subject

FIX: Final = (
    "do not use the file; ask its publisher what these bytes are, and re-save the "
    "model from a source you trust"
)
_NAMES: Final = {
    "elf": "a Linux executable",
    "pe": "a Windows executable",
    "mach-o": "a macOS executable",
    "wasm": "a WebAssembly module",
    "script": "a script",
    "data": "data of no known format",
    "code": "program code",
}
_SHOWN: Final = 10


class HiddenPayload(Check[Subject]):
    """Judges foreign bytes that readers found, in files of any format."""

    id: ClassVar[str] = "hidden-payload"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a program is carried inside data"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Subject,)

    def run(self, subject: Subject, context: Context) -> Iterator[Finding]:
        """Yield one finding for each kind of payload and confidence."""
        groups: dict[tuple[str, bool], list[Payload]] = {}
        for payload in subject.payloads:
            key = payload.kind, payload.low_confidence
            groups.setdefault(key, []).append(payload)
        for (kind, weak), payloads in groups.items():
            yield self.finding(
                subject,
                f"{describe(kind)} is carried in {payloads[0].carrier}",
                *(
                    Bytes(
                        offset=payload.offset,
                        length=payload.length,
                        shows=f"{payload.kind} in {payload.carrier}"[:500],
                    )
                    for payload in payloads[:_SHOWN]
                ),
                fix=FIX,
                # Web pages carry WebAssembly in text, and it runs in a sandbox.
                severity=Severity.MEDIUM if kind.startswith("wasm") else self.severity,
                confidence=Confidence.LOW if weak else Confidence.HIGH,
            )


def describe(kind: str) -> str:
    """Return a kind of payload in words, with the layers around it."""
    core, _, layers = kind.partition(" in ")
    words = _NAMES.get(core, f"a {core} file")
    return f"{words} (inside {layers.replace(' in ', ' inside ')})" if layers else words
