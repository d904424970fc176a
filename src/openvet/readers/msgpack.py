"""Reads MessagePack files: flax checkpoints, spaCy and thinc models."""

from collections.abc import Iterable
from typing import ClassVar, Final

from openvet.artifacts import TensorIndex
from openvet.check import Context, Reader
from openvet.formats.magic import kind_of
from openvet.formats.msgpack import Walk
from openvet.subject import File, Subject

SUFFIXES: Final = (".msgpack", ".mpk", ".msgpck")
NAMES: Final = frozenset(
    {"model", "tokenizer", "key2row", "lookups.bin", "moves", "trees", "vectors"}
)
"""Files without a suffix in the folders of a spaCy pipeline."""

_LISTS: Final = {0xDC: 3, 0xDD: 5}
"""First bytes of long lists, and what their heads take."""


class MsgpackReader(Reader[File]):
    """Walks MessagePack and identifies the bytes in it."""

    id: ClassVar[str] = "msgpack"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by a map that begins with a readable key, or by name and any container."""
        head = subject.source.head
        if kind_of(head):
            return False
        name = subject.name.lower()
        if name.endswith(SUFFIXES) and head:
            return head[0] >= 0x80  # noqa: PLR2004 - text begins below
        if name in NAMES and head:
            return 0x80 <= head[0] < 0xA0 or 0xDC <= head[0] <= 0xDF  # noqa: PLR2004
        return _begins_with_key(head)

    def read(self, subject: File, context: Context) -> Iterable[Subject]:
        """Yield what was found; nothing if the bytes only looked like MessagePack."""
        walk = Walk(subject.source, context.budget)
        ended_well = walk.run()
        if not ended_well and not subject.name.lower().endswith(SUFFIXES):
            return
        notes = walk.notes
        yield notes.attach(
            TensorIndex(
                origin=subject.origin.aspect(self.id),
                format="msgpack",
                count=walk.values,
                parameters=walk.parameters,
                tensors=(),
            )
        )
        yield from notes.files(subject.origin)


def _begins_with_key(head: bytes) -> bool:
    """Tell whether bytes begin with a map whose first key is a readable string.

    Lists of such maps are told by the first of them.
    """
    if head and (0x91 <= head[0] <= 0x9F or head[0] in _LISTS):  # noqa: PLR2004
        head = head[_LISTS.get(head[0], 1) :]
    if len(head) < 8:  # noqa: PLR2004 - too short to tell
        return False
    first = head[0]
    if 0x81 <= first <= 0x8F:  # noqa: PLR2004 - a short map
        at = 1
    elif first in (0xDE, 0xDF):
        at = 3 if first == 0xDE else 5  # noqa: PLR2004
    else:
        return False
    if 0xA1 <= head[at] <= 0xBF:  # noqa: PLR2004 - a short string
        key = head[at + 1 : at + 1 + (head[at] & 0x1F)]
    elif head[at] == 0xD9:  # noqa: PLR2004
        key = head[at + 2 : at + 2 + head[at + 1]]
    else:
        return False
    return bool(key) and key.isascii() and key.decode().isprintable()
