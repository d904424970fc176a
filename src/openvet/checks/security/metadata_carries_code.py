"""A model's metadata carries commands, code or addresses to call.

## What it does
Reads every piece of free text that a file carries: the `__metadata__` of safetensors,
the keys of GGUF, attributes of HDF5 and boosters, properties of ONNX, comments of
archives. It reports text that would act if something ran it: shell commands, Python
that starts processes or runs strings, markup with scripts, hydra's `_target_`, lookups
that logging libraries expand, addresses that are contacted rather than read - and the
same things hidden in base64 or hexadecimal.

## Why it matters
No loader runs metadata by itself, so this is a payload in waiting. It becomes live in
whatever reads it next: a tool that builds objects from a configuration in the metadata
(Uni2TS before its fix, CVE-2026-22584; NeMo before 2.3.2, CVE-2025-23304), a hub page
that shows a description as HTML, a shell script that splices a field into a command, a
loader that was changed to run it. An honest file has no reason to carry any of it.

## How it is measured
By patterns for constructs, never for single words, so that a vocabulary or a training
comment with the word `eval` is silent. Findings that fail are those whose text acts on
its own: a download piped into a shell, `os.system(`, `rm -rf`, a `_target_` in `os` or
`subprocess`, an address in a hidden network or given as a bare public number. Addresses
of programs on unknown hosts, and a `_target_` that names an ordinary class, are for
review; such a class inside JSON is judged by `config-unknown-class`. Links to hubs,
papers, code and licenses are silent.

## What to do
Ask who wrote the file why the text is there. To keep the weights without it, load the
tensors and save them again with metadata of your own, for example with
`safetensors.torch.save_file(tensors, path, metadata={"format": "pt"})`.

## Known limits
Text is judged by its form: a description that quotes an attack in order to warn of it
is reported as well. Strings over four mebibytes are reported as not examined. Plain
text documents such as model cards are judged by other rules.

## References
- CVE-2026-22584 and CVE-2025-23304: hydra targets taken from a model file.
- CVE-2021-44228: lookups expanded by a logging library.
- [safetensors format](https://github.com/huggingface/safetensors#format)
- [GGUF metadata](https://github.com/ggml-org/ggml/blob/master/docs/gguf.md)
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.checks.signs import signs
from openvet.finding import Bytes, Finding, Quote, Severity
from openvet.subject import Document, Subject

SHOWN: Final = 5
"""Constructs quoted of one text."""
PROSE: Final = frozenset({"markdown", "text", "html", "rst", "csv", "xml", "css"})
"""Documents that are text themselves and quote commands as a matter of course."""


class MetadataCarriesCode(Check[Subject]):
    """Judges the free text that any subject carries."""

    id: ClassVar[str] = "metadata-carries-code"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "metadata carries a command, code or an address to call"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Subject,)

    def run(self, subject: Subject, context: Context) -> Iterable[Finding]:
        """Yield one finding per text, with every construct in it as evidence."""
        if isinstance(subject, Document) and subject.format in PROSE:
            return
        for text in subject.texts:
            found = list(signs(text.value, text.key))
            if not found:
                continue
            worst = max(found, key=lambda sign: (sign.severity, sign.confidence))
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            yield self.finding(
                subject,
                f"the metadata {text.key!r} holds {worst.what}{more}",
                Bytes(offset=text.offset, shows=f"text of {text.key}"[:80]),
                *(
                    Quote(text=f"{sign.what}: {sign.shown}", line=text.line)
                    for sign in found[:SHOWN]
                ),
                fix="find out why it is there; save the tensors again with metadata "
                "of your own to be rid of it",
                severity=worst.severity,
                confidence=worst.confidence,
                live="whatever runs, renders or splices this text; no tensor loader "
                "does so by itself",
            )
