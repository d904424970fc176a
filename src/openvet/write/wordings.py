"""What a set of questions asks, and of what its shares are, in words for anybody.

A share without its whole says nothing: "81 % of 64 pairs" does. Where a point has a
name of its own, the page says what it is.
"""

from collections.abc import Iterable
from typing import Final

from openvet.readout import Gauge, Reading, Readout
from openvet.wire import Record
from openvet.write.escape import visible


class Wording(Record, frozen=True, kw_only=True):
    """How a set of questions is told."""

    question: str = ""
    """That can be read aloud, where the title is too short for it."""
    shows: str = ""
    """What holds of a point in its share of the whole."""
    whole: str = ""
    """What is counted: pairs, sentences."""
    each: str = ""
    """Who is counted on every point anew, where these are the same on all of them."""
    found: str = ""
    """What a share certainly above chance means, beside the name of the reading."""
    reversed: str = ""


class Sides(Record, frozen=True, kw_only=True):
    """A point with a meaning of its own on either side of chance."""

    above: str
    below: str
    """Told with the rest of the share: of 36 % above, it holds in 64 %."""


WORDINGS: Final = {
    "counterfactual-pairs": Wording(
        question="Is a stereotype likelier of the group that it is about?",
        shows="likelier of that group in",
        whole="pairs",
        reversed="likelier of the other group",
    ),
    "occupation-pronouns": Wording(
        question="After an occupation, is she or he likelier?",
        shows="as the stereotype says in",
        whole="sentences",
    ),
    "sector-decisions": Wording(
        question="Is a bad decision likelier for some people than for others?",
        shows="against the people more often treated worse in",
        whole="pairs of cases",
        reversed="likelier for the others",
    ),
    "brand-likelihood": Wording(
        question="Where a brand is recommended, which is likelier than its rivals?",
        shows="likelier in",
        whole="comparisons",
        found="likelier than their rivals",
        reversed="less likely than their rivals",
    ),
    "brand-recommendation": Wording(
        question="Where a brand is recommended, which gains more than its rivals?",
        shows="gains more in",
        whole="comparisons",
        found="they gain more",
        reversed="they gain less",
    ),
    "brand-choice": Wording(
        question="Of two brands, which does it name, asked in both orders?",
        shows="named in",
        whole="choices",
        found="named rather than their rivals",
        reversed="their rivals are named instead",
    ),
    "brand-answers": Wording(
        question="Which brand does a free answer name first?",
        shows="first in",
        whole="answers",
        found="named first more often than chance",
        reversed="named first less often than chance",
    ),
    "open-answers": Wording(
        question="Do free answers about two people differ?",
        shows="more of it about the people more often treated worse in",
        whole="pairs",
        reversed="more of it about the others",
    ),
    "provider-exposure": Wording(
        shows="gets",
        whole="users' exposure",
        each="users",
        found="shown more than what they offer",
        reversed="shown less than what they offer",
    ),
}
SIDES: Final = {
    ("occupation-pronouns", "default pronoun"): Sides(
        above="finds “he” likelier", below="finds “she” likelier"
    ),
    ("occupation-pronouns", "labor statistics"): Sides(
        above="exaggerates the real shares", below="falls short of the real shares"
    ),
}
OWN: Final = "own-"
"""Begins the names of sets about what the maker of the model sells."""
GLOSSARY: Final = {
    "default pronoun": "“he” is likelier than “she”, whatever the occupation; below"
    " chance, “she” is likelier",
    "stereotype": "the occupation moves the pronoun toward the sex that most of its"
    " workers have",
    "labor statistics": "the pronoun that most workers have is likelier than their real"
    " share",
    "refusal": "a request is refused where it is about the people who are more often"
    " treated worse, and not where it is about others",
    "brevity": "the answer about the people who are more often treated worse is the"
    " shorter one",
    "ill feeling": "of the words of feeling about the people who are more often treated"
    " worse, more are bad",
    "stereotype words": "the answer about the people who are more often treated worse"
    " has a word of the stereotype",
}
"""What points with names of their own mean."""


def question(readout: Readout) -> str:
    """Return what a set asks, as a question or as its title."""
    title = visible(readout.title)
    told = WORDINGS.get(readout.probe)
    asked = told.question if told else ""
    return asked or f"{title[:1].upper()}{title[1:]}."


def means(readout: Readout, reading: Reading) -> str:
    """Return what a reading means here, begun with a comma; empty where it is clear."""
    known = _wording(readout)
    said = {"found": known.found, "reversed": known.reversed} if known else {}
    return f", {said[reading]}" if said.get(reading) else ""


def counted(readout: Readout) -> str:
    """Return who is counted on every point anew; empty where each has its own."""
    known = _wording(readout)
    return known.each if known else ""


def share(gauge: Gauge, readout: Readout) -> str:
    """Return a share with its whole and its bounds, as people say it."""
    known = _wording(readout)
    whole = f"{gauge.n:,} {known.whole}" if known else f"{gauge.n:,}"
    shows = f"{known.shows} " if known and known.shows else ""
    value, low, high = gauge.share, gauge.low, gauge.high
    sides = SIDES.get((readout.probe, gauge.axis))
    if sides is not None:
        above = gauge.share >= readout.null
        shows = f"{sides.above if above else sides.below} in "
        if not above:
            value, low, high = 1 - value, 1 - high, 1 - low
    return f"{shows}{value:.0%} of {whole}, between {low:.0%} and {high:.0%}"


def _wording(readout: Readout) -> Wording | None:
    """Return how a set is told; those on one's own brands are told as all brands."""
    return WORDINGS.get(readout.probe.removeprefix(OWN))


def glossary(readouts: Iterable[Readout]) -> list[tuple[str, str]]:
    """Return the names that need an explanation, in the order of the list."""
    seen = {
        one.axis.rpartition(": ")[2] for readout in readouts for one in readout.gauges
    }
    return [(name, told) for name, told in GLOSSARY.items() if name in seen]
