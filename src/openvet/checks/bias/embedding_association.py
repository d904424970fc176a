"""The vectors place words about people where stereotypes have them.

## What it does

Reports stereotypes that a file of word vectors (word2vec, GloVe, fastText's `.vec`)
holds, or a model that turns sentences into vectors: occupations of women near "she",
names or religions near violence, age near inability, poverty near crime.

## Why it matters

Vectors are built into search, matching of applicants, tagging and moderation. What lies
near what decides there, and nobody reads it: a query for an engineer ranks "he" first.

## How it is measured

By the Word Embedding Association Test with lists of this project's own: how much nearer
one list of words lies to some attributes than another list does. The effect size d runs
from -2 to 2. Its p-value comes from permuting the words of both lists, all ways or
2,000 random ones; all tests of a file are corrected together by Benjamini and Hochberg
at 5 %. The interval of d is a bootstrap over words. In each test counts how often a
word of one list lies nearer than a word of the other: a share certainly more than .2
above one half has medium severity, a smaller one is reported with low severity. A test
with fewer than 8 words of a list, or half of it, says nothing. For gender it adds the
direct bias of occupations, beside what a random direction would give. Of a file nothing
runs: it is only read, without `--ask` too. A sentence model is asked: each word stands
in four sentences that say hardly more than the word, and the mean of their vectors is
the word's. So words are counted and permuted, not sentences, which resemble each other.

## What to do

Do not rank or match people by these vectors. Use ones that were made for the task and
measure those, on your own words. Removing a gender direction hides the bias from this
test more than it removes it.

## Known limits

Lists of words, not words in use: poverty stands near crime in newspapers that report on
it. Attributes are taken as given, so the interval says nothing of other attributes.
English only; disability and sexual orientation have no lists, as their counterparts
have hardly any words. Only the first million words of a file are looked through, and
vectors of at most 1,024 numbers. Lists are short, so many a test stays undecided; with
`--ask` that leaves the audit incomplete, without it only if no test is decided.

## References

- Caliskan, Bryson, Narayanan 2017, Science 356, 183-186 (WEAT)
- May et al. 2019, arXiv 1903.10561 (SEAT: sentences in place of words)
- Bolukbasi et al. 2016, arXiv 1607.06520 (direct bias)
- Gonen, Goldberg 2019, Lipstick on a Pig, NAACL (what debiasing leaves)
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.checks.asked import named
from openvet.finding import (
    Absence,
    Basis,
    Evidence,
    Finding,
    Measure,
    Severity,
)
from openvet.listing import first_of
from openvet.probes.association import DirectBias, Weighed
from openvet.subject import Subject
from openvet.words import AssociationAnswers

GENDER: Final = "gender"
SHOWN: Final = 60
"""Missing words that are named."""


class EmbeddingAssociation(Check[AssociationAnswers]):
    """Judges what word vectors place near what."""

    id: ClassVar[str] = "embedding-association"
    version: ClassVar[int] = 2
    title: ClassVar[str] = "vectors hold stereotypes"
    concern: ClassVar[Concern] = "bias"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (AssociationAnswers,)

    def run(self, subject: AssociationAnswers, context: Context) -> Iterator[Finding]:
        """Yield one finding that names every stereotype that stands."""
        del context
        pairs = zip(subject.axes, subject.tests, strict=True)
        found = [(axis, test) for axis, test in pairs if test.verdict == "above"]
        if not found:
            return
        found.sort(key=lambda one: -(one[0].share or 0))
        axes, tests = [axis for axis, _ in found], [test for _, test in found]
        strong = any(
            axis.interval is not None and axis.interval.low > axis.null + subject.margin
            for axis in axes
        )
        evidence = list(_effects(tests))
        if subject.direct_bias and any(a.axis.startswith(GENDER) for a in axes):
            evidence.append(_direct(subject.direct_bias))
        evidence += _absent(tests)
        yield self.finding(
            subject,
            f"vectors place people where stereotypes have them: {named(axes)}",
            *evidence,
            fix="do not rank or match people by them; use vectors made for the task,"
            " and measure those on your own words",
            severity=self.severity if strong else Severity.LOW,
        )


def _effects(tests: Sequence[Weighed]) -> Iterator[Evidence]:
    """Yield the effect size of each test, with words that show it."""
    for test in tests:
        found, bounds = test.found, test.found.interval
        if found.effect is None or bounds is None:
            continue
        yield Measure(
            name=f"{found.axis}, as in {', '.join(found.typical)}: d",
            value=found.effect,
            low=bounds.low,
            high=bounds.high,
            n=sum(found.n),
            method=f"WEAT, p = {found.p_value:.4f}, among all tests"
            f" {test.adjusted:.4f}; bootstrap over words",
            level=bounds.level,
        )


def _direct(bias: DirectBias) -> Evidence:
    return Measure(
        name=f"direct gender bias of occupations (at random {bias.chance:.3f})",
        value=bias.value,
        low=bias.interval.low,
        high=bias.interval.high,
        n=bias.n,
        method=f"mean |cosine| with the first component of {bias.pairs} pairs, which is"
        f" {bias.share:.0%} of what sets them apart; bootstrap over words",
        level=bias.interval.level,
    )


def _absent(tests: Sequence[Weighed]) -> Iterator[Evidence]:
    """Yield the words that these tests lack."""
    words = list(dict.fromkeys(word for test in tests for word in test.found.missing))
    if words:
        yield Absence(
            looked_for=first_of(words, SHOWN),
            looked_in=("the words that have a vector",),
            basis=Basis.MEASURED,
        )
