"""TensorFlow Lite models and ExecuTorch programs."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Graph
from openvet.check import Context, Reader
from openvet.formats.facts import Facts
from openvet.formats.tflite import ExecutorchScan, TfliteScan
from openvet.formats.trailing import after_end
from openvet.subject import File, Payload, Subject

ZIP: Final = b"PK\x03\x04"


class TfliteReader(Reader[File]):
    """Yields a `Graph`, and the archive of labels that may follow the model."""

    id: ClassVar[str] = "tflite"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Claim by the identifier after the root offset."""
        return subject.head[4:8] in (b"TFL3", b"ET12")

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the graph, then the files packed behind it."""
        if subject.head[4:8] == b"ET12":
            program = ExecutorchScan(subject.source, context.budget)
            program.run()
            yield _graph(subject, self.id, "executorch", program.facts)
            return
        scan = TfliteScan(subject.source, context.budget)
        scan.run()
        packed = subject.source.find(ZIP, scan.buffer.end)
        if scan.has_metadata and packed >= 0:
            # Labels and vocabularies, packed as TensorFlow Lite's metadata asks.
            yield File(
                origin=subject.origin.at("associated-files.zip"),
                source=subject.source.window(packed),
            )
        elif not scan.facts.gaps:
            scan.facts.payload(_foreign(subject, scan.buffer.end))
        yield _graph(subject, self.id, "tflite", scan.facts)


def _foreign(subject: File, end: int) -> Payload | None:
    """Return a program behind the model; other bytes are unread options."""
    payload = after_end(subject.source, end)
    return None if payload is None or payload.low_confidence else payload


def _graph(subject: File, reader: str, form: str, facts: Facts) -> Graph:
    return Graph(
        origin=subject.origin.aspect(reader),
        format=form,
        operations=facts.operations,
        gaps=facts.gaps,
        defects=facts.defects,
        references=facts.references,
        texts=facts.texts,
        payloads=facts.payloads,
    )
