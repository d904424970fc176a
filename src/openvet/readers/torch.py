"""The raw data of tensors inside torch's archives.

`torch.load`, `torch.jit.load`, `torch.package` and `torch.export` keep each storage in
a member of its own, as bare bytes: nothing in it says what it is, and the loader never
looks at it as anything but numbers. A member that is a pickle is read as one too,
because `pickle_file=` can name any member.
"""

import re
from collections.abc import Iterator
from typing import Final

from openvet.check import Context, Reader
from openvet.formats.trailing import payload_in
from openvet.subject import Document, File, Subject

_STORAGE: Final = re.compile(
    r"(?:[^/]+/)?(?:\.?data|tensors|constants|weights)/"
    r"(?:\d+|\d+\.storage|(?:weights|constants|sample_inputs)/\w+)"
)
"""`data/0` of torch.load, `tensors/0` and `constants/0` of TorchScript,
`.data/0.storage` of torch.package, `data/weights/weight_0` of torch.export."""


class TorchStorageReader(Reader[File]):
    """Yields a `Document` for a storage, looked at for a program in its place."""

    id = "torch-storage"
    version = 2

    def claims(self, subject: File) -> bool:
        """Members named as torch names its storages."""
        return subject.member and bool(_STORAGE.fullmatch(subject.origin.place[-1]))

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the document."""
        context.budget.step()
        payload = payload_in(subject.source, "a storage of a tensor")
        yield Document(
            origin=subject.origin.aspect(self.id),
            format="torch-storage",
            payloads=() if payload is None else (payload,),
        )
