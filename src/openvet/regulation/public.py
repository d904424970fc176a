"""What a release says of its training content and of copyright, and where.

That a file or a link is there is seen; whether it says enough is for a person.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final, Literal

from openvet.budget import Budget
from openvet.dossier import Dossier, Spot
from openvet.finding import Basis
from openvet.openness.sections import lines_of
from openvet.patterns import pattern
from openvet.wire import Record

Topic = Literal["training-summary", "copyright", "reservations", "removal"]
CARDS: Final = 20
READ: Final = frozenset({"md", "markdown", "rst", "txt", "html", "htm", "pdf", "docx"})
"""Extensions of what people read."""
_FILE: Final = pattern(
    r"(?:.*[-_. ])?(?:(?:public[-_ ])?(?:training[-_ ])?(?:content|data|training)"
    r"[-_ ](?:public[-_ ])?summary|summary[-_ ]of[-_ ]training.*|"
    r"(?:public[-_ ])?training[-_ ]summary|(?:eu[-_ ])?data[-_ ]transparency.*|"
    r"art(?:icle)?[-_. ]?53.*)(?:[-_. ].*)?",
    2,
)
_POLICY: Final = pattern(r"(?:.*[-_ ])?copyright[-_ ]policy(?:[-_. ].*)?", 2)
_NAMES: Final = {
    "training-summary": (("summary", "transparency", "53"), _FILE),
    "copyright": (("copyright",), _POLICY),
}
"""Words of which a name has one, and the expression that it matches."""
_TOPICS: Final[dict[Topic, str]] = {
    "training-summary": r"summar(?:y|ies) of (?:the )?training (?:content|data)|"
    r"training[- ](?:content|data) summary|53\(1\)\(d\)|53\(1\)\(?d\b|"
    r"data[-_ ]transparency",
    "copyright": r"copyright[- ](?:policy|compliance)|policy on copyright|"
    r"respect(?:s|ing)? copyright|53\(1\)\(c\)",
    "reservations": r"\bopt(?:ed)?[- ]?outs?\b|robots\.txt|text[- ]and[- ]data[- ]"
    r"mining|\btdm(?:rep)?\b|reservations? of rights|article 4\(3\)",
    "removal": r"\bcsam\b|illegal content|unwanted content|toxic(?:ity)?[- ]filter|"
    r"(?:filter|remov)\w* (?:\w+ ){0,4}(?:toxic|harmful|illegal|unsafe|adult|nsfw|"
    r"personal|pii|hateful|explicit)|blocklists?",
}


_HINTS: Final[dict[Topic, tuple[str, ...]]] = {
    "training-summary": ("summar", "transparency", "53("),
    "copyright": ("copyright", "53("),
    "reservations": ("opt", "robots", "mining", "tdm", "reserv", "4(3)"),
    "removal": (
        *("csam", "illegal", "unwanted", "toxic", "filter", "remov", "blocklist"),
    ),
}
"""In lower case; a line without any of them is not looked at further."""


class Said(Record, frozen=True, kw_only=True):
    """A file, or a line of a card, on a topic."""

    topic: Topic
    spot: Spot
    here: bool
    """Whether it is a file of its own, not only a line that speaks of it."""


def said_on(dossier: Dossier, topic: Topic, budget: Budget) -> Said | None:
    """Return the best that a release has on a topic.

    Raises:
        OverBudgetError: There is no time left.
    """
    found = chain(_files(dossier, topic, budget), _lines(dossier, topic, budget))
    return next(found, None)


def _files(dossier: Dossier, topic: Topic, budget: Budget) -> Iterator[Said]:
    names = _NAMES.get(topic)
    if names is None:
        return
    words, expression = names
    for item in dossier.items:
        budget.step(1)
        stem, _, suffix = item.name.rpartition("/")[2].lower().rpartition(".")
        if suffix not in READ or not any(word in stem for word in words):
            continue
        if expression.fullmatch(stem[:200]):
            spot = Spot(file=item.name, basis=Basis.BYTES)
            yield Said(topic=topic, spot=spot, here=True)


def _lines(dossier: Dossier, topic: Topic, budget: Budget) -> Iterator[Said]:
    words, hints = pattern(_TOPICS[topic]), _HINTS[topic]
    for card in dossier.cards[:CARDS]:
        for line in lines_of(card):
            budget.step(1)
            lower = line.text.lower()
            if any(hint in lower for hint in hints) and words.search(lower):
                text = line.text.strip()[:300]
                spot = Spot(file=card.file, line=line.number, text=text)
                yield Said(topic=topic, spot=spot, here=False)
                break
