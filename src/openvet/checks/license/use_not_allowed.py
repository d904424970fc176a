"""A license forbids what is planned, or a parent's limits were dropped on the way.

## What it does

Reports a use that `[profile]` of `openvet.toml` declares and that a license does not
allow: commercial use, a country, more users or revenue than a limit. It also reports a
model that is given under a license which allows more than that of its parent:
Apache-2.0 on top of Llama, GPL on top of a license for research.

## Why it matters

Nobody can give away rights that he was not given. A permissive label on a model that
was made from a restricted one does not lift the restriction; it only hides it from
those who rely on the label.

## How it is measured

The profile is compared with the terms of every license in the chain. A parent counts if
a card, a loader or a merge names it and its license is known; relicensing is reported
where no statement of the model has the parent's license and one allows what it does
not. How a license of a data set binds a model is not settled: there the confidence is
lower. Terms that were not read in the license's text, and licenses of parents that are
only recalled, do not fail an audit. Where a model names the parent's publisher as its
own, relicensing is a review.

## What to do

Use another model, or get the permission that the license names. Publisher: state the
parent's license, with what it asks for.

## Known limits

Permission that was given to you alone is in no file: waive the finding and say who gave
it. What a court would say is not foretold.

## References

- meta-llama/llama#299: GPL on a fine-tuned Llama; SesameAILabs/csm#106: Apache-2.0 on
  Llama 3.2; LC1332/Luotuo-Chinese-LLM#17
- Llama 2 Community License Agreement, sections 1.b.v and 2
"""

from collections.abc import Iterator
from typing import ClassVar

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier
from openvet.finding import Evidence, Finding, Quote, Severity
from openvet.obligations.account import Account, account_of, of_duties
from openvet.obligations.compare import Relicensed, relicensed_of
from openvet.obligations.drawn import parents_of
from openvet.obligations.own import name_of, publisher_of, says
from openvet.obligations.proof import Standing
from openvet.obligations.wording import license_name
from openvet.subject import Subject


class UseNotAllowed(Check[Dossier]):
    """Judges the planned use, and the license that is stated, by the parents' terms."""

    id: ClassVar[str] = "use-not-allowed"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a license forbids the planned use, or was replaced"
    concern: ClassVar[Concern] = "license"
    severity: ClassVar[Severity] = Severity.HIGH
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding for each term that is broken."""
        account = account_of(subject, context.settings.profile)
        for standing in of_duties(account, "forbidden"):
            yield self._forbidden(subject, account, standing)
        for one in relicensed_of(account.lineage, publisher=publisher_of(subject)):
            yield self._relicensed(subject, one)

    def _forbidden(
        self, subject: Dossier, account: Account, standing: Standing
    ) -> Finding:
        duty = standing.duty
        who = "" if duty.own else f", the license of {parents_of(account, standing)}"
        outputs = duty.term.on == "outputs"
        what = "how it was made" if outputs else "the planned use"
        words = duty.term.quote or duty.term.text
        evidence: list[Evidence] = [] if duty.spot is None else [duty.spot.quote()]
        evidence.append(
            Quote(text=f"{license_name(duty.key)}: {words}", key=duty.term.source)
        )
        return self.finding(
            subject,
            f"{what} is not allowed by {license_name(duty.key)}{who}:"
            f" {standing.detail}",
            *evidence,
            fix="use another model, or get the permission that the license names",
            confidence=account.confidence(duty),
        )

    def _relicensed(self, subject: Dossier, one: Relicensed) -> Finding:
        said, last = one.statement, one.way[-1]
        return self.finding(
            subject,
            f"{says(said)}, and {one.node.name}, of which it was"
            f" made, is under {name_of(one.key)}",
            said.spot.quote(),
            last.spot.quote(),
            fix=f"state {name_of(one.key)} as the license, beside any of your own for"
            " what you added; users go by the parent's license",
            severity=one.severity,
            confidence=one.confidence,
        )
