"""What questions cost, batch by batch.

Each batch is noted by itself: rates of batches spread, and their spread is what an
interval around a rate is made of.
"""

from collections.abc import Iterable

from openvet.energy import between, counter
from openvet.models.protocol import Capability, Encoder, LanguageModel, Metered, Spent
from openvet.wire import Record


class Cost(Record, frozen=True, kw_only=True):
    """What one batch of questions has cost."""

    verb: Capability
    """What was asked for, the same for the whole batch."""
    spent: Spent
    watt_hours: float | None = None
    """That counters of whole processors saw meanwhile; None where there are none."""


class Meter:
    """Tells what was spent since it was last looked at.

    Args:
        model: Whose cost; nothing is told of one that does not say.
    """

    def __init__(self, model: LanguageModel | Encoder) -> None:
        self._model = model
        self._spent = spent_by(model)
        self._counter = counter()

    def take(self, verb: Capability) -> Cost:
        """Return what was spent for a batch that has just been answered."""
        spent, seen = spent_by(self._model), counter()
        energy = between(self._counter, seen)
        cost = Cost(
            verb=verb,
            spent=since(self._spent, spent),
            watt_hours=None if energy is None else energy.mid,
        )
        self._spent, self._counter = spent, seen
        return cost


def spent_by(model: LanguageModel | Encoder) -> Spent:
    """Return what asking has cost so far; nothing where nobody can tell."""
    return model.spent if isinstance(model, Metered) else Spent()


def since(before: Spent, after: Spent) -> Spent:
    """Return what was spent between two looks."""
    return Spent(
        cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        tokens_read=after.tokens_read - before.tokens_read,
        tokens_written=after.tokens_written - before.tokens_written,
        peak_bytes=after.peak_bytes,
    )


def together(costs: Iterable[Cost]) -> Spent:
    """Return what several batches have cost."""
    total = Spent()
    for cost in costs:
        more = cost.spent
        total = Spent(
            cpu_seconds=total.cpu_seconds + more.cpu_seconds,
            tokens_read=total.tokens_read + more.tokens_read,
            tokens_written=total.tokens_written + more.tokens_written,
            peak_bytes=max(total.peak_bytes, more.peak_bytes),
        )
    return total
