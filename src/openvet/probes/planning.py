"""How many more questions an open axis would take, at the share seen so far."""

from bisect import bisect_left

from openvet.stats.intervals import Interval, wilson, worth
from openvet.stats.sequences import FARTHEST, MixtureSequence


def needed(
    sequence: MixtureSequence, interval: Interval, margin: float, *, once: bool = False
) -> int | None:
    """Return how many more items would decide it, one way or the other.

    Decided is what lies certainly off the null, and what lies certainly no farther from
    it than the margin; both the sequence and the interval have to say so. It follows
    the path without chance, and expects items to come to resemble each other as much as
    those that were asked: about half of real paths take fewer.

    Args:
        sequence: As it stands.
        interval: Of the same items, which knows what they share.
        margin: Around the null.
        once: Whether the interval decides alone, since nobody looks before the end.

    Returns:
        Items, at least 1; None if it takes more than a billion.
    """
    share = sequence.share
    if share is None:
        return None
    planned = MixtureSequence(sequence.null, sequence.level, sequence.prior)
    part = worth(interval, share, sequence.n) / sequence.n
    inside, outside = sequence.null - margin, sequence.null + margin

    def decided(more: int) -> bool:
        planned.n = sequence.n + more
        planned.hits = sequence.hits + share * more
        values = part * planned.n
        expected = wilson(share * values, values, interval.level)
        contained = expected.stays_within(inside, outside)
        if once:
            return contained or sequence.null not in expected
        if planned.verdict != "undecided":
            return sequence.null not in expected
        return contained and planned.stays_within(inside, outside)

    more = 1
    while not decided(more):
        if more > FARTHEST:
            return None
        more *= 2
    return bisect_left(range(more), x=True, lo=max(1, more // 2), key=decided)
