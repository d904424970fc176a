"""What groups of people got, as a table says: subjects of rules on decisions."""

from openvet.answered import Answered
from openvet.probes.disparity import Disparity


class GroupRates(Answered, frozen=True, kw_only=True, tag=True):
    """A share of the people of each group; axes are groups, the null is the best one's.

    Of an axis, `above` says that a group certainly fares worse than the best.
    """

    file: str
    """Its name."""
    column: str
    """That tells groups."""
    measure: str
    """Of what it is the share, in words."""
    found: Disparity


class SelectionRates(GroupRates, frozen=True, kw_only=True, tag=True):
    """How many of a group got the favorable decision."""


class ErrorRates(GroupRates, frozen=True, kw_only=True, tag=True):
    """About how many of a group the decision was wrong."""
