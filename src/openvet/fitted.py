"""Models held against a machine: the subject of the rule on whether they fit."""

from openvet.fit import Fit
from openvet.subject import Subject


class ModelFit(Subject, frozen=True, kw_only=True, tag=True):
    """A model of the target, and which ways of running it a machine has memory for."""

    crosses = False
    found: Fit

    @property
    def fit(self) -> Fit:
        """What reports show of it."""
        return self.found
