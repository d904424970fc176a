"""What the headings of a model card promise, where something stands below them."""

from collections.abc import Iterator
from typing import Final

from openvet.dossier import Card, Section, Spot
from openvet.openness.seen import Seen
from openvet.patterns import pattern

ENOUGH_ROWS: Final = 2
ENOUGH_FIGURES: Final = 4
"""Rows of a table, or lines with figures, from which a section holds results."""
ENOUGH_WORDS: Final = 40
"""Words from which a section on data may describe it."""
_EVALUATION: Final = pattern(
    r"(?:quantitative|evaluat|results?|benchmark|performance|accuracy|metrics).*", 2
)
_TRAINING_DATA: Final = pattern(
    r"(?:pre-?)?train(?:ing)?(?: and \w+)? (?:data|corpus|set).*|data ?sets?.*|data|"
    r"data (?:sources?|mix.*|composition|overview)|training",
    2,
)
_USAGE: Final = pattern(
    r".*\b(?:usage|how to|quick ?start|getting started|get started|inference|"
    r"examples?)\b.*",
    2,
)
_EXAMPLES: Final = pattern(
    r".*\b(?:sample|example|generated) (?:outputs?|generations?|responses?|results?)\b"
    r".*|samples",
    2,
)
_DIGIT: Final = pattern(r"\d")


def of_sections(card: Card) -> Iterator[tuple[str, Seen]]:
    """Yield the component that each section speaks for."""
    for section in card.sections:
        if section.title:
            yield from _section(card, section)


def _section(card: Card, section: Section) -> Iterator[tuple[str, Seen]]:
    title = section.title.strip(" *_:#0123456789.")
    spot = Spot(file=card.file, line=section.line, key=section.title[:100])
    words = len(section.text.split())
    if _EVALUATION.fullmatch(title):
        lines = [x for x in section.text.split("\n") if _DIGIT.search(x)]
        rows = sum("|" in line for line in lines)
        figures = len(lines)
        if rows >= ENOUGH_ROWS or figures >= ENOUGH_FIGURES:
            note = f"{figures} lines with figures"
            yield "Evaluation results", Seen(note=note, spot=spot, sure=True)
    if _TRAINING_DATA.fullmatch(title) and words >= ENOUGH_WORDS:
        note = f"{words} words on the training data"
        yield "Data card", Seen(note=note, spot=spot)
    if _USAGE.fullmatch(title) and "```" in section.text:
        note = "a few lines show how to run it"
        yield "Inference code", Seen(note=note, spot=spot)
    if _EXAMPLES.fullmatch(title) and words:
        yield "Sample model outputs", Seen(note="samples", spot=spot, sure=True)
