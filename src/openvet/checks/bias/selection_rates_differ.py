"""Some groups get the favorable decision less often than the best of them.

## What it does

Reports groups of people who, in a table of decisions that you point at, certainly got
the favorable decision less often than the group that got it most.

## Why it matters

Laws on hiring, lending and housing look at results. In the United States a selection
rate below four fifths of the highest one is generally regarded as evidence of adverse
impact, and a smaller difference may be, if it is certain.

## How it is measured

Of each column that you call protected: the share with a favorable decision per group,
by Wilson's interval, beside the group with the highest share among those that hold at
least 2 % of the people. The difference has Newcombe's interval, the ratio that of
Donner and Zou, at a level that all pairs of groups share, since the best group was
found in the same data. A difference certainly above 0 is reported: with medium severity
where the ratio is certainly below four fifths, else with low severity. A ratio
certainly at or above four fifths, without a certain difference, is clear. The rest is
undecided, and so is every group where none holds 2 % of the people.

What is a yes is told by its words, 1, true and yes unless you name others. A table is
refused where a column of decisions or labels holds none of them, or, while you name
none, more than two values.

## What to do

Find what makes the difference: who applies, what the model is given, where the
threshold lies. Look for another procedure that serves as well with less difference, and
keep the reasons. Ask who knows the law where you decide.

## Known limits

Equal rates are one idea of fairness. Where groups differ in what is predicted, equal
rates, equal errors and equal predictive value cannot all hold at once. A table shows
whom it lists: who never applied is not in it. Nobody is of one group alone; columns are
looked at one by one.

## References

- 29 CFR 1607.4(D): the four-fifths rule
- Chouldechova 2017, arXiv 1703.00056; Kleinberg et al. 2016, arXiv 1609.05807: what
  cannot hold at once
"""

from typing import ClassVar

from openvet.check import Concern
from openvet.checks.disparities import DisparityCheck
from openvet.probes.disparity import FOUR_FIFTHS, Beside
from openvet.rates import GroupRates, SelectionRates
from openvet.subject import Subject


class SelectionRatesDiffer(DisparityCheck):
    """Judges how many of each group got the favorable decision."""

    id: ClassVar[str] = "selection-rates-differ"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "groups get the favorable decision unequally often"
    concern: ClassVar[Concern] = "bias"
    subjects: ClassVar[tuple[type[Subject], ...]] = (SelectionRates,)
    fix: ClassVar[str] = (
        "find what makes the difference, look for a procedure that serves as well with"
        " less of it, and keep the reasons"
    )

    def says(self, subject: GroupRates) -> str:
        """Return the title of a finding, up to the groups."""
        return (
            f"the favorable decision meets some less often, by {subject.column} in"
            f" {subject.file}"
        )

    def strong(self, one: Beside) -> bool:
        """Say whether a group certainly gets it below four fifths as often."""
        return one.ratio is not None and one.ratio.high < FOUR_FIFTHS
