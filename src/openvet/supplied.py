"""What the person who audits brings along: files of their own, and what only they know.

These files are no part of the target. Their content changes results, so its digest is
part of the settings, under whose digest everything is remembered; a file that changes
while it is used is refused. They may come from anywhere, and are read with bounds.
"""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from openvet.errors import OpenvetError
from openvet.wire import Record, replace

LARGEST: Final = 256 << 20
"""Bytes of a file."""
CHUNK: Final = 1 << 20


class Broken(Record, frozen=True, kw_only=True):
    """A row that was left out."""

    line: int
    """Where it begins, from 1; 0 where lines tell nothing."""
    why: str


class Ask(Record, frozen=True, kw_only=True):
    """What a model is asked besides our own questions, and with what."""

    pairs: tuple[str, ...] = ()
    """Files of pairs of sentences: CrowS-Pairs or StereoSet."""
    labor: str = ""
    """A table of the share of women in occupations."""
    vendor: str = ""
    """The company that made the model, as brands name it."""
    engine: Literal["transformers", "onnxruntime-genai"] = "transformers"
    """What writes the texts of a model that is loaded; likelihoods are always those of
    transformers."""


class DecisionTable(Record, frozen=True, kw_only=True):
    """A table of people, of what was decided about them, and what became of them."""

    file: str
    protected: tuple[str, ...]
    """Columns that say of which group somebody is."""
    prediction: str = ""
    """The column of the decision: a yes or a no."""
    score: str = ""
    """Or a column of numbers; a yes from `threshold` on."""
    threshold: float | None = None
    label: str = ""
    """The column of what became of them; empty where nobody knows."""
    positive: tuple[str, ...] = ()
    """How a yes is written, in any case; anything else is then a no. Where nothing is
    said it is 1, true or yes, and a column may hold two values at most."""
    favorable: Literal["yes", "no"] = "yes"
    """Which decision is good for whom it meets."""

    def __post_init__(self) -> None:
        """Refuse a table of which nobody can tell what was decided."""
        if not self.protected:
            raise ValueError("a table needs `protected`: columns that name groups")
        if bool(self.prediction) == bool(self.score):
            raise ValueError("a table needs either `prediction` or `score`")
        if bool(self.score) == (self.threshold is None):
            raise ValueError("`score` and `threshold` belong together")


class RecommendationTable(Record, frozen=True, kw_only=True):
    """A table of what a recommender showed to whom."""

    file: str
    user: str = "user"
    """Columns by name."""
    item: str = "item"
    provider: str = "provider"
    rank: str = "rank"
    catalog: str = ""
    """A table of all items and who offers them; without one, those that were shown."""


class Supplied(Record, frozen=True, kw_only=True):
    """All of it, as settings hold it."""

    ask: Ask = Ask()
    table: tuple[DecisionTable, ...] = ()
    recommendations: tuple[RecommendationTable, ...] = ()
    sha256: tuple[tuple[str, str], ...] = ()
    """Path and digest of each file; filled in when an audit begins."""

    def files(self) -> Iterator[str]:
        """Yield the paths of all files."""
        yield from self.ask.pairs
        if self.ask.labor:
            yield self.ask.labor
        yield from (one.file for one in self.table)
        for one in self.recommendations:
            yield from filter(None, (one.file, one.catalog))

    def below(self, folder: Path) -> "Supplied":
        """Return the same with paths that do not depend on the working directory."""

        def at(name: str) -> str:
            return str(folder / name) if name else name

        return replace(
            self,
            ask=replace(
                self.ask,
                pairs=tuple(map(at, self.ask.pairs)),
                labor=at(self.ask.labor),
            ),
            table=tuple(replace(one, file=at(one.file)) for one in self.table),
            recommendations=tuple(
                replace(one, file=at(one.file), catalog=at(one.catalog))
                for one in self.recommendations
            ),
        )

    def named(self) -> "Supplied":
        """Return the same with the digest of each file.

        Raises:
            OpenvetError: One cannot be read, is no file or is too large.
        """
        digests = {name: _digest(Path(name)) for name in self.files()}
        return replace(self, sha256=tuple(digests.items()))

    def text(self, name: str, largest: int = LARGEST) -> str:
        """Return the text of one of the files.

        Raises:
            OpenvetError: It cannot be read, is too large, is no UTF-8, or has changed
                since the audit began.
        """
        return text_of(Path(name), largest, dict(self.sha256).get(name, ""))


def _checked(path: Path, largest: int) -> None:
    """Refuse what is no regular file or too large, before a byte of it is read."""
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OpenvetError(
            f"{path} cannot be read: {why}", hint="name a file that exists"
        ) from None
    if not stat.S_ISREG(about.st_mode):
        raise OpenvetError(f"{path} is no file", hint="name a file")
    if about.st_size > largest:
        raise OpenvetError(
            f"{path} has {about.st_size:,} bytes; at most {largest:,} are read",
            hint="give a sample of its rows",
        )


def _pieces(path: Path, largest: int) -> Iterator[bytes]:
    """Yield the bytes of a file, no more than it may have."""
    _checked(path, largest)
    left = largest
    try:
        with path.open("rb") as file:
            while left > 0 and (piece := file.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece
            more = left <= 0 and file.read(1)
    except OSError as error:
        raise OpenvetError(f"{path} cannot be read: {error.strerror}") from None
    if more:
        raise OpenvetError(f"{path} grew beyond {largest:,} bytes while it was read")


def _digest(path: Path) -> str:
    import hashlib

    known = hashlib.sha256()
    for piece in _pieces(path, LARGEST):
        known.update(piece)
    return known.hexdigest()


def text_of(path: Path, largest: int = LARGEST, sha256: str = "") -> str:
    """Return the text of a file.

    Args:
        path: Where it is.
        largest: Bytes it may have.
        sha256: What it was when the audit began; empty where that does not matter.

    Raises:
        OpenvetError: It cannot be read, is too large, is no UTF-8, or has changed.
    """
    data = b"".join(_pieces(path, largest))
    if sha256:
        import hashlib

        if hashlib.sha256(data).hexdigest() != sha256:
            raise OpenvetError(
                f"{path} changed while it was used",
                hint="audit again when nobody writes to it",
            )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise OpenvetError(
            f"{path} cannot be read as UTF-8: byte {error.start:,} is no text",
            hint="save it as UTF-8",
        ) from None


def left_out(broken: tuple[Broken, ...], *, named: int = 5) -> str:
    """Return in words which rows were left out, the first of them with the reason."""
    told = "; ".join(
        f"line {one.line}: {one.why}" if one.line else one.why for one in broken[:named]
    )
    rows = "row was" if len(broken) == 1 else "rows were"
    return f"{len(broken):,} {rows} left out ({told}{'; …' * (len(broken) > named)})"
