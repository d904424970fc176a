"""Reads XGBoost models: UBJSON and JSON, and names the older binary form."""

import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats import xgboost
from openvet.formats.cursor import CutOffError
from openvet.formats.notes import Notes
from openvet.formats.ubjson import Parser, UbjsonError
from openvet.source import Source
from openvet.subject import Document, File, Subject

LEARNER: Final = b'"learner"'
BINARY: Final = b"binf"
SUFFIX: Final = ".ubj"
LENGTHS: Final = (b"L", b"l", b"i", b"U", b"I")
"""Markers of a binary length; in JSON a quote stands there."""
MEMORY_PER_BYTE: Final = 4


class XgboostReader(Reader[File]):
    """Reads the trees of a model and holds them against themselves."""

    id: ClassVar[str] = "xgboost"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the key `learner`, in either encoding, or the older magic.

        A name in `.ubj` makes a binary length one to report, whatever follows it.
        """
        head = subject.source.head
        named = subject.name.lower().endswith(SUFFIX) and head[:1] == b"{"
        by_bytes = _is_ubjson(head) or _is_json(head) or head.startswith(BINARY)
        return by_bytes or (named and head[1:2] in LENGTHS)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield a document with what contradicts itself, then files carried inside."""
        notes = Notes()
        head = subject.source.head
        model: Mapping[str, Any] | None
        if head.startswith(BINARY):
            notes.gap(
                "unsupported",
                "XGBoost's old binary form, which the library no longer reads",
                lift="save it again with save_model('model.ubj') by an older XGBoost",
            )
            model = None
        elif head[1:2] in LENGTHS:
            model = _ubjson(subject.source, notes, context)
        else:
            model = _json(subject.source, notes, context)
        if model is not None:
            xgboost.check(model, notes, context.budget)
        yield notes.attach(
            Document(
                origin=subject.origin.aspect(self.id),
                format="xgboost",
            )
        )
        yield from notes.files(subject.origin)


def _is_ubjson(head: bytes) -> bool:
    """Tell an object whose first key has a binary length from one of JSON."""
    if head[:1] != b"{" or head[1:2] not in LENGTHS:
        return False
    return b"learner" in head[:64] or b"Config" in head[:64] or b"version" in head[:64]


def _is_json(head: bytes) -> bool:
    inside = b'"attributes"' in head or b'"gradient_booster"' in head
    return head.lstrip()[:1] == b"{" and LEARNER in head and inside


def _ubjson(source: Source, notes: Notes, context: Context) -> Mapping[str, Any] | None:
    """Return the model, or None with the reason noted."""
    parser = Parser(source, context.budget)
    try:
        model = parser.parse()
    except CutOffError:
        notes.cut_off("ubjson", "the file ends inside a value", source)
        return None
    except UbjsonError as error:
        note = notes.attack if error.lie else notes.odd
        note("ubjson-malformed", str(error), error.offset)
        notes.gap("broken", str(error), error.offset)
        return None
    end = parser.cursor.at
    if end < source.size:
        kind = notes.rest(source, end, source.size, "bytes after the model")
        note = notes.attack if kind else notes.odd
        note("ubjson-trailing", f"{source.size - end} bytes follow the model", end)
    return model if isinstance(model, Mapping) else None


def _json(source: Source, notes: Notes, context: Context) -> Mapping[str, Any] | None:
    """Return the model, or None with the reason noted."""
    if source.size > context.budget.limits.memory_bytes // MEMORY_PER_BYTE:
        notes.gap("over-budget", "the trees of a model this large, written as JSON")
        return None
    try:
        model = json.loads(source.read(0, source.size))
    except (ValueError, RecursionError, struct.error) as error:
        notes.gap("broken", f"not JSON: {error}"[:200])
        return None
    return model if isinstance(model, Mapping) else None
