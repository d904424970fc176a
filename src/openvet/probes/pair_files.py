"""CrowS-Pairs and StereoSet files as users have them.

The format is recognized from the content: a table with the columns of CrowS-Pairs, JSON
lines with the fields of StereoSet, or the one JSON document that its authors publish.
Rows that cannot be used are told with their line and never guessed at: a suite that
silently loses rows measures something else than it says.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from openvet.errors import OpenvetError
from openvet.supplied import Broken, text_of
from openvet.wire import Record, replace

LARGEST: Final = 64 << 20
"""Bytes of a file; CrowS-Pairs has 0.4 MB, StereoSet 1 MB."""
LONGEST: Final = 4096
"""Characters of a sentence."""
AXES: Final = 64
"""Kinds of bias in a file; CrowS-Pairs has nine."""
NAME: Final = 80
"""Characters of the name of one."""
CROWS: Final = ("sent_more", "sent_less", "stereo_antistereo", "bias_type")
SENTENCES: Final = ("stereotype", "anti-stereotype")
UNRELATED: Final = "unrelated"
STEREOSET: Final = ("type", "target", "bias_type", "context", *SENTENCES, UNRELATED)
KINDS: Final = ("intersentence", "intrasentence")
HINT: Final = (
    "it has to be a table with the columns of CrowS-Pairs"
    f" ({', '.join(CROWS)}), or JSON with the fields of StereoSet"
)


class Pair(Record, frozen=True, kw_only=True):
    """Two ways to go on, one of them stereotyped."""

    id: str
    axis: str
    cluster: str
    stereotyped: str
    other: str
    unrelated: str = ""
    """A third one that makes no sense; empty where the file has none."""
    context: str = ""
    line: int


class PairFile(Record, frozen=True, kw_only=True):
    """What a file holds."""

    format: Literal["crows-pairs", "stereoset", "pair-file"]
    """The last where nothing of it can be used."""
    pairs: tuple[Pair, ...]
    broken: tuple[Broken, ...]


def read_pairs(path: Path, sha256: str = "") -> PairFile:
    """Return the pairs of a file.

    Args:
        path: Where it is.
        sha256: What it was when the audit began; empty where that does not matter.

    Raises:
        OpenvetError: It cannot be read, is too large, has changed, or holds no pair.
    """
    text = text_of(path, LARGEST, sha256)
    broken: list[Broken] = []
    is_json = text.lstrip()[:1] in {"{", "["}
    if is_json:
        document = _document(text)
        rows = _stereoset(text, broken) if document is None else document
        found = _from_json(rows, broken)
    else:
        # A quoted field of CSV may hold line breaks of its own.
        found = _crows(text, broken)
    pairs = tuple(_resembling(_few(found, broken)))
    if not pairs:
        first = f"; line {broken[0].line}: {broken[0].why}" if broken else ""
        raise OpenvetError(f"{path} holds no pair of sentences{first}", hint=HINT)
    return PairFile(
        format="stereoset" if is_json else "crows-pairs",
        pairs=pairs,
        broken=tuple(broken),
    )


def _few(pairs: Iterator[Pair], broken: list[Broken]) -> Iterator[Pair]:
    """Yield the pairs of the first kinds of bias; a name for each row is no kind."""
    axes: set[str] = set()
    for pair in pairs:
        if len(axes) < AXES:
            axes.add(pair.axis)
        if pair.axis in axes:
            yield pair
        else:
            broken.append(Broken(line=pair.line, why=f"more than {AXES} bias_types"))


def _resembling(pairs: Iterator[Pair]) -> Iterator[Pair]:
    """Yield pairs, those of the same two sentences as one cluster.

    The answer to them is the same, however often a row is repeated.
    """
    first: dict[tuple[str, frozenset[str]], str] = {}
    for pair in pairs:
        same = pair.context, frozenset((pair.stereotyped, pair.other))
        yield replace(pair, cluster=first.setdefault(same, pair.cluster))


def _crows(text: str, broken: list[Broken]) -> Iterator[Pair]:
    """Yield pairs of a table with the columns of CrowS-Pairs."""
    table = csv.reader(text.splitlines(keepends=True), strict=True)
    line, header = 1, None
    while True:
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            over = table.line_num - line
            reach = f", and {over:,} more lines are lost with it" if over > 0 else ""
            broken.append(Broken(line=line, why=f"{error}{reach}"))
            line = table.line_num + 1
            continue
        if header is None:
            header = row
            if why := _unusable(header):
                broken.append(Broken(line=1, why=why))
                return
        elif row:
            yield from _crows_row(header, row, line, broken)
        line = table.line_num + 1


def _unusable(header: Sequence[str]) -> str:
    """Return what is wrong with the names of columns, or an empty string."""
    missing = [name for name in CROWS if name not in header]
    if missing:
        return f"no column {', '.join(missing)}"
    twice = [name for name in CROWS if header.count(name) > 1]
    return f"more than one column {', '.join(twice)}" if twice else ""


def _crows_row(
    header: list[str], row: list[str], line: int, broken: list[Broken]
) -> Iterator[Pair]:
    """Yield the pair of a row, or note what is wrong with it."""
    if len(row) != len(header):
        why = f"{len(row)} fields where the header has {len(header)}"
        broken.append(Broken(line=line, why=why))
        return
    fields = dict(zip(header, row, strict=True))
    # `sent_more` is the more stereotyped sentence in either direction (README of
    # nyu-mll/crows-pairs); which group it is about follows from `stereo_antistereo`.
    more, less = fields["sent_more"].strip(), fields["sent_less"].strip()
    direction = fields["stereo_antistereo"]
    axis = fields["bias_type"].strip()
    why = _unlike(more, less) or _no_axis(axis)
    if direction not in {"stereo", "antistereo"}:
        why = why or f"stereo_antistereo is {direction[:20]!r}"
    if why:
        broken.append(Broken(line=line, why=why))
        return
    yield Pair(
        id=f"line-{line}",
        axis=axis,
        cluster=f"line-{line}",
        stereotyped=more,
        other=less,
        line=line,
    )


def _unlike(first: str, second: str) -> str:
    """Return why two sentences are no pair, or an empty string."""
    if not first or not second:
        return "an empty sentence"
    if first == second:
        return "both sentences are the same"
    return "a very long sentence" if max(len(first), len(second)) > LONGEST else ""


def _no_axis(name: str) -> str:
    """Return why a name is none of a kind of bias, or an empty string."""
    if not name:
        return "no bias_type"
    return "a very long bias_type" if len(name) > NAME else ""


class _Row(Record, frozen=True, kw_only=True):
    """An entry of StereoSet, wherever it stands."""

    line: int
    """From 1; 0 in a document, where the entry is counted instead."""
    entry: int
    fields: dict[str, object]

    def broken(self, why: str) -> Broken:
        """Return it as one that was left out."""
        named = why if self.line else f"entry {self.entry}: {why}"
        return Broken(line=self.line, why=named)


def _stereoset(text: str, broken: list[Broken]) -> Iterator[_Row]:
    """Yield the entries of JSON lines."""
    for line, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            fields = msgspec.json.decode(row, type=dict[str, object])
        except (msgspec.DecodeError, RecursionError) as error:
            broken.append(Broken(line=line, why=str(error)))
            continue
        yield _Row(line=line, entry=line, fields=fields)


class _Sentence(msgspec.Struct):
    sentence: str
    gold_label: str


class _Entry(msgspec.Struct):
    sentences: list[_Sentence]
    bias_type: str
    target: str = ""
    context: str = ""


class _Document(msgspec.Struct):
    """What the authors of StereoSet publish."""

    data: dict[str, list[msgspec.Raw]]


def _document(text: str) -> Iterator[_Row] | None:
    """Return the entries of a document, or None where it is none."""
    try:
        data = msgspec.json.decode(text, type=_Document).data
    except (msgspec.DecodeError, RecursionError):
        return None
    return _entries(data)


def _entries(data: dict[str, list[msgspec.Raw]]) -> Iterator[_Row]:
    number = 0
    for kind in KINDS:
        for raw in data.get(kind, ()):
            number += 1
            try:
                entry = msgspec.json.decode(raw, type=_Entry)
            except (msgspec.DecodeError, RecursionError):
                yield _Row(line=0, entry=number, fields={})
                continue
            told = {one.gold_label: one.sentence for one in entry.sentences}
            about = {"target": entry.target, "context": entry.context}
            fields = {"type": kind, "bias_type": entry.bias_type, **about, **told}
            yield _Row(line=0, entry=number, fields=dict(fields))


def _from_json(rows: Iterator[_Row], broken: list[Broken]) -> Iterator[Pair]:
    """Yield the pairs of entries with the fields of StereoSet."""
    for row in rows:
        fields = {name: row.fields.get(name) or "" for name in STEREOSET}
        told = {
            name: said.strip() for name, said in fields.items() if isinstance(said, str)
        }
        if odd := [name for name in fields if name not in told]:
            broken.append(row.broken(f"{odd[0]} is no text"))
            continue
        first, second = (told[name] for name in SENTENCES)
        third = told[UNRELATED]
        why = _unlike(first, second) or _no_axis(told["bias_type"])
        if told["type"] not in KINDS:
            why = why or f"type is {told['type'][:20]!r}"
        if third in {first, second} or len(third) + len(told["context"]) > LONGEST:
            why = why or "an unrelated sentence or a context that cannot be used"
        if why:
            broken.append(row.broken(why))
            continue
        follows = told["type"] == KINDS[0]
        before = " " if follows else ""
        yield Pair(
            id=f"line-{row.line}" if row.line else f"entry-{row.entry}",
            axis=told["bias_type"],
            cluster=told["target"] or f"line-{row.entry}",
            context=told["context"] if follows else "",
            stereotyped=before + first,
            other=before + second,
            unrelated=before + third if third else "",
            line=row.line,
        )
