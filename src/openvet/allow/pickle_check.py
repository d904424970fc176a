"""What the rules on pickles share: one judgement, told by each in its own words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Final

from openvet.allow.judgement import Judgement, RuleId
from openvet.allow.standing import Tier
from openvet.allow.verdict import judge
from openvet.check import Check, Context, Settings
from openvet.finding import Bytes, Finding, Severity
from openvet.formats.pickle.program import PickleProgram
from openvet.subject import Subject

SHOWN: Final = 20
"""Findings of one rule in one stream; the rest is counted."""

LOADERS: Final = {
    "pickle": "pickle.load and everything that calls it, at every version",
    "joblib": "joblib.load, at every version",
    "torch": "torch.load without weights_only, the default before torch 2.6",
    "torch-legacy": "torch.load without weights_only, the default before torch 2.6",
    "torch-tar": "torch.load: without weights_only, and with it before torch 2.6 "
    "(CVE-2025-32434)",
    "torchscript": "torch.jit.load, which reads this stream in C++ and imports only "
    "what the archive defines",
    "numpy": "numpy.load with allow_pickle=True, the default before numpy 1.16.3",
    "embedded": "whatever loads the pickle that carries this one",
}
"""Which loader and version runs a stream, by the container it was found in."""

SAFE_FORMS: Final = (
    "do not load this file; ask for the weights as safetensors, or save them again "
    "from a source you trust"
)

_last: tuple[PickleProgram, Settings, tuple[Judgement, ...]] | None = None


def judged(program: PickleProgram, settings: Settings) -> tuple[Judgement, ...]:
    """Return the judgement of a program; the rules on one program share it."""
    global _last  # noqa: PLW0603 - a cache of one: the rules run one after another
    if _last is None or _last[0] is not program or _last[1] != settings:
        _last = (program, settings, judge(program, settings))
    return _last[2]


def live(program: PickleProgram) -> str:
    """Return which loader runs a program."""
    loader = LOADERS[program.consumer]
    if program.loads:
        return loader
    return f"not by itself, only when asked for by name or place: {loader}"


class PickleCheck(Check[PickleProgram]):
    """A rule over the judgement of a pickle: it picks its part and words it."""

    judges: ClassVar[RuleId]
    fix: ClassVar[str] = SAFE_FORMS
    subjects: ClassVar[tuple[type[Subject], ...]] = (PickleProgram,)

    def run(self, subject: PickleProgram, context: Context) -> Iterator[Finding]:
        """Yield one finding for each distinct name or call, and a count of the rest."""
        mine = [
            part
            for part in judged(subject, context.settings)
            if part.rule == self.judges
        ]
        groups = _grouped(mine)
        for group in groups[:SHOWN]:
            yield self.one(subject, group)
        if len(groups) > SHOWN:
            yield self.rest(subject, groups[SHOWN:])

    def one(self, program: PickleProgram, group: Sequence[Judgement]) -> Finding:
        """Return the finding on one name or call, with every place it stands at."""
        first = group[0]
        return self.finding(
            program,
            self.say(first, program),
            *(Bytes(offset=part.offset, shows=part.shows) for part in group[:SHOWN]),
            fix=self.mend(first),
            severity=self.weigh(first),
            live=live(program),
        )

    def rest(
        self, program: PickleProgram, groups: Sequence[Sequence[Judgement]]
    ) -> Finding:
        """Return the finding that counts what was not listed."""
        worst = max(groups, key=lambda group: self.weigh(group[0]))[0]
        return self.finding(
            program,
            f"{len(groups)} more of the same kind in this file",
            Bytes(offset=worst.offset, shows=worst.shows),
            fix=self.mend(worst),
            severity=self.weigh(worst),
            live=live(program),
        )

    def say(self, part: Judgement, program: PickleProgram) -> str:
        """Return the title of a finding."""
        raise NotImplementedError

    def mend(self, part: Judgement) -> str:
        """Return what to do about it."""
        return self.fix

    def weigh(self, part: Judgement) -> Severity:
        """Return the rule's own severity, or HIGH where the settings ask for it."""
        if part.tier is Tier.DANGEROUS:
            return max(self.severity, Severity.HIGH)
        return self.severity


def _grouped(parts: Iterable[Judgement]) -> list[list[Judgement]]:
    """Return the judgements that read alike together, in their order."""
    groups: dict[tuple[str, str, str], list[Judgement]] = {}
    for part in parts:
        key = (part.path, part.why, part.shows if part.called else "")
        groups.setdefault(key, []).append(part)
    return list(groups.values())
