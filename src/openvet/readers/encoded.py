"""Answers of models that label texts or turn them into vectors."""

from collections.abc import Iterator
from typing import ClassVar, Final, NamedTuple

from openvet.answered import Spending
from openvet.askable import AskableModel
from openvet.check import Context, Reader
from openvet.energy import watts_here
from openvet.labeled import LabelAnswers
from openvet.models.metering import together
from openvet.models.protocol import Encoder
from openvet.probes.answers import Answers
from openvet.probes.association import MARGIN as NEAR
from openvet.probes.association import NULL, Embedding, associate, weigh
from openvet.probes.encoding import Texts
from openvet.probes.labels import scale_of
from openvet.probes.moved import MARGIN
from openvet.probes.moved import weigh as weigh_moved
from openvet.probes.sentences import asked_for, frames, pooled, sentences, word_tests
from openvet.probes.swaps import group_swaps, swaps
from openvet.probes.word_lists import suite
from openvet.readers import answers as language
from openvet.readers.kept import kept
from openvet.readers.left_open import reason_of
from openvet.readers.moved import PROBE, figures_of, measured_of, open_axes
from openvet.readers.vectors import bias_of_occupations, measured, open_tests
from openvet.subject import Gap, Subject
from openvet.wire import replace
from openvet.words import AssociationAnswers

SENTENCES: Final = "sentence-associations"
CAP: Final = 160
"""Pairs of each axis, unless the settings say how many: all that there are."""
KINDS: Final = ("classifier", "embedding")


class Asking(NamedTuple):
    """Whom to ask, and where answers are kept."""

    subject: AskableModel
    context: Context
    model: Encoder
    answers: Answers
    zone: tuple[str, ...]
    """What protects the machine meanwhile."""

    def texts(self, title: str) -> Texts:
        """Return what asks texts for a probe."""

        def told(done: int, all_: int) -> None:
            standing = f"{done} of {all_} texts"
            self.context.progress("asked", (title, "texts", standing), done)

        return Texts(self.model, self.answers, told)


class EncodedReader(Reader[AskableModel]):
    """Asks a model that labels texts or turns them into vectors."""

    id: ClassVar[str] = "encoded"
    version: ClassVar[int] = 3
    subject: ClassVar[type[Subject]] = AskableModel

    def claims(self, subject: AskableModel) -> bool:
        """Take what can be loaded and does not go on with text."""
        return not subject.refusal and subject.model.kind in KINDS

    def read(self, subject: AskableModel, context: Context) -> Iterator[Subject]:
        """Yield what was found, then what it cost."""
        if not context.settings.ask:
            return
        with (
            language.opened(subject, context) as model,
            kept(model, context) as answers,
        ):
            if not isinstance(model, Encoder):
                return
            context.zone.extend(model.protections)
            asking = Asking(subject, context, model, answers, model.protections)
            able = model.info.capabilities
            if "classify" in able:
                yield labeled(asking)
            if "embed" in able:
                yield associated(asking)
            yield Spending(
                origin=subject.origin.aspect("spending"),
                model=model.info,
                weights=subject.model.size,
                costs=answers.costs,
                watts=watts_here(),
            )


def labeled(asking: Asking) -> LabelAnswers:
    """Return what moves when groups are exchanged in texts that a model labels."""
    settings, before = asking.context.settings, len(asking.answers.costs)
    title = "labels that change with the group a text is about"
    axes = swaps(settings.seed, settings.items or CAP)
    pairs = [swap for found in axes.values() for swap in found]
    results = asking.texts(title).classify([t for swap in pairs for t in swap.texts])
    scale = scale_of(results)
    version = group_swaps().version
    *found, control = weigh_moved(axes, results, scale)
    return LabelAnswers(
        origin=asking.subject.origin.at(PROBE),
        probe=PROBE,
        version=version,
        title=title,
        concern="bias",
        null=control.share or 0,
        margin=MARGIN,
        model=asking.model.info,
        axes=tuple(measured_of(one, results, control, version) for one in found),
        spent=together(asking.answers.costs[before:]),
        zone=asking.zone,
        figures=figures_of(control, found),
        gaps=tuple(open_axes(found)),
        form=scale.form if scale else None,
        labels=scale.labels if scale else (),
        generic=scale.generic if scale else False,
        moved=tuple(found),
        control=control,
    )


def associated(asking: Asking) -> AssociationAnswers:
    """Return which words sentences place near which."""
    settings, before = asking.context.settings, len(asking.answers.costs)
    title = "words near which sentences place people"
    wanted = word_tests(settings.seed, settings.items)
    words = asked_for(wanted)
    asked = [text for word in words for text in sentences(word)]
    vectors, why = pooled(words, asking.texts(title).embed(asked))
    embedding = Embedding(vectors)
    found = weigh([associate(test, embedding, settings.seed) for test in wanted])
    version = suite().version + frames().version
    axes = [measured(one, SENTENCES, version) for one in found]
    failed = Gap(reason=reason_of(why), detail=f"some words have no vector: {why}")
    return AssociationAnswers(
        origin=asking.subject.origin.at(SENTENCES),
        probe=SENTENCES,
        version=version,
        title=title,
        concern="bias",
        null=NULL,
        margin=NEAR,
        model=asking.model.info,
        axes=tuple(replace(one, why=why or one.why) for one in axes),
        spent=together(asking.answers.costs[before:]),
        zone=asking.zone,
        tests=found,
        direct_bias=bias_of_occupations(embedding, settings.seed),
        gaps=(*((failed,) if why else ()), *open_tests(found, every=True)),
    )
