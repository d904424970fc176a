"""What the sections of the cards answer, told from their headings."""

import re
from collections.abc import Iterator
from typing import Final

from openvet.budget import Budget
from openvet.dossier import Card, Dossier, Spot
from openvet.openness.documentation import NUMBERING, groups, main_card
from openvet.openness.sections import answers
from openvet.patterns import pattern
from openvet.regulation.drafts.forms import Answer
from openvet.regulation.drafts.parts import answer

OWN: Final = {
    "training procedure": r"(?:pre-?)?train(?:ing)? (?:procedure|details|process|setup|"
    r"method\w*|recipe|hyper-?parameters|regime|configuration).*|(?:hyper-?parameters|"
    r"pre-?training|fine-?tuning|post-?training)\b.*",
    "preparation": r".*\b(?:pre-?processing|data (?:processing|cleaning|filtering|"
    r"curation|preparation)|curation|deduplication)\b.*",
}
"""Headings that only forms ask for; the others are those of cards."""
CARDS: Final = 10


def section(dossier: Dossier, name: str, budget: Budget) -> Iterator[Answer]:
    """Yield what stands below the headings that a name stands for.

    Raises:
        OverBudgetError: There is no time left.
    """
    titles = OWN.get(name) or _titles(name)
    if not titles:
        return
    words = pattern(titles)
    main = main_card(dossier)
    others = [card for card in dossier.cards if card.kind == "dataset"]
    for card in [main, *others][:CARDS]:
        if card is not None:
            yield from _below(card, words, budget)


def _titles(name: str) -> str:
    for group in groups():
        for field in group.fields:
            if field.name == name and field.titles:
                return field.titles
    return ""


def _below(card: Card, words: re.Pattern[str], budget: Budget) -> Iterator[Answer]:
    for one in answers(card, budget):
        title = NUMBERING.sub("", one.title).strip(" *_:#")
        if one.text and words.fullmatch(title):
            spot = Spot(file=card.file, line=one.line)
            yield answer(one.text, spot)
