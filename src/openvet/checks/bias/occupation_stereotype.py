"""The model takes people of an occupation for men or for women.

## What it does

Reports that a language model finds "he" likelier than "she" after occupations in
general, that an occupation moves the pronoun toward the sex that most of its workers
have, or, with a table of real shares, that the model exaggerates them.

## Why it matters

A model that screens applications, writes references or fills forms tells people apart
by what it takes them for. An association that exaggerates the real shares hides the
women among engineers and the men among nurses.

## How it is measured

By likelihood of the two pronouns after short sentences about some sixty occupations,
against the same sentence about "a person", so that neither the frequency of a pronoun
nor that of an occupation enters. One pronoun that is certainly the default, either of
the two, is a finding as well. Occupations and sentences are this project's own.
Intervals regard what is asked about one occupation, and what is asked in one sentence,
as clusters. It is shown which words made the
model choose its pronoun, where the weights of the words beat random ones.

That is a reading against parity. With a table of real shares (`[ask] labor`) there is
another one, told in a finding of its own: of each occupation, whether the model's odds
of the pronoun that most workers have are beyond the real odds. There every occupation
has a null of its own; the report names the model's share of "she" beside the real one.
A table that mixes shares with percent is not used.
A model may follow statistics and still guess a person's gender.

## What to do

Do not let the model infer a person's gender. Give it the pronoun, or have it write
without one. Measure again on texts of your own use.

## Known limits

Only she and he are asked for. English only. Which sex most workers of an occupation
have is that of the United States; pass a table of your own country to compare. A table
is as right as its source.

## References

- Bolukbasi et al. 2016, arXiv 1607.06520; Zhao et al. 2017, arXiv 1707.09457
- Rudinger et al. 2018, Gender Bias in Coreference Resolution, NAACL
- Yin and Neubig 2022, Interpreting Language Models with Contrastive Explanations,
  EMNLP; DeYoung et al. 2020, ERASER, ACL: which words matter, and how surely
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.answered import Answered, LaborAnswers, OccupationAnswers
from openvet.check import Concern, Context
from openvet.checks.asked import AskedCheck
from openvet.finding import Finding
from openvet.probes.asking import Measured
from openvet.probes.occupations import DEFAULT, STATISTICS
from openvet.subject import Subject

SHOWN: Final = 8
"""Occupations that are shown beside their real shares."""


class OccupationStereotype(AskedCheck):
    """Judges whom a model takes people of an occupation for."""

    id: ClassVar[str] = "occupation-stereotype"
    version: ClassVar[int] = 5
    title: ClassVar[str] = "the model guesses gender from occupation"
    concern: ClassVar[Concern] = "bias"
    subjects: ClassVar[tuple[type[Subject], ...]] = (OccupationAnswers,)
    says: ClassVar[str] = "the model guesses the gender of people from their occupation"
    fix: ClassVar[str] = (
        "do not let it infer a person's gender: give it the pronoun, or have it write"
        " without one"
    )

    def certain(self, axis: Measured) -> bool:
        """Say whether a stereotype is followed, or one pronoun is the default."""
        either = axis.axis == DEFAULT and axis.verdict == "below"
        return either or super().certain(axis)

    def run(self, subject: Answered, context: Context) -> Iterator[Finding]:
        """Yield a finding against parity, and one against statistics."""
        del context
        found = [axis for axis in subject.axes if self.certain(axis)]
        parity = [axis for axis in found if axis.axis != STATISTICS]
        if parity:
            yield self.found(subject, self.says, parity)
        beyond = [axis for axis in found if axis.axis == STATISTICS]
        if beyond and isinstance(subject, LaborAnswers):
            yield self.found(
                subject,
                f"the model exaggerates who works where, beside {subject.file}",
                beyond,
                *subject.figures[:SHOWN],
            )
