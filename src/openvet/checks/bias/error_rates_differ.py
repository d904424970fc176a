"""Decisions are wrong about some groups more often than about others.

## What it does

Reports groups of people about whom, in a table of decisions that you point at, the
decision was certainly wrong more often than about the group with the fewest such
errors: a yes for somebody of whom it is not true, or a no for somebody of whom it is.

## Why it matters

Errors are a burden that one group should not carry for another. ProPublica's analysis
of COMPAS in 2016 was about this: of the people who committed no further offense, twice
as many black as white defendants had been called likely to.

## How it is measured

Of each column that you call protected: false positive and false negative rates per
group by Wilson's interval, beside the group with the lowest rate among those that hold
at least 2 % of the people. Differences have Newcombe's interval at a level that all
pairs of groups and both rates share. A difference certainly above 0 is reported: with
medium severity where it is certainly above .05, else with low severity. One certainly
at most .05 is clear; the rest is undecided. Besides are told: the equalized odds
difference and ratio over all groups, the predictive value, and at equal scores how much
oftener the label is true of a group.

What is a yes is told by its words, 1, true and yes unless you name others. A table is
refused where a column of decisions or labels holds none of them, or, while you name
none, more than two values: counted as a no, they would make every group look alike. A
group with nobody of whom an error could be told is named, and leaves the audit
incomplete.

## What to do

Look at which information is missing or worse for the groups with more errors, and at
the threshold. Say which error harms more, and choose by that. Keep a person in the
decision.

## Known limits

What became of people is as good as who wrote it down: arrests are no offenses, and of
whom was refused a loan nobody knows whether they would have paid. Where groups differ
in how often it is true, equal error rates and equal predictive value cannot hold at
once, unless nothing is ever wrong.

## References

- Hardt et al. 2016, arXiv 1610.02413 (equalized odds)
- Angwin et al. 2016, Machine Bias, ProPublica
- Chouldechova 2017, arXiv 1703.00056; Kleinberg et al. 2016, arXiv 1609.05807
"""

from typing import ClassVar

from openvet.check import Concern
from openvet.checks.disparities import DisparityCheck
from openvet.probes.disparity import MARGIN, Beside
from openvet.rates import ErrorRates, GroupRates
from openvet.subject import Subject


class ErrorRatesDiffer(DisparityCheck):
    """Judges about whom decisions are wrong."""

    id: ClassVar[str] = "error-rates-differ"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "decisions are wrong about some groups more often"
    concern: ClassVar[Concern] = "bias"
    subjects: ClassVar[tuple[type[Subject], ...]] = (ErrorRates,)
    fix: ClassVar[str] = (
        "look at what is known worse of these groups and at the threshold, say which"
        " error harms more, and keep a person in the decision"
    )

    def says(self, subject: GroupRates) -> str:
        """Return the title of a finding, up to the groups."""
        return (
            f"{subject.measure} are more frequent for some, by {subject.column} in"
            f" {subject.file}"
        )

    def strong(self, one: Beside) -> bool:
        """Say whether the difference is certainly more than small."""
        return one.difference is not None and one.difference.low > MARGIN
