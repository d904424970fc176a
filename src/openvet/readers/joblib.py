"""Compressed files of joblib before 0.10: `ZF`, a length in hexadecimal, zlib data.

`joblib.load` still opens them whatever their name (joblib 1.6,
`numpy_pickle_compat.read_zfile`). The data is a pickle, or the bytes of one array in a
file beside the pickle. All later files of joblib are pickles, plain or in one of the
usual compressions.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.inflate import inflate
from openvet.formats.pickle.streams import may_begin
from openvet.subject import Defect, Document, File, Gap, Subject

_HEADER: Final = re.compile(rb"ZF(0x[0-9a-f]{1,16})L? *")
_LENGTH: Final = 21
"""Bytes of the header; one more where Python 2 wrote a long."""


class JoblibZfileReader(Reader[File]):
    """Reads an old compressed file: a `File` with the pickle in it."""

    id = "joblib-zfile"

    def claims(self, subject: File) -> bool:
        """The magic and a length in hexadecimal."""
        return _HEADER.match(subject.head) is not None

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield what comes out, then the facts of the frame."""
        match = _HEADER.match(subject.head)
        announced = int(match[1], 16) if match else 0
        start = _LENGTH + (subject.head[_LENGTH : _LENGTH + 1] == b" ")
        result = inflate(subject.source.window(start), "zlib", context.budget)
        gaps: list[Gap] = []
        if result.over is not None:
            hint = result.over.hint or ""
            gaps.append(
                Gap(reason="over-budget", detail=result.over.message, lift=hint)
            )
        elif result.broken:
            gaps.append(Gap(reason="broken", detail=result.broken, offset=start))
        defects: list[Defect] = []
        if not gaps and result.source.size != announced:
            detail = f"{result.source.size} bytes instead of {announced}"
            code = "joblib-length-wrong"
            defects.append(Defect(code=code, detail=detail, weight="odd"))
        if may_begin(result.source.head):
            yield File(origin=subject.origin.at("content"), source=result.source)
        yield Document(
            origin=subject.origin.aspect(self.id),
            format="joblib-zfile",
            gaps=tuple(gaps),
            defects=tuple(defects),
        )
