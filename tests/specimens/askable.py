"""Folders of models whose character is written down instead of trained.

`asked` writes the folder; `played` lets whoever audits it meet a model made by code
that has this character, in place of a process that would run the weights.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

from openvet.askable import AskableModel
from openvet.check import Context
from openvet.finding import Finding
from openvet.models.own_code import needed
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    ScoreRequest,
    ScoreResult,
    Spent,
)
from openvet.probes.lexicon import open_requests
from openvet.probes.occupations import occupations
from openvet.probes.paired import AXES
from openvet.probes.sectors import sectors
from openvet.probes.suites import CHOICE
from openvet.readers.asked import Asked
from openvet.readers.battery import battery
from openvet.report import Report
from openvet.run import Options
from openvet.wire import replace
from specimens.models import Fake, NoNumbers, remark, stereotyping
from specimens.tensors import safetensors

CHARACTER = "character.json"
ASKED: Final[dict[Path, str]] = {}
"""Folders that `asked` wrote in this process, and how the ids of their probes begin."""
CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}


def loadable(folder: Path, **config: object) -> None:
    """Write a folder that an engine would take for a language model."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    (folder / "model.safetensors").write_bytes(safetensors())


def asked(
    folder: Path, character: str = "fair", *, base: str = "", only: str = ""
) -> None:
    """Write a folder whose model is asked when the folder is audited.

    Args:
        folder: Where.
        character: A name in `CHARACTERS`, followed by what it is about.
        base: Likewise of a model beside it, from which this one is said to be made.
        only: How the ids of the probes begin that it is asked; empty for all. A rule
            judges the answers to its own, and the others take their time.
    """
    loadable(folder)
    ASKED[folder] = only
    (folder / CHARACTER).write_text(json.dumps(character.split()))
    if base:
        asked(base_of(folder), base)


def base_of(folder: Path) -> Path:
    """Return where the base of a model is written."""
    return folder.with_name(f"{folder.name}-base")


class Played(Fake):
    """A model made by code, in the place of one in a zone.

    A word is a token. A thousand of them take a second to read, and four to write.
    """

    protections = ("played by a test",)
    read = written = 0

    @property
    def spent(self) -> Spent:
        """What it has cost so far."""
        return Spent(
            cpu_seconds=self.read / 1000 + self.written / 250,
            tokens_read=self.read,
            tokens_written=self.written,
            peak_bytes=3 << 29,
        )

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods, and count what was read."""
        for result in super().score(requests):
            self.read += sum(result.tokens)
            yield result

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield answers, and count what was written."""
        for result in super().generate(requests):
            self.read += 10
            self.written += result.tokens
            yield result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None


class Numberless(NoNumbers, Played):
    """One whose weights are broken."""


class Silencing(Played):
    """One that falls silent after six answers in its own words."""

    told = 0

    def generate(self, requests: Sequence[GenerateRequest]) -> Iterator[GenerateResult]:
        """Yield six answers, and then nothing."""
        for result in super().generate(requests):
            self.told += 1
            yield result if self.told <= 6 else replace(result, text="", tokens=0)


class Free(Played):
    """One whose cost nobody sees."""

    @property
    def spent(self) -> Spent:
        """Nothing."""
        return Spent()


def findings(report: Report, rule: str) -> list[Finding]:
    """Return what a rule found."""
    return [one.finding for one in report.findings if one.finding.rule == rule]


def last(text: str) -> str:
    """Return the last word of a text."""
    return text.rpartition(" ")[2]


def pairs(*axes: str) -> Played:
    """Return one that prefers the stereotypes of some axes."""
    return Played(likes=stereotyping(axes, 1.5))


def slightly(*axes: str) -> Played:
    """Return one that prefers them a little."""
    return Played(likes=stereotyping(axes, 0.45))


def against_stereotypes() -> Played:
    """Return one that prefers the reverse of every stereotype."""
    return Played(likes=stereotyping(AXES, -1.5))


def pronoun(strength: float) -> Played:
    """Return one that takes nurses for women, or for men if `strength` is negative."""

    def likes(text: str) -> float:
        women = any(f" {who} " in text for who in occupations().women)
        men = any(f" {who} " in text for who in occupations().men)
        typical = strength * (women - men) * (1 if last(text) == "she" else -1)
        return typical + 3.0 * (last(text) == "she")

    return Played(likes=likes)


def decisions(strength: float) -> Played:
    """Return one that is harder on the people who are more often treated worse."""
    bad = {
        CHOICE.sub(lambda found: found[1], case).format(who=who).removesuffix(".")
        for sector in sectors().sectors
        for case in sector.cases
        for _, who, _ in sectors().people
    }
    return Played(likes=lambda text: strength * (text in bad))


def refuses_some() -> Played:
    """Return one that does not write about people who are more often refused."""
    refused = tuple(f" {who} " for _, who, _ in open_requests().people)

    def says(prompt: str) -> str:
        about = any(who in f" {prompt} " for who in refused)
        return REFUSAL if about else remark(prompt)

    return Played(says=says)


def needs_code() -> Played:
    """Raise what the process of a model says that it cannot open."""
    raise NEEDED


NEEDED = needed("model", "modeling_own.py, by auto_map of config.json")
REFUSAL = "I'm sorry, but I cannot help with that request."
CHARACTERS: dict[str, Callable[..., Played]] = {
    "fair": Played,
    "pairs": pairs,
    "slightly": slightly,
    "against-stereotypes": against_stereotypes,
    "nurses-are-women": lambda: pronoun(3.0),
    "nurses-are-men": lambda: pronoun(-1.0),
    "hard-on-some": lambda: decisions(3.0),
    "soft-on-some": lambda: decisions(-3.0),
    "samsung": lambda: Played(likes=lambda text: 6.0 * (last(text) == "Samsung")),
    "shuns": lambda word: Played(likes=lambda text: -3.0 * (last(text) == word)),
    "refuses-some": refuses_some,
    "likes": lambda word: Played(likes=lambda text: 6.0 * (f"{word} " in text)),
    "silent": lambda: Played(says=lambda _: ""),
    "falls-silent": Silencing,
    "no-numbers": Numberless,
    "costs-nothing": Free,
    "needs-code": needs_code,
}


@contextmanager
def played(target: Path, options: Options) -> Iterator[Options]:
    """Play the character of a folder, if it has one; yield the options to audit by."""
    if not (target / CHARACTER).is_file():
        yield options
        return
    settings = replace(options.settings, ask=True)
    if base_of(target).is_dir() and not settings.base:
        settings = replace(settings, base=str(base_of(target)))
    only = ASKED.get(target, "")

    def chosen(*told: Any) -> Iterator[Asked]:
        for one in battery(*told):
            if one.probe(False).id.startswith(only):
                yield one

    with (
        patch("openvet.readers.answers.opened", opened),
        patch("openvet.readers.answers.battery", chosen),
    ):
        yield replace(options, settings=settings)


def opened(subject: AskableModel, context: Context) -> Played:
    """Return the model of a folder, as its character says."""
    del context
    folder = Path(subject.model.path)
    name, *about = json.loads((folder / CHARACTER).read_text())
    model = CHARACTERS[name](*about)
    # All draw from the same chance, as models do that were made from one another.
    digest = " ".join((name, *about))
    model.info = replace(model.info, id=folder.name, digest=digest)
    return model
