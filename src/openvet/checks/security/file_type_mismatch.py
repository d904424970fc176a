"""A file's name promises one format and its bytes are another.

## What it does

Compares the extension of every file, where the extension names a format of data, with
what readers made of the bytes: a `.safetensors` that is a zip, a `.png` that is a
pickle, a `.json` that is a program.

## Why it matters

People and policies go by names: "safetensors only", "pictures are harmless". Loaders
often go by content: `joblib.load`, `numpy.load(allow_pickle=True)` and `torch.load`
open a pickle whatever it is called, so a harmless name is how a pickle gets past a
filter on extensions (CVE-2025-1889, CVE-2025-10155).

## How it is measured

The format is told from the bytes. Only extensions that promise data are held to their
promise; `.bin`, `.pt`, `.pkl`, `.model` and the like promise nothing. A pickle or a
program under a name of data fails. Any other mismatch - a page of text saved as
weights, an archive called a picture - is a review. Pictures of another picture format
are common and not reported.

## What to do

Find out why the name is wrong before using the file. Never load it with a loader that
goes by content. Ask the publisher for the format that the name promises.

## Known limits

Files that no reader knows have no format to compare with; they are reported as not
examined.

## References

- CVE-2025-1889, CVE-2025-10155: pickles under other extensions pass scanners
- CWE-434, CWE-351: types told from names
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Context
from openvet.finding import Bytes, Finding, Severity
from openvet.formats.families import families
from openvet.subject import Identity

FIX: Final = (
    "find out why the name is wrong before using the file, and ask for the format "
    "that the name promises"
)
_TEXT: Final = (
    "json jsonl txt md rst csv tsv yaml yml toml ini cfg xml html htm css js ipynb "
    "jinja jinja2 j2 lock svg"
)
_IMAGE: Final = "png jpg jpeg gif webp bmp tif tiff ico wav mp4 avi heic"
_PROMISED: Final[dict[str, frozenset[str]]] = {
    "safetensors": frozenset({"safetensors"}),
    "gguf": frozenset({"gguf"}),
    "onnx": frozenset({"protobuf"}),
    "tflite": frozenset({"tflite"}),
    "npy": frozenset({"npy"}),
    "npz": frozenset({"zip"}),
    "keras": frozenset({"zip", "hdf5"}),
    "h5": frozenset({"hdf5"}),
    "hdf5": frozenset({"hdf5"}),
    "parquet": frozenset({"parquet"}),
    "arrow": frozenset({"arrow", "arrow-stream", "feather"}),
    "pdf": frozenset({"pdf"}),
    **{suffix: frozenset({"text"}) for suffix in _TEXT.split()},
    **{suffix: frozenset({"image"}) for suffix in _IMAGE.split()},
}
_RUNS: Final = frozenset({"pickle", "native"})


class FileTypeMismatch(Check[Identity]):
    """Judges what a file is called against what it is."""

    id: ClassVar[str] = "file-type-mismatch"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a file is not what its name says"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Identity], ...]] = (Identity,)

    def run(self, subject: Identity, context: Context) -> Iterator[Finding]:
        """Yield a finding if the bytes are none of the formats promised."""
        stem, _, suffix = subject.name.rpartition(".")
        promised = _PROMISED.get(suffix.lower(), frozenset()) if stem else frozenset()
        found = families(subject.formats)
        # Text is also said of text that a reader of its own understood.
        told = found - {"text"} or found
        runs = bool(told & _RUNS)
        kept = bool(found & promised) and not (runs and "text" in promised)
        if not promised or not found or kept:
            return
        yield self.finding(
            subject,
            f"a file called .{suffix} is {' and '.join(sorted(told))}",
            Bytes(offset=0, shows=f"read as {', '.join(subject.formats)}"),
            fix=FIX,
            severity=Severity.HIGH if runs else self.severity,
            live="loaders that go by content, not by name" if runs else "",
        )
