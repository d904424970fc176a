"""What a license allows depends on something that only you know.

## What it does

Lists the limits of every license that reaches the model and that no file can decide: no
commercial use, countries, monthly users, revenue, whether the model is passed on. It
says which key of `[profile]` in `openvet.toml` answers each.

## Why it matters

The same model is allowed in one place and forbidden in the next. An audit that keeps
quiet about a limit lets people believe that there is none.

## How it is measured

Limits come from the table of licenses: of the model's own license, of its parents, and
of the data that it was trained on. Whether a data set's term holds for a model trained
on it is not settled, so that it is a question, too. Limits on commercial use, places
and changed versions are a review; those on numbers, and those that are only recalled,
are noted.

## What to do

Write the answer into `[profile]`; from then on the limit is either met or, in
`use-not-allowed`, reported. If you do not know it, ask whoever does before the model is
used.

## Known limits

Limits of licenses that are not known are not listed here; `license-unknown` names them.
What counts as commercial use is for a person to say.

## References

- Llama 3.1 Community License Agreement, section 2; Stability AI Community License
- meta-llama/llama#299, huggingface/transformers#3357
"""

from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.check import Check, Concern, Context
from openvet.dossier import Dossier
from openvet.finding import Checklist, Evidence, Finding, Severity
from openvet.licenses import license_of
from openvet.obligations.account import account_of, of_duties
from openvet.obligations.drawn import item_of
from openvet.obligations.own import OPEN
from openvet.obligations.proof import Standing
from openvet.subject import Subject

ANSWERS: Final = {
    "commercial": "commercial = true or false",
    "passes_on": "passes_on = true or false",
    "territory": 'territory = ["US"]',
    "monthly_users": "monthly_users = a number",
    "revenue": "revenue = a number of US dollars a year",
}
"""How each key is written, in the order in which people know the answers."""
HEAVY: Final = frozenset({"commercial", "territory"})
SHOWN: Final = 10


class ObligationNeedsAnswer(Check[Dossier]):
    """Asks what only the person can answer."""

    id: ClassVar[str] = "obligation-needs-answer"
    version: ClassVar[int] = 1
    title: ClassVar[str] = "a license's limit depends on the planned use"
    concern: ClassVar[Concern] = "license"
    severity: ClassVar[Severity] = Severity.MEDIUM
    subjects: ClassVar[tuple[type[Subject], ...]] = (Dossier,)

    def run(self, subject: Dossier, context: Context) -> Iterator[Finding]:
        """Yield one finding with every question."""
        account = account_of(subject, context.settings.profile)
        open_ones = [s for s in of_duties(account, "answer") if _matters(s)]
        if not open_ones:
            return
        keys = [key for key in ANSWERS if any(s.answer == key for s in open_ones)]
        spots = dict.fromkeys(s.duty.spot for s in open_ones if s.duty.spot)
        quotes: list[Evidence] = [spot.quote() for spot in list(spots)[:SHOWN]]
        heavy = any(_is_heavy(standing) for standing in open_ones)
        yield self.finding(
            subject,
            f"what the licenses allow depends on your answers: {', '.join(keys)}",
            *quotes,
            Checklist(
                title="limits that the planned use decides",
                items=tuple(item_of(account, standing) for standing in open_ones),
            ),
            fix="write into [profile] of openvet.toml: "
            + "; ".join(ANSWERS[key] for key in keys),
            severity=Severity.MEDIUM if heavy else Severity.LOW,
        )


def _matters(standing: Standing) -> bool:
    """Leave out what passing on a model under a permissive license would ask for."""
    known = license_of(standing.duty.key)
    permissive = known is not None and known.category in OPEN
    return not (standing.answer == "passes_on" and permissive)


def _is_heavy(standing: Standing) -> bool:
    """Say whether an answer may forbid the use, and nothing of it is recalled only."""
    duty = standing.duty
    known = duty.term.evidence == "read" and (duty.own or duty.sure)
    limited = duty.limits and standing.answer == "passes_on"
    return known and (limited or standing.answer in HEAVY)
