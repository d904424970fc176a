"""Subjects: whatever can be judged.

A subject carries facts, never opinions. Readers make them, checks judge them.
What every format has in common - parts that were not read, structure that no honest
writer produces, names that a loader would open, free text - has one shape here, so
that one check serves every format.
"""

import hashlib
from typing import TYPE_CHECKING, ClassVar, Literal

from openvet.digests import Content
from openvet.source import Source, Tree
from openvet.wire import Record

if TYPE_CHECKING:
    from openvet.fit import Fit
    from openvet.heritage import Heritage
    from openvet.readout import Part, Readout
    from openvet.stated import Stated


class Origin(Record, frozen=True, kw_only=True):
    """Where a subject comes from and which bytes it stands for."""

    place: tuple[str, ...]
    """Names from the target down: file, then member in member."""
    digest: str
    """Identity of the bytes; equal bytes at equal places have equal digests."""

    @classmethod
    def of(cls, name: str, content: Content) -> "Origin":
        """Return the origin of a file of the target, from its name and content."""
        text = f"{content.digest}\0{name}".encode("utf-8", "backslashreplace")
        return cls(place=(name,), digest=hashlib.sha256(text).hexdigest())

    def at(self, name: str) -> "Origin":
        """Return the origin of the part called `name` inside this one."""
        text = f"{self.digest}\0{name}".encode("utf-8", "backslashreplace")
        return Origin(
            place=(*self.place, name), digest=hashlib.sha256(text).hexdigest()
        )

    def aspect(self, name: str) -> "Origin":
        """Return the origin of another view of the same bytes, at the same place."""
        text = f"{self.digest}\1{name}".encode()
        return Origin(place=self.place, digest=hashlib.sha256(text).hexdigest())


GapReason = Literal[
    "unknown-format",
    "encrypted",
    "missing-reader",
    "over-budget",
    "broken",
    "unreadable",
    "changed",
    "pointer",
    "special-file",
    "worker-died",
    "not-fetched",
    "unsupported",
    "model-failed",
    "undecided",
]


class Gap(Record, frozen=True, kw_only=True):
    """A part that was not examined, and what would change that."""

    reason: GapReason
    detail: str
    offset: int | None = None
    length: int | None = None
    lift: str = ""
    """What a person can do so that it is read next time."""


class Defect(Record, frozen=True, kw_only=True):
    """Structure that no honest writer of the format produces.

    `code` is kebab-case and stable (`zip-duplicate-member`); `weight` says what the
    reader knows of its use: `attack` (aims at a loader or hides content from
    readers), `odd` (a careless writer could do it).
    """

    code: str
    detail: str
    offset: int = 0
    weight: Literal["attack", "odd"] = "attack"
    live: str = ""
    """Which loader reads it how."""


class Reference(Record, frozen=True, kw_only=True):
    """A name that a loader opens, downloads, imports or calls."""

    kind: Literal["path", "url", "repository", "import"]
    value: str
    key: str
    """Where it is written, as `a.b[0].c`."""
    opens: str
    """What a loader does with it, in words: `opens as external tensor data`."""
    line: int = 0
    offset: int = 0


class Text(Record, frozen=True, kw_only=True):
    """Free text carried in a file: metadata, a comment, a description."""

    key: str
    value: str
    offset: int = 0
    line: int = 0


class Payload(Record, frozen=True, kw_only=True):
    """Bytes of one format carried inside another where they do not belong."""

    kind: str
    """What it is: `pickle`, `zip`, `elf`, `pe`, `mach-o`, `script`."""
    carrier: str
    """What carries it: `tensor x`, `bytes after the end`, `metadata key x`."""
    offset: int = 0
    length: int = 0
    low_confidence: bool = False


