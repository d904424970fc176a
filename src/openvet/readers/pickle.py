"""Pickles in any file or member, whatever its name: plain, joblib's and torch's.

One walk tells which loader's file it is: joblib's by its array wrappers, torch's
legacy form by its magic number. What is carried inside is read as members.
"""

from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats import torch
from openvet.formats.joblib import ArrayReader, side_files
from openvet.formats.magic import NATIVE
from openvet.formats.pickle.embedded import carried_in
from openvet.formats.pickle.program import Consumer
from openvet.formats.pickle.second import second_reading
from openvet.formats.pickle.streams import believable, may_begin, streams_in
from openvet.formats.pickle.walker import Walk, walk
from openvet.formats.trailing import after_end, program_kind
from openvet.subject import File, Gap, Origin, Payload, Subject

SHOWN: Final = 256
"""Streams of one file that are shown even if they import and call nothing."""
CARRIED: Final = 1000
"""Things carried in one stream that are read as members."""
_TAR_MEMBERS: Final = frozenset({"storages", "tensors"})
LOOK: Final = 4096
"""Bytes of a storage that are looked at."""
_RUNS: Final = NATIVE | {"script", "code"}


class PickleReader(Reader[File]):
    """Reads pickles: a `PickleProgram` for each stream, a `File` for what it holds."""

    id = "pickle"
    version = 6

    def claims(self, subject: File) -> bool:
        """Anything that begins with an opcode; most is told apart by walking it."""
        return may_begin(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the programs in the order in which they stand."""
        if subject.member and subject.name in _TAR_MEMBERS:
            walks = list(
                torch.tar_streams(subject.source, subject.name, context.budget)
            )
            if believable(walks[0], subject.source, subject.head):
                yield from _Programs(subject, context, "torch-tar").each(walks)
                return
        arrays = ArrayReader(subject.source, context.budget)
        walks = list(streams_in(subject.source, context.budget, after_build=arrays))
        if walks:
            consumer = _consumer(subject, walks, arrays)
            programs = _Programs(subject, context, consumer)
            yield from programs.each(walks, arrays)


def pickles_at(
    subject: File, context: Context, start: int, consumer: Consumer
) -> Iterator[Subject]:
    """Yield the pickle that a container has at `start`, whatever its bytes are."""
    found = walk(subject.source, start, context.budget)
    yield from _Programs(subject, context, consumer).each([found])


def _consumer(subject: File, walks: list[Walk], arrays: ArrayReader) -> Consumer:
    """Return which loader's file this is."""
    if torch.is_legacy(walks):
        return "torch-legacy"
    if arrays.arrays:
        return "joblib"
    if not subject.member:
        return "pickle"
    compiled = any(
        entry.module.startswith("__torch__") or entry.module == "torch.jit._pickle"
        for entry in walks[0].imports
    )
    if compiled or subject.name == "constants.pkl":
        return "torchscript"
    if subject.name == "pickle":
        return "torch-tar"
    return "torch" if subject.name == "data.pkl" else "pickle"


class _Programs:
    """The streams of one file, on their way to subjects."""

    def __init__(self, subject: File, context: Context, consumer: Consumer) -> None:
        self.subject = subject
        self.source = subject.source
        self.budget = context.budget
        self.consumer: Consumer = consumer

    def each(
        self, walks: list[Walk], arrays: ArrayReader | None = None
    ) -> Iterator[Subject]:
        """Yield programs and members; the last program carries what follows it."""
        gaps, payloads = self._rest(walks)
        for index, found in enumerate(walks):
            last = index == len(walks) - 1
            if not (index < SHOWN or last or found.imports or found.broken):
                continue
            yield from self.one(
                found,
                index=index,
                loads=self._loads(index),
                gaps=gaps if last else (),
                payloads=payloads if last else (),
            )
        if arrays is not None and arrays.arrays:
            yield from self._around_arrays(walks, arrays)

    def _loads(self, index: int) -> bool:
        """Say whether the loader reads the stream with this number."""
        if self.consumer == "torch-legacy":
            return index < torch.PICKLES
        return index == 0 or self.consumer == "torch-tar"

    def one(  # noqa: PLR0913 - what the container knows of a stream
        self,
        found: Walk,
        *,
        index: int = 0,
        loads: bool = True,
        name: str = "",
        consumer: Consumer | None = None,
        gaps: tuple[Gap, ...] = (),
        payloads: tuple[Payload, ...] = (),
    ) -> Iterator[Subject]:
        """Yield the members of a stream, then the stream."""
        held: list[Payload] = []
        number = 0
        for carried in carried_in(found, self.source, self.budget):
            if carried.kind in _RUNS:
                held.append(
                    Payload(
                        kind=carried.kind,
                        carrier="bytes in a pickle",
                        offset=carried.offset,
                        length=carried.length,
                    )
                )
                continue
            number += 1
            if number > CARRIED:
                detail = f"it carries more than {CARRIED} files"
                gaps = (*gaps, Gap(reason="over-budget", detail=detail))
                break
            origin = self.subject.origin.at(f"bytes at {carried.offset}")
            yield File(origin=origin, source=carried.source)
        yield found.program(
            _origin(self.subject.origin, index, name),
            index=index,
            consumer=consumer or self._nested(),
            loads=loads,
            gaps=gaps,
            payloads=(*held, *payloads),
            references=side_files(found),
        )
        other = second_reading(self.source, found, self.budget)
        if other is not None and other.imports:
            yield other.program(
                _origin(self.subject.origin, index, f"{name} frame dropped"),
                index=index,
                consumer=consumer or self._nested(),
                loads=loads,
            )

    def _nested(self) -> Consumer:
        """Return the loader, or that a pickle carries this one."""
        if self.consumer == "pickle" and self.subject.name.startswith("bytes at "):
            return "embedded"
        return self.consumer

    def _around_arrays(
        self, walks: list[Walk], arrays: ArrayReader
    ) -> Iterator[Subject]:
        """Yield the pickles in joblib's arrays, and what `pickle.load` would do."""
        for number, inner in enumerate(arrays.inner):
            yield from self.one(inner, name=f"array {number}")
        if any(inner.start == arrays.first_at for inner in arrays.inner):
            return
        # Without the arrays in mind the stream breaks at the first one - unless its
        # data is a program.
        plain = walk(self.source, walks[0].start, self.budget)
        if any(call.offset >= arrays.first_at for call in plain.calls):
            origin = _origin(self.subject.origin, 0, "as plain pickle")
            yield plain.program(origin, loads=False)

    def _rest(self, walks: list[Walk]) -> tuple[tuple[Gap, ...], tuple[Payload, ...]]:
        """Return what follows the last stream."""
        last = walks[-1]
        if not last.stopped or last.over is not None:
            return (), ()
        if self.consumer == "torch-tar" and len(walks) > 1:
            return (), ()
        end = last.stop
        held: list[Payload] = []
        if self.consumer == "torch-legacy" and len(walks) == torch.PICKLES:
            spans = torch.storages(walks, self.source)
            if spans is None:
                detail = "the length of the storages cannot be told"
                return (Gap(reason="unsupported", detail=detail, offset=end),), ()
            end = spans[-1][1] if spans else end
            if end > self.source.size:
                return (self._cut(end),), ()
            held.extend(self._in_storages(spans))
        found = after_end(self.source, end)
        return (), (*held, found) if found is not None else tuple(held)

    def _in_storages(self, spans: list[tuple[int, int]]) -> Iterator[Payload]:
        """Yield the programs that stand where elements of tensors should."""
        for start, stop in spans:
            self.budget.step()
            kind = program_kind(self.source.read(start, min(stop - start, LOOK)))
            if kind:
                yield Payload(
                    kind=kind,
                    carrier="a storage of a tensor",
                    offset=start,
                    length=stop - start,
                )

    def _cut(self, end: int) -> Gap:
        missing = end - self.source.size
        return Gap(
            reason="broken",
            detail=f"the last {missing} bytes of the storages are missing",
            offset=self.source.size,
            length=missing,
            lift="get the file again from its source",
        )


def _origin(origin: Origin, index: int, name: str) -> Origin:
    """Return the origin of a stream's facts: the same place, another view."""
    return origin.aspect(f"pickle {index}{' ' + name if name else ''}")
