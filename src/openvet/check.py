"""The protocols a reader and a check fulfill, and the frame they work in."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar

from openvet.budget import Budget
from openvet.digests import Digests
from openvet.finding import Confidence, Evidence, Finding, Severity
from openvet.machine import Machine
from openvet.subject import File, Subject
from openvet.supplied import Supplied
from openvet.wire import Record

if TYPE_CHECKING:
    from pathlib import Path

    from openvet.base import Base

S = TypeVar("S", bound=Subject)

Concern = Literal[
    "security",
    "provenance",
    "license",
    "openness",
    "bias",
    "privacy",
    "misuse",
    "poisoning",
    "explain",
    "social",
    "environment",
    "accountability",
    "governance",
]


Role = Literal["", "provider", "deployer", "modifier"]


class Profile(Record, frozen=True, kw_only=True):
    """What only the person knows of the use that is planned; None is not answered."""

    commercial: bool | None = None
    """Whether money is to be made with the model."""
    passes_on: bool | None = None
    """Whether the model, changed or not, is given to others."""
    territory: tuple[str, ...] = ()
    """Where it is used: ISO 3166 codes of countries, or `EU`."""
    monthly_users: int | None = None
    """People who use the products of the organization in a month."""
    revenue: int | None = None
    """Of the organization, in US dollars a year."""
    role: Role = ""
    """Provider puts it on the market, deployer uses it, modifier changes it."""


Progress: TypeAlias = Callable[[str, tuple[str, ...], int], None]
"""Called with an event, a place and a number of bytes: `hashed` for so many more,
`file` when the reading of one begins, `done` when it ends, `asked` after so many
questions to the model; the place then says what was asked and where it stands."""


class Environment(Record, frozen=True, kw_only=True):
    """Where the model is to run."""

    grid: str | float = "WORLD"
    """Whose electricity: a country as ISO 3166 writes it in two letters, `EU`, `WORLD`,
    or grams of CO2 equivalent for each kilowatt-hour."""

    def __post_init__(self) -> None:
        """Refuse a grid that nobody has a figure for."""
        if self.grid != "WORLD":
            from openvet.grids import grid

            grid(self.grid)


class Settings(Record, frozen=True, kw_only=True):
    """What changes results; its digest is part of every ledger key."""

    weights: bool = False
    """Also read tensor values for hidden payloads (slow: reads every byte)."""
    allow: tuple[str, ...] = ()
    """Names, as `module.name`, that the owner of the audit vouches for."""
    strict_classes: bool = False
    """Fail on unknown classes too, instead of asking for review."""
    profile: Profile = Profile()
    """The use that is planned."""
    environment: Environment = Environment()
    """Where it is to run."""
    machine: Machine = Machine()
    """On what it is to run; this one where nothing is said."""
    ask: bool = False
    """Also load the model, in a zone of its own, and ask it."""
    load_unsafe: bool = False
    """Load it even where its files run code."""
    seed: int = 0
    """Of the order in which a model is asked, and of what is left to chance."""
    items: int = 0
    """The most questions for each axis of a probe; 0 for as many as each has reason
    to ask."""
    base: str = ""
    """The model that this one was made from, asked beside it: a path or an endpoint."""
    supplied: Supplied = Supplied()
    """Files of the person who audits, and what they know."""

    def __post_init__(self) -> None:
        """Refuse to ask fewer than no questions."""
        if self.items < 0:
            raise ValueError(f"`items` is 0 or more, not {self.items}")


class Context:
    """What a reader or check may use besides its subject.

    Args:
        settings: What the person chose.
        budget: What may still be spent.
        digests: Names the content of files.
        progress: Told what is asked.
        answers: A file in which a model's answers are kept, so that nothing is asked
            twice; None to keep none.
        base: The model that the asked one was made from, asked beside it.
    """

    def __init__(  # noqa: PLR0913 - options by name
        self,
        settings: Settings | None = None,
        budget: Budget | None = None,
        digests: Digests | None = None,
        *,
        progress: Progress | None = None,
        answers: "Path | None" = None,
        base: "Base | None" = None,
    ) -> None:
        self.settings = settings or Settings()
        self.budget = budget or Budget()
        self.digests = digests or Digests()
        self.progress = progress or _nobody
        self.answers = answers
        self.base = base
        self.zone: list[str] = []
        """What protected the processes that readers started."""


def _nobody(event: str, place: tuple[str, ...], count: int) -> None:
    """Tell nobody."""


class Reader(ABC, Generic[S]):
    """Turns one subject into others.

    `read` yields whatever the subject holds; yielding nothing means "not mine".
    It may raise `OverBudgetError`: what was yielded before stays, the rest is
    recorded as not examined. It must bound every loop and allocation itself.
    """

    id: ClassVar[str]
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File
    isolated: ClassVar[bool] = False
    """Whether it hands hostile bytes to a parser not ours, so runs in the zone."""

    def claims(self, subject: S) -> bool:
        """Say cheaply, from name and head alone, whether `read` is worth calling."""
        return True

    @abstractmethod
    def read(self, subject: S, context: Context) -> Iterable[Subject]:
        """Yield the subjects inside this one, in order."""


class Check(ABC, Generic[S]):
    """Turns one subject into findings; pure: same subject, same findings.

    The docstring of the class's module is the rule's documentation.
    """

    id: ClassVar[str]
    version: ClassVar[int] = 1
    title: ClassVar[str]
    """The rule in one short sentence, for lists."""
    concern: ClassVar[Concern] = "security"
    severity: ClassVar[Severity]
    """The usual severity; a finding may differ."""
    subjects: ClassVar[tuple[type[Subject], ...]]

    @abstractmethod
    def run(self, subject: S, context: Context) -> Iterable[Finding]:
        """Yield what is wrong with the subject."""

    def finding(  # noqa: PLR0913 - a finding has that many parts
        self,
        subject: Subject,
        title: str,
        *evidence: Evidence,
        fix: str,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        live: str = "",
    ) -> Finding:
        """Return a finding of this rule at the subject's place."""
        return Finding(
            rule=self.id,
            title=title,
            severity=self.severity if severity is None else severity,
            confidence=confidence,
            place=subject.place,
            evidence=evidence,
            fix=fix,
            live=live,
        )
