"""What a model generates, and how much computing its training took.

Both follow from what files say: a task, an architecture, a number of values, tokens
that a card declares. What none of them says is not known.
"""

from collections.abc import Iterator
from typing import Final

from openvet.dossier import Dossier, Edge, Spot, Statement
from openvet.experts import MOST, Experts, experts
from openvet.finding import Basis
from openvet.patterns import pattern
from openvet.regulation.act import Makes, act
from openvet.wire import Record

NARROW: Final[frozenset[Makes]] = frozenset({"narrow", "none"})
GENERAL: Final[frozenset[Makes]] = frozenset(
    {"language", "text-to-image", "text-to-video"}
)
"""What the Commission's guidelines ask of a general-purpose model."""
ORDER: Final[tuple[Makes, ...]] = (
    *("language", "text-to-image", "text-to-video", "image", "video", "audio"),
    *("narrow", "none"),
)
MADE: Final = frozenset({"finetune", "adapter", "quantized", "merge", "base"})
"""Relations in which a model was made from another one's weights."""
CONVERTED: Final = frozenset({"quantized"})
RUN: Final = "counted by the trainer of a run"
VALUES: Final = 200
"""Texts of one kind that are looked at."""
_TRAINS: Final = pattern(r"train|corpus|corpora|pre-?train|dataset|data mix", 2)


class Made(Record, frozen=True, kw_only=True):
    """Something that a model generates, and what says so."""

    makes: Makes
    spot: Spot


class Compute(Record, frozen=True, kw_only=True):
    """What is known of the computing that training took."""

    parameters: Statement | None = None
    tokens: Statement | None = None
    """The largest number that is declared."""
    about_training: bool = False
    """Whether the line with the tokens speaks of training."""
    flops: float | None = None
    """None where neither files nor card let it be estimated."""
    least: float | None = None
    """The least that the estimate may be, where each token goes through some experts
    only; which values are in experts is not known."""
    at_most: float | None = None
    """What it could be at most, by the number of values alone."""
    spot: Spot | None = None
    how: str = ""


def texts(dossier: Dossier, subject: str) -> Iterator[tuple[str, Spot]]:
    """Yield the texts of the statements on a subject, those in lists one by one."""
    for statement in dossier.facts.get(subject, ())[:VALUES]:
        value = statement.value
        for part in (value if isinstance(value, list) else [value])[:VALUES]:
            if isinstance(part, str):
                yield part, statement.spot


def makes(dossier: Dossier) -> tuple[Made, ...]:
    """Return what a model generates, the most general first; nothing is not known.

    A task that is stated says more than a class that could do several.
    """
    for found in (_by_task(dossier), _by_tag(dossier), _by_class(dossier)):
        made = sorted(found, key=lambda one: ORDER.index(one.makes))
        if made:
            return tuple(made)
    return ()


def _by_task(dossier: Dossier) -> Iterator[Made]:
    for text, spot in texts(dossier, "task"):
        if made := act().tasks.get(text.strip().lower()):
            yield Made(makes=made, spot=spot)


def _by_tag(dossier: Dossier) -> Iterator[Made]:
    for text, spot in texts(dossier, "tags"):
        if made := act().tasks.get(text.strip().lower()):
            yield Made(makes=made, spot=spot)


def _by_class(dossier: Dossier) -> Iterator[Made]:
    for text, spot in texts(dossier, "architecture"):
        # What stands in a sentence of the card is no name of a class.
        if spot.basis is not Basis.BYTES:
            continue
        for shape in act().architectures:
            if pattern(shape.names).fullmatch(text.strip()):
                yield Made(makes=shape.makes, spot=spot)
                break


def made_from(dossier: Dossier) -> Edge | None:
    """Return the first parent whose weights the model was made from."""
    found = (e for e in dossier.edges if e.kind == "model" and e.relation in MADE)
    return next(found, None)


def converted(dossier: Dossier) -> Spot | None:
    """Return what shows that weights were only converted, with no training of note."""
    for edge in dossier.edges:
        if edge.kind == "model" and edge.relation in CONVERTED:
            return edge.spot
    for statement in dossier.facts.get("quantization", ()):
        return statement.spot
    weights = [paper for paper in dossier.papers if paper.role == "weights"]
    if weights and all(paper.file.lower().endswith(".gguf") for paper in weights):
        return Spot(file=weights[0].file, text="GGUF", basis=Basis.BYTES)
    return None


def compute(dossier: Dossier) -> Compute:
    """Return what is known of the computing that training took."""
    parameters = _largest(dossier, "parameters", most=1e14)
    tokens = _largest(dossier, "tokens", most=1e15)
    said = _largest(dossier, "flops", most=1e30)
    each = act().flop_per_value_and_token.flop
    known = Compute(
        parameters=parameters,
        tokens=tokens,
        about_training=tokens is not None and _about_training(dossier, tokens.spot),
        at_most=each * parameters.value * act().most_tokens.flop
        if parameters
        else None,
    )
    fields = {name: getattr(known, name) for name in known.__struct_fields__}
    if said is not None:
        ran = float(said.value)
        fields.update(flops=ran, least=ran, spot=said.spot, how=RUN)
    if parameters is not None and tokens is not None:
        flops = each * parameters.value * tokens.value
        if flops > (fields["flops"] or 0):
            how = (
                f"6 x {figure(parameters.value)} values x {figure(tokens.value)} tokens"
            )
            mixture = _mixture(dossier)
            if mixture.share < 1:
                how += (
                    f", of which each goes through {mixture.used} of {mixture.among}"
                    " experts"
                )
            least = flops * mixture.share
            fields.update(flops=flops, least=least, spot=tokens.spot, how=how)
    return Compute(**fields)


def _mixture(dossier: Dossier) -> Experts:
    """Return how many experts a token goes through, of how many; 1 of 1 by default."""
    used = _largest(dossier, "experts-used", most=MOST)
    among = _largest(dossier, "experts", most=MOST)
    return experts(used and used.value, among and among.value)


def _largest(dossier: Dossier, subject: str, *, most: float) -> Statement | None:
    """Return the largest number that is stated; what nobody could mean is left out."""
    found = [
        one
        for one in dossier.facts.get(subject, ())
        if isinstance(one.value, int | float)
        and not isinstance(one.value, bool)
        and 0 < one.value <= most
    ]
    return max(found, key=lambda one: one.value, default=None)


def _about_training(dossier: Dossier, spot: Spot) -> bool:
    for card in dossier.cards:
        if card.file != spot.file:
            continue
        for section in card.sections:
            lines = section.text.split("\n")
            at = spot.line - section.text_line
            if section.text_line and 0 <= at < len(lines):
                near = " ".join(lines[max(at - 1, 0) : at + 2])[:2000]
                return bool(_TRAINS.search(near) or _TRAINS.search(section.title))
    return False


def figure(number: float) -> str:
    """Return a large number as people write it: `1.7e+21`, `135 million`."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size <= number < size * 1000:
            return f"{number / size:.3g} {word}"
    return f"{number:.2g}" if number >= 1e15 else f"{number:,.0f}"  # noqa: PLR2004
