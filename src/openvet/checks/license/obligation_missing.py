"""Something that the license of a parent asks for is not in the folder.

## What it does

Reports each duty of a parent's license that nothing in the folder discharges: the copy
of the license, the notice, the words to display, the beginning of the model's name,
attribution, restrictions that have to be passed on. Each finding says what to add.

## Why it matters

A model that was made from another one carries its license along. Who publishes it, or
ships it in a product, owes what that license asks, and some licenses end when they are
not followed. Every one of these duties is a matter of minutes.

## How it is measured

Parents come from the chain of the model, terms from a table in which each has words of
the license that were read in its text; terms known only from memory are left to the
checklist of `license-chain`. A copy is the text itself, at 0.97 or more of the words'
pairs. A notice is a file named Notice that names the license. The words to display are
looked for in the card, the name is the one that the card gives. It is a review, and
a failure where `[profile]` says that the model is passed on; where it says that it is
not, nothing is due. What a permissive license asks is noted.

## What to do

Add what the finding says. If the model stays inside your organization, say so with
`passes_on = false` in `[profile]`.

## Known limits

The words to display may stand on a page that is not in the folder. A parent whose
license is not known asks for nothing here; `license-unknown` names it. A parent by the
same publisher is taken as the publisher's own.

## References

- Llama 3.1 Community License Agreement, section 1.b
- Gemma Terms of Use, section 3.1
- SesameAILabs/csm#106; meta-llama/llama#907; LC1332/Luotuo-Chinese-LLM#17
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier
from openvet.finding import Absence, Evidence, Finding, Severity
from openvet.licenses import TermKind, license_of
from openvet.obligations.account import Account, account_of
from openvet.obligations.drawn import parents_of
from openvet.obligations.own import OPEN
from openvet.obligations.proof import Standing
from openvet.obligations.wording import fix, license_name, quoted
from openvet.subject import Subject

ASKED: Final[dict[TermKind, str]] = {
    "license-copy": "a copy of the license",
    "notice-text": "a notice",
    "display": "the words “{text}”",
    "name-prefix": "a name that begins with “{text}”",
    "attribution": "attribution",
    "pass-down": "restrictions of use to be passed on",
}
"""What is asked for, by kind; other duties are questions of a person."""
LIGHT: Final[frozenset[TermKind]] = frozenset({"attribution"})


class ObligationMissing(Check[Dossier]):
    """Judges whether what parents' licenses ask for is there."""

    id: ClassVar[str] = "obligation-missing"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "something that a parent's license asks for is missing"
    concern: ClassVar[Concern] = "license"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield a finding for each duty that is not met."""
        profile = context.settings.profile
        account = account_of(subject, profile)
        for standing in account.standings:
            term = standing.duty.term
            missing = standing.outcome in ("missing", "partly")
            if missing and term.kind in ASKED and term.evidence == "read":
                yield self._finding(
                    subject, account, standing, passes_on=bool(profile.passes_on)
                )

    def _finding(
        self, subject: Dossier, account: Account, standing: Standing, *, passes_on: bool
    ) -> Finding:
        duty = standing.duty
        asked = ASKED[duty.term.kind].format(text=duty.term.text)
        evidence: list[Evidence] = [] if duty.spot is None else [duty.spot.quote()]
        if standing.spot is not None:
            evidence.append(standing.spot.quote())
        looked = [
            p.file for p in subject.papers if p.role in ("card", "license", "notice")
        ]
        evidence.append(
            Absence(
                looked_for=asked,
                looked_in=tuple(looked[:20]) or ("every file of the folder",),
            )
        )
        of = "" if duty.own else f" of {parents_of(account, standing)}"
        return self.finding(
            subject,
            f"the license{of} ({license_name(duty.key)}) asks for {asked}:"
            f" {standing.detail}",
            *evidence,
            fix=f"{fix(duty)}; {quoted(duty)}",
            severity=_severity(standing, passes_on=passes_on),
            confidence=account.confidence(duty),
        )


def _severity(standing: Standing, *, passes_on: bool) -> Severity:
    duty = standing.duty
    known = license_of(duty.key)
    light = duty.term.kind in LIGHT or (known is not None and known.category in OPEN)
    if light or standing.outcome == "partly":
        return Severity.LOW
    # Whoever holds the rights owes nothing to himself, and may be the publisher.
    return Severity.HIGH if passes_on and not duty.own else Severity.MEDIUM
