"""What asking has cost, all sets of questions together, in words."""

from collections.abc import Sequence

from openvet.readout import Part, Readout


def spent(asked: Sequence[Readout], work: Sequence[Part]) -> str:
    """Return tokens and seconds, and what they are made of; begins with a semicolon.

    Args:
        asked: Sets of questions.
        work: What the models have cost. Its tokens are those that the rates of
            `asking-cost` are over; without it, what the sets say of themselves counts.
    """
    tokens = sum(part.tokens + part.prompts for part in work)
    # The sum of what is printed, so that whoever adds it up gets the same.
    seconds = sum(round(part.cpu_seconds) for part in work)
    named = [_named(part) for part in work]
    if not work:
        tokens = sum(one.tokens for one in asked)
        seconds = round(sum(one.cpu_seconds for one in asked))
    elif rest := round(sum(one.cpu_seconds for one in asked if not one.tokens)):
        # Vectors of words are compared without a model that reads anything.
        seconds += rest
        named.append(f"vectors compared ({rest:,} s)")
    said = f"; {tokens:,} tokens" if tokens else ""
    if seconds:
        said += f", {seconds:,} seconds of processor time"
    return f"{said}: {', '.join(named)}" if len(named) > 1 else said


def _named(part: Part) -> str:
    """Return what was done with tokens."""
    said = f"{part.tokens:,} {part.work}"
    if part.prompts:
        said += f" after {part.prompts:,} of prompts"
    if part.work == "explained":
        said += " by gradients"
    seconds = round(part.cpu_seconds)
    return said + (f" ({seconds:,} s)" if seconds else "")
