"""What a folder of training data says: sizes, types, languages, cards, licenses."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from openvet.dossier import Dossier, Spot
from openvet.finding import Basis
from openvet.regulation.drafts.forms import Answer
from openvet.regulation.drafts.parts import answer, shown, size

SHOWN: Final = 12
PAPERS: Final = frozenset({"card", "data-card", "license", "notice", "croissant"})


def _files(data: Dossier) -> list[tuple[str, int]]:
    """Return name and size of the files that are no papers."""
    papers = {paper.file for paper in data.papers if paper.role in PAPERS}
    return [(item.name, item.size) for item in data.items if item.name not in papers]


def _size(data: Dossier) -> Iterator[Answer]:
    files = _files(data)
    if files:
        total = sum(count for _, count in files)
        spot = Spot(file="", basis=Basis.BYTES)
        noun = "file" if len(files) == 1 else "files"
        text = f"{size(total)} in {len(files)} {noun} of the data folder"
        yield answer(text, spot)
    for card in data.cards:
        if "size_categories" in card.data:
            line = card.lines.get("size_categories", 0)
            yield answer(
                shown(card.data["size_categories"]), Spot(file=card.file, line=line)
            )


def _types(data: Dossier) -> Iterator[Answer]:
    kinds: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for name, count in _files(data):
        last = name.rpartition("/")[2].lower()
        kind = last.rpartition(".")[2][:20] if "." in last else "no extension"
        kinds[kind] += 1
        sizes[kind] += count
    for kind, count in sizes.most_common(SHOWN):
        noun = "file" if kinds[kind] == 1 else "files"
        text = f"{kind}: {kinds[kind]} {noun}, {size(count)}"
        yield answer(text, Spot(file="", basis=Basis.BYTES))


def _said(key: str) -> Callable[[Dossier], Iterator[Answer]]:
    """Return what yields the values of a key of the data cards."""

    def found(data: Dossier) -> Iterator[Answer]:
        for card in data.cards:
            if key in card.data:
                spot = Spot(file=card.file, line=card.lines.get(key, 0))
                yield answer(shown(card.data[key]), spot)

    return found


def _cards(data: Dossier) -> Iterator[Answer]:
    for card in data.cards:
        title = next((one for one in card.sections if one.title), None)
        name = card.data.get("pretty_name") or (title.title if title else "")
        license_name = card.data.get("license")
        if isinstance(name, str) and name:
            told = f"{name}, license: {shown(license_name)}" if license_name else name
            yield answer(told, Spot(file=card.file, line=title.line if title else 1))


DATA: Final[dict[str, Callable[[Dossier], Iterator[Answer]]]] = {
    "size": _size,
    "types": _types,
    "languages": _said("language"),
    "cards": _cards,
}
"""By the names that forms use after `data:`."""
