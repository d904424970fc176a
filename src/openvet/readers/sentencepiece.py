"""Reads SentencePiece vocabularies (`tokenizer.model`, `spiece.model`)."""

from collections.abc import Iterable
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats.notes import Notes
from openvet.formats.protobuf import BYTES, Field, ProtobufError, Wire
from openvet.subject import Document, File, Subject

PIECES, TRAINER, NORMALIZER, SELF_TEST, DENORMALIZER = 1, 2, 3, 4, 5
KNOWN: Final = frozenset({PIECES, TRAINER, NORMALIZER, SELF_TEST, DENORMALIZER})
PIECE_TAG, SCORE_TAG = 0x0A, 0x15
EXTENSIONS: Final = 200
"""First field number that the format leaves to others."""
TABLES: Final = frozenset({NORMALIZER, DENORMALIZER})


class SentencepieceReader(Reader[File]):
    """Walks the messages of a vocabulary: pieces, training options, tables."""

    id: ClassVar[str] = "sentencepiece"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by a first piece: a text, then its score as a float."""
        head = subject.source.head
        if len(head) < 12 or head[0] != PIECE_TAG or head[2] != PIECE_TAG:  # noqa: PLR2004
            return False
        after = 4 + head[3]
        return head[1] < 0x80 and head[after : after + 1] == bytes([SCORE_TAG])  # noqa: PLR2004

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield a document with the options' texts, then files carried inside."""
        source, notes = subject.source, Notes()
        wire = Wire(source, context.budget)
        at = 0
        try:
            for field in wire.fields():
                self._field(wire, field, notes)
                at = field.stop
        except ProtobufError as error:
            kind = notes.rest(source, at, source.size, "bytes after the vocabulary")
            note = notes.attack if kind else notes.odd
            note("sentencepiece-malformed", str(error), error.offset)
            notes.gap("broken", str(error), error.offset)
        yield notes.attach(
            Document(
                origin=subject.origin.aspect(self.id),
                format="sentencepiece",
            )
        )
        yield from notes.files(subject.origin)

    def _field(self, wire: Wire, field: Field, notes: Notes) -> None:
        """Look into one field of the vocabulary."""
        if field.number in (TRAINER, *TABLES):
            for inner in wire.inside(field):
                if inner.wire != BYTES:
                    continue
                key = f"field {field.number}.{inner.number}"
                notes.look(wire.source, inner.start, inner.stop, key)
                if field.number == TRAINER:
                    notes.text(key, wire.text(inner, 1 << 16), inner.start)
        elif field.number not in KNOWN and field.number < EXTENSIONS:
            notes.odd("sentencepiece-field", f"field {field.number}", field.offset)
        if field.number not in KNOWN and field.wire == BYTES:
            carrier = f"field {field.number}"
            notes.look(wire.source, field.start, field.stop, carrier)
