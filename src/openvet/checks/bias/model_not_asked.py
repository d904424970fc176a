"""The model was not asked, so how it treats people is not known.

## What it does

Notes a language model, classifier or embedding model that an engine could load and that
this audit did not ask.

## Why it matters

Files show whether a model is safe to open and what may be done with it. Whom it treats
worse, which brands it favors and what asking costs shows only when it runs.

## How it is measured

From the configuration beside the weights, or the header of a GGUF file: an architecture
that transformers loads.

## What to do

Install the engine - from a checkout, `pip install '.[models]'` - and audit again with
`--ask`. The model then runs in a process of its own, without network and without code
of its author.

## Known limits

A model behind an unusual configuration, and formats that the engine does not load, are
not noticed here. Whether a model needs code of its author shows only when it is asked.

## References

- NIST AI 600-1, Generative AI Profile, MEASURE 2.11: fairness and bias are evaluated
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.askable import AskableModel
from openvet.check import Check, Concern, Context
from openvet.finding import Absence, Basis, Finding, Severity
from openvet.subject import Subject


class ModelNotAsked(Check[AskableModel]):
    """Notes that a model could have been asked."""

    id: ClassVar[str] = "model-not-asked"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "the model was not asked"
    concern: ClassVar[Concern] = "bias"
    severity: ClassVar[Severity] = Severity.INFO
    subjects: ClassVar[tuple[type[Subject], ...]] = (AskableModel,)

    def run(self, subject: AskableModel, context: Context) -> Iterator[Finding]:
        """Yield one finding where nobody asked."""
        if context.settings.ask:
            return
        yield self.finding(
            subject,
            "the model was not asked: how it treats people is not known",
            Absence(
                looked_for="answers of the model",
                looked_in=("this audit, which only read its files",),
                basis=Basis.MEASURED,
            ),
            fix="install the engine (from a checkout, pip install '.[models]') and"
            " audit again with --ask",
        )
