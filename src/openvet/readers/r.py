"""R's `.rds` and `.RData` files, decompressed."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Made, ObjectTree
from openvet.check import Context, Reader
from openvet.formats.r.walk import MAXIMUM_CALLED, Promise, RObject, is_r, read_r
from openvet.formats.trailing import after_end
from openvet.subject import Defect, File, Gap, Subject

STARTS: Final = frozenset({".First", ".First.sys", ".Last", ".Last.sys"})
"""Functions that R calls when it starts or ends with this workspace."""
DETAIL: Final = 1024


class RReader(Reader[File]):
    """Reads serialized R objects in any of the three forms."""

    id: ClassVar[str] = "r"
    version: ClassVar[int] = 2

    def claims(self, subject: File) -> bool:
        """Look for the header and a version."""
        return is_r(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the promises and functions in the file."""
        found = read_r(subject.source, context.budget)
        gaps: tuple[Gap, ...] = ()
        defects: tuple[Defect, ...] = ()
        trailing = None
        if found.broken:
            gaps = (Gap(reason="broken", detail=found.broken),)
            defects = (Defect(code="r-broken", detail=found.broken, weight="odd"),)
        elif len(found.called) >= MAXIMUM_CALLED:
            gaps = (Gap(reason="over-budget", detail="more calls than are kept"),)
        elif subject.source.read(found.stop, 2) not in {b"", b"\n", b"\r\n"}:
            trailing = after_end(subject.source, found.stop)
        yield ObjectTree(
            origin=subject.origin.aspect("r"),
            format="r",
            made=tuple(_made(found)),
            gaps=gaps,
            defects=defects,
            payloads=(trailing,) if trailing else (),
        )


def _made(found: RObject) -> Iterator[Made]:
    for promise in found.promises:
        yield _promise(promise)
    for name in found.names:
        if name in STARTS and found.closures:
            yield Made(kind="function", module="", name=name, key="workspace")
    if found.closures:
        yield Made(
            kind="lambda",
            module="",
            name="closure",
            key="object",
            detail=f"{found.closures} functions written in R",
            offset=found.first_closure,
        )
    for name, offset in found.called:
        yield Made(kind="method", module="", name=name, key="call", offset=offset)


def _promise(promise: Promise) -> Made:
    return Made(
        kind="reduce",
        module="environment" if promise.in_environment else "",
        name="promise",
        key="variable of an environment" if promise.in_environment else "object",
        detail=" ".join(promise.words)[:DETAIL],
        offset=promise.offset,
    )
