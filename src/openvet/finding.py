"""What was found, how bad it is, how sure we are, and how we know."""

from enum import Enum
from typing import Literal, TypeAlias

from openvet.wire import Plain, Record


class Scale(Enum):
    """Named steps in ascending order; members compare by their place."""

    @property
    def rank(self) -> int:
        """The place on the scale, from 0."""
        return list(type(self)).index(self)

    def __lt__(self, other: "Scale") -> bool:
        return self.rank < other.rank

    def __le__(self, other: "Scale") -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: "Scale") -> bool:
        return self.rank > other.rank

    def __ge__(self, other: "Scale") -> bool:
        return self.rank >= other.rank


class Severity(Scale):
    """Harm, if the finding is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(Scale):
    """Belief that the finding is true, whatever harm it would do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Basis(Enum):
    """How a piece of evidence is known."""

    BYTES = "bytes"
    """Seen in the artifact."""
    MEASURED = "measured"
    """Measured by a probe."""
    DECLARED = "declared"
    """The artifact's own card or metadata says so."""
    ATTESTED = "attested"
    """A person signed it."""


class Bytes(Record, frozen=True, kw_only=True, tag="bytes"):
    """A range of bytes in the audited file or member."""

    offset: int
    length: int = 0
    shows: str = ""
    """What stands there, as text a person can read."""
    basis: Basis = Basis.BYTES


class Quote(Record, frozen=True, kw_only=True, tag="quote"):
    """A line of text; `line` and `column` start at 1, `line` 0 means unknown."""

    text: str
    line: int = 0
    column: int = 0
    key: str = ""
    """Where in a structured document, as `a.b[0].c`."""
    file: str = ""
    """The file it stands in, where that is not the place of the finding."""
    basis: Basis = Basis.BYTES


class Measure(Record, frozen=True, kw_only=True, tag="measure"):
    """A number with its interval."""

    name: str
    value: float
    low: float
    high: float
    n: int
    method: str
    level: float = 0
    """Of confidence; 0 where the bounds are none of confidence, or nobody noted it."""
    basis: Basis = Basis.MEASURED


class Likelihood(Record, frozen=True, kw_only=True):
    """A text that a model was asked about, and how likely it finds its end."""

    text: str
    log_likelihood: float
    """In nats."""


class Dialogue(Record, frozen=True, kw_only=True, tag="dialogue"):
    """What the model was asked and what it answered: one side of a pair, or alone."""

    prompt: str
    answer: str
    axis: str = ""
    """What it counts toward."""
    pair: str = ""
    """Dialogues with the same axis and pair were compared with each other."""
    about: str = ""
    """The group, brand or person that this side is about."""
    texts: tuple[Likelihood, ...] = ()
    """Of likelihoods: the texts in the order of the question."""
    shows: float | None = None
    """What the pair shows, from 0 to 1, where 1 is what the probe looks for."""
    apart: float | None = None
    """How far its sides are apart; in nats, of likelihoods."""
    basis: Basis = Basis.MEASURED


Method = Literal["occlusion", "gradient x input"]
"""How words get their weights: by what is lost without them, or by the slope there."""


class Faithfulness(Record, frozen=True, kw_only=True):
    """How a way to weigh words does beside random weights, on the same texts."""

    method: Method
    measure: Literal["comprehensiveness", "sufficiency"]
    """What is lost without the heaviest words (the more the better), or with them alone
    (the less the better): ERASER, arXiv 1911.03429."""
    nats: float
    """On average over the texts."""
    random: float
    """The same, of random weights."""
    better: float
    """Share of comparisons with random weights in which it does better."""
    low: float
    high: float
    n: int
    """Comparisons."""
    interval: str
    """Method of the interval."""
    p: float
    """That random weights do as well on all texts together."""


class WordWeight(Record, frozen=True, kw_only=True):
    """A word, and what it does for an outcome."""

    word: str
    """With the space before it."""
    weight: float
    """In nats; above 0 where it makes the outcome likelier."""


class Standing(Record, frozen=True, kw_only=True):
    """How the words of one text, by their weights, do beside random orders of them."""

    measure: Literal["comprehensiveness", "sufficiency"]
    better: int
    """Random orders than which they do better."""
    n: int
    """Random orders that do not leave the very same words."""


