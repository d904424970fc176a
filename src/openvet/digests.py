"""Content digests, computed once per file and remembered by its identity.

BLAKE3 names content for the ledger (0.3 CPU-s per GiB); SHA-256, which hubs and
signatures use (1 to 4 CPU-s per GiB, by whether the processor helps), takes its place
on request. A file whose device, inode, size and times are unchanged is not read again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from openvet.mapped import Algorithm, digest_of, new
from openvet.source import FileSource, Source
from openvet.wire import Record

HashMode = Literal["none", "blake3", "sha256"]


class Content(Record, frozen=True, kw_only=True):
    """What is known of a file's bytes as a whole."""

    identity: str
    """Device, inode, size and times, or a server's entity tag."""
    blake3: str = ""
    sha256: str = ""
    declared: bool = False
    """Whether the digest is a hub's word and not computed here."""

    @property
    def digest(self) -> str:
        """The strongest name there is: of the bytes, else of the identity."""
        if self.blake3:
            return f"blake3:{self.blake3}"
        if self.sha256:
            return f"sha256:{self.sha256}"
        return f"identity:{self.identity}"


class Digests:
    """Names content, reading no byte twice.

    Args:
        mode: Which digest; `none` for none: then a file is known by its identity only,
            and reports say so.
        known: What earlier audits learned, by identity.
        tell: Told how many bytes were hashed, as they are.
    """

    def __init__(
        self,
        mode: HashMode = "blake3",
        known: Mapping[str, Content] | None = None,
        tell: Callable[[int], None] | None = None,
    ) -> None:
        self.mode = mode
        self._known = known or {}
        self._tell = tell

    def of(self, source: Source, identity: str) -> Content:
        """Return the digests of a source, from memory where its identity is known.

        Raises:
            TargetError: It cannot be read.
        """
        known = self._known.get(identity) if identity else None
        if known is not None and self._enough(known):
            return known
        if self.mode == "none":
            return Content(identity=identity)
        digest = self._digest(source, self.mode)
        if self.mode == "sha256":
            return Content(identity=identity, sha256=digest)
        return Content(identity=identity, blake3=digest)

    def _digest(self, source: Source, algorithm: Algorithm) -> str:
        if isinstance(source, FileSource):
            mapped = digest_of(algorithm, source.descriptor, source.size, self._tell)
            if mapped is not None:
                return mapped
        hasher = new(algorithm)
        for chunk in self._stream(source):
            hasher.update(chunk)
        return hasher.hexdigest()

    def _stream(self, source: Source) -> Iterator[memoryview]:
        for chunk in source.stream():
            yield chunk
            if self._tell is not None:
                self._tell(len(chunk))

    def _enough(self, content: Content) -> bool:
        if self.mode == "sha256":
            return bool(content.sha256)
        return self.mode == "none" or bool(content.blake3) or content.declared
