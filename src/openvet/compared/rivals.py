"""The models of a comparison: asked now, or asked by an audit that was stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openvet.askable import AskableModel
from openvet.base import asked_of
from openvet.changes.seen import is_bundle
from openvet.check import Context
from openvet.compared.record import Contender
from openvet.compared.shown import Nobody
from openvet.endpoint import PREFIX, endpoint
from openvet.errors import OpenvetError
from openvet.ledger import locked
from openvet.models.protocol import Capability, LanguageModel, ModelInfo
from openvet.probes.answers import Answers
from openvet.readers import answers as reading
from openvet.readers.kept import FINISHED, endpoint_digest, kept
from openvet.readout import Gauge
from openvet.report import Story
from openvet.run import cache_folder, load
from openvet.target import local
from openvet.wire import replace

if TYPE_CHECKING:
    from openvet.check import Progress
    from openvet.run import Options

KINDS: Final = ("causal", "masked")
"""Models that are compared: those that score or write text."""
ANSWERS: Final = "answers.jsonl"
LAST: Final = "last.jsonl"


class Rival:
    """A model that is asked, its files read first.

    Args:
        name: As the person named it.
        options: As of an audit.
        progress: Told of every file, and of what is asked.

    Raises:
        OpenvetError: It cannot be opened.
    """

    def __init__(
        self, name: str, options: "Options", progress: "Progress | None" = None
    ) -> None:
        self.name = name
        self._options = options
        self._model = asked_of(name, options, progress)
        address = name if name.startswith(PREFIX) else local(Path(name)).address
        self._folder = cache_folder(address)
        answers = self._folder / ANSWERS if options.cache else None
        self.context = Context(options.settings, progress=progress, answers=answers)

    @property
    def refused(self) -> str:
        """Why it is not asked; empty where it can be."""
        if self._model is None:
            return "nothing in it is a model that can be asked"
        if self._model.refusal:
            return self._model.refusal
        if self._model.model.kind not in KINDS:
            return f"a model of the kind {self._model.model.kind} gives no texts"
        return ""

    @property
    def able(self) -> frozenset[Capability]:
        """What it can do, as far as it is known before it is loaded.

        Raises:
            OpenvetError: It is an endpoint that does not answer.
        """
        model = self._asked
        if model.model.format != "endpoint":
            text: tuple[Capability, ...] = ("generate",)
            return frozenset(("score", *(text if model.model.kind == "causal" else ())))
        with reading.opened(model, self.context) as found:
            return frozenset(found.info.capabilities)

    @contextmanager
    def opened(self) -> Iterator[tuple[LanguageModel, Answers]]:
        """Open the model, and what it answered before.

        Raises:
            OpenvetError: It cannot be opened, or an audit of it is under way.
        """
        with (
            locked(self._folder),
            reading.opened(self._asked, self.context) as model,
            kept(model, self.context) as answers,
        ):
            yield model, answers

    def contender(self) -> Contender:
        """Return what is known of it before it is asked."""
        return Contender(
            target=self.name,
            source="asked",
            weights=self._model.model.size if self._model else 0,
            refused=self.refused,
        )

    @property
    def _asked(self) -> AskableModel:
        if self._model is None:
            raise AssertionError(self.name)
        return self._model


class Stored:
    """A model that an earlier audit had asked, with the answers that were kept.

    Args:
        name: A ledger, a bundle, or the folder that `--ledger` named.

    Raises:
        LedgerError: It is none, or was altered.
        OpenvetError: It asked no model, or its answers were not kept.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        path = Path(name)
        story = load(path / LAST if path.is_dir() else path)
        infos = [s.readout.model for s in story.steps if s.readout is not None]
        if not infos:
            raise OpenvetError(
                f"{name} is an audit that asked no model",
                hint="audit the model again with --ask, or name the model itself",
            )
        self.info: ModelInfo = infos[0]
        self._keyed = _keyed(self.info, story)
        self.gauges = _gauges(story, self.info)
        keep = ANSWERS if self.info.digest else FINISHED
        folders = (
            path if path.is_dir() else path.parent,
            cache_folder(_address(story.start.target, story.start.kind)),
        )
        self._path = next(
            (
                folder / keep
                for folder in folders
                if (folder / keep).is_file()
                and (self.info.digest or _same(folder / LAST, story))
            ),
            None,
        )

    @property
    def refused(self) -> str:
        """Why it cannot be paired; empty where it can be."""
        if self._path is None:
            return "its answers were not kept beside it: name the model itself"
        return ""

    @property
    def able(self) -> frozenset[Capability]:
        """What it could do."""
        return frozenset(self.info.capabilities)

    @contextmanager
    def opened(self) -> Iterator[tuple[LanguageModel, Answers]]:
        """Return the answers, and somebody who gives no others."""
        yield Nobody(self.info), Answers(self._keyed, self._path)

    def contender(self) -> Contender:
        """Return what is known of it."""
        return Contender(
            target=self.name, source="stored", model=self.info, refused=self.refused
        )


def rival(
    name: str, options: "Options", progress: "Progress | None" = None
) -> Rival | Stored:
    """Return a model by its name.

    Raises:
        OpenvetError: It cannot be opened.
    """
    path = Path(name)
    if (path / LAST).is_file() or is_bundle(path):
        return Stored(name)
    return Rival(name, options, progress)


def _gauges(story: Story, info: ModelInfo) -> dict[str, dict[str, Gauge]]:
    """Return what an audit told of each probe that it asked a model, axis by axis."""
    return {
        step.readout.probe: {gauge.axis: gauge for gauge in step.readout.gauges}
        for step in story.steps
        if step.readout is not None
        and step.readout.model == info
        and not step.readout.unasked
    }


def _keyed(info: ModelInfo, story: Story) -> ModelInfo:
    """Return the model under whose name its answers were kept.

    Raises:
        TargetError: The ledger names an endpoint that is none.
    """
    if info.digest or story.start.kind != "endpoint":
        return info
    asked = endpoint(story.start.target)
    return replace(info, digest=endpoint_digest(asked.url, asked.model))


def _same(path: Path, story: Story) -> bool:
    """Say whether a ledger is that of an audit.

    What an endpoint answered is that of one audit: the next may meet another model.
    """
    try:
        return load(path).head == story.head
    except OpenvetError:
        return False


def _address(target: str, kind: str) -> str:
    """Return what named the place of a ledger, if the target is still there."""
    if kind == "endpoint":
        return target
    try:
        return local(Path(target)).address
    except OpenvetError:
        return target
