"""Vectors of words: those that tests of association ask for, and what these find.

Nothing is loaded and nothing runs: it is arithmetic on numbers of the file. So it is
done in every audit, and costs about half a second of processor time.
"""

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from openvet.check import Context, Reader
from openvet.formats.vectors import form_of, vectors_of
from openvet.listing import first_of
from openvet.models.protocol import ModelInfo, Spent
from openvet.probes.asking import Measured
from openvet.probes.association import (
    MARGIN,
    NULL,
    Association,
    DirectBias,
    Embedding,
    Weighed,
    associate,
    direct_bias,
    direction,
    weigh,
)
from openvet.probes.word_lists import neutral, shipped, suite, wanted
from openvet.subject import File, Gap, Subject
from openvet.words import AssociationAnswers, WordVectors

PROBE: Final = "word-associations"
FLAT: Final = "all words lie in the same place"
SHOWN: Final = 5
"""Missing words that a report names."""


class WordVectorsReader(Reader[File]):
    """Keeps the vectors of a file that tests of association ask for."""

    id: ClassVar[str] = "word-vectors"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the first two words and their vectors."""
        return form_of(subject.source) is not None

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the vectors, if the words are ones that anybody asks for."""
        form = form_of(subject.source)
        if form is None:
            return
        looked = vectors_of(subject.source, form, wanted(), context.budget)
        if not looked.vectors and not context.settings.ask:
            return
        gap = Gap(reason="broken", detail=looked.broken, lift="download the file again")
        yield WordVectors(
            origin=subject.origin.aspect(self.id),
            format=form.format,
            name=subject.name,
            size=subject.size,
            words=looked.words,
            width=form.width,
            vectors=looked.vectors,
            gaps=(gap,) if looked.broken else (),
        )


class AssociationsReader(Reader[WordVectors]):
    """Tests which words the vectors place near which."""

    id: ClassVar[str] = "associations"
    version: ClassVar[int] = 2
    subject: ClassVar[type[Subject]] = WordVectors

    def read(self, subject: WordVectors, context: Context) -> Iterator[Subject]:
        """Yield the tests; without `--ask` only where one of them can be made.

        Raises:
            OverBudgetError: The time is over; many files of vectors take long.
        """
        began, seed = time.process_time(), context.settings.seed
        embedding = Embedding(subject.vectors)
        associations = []
        for test in shipped():
            context.budget.check_time()
            associations.append(associate(test, embedding, seed))
        found = weigh(associations)
        if not (context.settings.ask or any(one.found.usable for one in found)):
            return
        bias = bias_of_occupations(embedding, seed)
        yield AssociationAnswers(
            origin=subject.origin.at(PROBE),
            probe=PROBE,
            version=suite().version,
            title="words near which vectors place people",
            concern="bias",
            null=NULL,
            margin=MARGIN,
            model=_info(subject),
            axes=tuple(measured(one, PROBE, suite().version) for one in found),
            spent=Spent(cpu_seconds=time.process_time() - began),
            tests=found,
            direct_bias=bias,
            gaps=tuple(open_tests(found, every=context.settings.ask)),
        )


def bias_of_occupations(embedding: Embedding, seed: int) -> DirectBias | None:
    """Return how far occupations lie along what sets women from men."""
    along = direction(suite().pairs, embedding)
    if along is None:
        return None
    return direct_bias(neutral(), along, embedding, seed=seed)


def _info(subject: WordVectors) -> ModelInfo:
    return ModelInfo(
        id=subject.name,
        digest=subject.origin.digest,
        tokenizer_digest="",
        engine="its vectors, read as they stand",
        dtype="float32",
        device="cpu",
        parameters=subject.words * subject.width,
        capabilities=("embed",),
    )


def measured(one: Weighed, probe: str, version: int) -> Measured:
    """Return a test as probes of models give theirs."""
    found, usable = one.found, one.found.usable
    share = found.share if usable else None
    return Measured(
        probe=probe,
        version=version,
        axis=found.axis,
        null=NULL,
        n=sum(found.n) if usable else 0,
        hits=(share or 0) * sum(found.n),
        share=share,
        clusters=sum(found.n),
        interval=found.share_interval if usable else None,
        sequence=None,
        verdict=one.verdict,
        needed=None,
        unusable=len(found.missing),
        asked=found.asked,
        population=found.asked,
        size=found.effect,
        log_evidence=0,
        why=_why(found),
    )


def _why(found: Association) -> str:
    """Return why a test says nothing: words are missing, or all lie alike."""
    if found.usable:
        return "" if found.effect is not None else FLAT
    return f"no {first_of(found.missing, SHOWN)}"


def open_tests(found: Sequence[Weighed], *, every: bool) -> Iterator[Gap]:
    """Yield what stays open: all of it if one asked, else only where nothing is known.

    A list of words is as long as it is, so no more asking decides a test.
    """
    open_ = [one for one in found if one.verdict in {"undecided", "no usable answers"}]
    if open_ and (every or len(open_) == len(found)):
        named = ", ".join(
            one.found.axis
            + (
                f" ({len(one.found.missing)} words missing)"
                if not one.found.usable
                else ""
            )
            for one in open_
        )
        yield Gap(
            reason="undecided",
            detail=f"undecided on {named}",
            lift="measure it with word lists of your own use and language",
        )