class Attribution(Record, frozen=True, kw_only=True, tag="attribution"):
    """Which words of a text make the model find one end likelier than another.

    Without words it says that none can be shown, and why.
    """

    axis: str
    """What was found, which this explains."""
    texts: int
    """On which the ways to weigh words were compared with chance."""
    faithfulness: tuple[Faithfulness, ...] = ()
    """Of every way that was tried."""
    method: Method | None = None
    """That of the weights, which is better than chance; None where none is."""
    words: tuple[WordWeight, ...] = ()
    """Joined, they are the text."""
    toward: str = ""
    """The end that is looked for: the stereotyped one."""
    against: str = ""
    """The end it is compared with."""
    contrast: float = 0
    """By how many nats the first is likelier than the second."""
    own: tuple[Standing, ...] = ()
    """Of this text alone, by each measure; empty in audits that did not look."""
    clear: int = 0
    """Of the texts, those that like this one beat chance each by itself."""
    why: str = ""
    """Why there are no words."""
    basis: Basis = Basis.MEASURED


class Absence(Record, frozen=True, kw_only=True, tag="absence"):
    """Where we looked for something and did not find it."""

    looked_for: str
    looked_in: tuple[str, ...]
    basis: Basis = Basis.BYTES


State = Literal["met", "missing", "unclear", "not-applicable"]


class ChecklistItem(Record, frozen=True, kw_only=True):
    """One thing that is asked for, and how it stands."""

    name: str
    state: State
    detail: str = ""
    """What was found, or what would change the state."""
    file: str = ""
    line: int = 0
    basis: Basis = Basis.DECLARED


class Checklist(Record, frozen=True, kw_only=True, tag="checklist"):
    """What a framework, a law or a license asks for, item by item."""

    title: str
    items: tuple[ChecklistItem, ...]
    questions: bool = False
    """Whether items are questions: `met` is a yes then, `not-applicable` a no."""
    basis: Basis = Basis.DECLARED


class ChainNode(Record, frozen=True, kw_only=True):
    """A model, a data set or code that something was made from."""

    id: str
    """Unique in its chain."""
    name: str
    """As it is written where it is named."""
    kind: Literal["model", "dataset", "code"]
    license: str = ""
    """How people call its license; empty where it is unknown."""
    state: State = "unclear"
    """Whether what it asks for is done."""


class ChainEdge(Record, frozen=True, kw_only=True):
    """A step of the making, and where it is written."""

    child: str
    """Id of what was made."""
    parent: str
    """Id of what it was made from."""
    relation: str
    file: str = ""
    line: int = 0
    basis: Basis = Basis.DECLARED


class Chain(Record, frozen=True, kw_only=True, tag="chain"):
    """What the artifact was made from; the first node is the artifact itself."""

    nodes: tuple[ChainNode, ...]
    edges: tuple[ChainEdge, ...]
    basis: Basis = Basis.DECLARED


Evidence: TypeAlias = (
    Bytes | Quote | Measure | Dialogue | Attribution | Absence | Checklist | Chain
)


class Finding(Record, frozen=True, kw_only=True):
    """One thing a person should know, with its evidence and its mending."""

    rule: Plain
    title: str
    """One sentence that names what was found, without the place."""
    severity: Severity
    confidence: Confidence
    place: tuple[str, ...]
    """File, then member in member, from the target down."""
    evidence: tuple[Evidence, ...]
    fix: str
    """What to do, in words."""
    live: str = ""
    """Which loader, at which versions, makes the harm happen."""

    def __post_init__(self) -> None:
        """Refuse a finding that nothing supports."""
        if not self.evidence:
            raise ValueError(f"a finding of {self.rule} needs evidence")


class Status(Enum):
    """How a check ended. Only PASS is good news."""

    PASS = "PASS"
    FAIL = "FAIL"
    SKIP = "SKIP"
    ERROR = "ERROR"


class Outcome(Record, frozen=True, kw_only=True):
    """A fact: this check, at this version, on this subject, ended so."""

    check: Plain
    version: int
    subject: str
    """Digest of the subject."""
    place: tuple[str, ...]
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    """Why it could not be decided, for SKIP and ERROR."""
