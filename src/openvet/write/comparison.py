"""Models side by side, for people and for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from openvet.compared.record import (
    BESIDE,
    CHOICE,
    Contender,
    Difference,
    Efficiency,
    Measure,
    SideBySide,
    Smaller,
)
from openvet.wire import encode
from openvet.write.confidence import percent
from openvet.write.escape import safe_json, visible
from openvet.write.gauges import WIDTH
from openvet.write.sides import key, sides

if TYPE_CHECKING:
    import jinja2

MANY: Final = 16
"""Axes of a probe that all get a line; of more only those that are certain."""
DRAWN: Final = 200
"""Axes of a probe that get pictures; the others stand in the JSON."""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REASONABLE: Final = 10_000
"""More questions than these nobody asks."""
MEGA: Final = 10**6


def text(found: SideBySide) -> str:
    """Return a comparison for a terminal."""
    return "\n".join(_lines(found)) + "\n"


def json(found: SideBySide) -> str:
    """Return a comparison as JSON."""
    return safe_json(encode(found).decode()) + "\n"


def html(found: SideBySide) -> str:
    """Return a comparison as one HTML page."""
    from openvet.write.pages import style

    return _template().render(
        found=found,
        letter=letter,
        ranked=ranked,
        groups=[(rows[0], rows) for rows in grouped(found.measures)],
        names=[letter(number) for number in range(len(found.contenders))],
        key=key(),
        wide=WIDTH,
        most=DRAWN,
        css=style("report", "behavior", "comparison"),
    )


@cache
def _template() -> "jinja2.Template":
    from openvet.write.pages import template

    ours = (about, difference, knows, chooses, sides, percent)
    return template("comparison.html.j2", {one.__name__: one for one in ours})


def letter(number: int) -> str:
    """Return how a model is called in tables: A is the first."""
    return LETTERS[number] if number < len(LETTERS) else f"model {number + 1}"


def grouped(measures: Sequence[Measure]) -> list[list[Measure]]:
    """Return the measures probe by probe."""
    return [list(rows) for _, rows in groupby(measures, key=lambda one: one.probe)]


def about(one: Contender) -> str:
    """Return what a model is, how large, and what asking it has cost."""
    if one.refused:
        hint = f"; help: {visible(one.hint)}" if one.hint else ""
        return f"not compared: {visible(one.refused)}{hint}"
    if one.model is None:
        return "not asked"
    size = one.model.parameters
    large = f"{size / MEGA:,.0f} million parameters" if size else "size not known"
    cost = "of an earlier audit"
    if one.source == "asked":
        cost = f"{one.tokens:,} tokens"
        if one.cpu_seconds:
            each = one.cpu_seconds / max(one.tokens, 1) * 1000
            cost += f" in {one.cpu_seconds:,.1f} CPU seconds, {each:.2g} for a thousand"
        else:
            cost += ", CPU seconds not seen"
    return f"{large}; {visible(one.model.engine)}, {visible(one.model.dtype)}; {cost}"


def difference(one: Difference) -> str:
    """Return how far a model is from the first, and what that says."""
    if not one.n:
        return one.words
    more = ""
    if one.needed is not None and one.says == "undecided":
        more = f", about {one.needed:,} more would tell"
        if one.needed > REASONABLE:
            more = ", and so it would stay after many more"
    if one.sparse and one.says == "undecided":
        both = f"{one.n:,} of {one.asked:,} questions"
        more = f", as only {both} have usable answers of both"
    return (
        f"{one.other - one.first:+.2f} [{one.low:+.2f}, {one.high:+.2f}]"
        f" n={one.n:,} p={one.q:.2g}: {one.words}{more}"
    )


def knows(one: Efficiency) -> str:
    """Return what a model knows, and for what."""
    figures = f"knows {one.known:.2f} [{one.low:.2f}, {one.high:.2f}] of {one.n:,}"
    if one.per_cpu_second is None:
        return f"{figures}; its CPU seconds were not seen"
    return (
        f"{figures}; {one.per_cpu_second:.1f} known for a CPU second"
        f" ({one.tokens:,} tokens, {one.cpu_seconds:.1f} CPU seconds)"
    )


def ranked(found: SideBySide, one: Smaller) -> str:
    """Return how the size of a model stands to that of the one it is held beside."""
    model = found.contenders[one.beside].model
    if model is not None and model.parameters:
        return "smaller"
    return f"taken for the smaller, since {letter(one.beside)} names no size"


def chooses(one: Smaller) -> str:
    """Return whether a smaller model does as well as the largest."""
    bound = (
        f"share right {one.difference:+.3f}, at least {one.low:+.3f}"
        f" at {one.level:.1%}, n={one.n:,}, margin {one.margin:.2f}"
    )
    more = f"; about {one.needed:,} more questions would tell" if one.needed else ""
    worse = ""
    if one.worse_on:
        many = len(one.worse_on)
        worse = f"; certainly worse than A on {many} measure{'s' * (many > 1)}"
    return f"beside {letter(one.beside)} {CHOICE[one.says]} ({bound}){more}{worse}"


def _lines(found: SideBySide) -> Iterator[str]:
    for number, one in enumerate(found.contenders):
        yield f"{letter(number)}: {visible(one.target)} ({about(one)})"
    for sentence in found.not_compared:
        yield f"not compared: {visible(sentence)}"
    for sentence in found.notes:
        yield f"note: {visible(sentence)}"
    yield ""
    for rows in grouped(found.measures):
        yield from _probe(rows, len(found.contenders))
        yield ""
    for known in found.efficiency:
        yield f"{letter(known.contender)} {knows(known)}"
    for choice in found.smaller:
        yield f"{letter(choice.contender)}, {ranked(found, choice)}: {chooses(choice)}"
    if found.efficiency:
        yield ""
    if found.measures:
        yield f"every interval: {percent(found.level)} of confidence, each alone"
    yield summary(found)


def _probe(rows: Sequence[Measure], count: int) -> Iterator[str]:
    """Yield the table of one probe: a line for each axis and model."""
    yield f"{visible(rows[0].title)} ({visible(rows[0].probe)}):"
    shown = list(rows) if len(rows) <= MANY else [row for row in rows if _certain(row)]
    wide = max((len(visible(row.axis)) for row in shown), default=0)
    for row in shown:
        for number in range(count):
            axis = (visible(row.axis) if number == 0 else "").ljust(wide)
            yield f"  {axis}  {letter(number)} {_standing(row, number)}"
    if len(rows) > len(shown):
        counts = Counter(
            one.words
            for row in rows
            if row not in shown
            for one in row.differences
            if one is not None
        )
        said = ", ".join(f"{n} {words}" for words, n in counts.most_common())
        yield f"  … and {len(rows) - len(shown)} more: {said}; --format json has all"


def _certain(row: Measure) -> bool:
    sure = {"better", "worse", "differs"}
    return any(one is not None and one.says in sure for one in row.differences)


def _standing(row: Measure, number: int) -> str:
    """Return the share of one model, and how it stands beside the first."""
    standing, beside = row.standings[number], row.differences[number]
    if standing is None:
        return "not asked"
    if not standing.n:
        why = f": {visible(standing.why)}" if standing.why else ""
        return f"no usable answers of {standing.unusable}{why}"
    figures = (
        f"{standing.share:.2f} [{standing.low:.2f}, {standing.high:.2f}]"
        f" n={standing.n:,}"
    )
    return figures if beside is None else f"{figures}  {difference(beside)}"


def summary(found: SideBySide) -> str:
    """Return what was found, in one sentence."""
    order = list(BESIDE)
    differences = [
        one
        for measure in found.measures
        for one in measure.differences
        if one is not None
    ]
    differences.sort(key=lambda one: (order.index(one.says), one.words))
    counts = Counter(one.words for one in differences)
    said = [f"{n} {words}" for words, n in counts.items()] or ["nothing was compared"]
    return f"beside A: {', '.join(said)} (corrected p at most {found.rate:g})"