class Subject(Record, frozen=True, kw_only=True, tag=True):
    """Anything that can be judged."""

    crosses: ClassVar[bool] = True
    """Whether it can be sent between the zone and the core."""
    origin: Origin
    gaps: tuple[Gap, ...] = ()
    defects: tuple[Defect, ...] = ()
    references: tuple[Reference, ...] = ()
    texts: tuple[Text, ...] = ()
    payloads: tuple[Payload, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything in it was read."""
        return not self.gaps

    @property
    def place(self) -> tuple[str, ...]:
        """Names from the target down."""
        return self.origin.place

    @property
    def stated(self) -> "Stated | None":
        """What the ledger keeps of what it says, for reports; most say nothing."""
        return None

    @property
    def readout(self) -> "Readout | None":
        """What the ledger keeps of what was measured, for reports."""
        return None

    @property
    def fit(self) -> "Fit | None":
        """What the ledger keeps of how a model goes with a machine, for reports."""
        return None

    @property
    def work(self) -> "tuple[Part, ...]":
        """What the ledger keeps of what asking a model has cost, for reports."""
        return ()

    @property
    def heritage(self) -> "Heritage | None":
        """What the ledger keeps of a model beside its base, for reports."""
        return None


class File(Subject, frozen=True, kw_only=True, tag=True):
    """A file of the target, or a member of a container."""

    source: Source
    content: Content | None = None
    """Digests of the whole file; None for a member of a container."""
    executable_bit: bool = False

    @property
    def member(self) -> bool:
        """Whether it came out of a container."""
        return self.content is None

    @property
    def name(self) -> str:
        """Its own name, without folders."""
        return self.origin.place[-1].replace("\\", "/").rpartition("/")[2]

    @property
    def suffix(self) -> str:
        """The last extension in lower case, with its dot, or an empty string."""
        stem, dot, suffix = self.name.rpartition(".")
        return f".{suffix.lower()}" if dot and stem else ""

    @property
    def head(self) -> bytes:
        """The first 4,096 bytes."""
        return self.source.head

    @property
    def size(self) -> int:
        """Bytes."""
        return self.source.size


class Entry(Record, frozen=True, kw_only=True):
    """A line of a folder's listing."""

    name: str
    """Path below the folder, with `/`."""
    kind: Literal["file", "folder", "link", "special"]
    size: int = 0
    mode: int = 0
    link: str = ""
    """What a link points to, as written."""
    link_leaves: bool = False
    """Whether the link ends outside the folder."""
    identity: str = ""
    """Device, inode, size and times: unchanged means the bytes are unchanged."""
    content: Content | None = None
    """What a server declares of the bytes."""


class Folder(Subject, frozen=True, kw_only=True, tag=True):
    """A folder as listed, before anything in it is read."""

    entries: tuple[Entry, ...]
    tree: Tree
    kind: Literal["folder", "file", "remote"] = "folder"
    """What the person named."""
    title: str = ""
    """How reports name the target."""
    address: str = ""
    """Where it really is; names the place of its ledgers."""
    excluded: tuple[str, ...] = ()
    """Version-control stores below the folder, left out on purpose."""


class Identity(Subject, frozen=True, kw_only=True, tag=True):
    """What a file turned out to be: which readers made something of it."""

    name: str
    size: int
    formats: tuple[str, ...]
    """Formats as read from the bytes; empty where no reader knew the file."""
    executable_bit: bool = False


class Item(Record, frozen=True, kw_only=True):
    """A file of an inventory."""

    name: str
    size: int
    formats: tuple[str, ...]
    digest: str


class Inventory(Subject, frozen=True, kw_only=True, tag=True):
    """A folder or container after its files were read: what is in it, by format.

    Its digest covers the content and the formats of every file, so a reader of an
    inventory may open files through `tree` and its results stay valid until one of
    them changes or turns out to be something else.
    """

    items: tuple[Item, ...]
    tree: Tree
    container: str = ""
    """Empty for a folder of the target, else the container's format."""
    unsafe: tuple[str, ...] = ()
    """Files that a security rule fails, or that carry one that it fails."""

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file by name; a Git LFS pointer stands for a file elsewhere."""
        return {
            item.name: item.size
            for item in self.items
            if "lfs-pointer" not in item.formats
        }


class Archive(Subject, frozen=True, kw_only=True, tag=True):
    """A container's own listing; its members follow as files."""

    format: str
    members: tuple[Entry, ...]


class Document(Subject, frozen=True, kw_only=True, tag=True):
    """A file that holds data and no code: text, an image, a table, tensors' bytes."""

    format: str
