"""Heat lines: which words made a model find one end of a text likelier than another.

A word has a sign and a height, and in HTML its number, so that nothing depends on
color. Words come from the questions and may, through a tokenizer or a file of the user,
hold anything: all of them go through `visible`, and are escaped where there is markup.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup

from openvet.finding import Attribution, Faithfulness, WordWeight
from openvet.write.escape import visible

BLOCKS: Final = "▂▄▆█"
"""Heights of a word; the full one is that of the heaviest word of the text."""
FAINT: Final = 0.05
"""Of the heaviest word, below which a word counts as having no weight."""
WIDTH: Final = 72
"""Cells of a line."""
LONGEST: Final = 40
"""Characters of a word that are shown."""
WORDS: Final = 200
"""Words that are shown; the others are counted."""
COLORS: Final = {1: "33", -1: "36"}
"""Of words for and against; the marks below them say the same."""


def level(weight: float, most: float) -> int:
    """Return the height of a word, from 0 to that of the highest block, with its sign.

    Args:
        weight: Of the word.
        most: The largest weight of the text, its sign left out.
    """
    if not math.isfinite(weight) or not most or abs(weight) < FAINT * most:
        return 0
    height = min(math.ceil(len(BLOCKS) * (abs(weight) / most)), len(BLOCKS))
    return height if weight > 0 else -height


def mark(height: int) -> str:
    """Return the sign and the block of a height."""
    if not height:
        return "·"
    return ("+" if height > 0 else "-") + BLOCKS[abs(height) - 1]


def heat_lines(piece: Attribution, *, color: bool = False) -> Iterator[str]:
    """Yield an attribution as lines of text: its words, and marks below them.

    Args:
        piece: What to show.
        color: Whether words are painted too.
    """
    if not piece.words:
        yield heat_text(piece)
        return
    yield f"{asked(piece)}:"
    rows: list[list[tuple[str, str, int]]] = [[]]
    room = WIDTH
    for word, height in _words(piece):
        width = max(_cells(word), _cells(mark(height)))
        if rows[-1] and width > room:
            rows.append([])
            room = WIDTH
        room -= width + 1
        rows[-1].append((word, mark(height), height))
    for row in rows:
        wide = [max(_cells(word), _cells(below)) for word, below, _ in row]
        words = [
            _painted(word, height, on=color) + " " * (width - _cells(word))
            for (word, _, height), width in zip(row, wide, strict=True)
        ]
        below = [
            text + " " * (width - _cells(text))
            for (_, text, _), width in zip(row, wide, strict=True)
        ]
        yield "  " + " ".join(words).rstrip()
        yield "  " + " ".join(below).rstrip()
    yield f"  + toward it, - against it; {_most(piece)}"
    yield f"  {alone(piece)}"
    yield f"  {beside(piece)}"


def heat_text(piece: Attribution, *, most: int = 300) -> str:
    """Return an attribution in one line of text.

    Args:
        piece: What to show.
        most: Characters of the words, about.
    """
    if not piece.words:
        told = f"{visible(piece.axis)}: {visible(piece.why)}"
        return f"{told}{_tried(piece)}"
    words = " ".join(
        f"{word} {one.weight:+.3g}" if height else word
        for (word, height), one in zip(_words(piece), piece.words, strict=False)
    )
    return (
        f"{asked(piece)}: {visible(words, most=most)}; {alone(piece)}; {beside(piece)}"
    )


def heat_html(piece: Attribution) -> Markup:
    """Return an attribution as a figure, with its numbers as text."""
    if not piece.words:
        return Markup('<p class="heat-line none">{}</p>').format(heat_text(piece))
    drawn = Markup(" ").join(
        Markup('<span class="w {}{}">{}<small>{}</small></span>').format(
            "for" if height > 0 else "against" if height else "none",
            abs(height) or "",
            word,
            f"{one.weight:+.3g}" if height else "·",
        )
        for (word, height), one in zip(_words(piece), piece.words, strict=False)
    )
    said = f"{asked(piece)}, in nats: {heat_text(piece, most=2000)}"
    return Markup(
        '<figure class="heat-line"><figcaption><b>{}</b></figcaption>'
        '<p class="words" role="img" aria-label="{}">{}</p>'
        '<p class="soft">Numbers are nats: + toward it, - against it; {}; {}.</p>'
        "</figure>"
    ).format(asked(piece), said, drawn, alone(piece), beside(piece))


def asked(piece: Attribution) -> str:
    """Return what is explained, as a question, with how it was."""
    toward, against = (
        visible(end.strip(), most=120) for end in (piece.toward, piece.against)
    )
    return (
        f"{visible(piece.axis)}: why “{toward}” and not “{against}”"
        f" ({piece.contrast:+.3g} nats, {piece.method})"
    )


def alone(piece: Attribution) -> str:
    """Return how the words of this very text do beside chance."""
    if not piece.own:
        return "how this text does by itself was not recorded"
    said = " and ".join(
        f"{one.better} of {one.n} by {one.measure}" for one in piece.own
    )
    return f"on this text, better than random orders of its words in {said}"


def beside(piece: Attribution) -> str:
    """Return how the way that is shown does beside chance, on all texts of the axis."""
    both = [one for one in piece.faithfulness if one.method == piece.method]
    said = " and ".join(
        f"{one.better:.2f} [{one.low:.2f}, {one.high:.2f}] of {one.n:,} comparisons by"
        f" {one.measure} (p = {_p(one)})"
        for one in both
    )
    clear = f"; clearly so on {piece.clear:,} of them" * bool(piece.clear)
    return f"on {_texts(piece)} of this axis, better in {said}{clear}"


def _tried(piece: Attribution) -> str:
    """Return what was tried in vain."""
    if not piece.faithfulness:
        return ""
    ways = []
    for method, group in groupby(piece.faithfulness, lambda one: one.method):
        both = ", ".join(f"{one.measure} p = {_p(one)}" for one in group)
        ways.append(f"{method}: {both}")
    return f" on {_texts(piece)} ({'; '.join(ways)})"


def _texts(piece: Attribution) -> str:
    return f"{piece.texts} text{'s' * (piece.texts != 1)}"


def _p(one: Faithfulness) -> str:
    return f"{one.p:.2g}"


def _most(piece: Attribution) -> str:
    """Return what a full block is worth."""
    return f"{BLOCKS[-1]} = {_heaviest(piece.words):.3g} nats"


def _heaviest(words: Sequence[WordWeight]) -> float:
    weights = (abs(one.weight) for one in words)
    return max((weight for weight in weights if math.isfinite(weight)), default=0)


def _words(piece: Attribution) -> Iterator[tuple[str, int]]:
    """Yield each word as it is shown, and its height."""
    most = _heaviest(piece.words)
    for one in piece.words[:WORDS]:
        yield visible(one.word.strip(), most=LONGEST), level(one.weight, most)
    if len(piece.words) > WORDS:
        yield f"… and {len(piece.words) - WORDS} more words", 0


def _painted(word: str, height: int, *, on: bool) -> str:
    if not on or not height:
        return word
    return f"\x1b[{COLORS[1 if height > 0 else -1]}m{word}\x1b[0m"


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    from rich.cells import cell_len

    return cell_len(text)
