"""Texts are asked once, kept exactly, and what is no answer says why."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from openvet.errors import ModelError
from openvet.models.protocol import (
    ClassifyRequest,
    ClassifyResult,
    EmbedRequest,
    EmbedResult,
)
from openvet.probes.answers import Answers
from openvet.probes.encoding import BATCH, LONGEST, Texts
from specimens.encoders import Labeling, OnePlace

WORDS = tuple(f"text {number}" for number in range(3 * BATCH))


class Ending(Labeling):
    """Ends in the middle of its second batch, and of all that follow."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Yield scores until it is enough."""
        for at, result in enumerate(super().classify(texts)):
            if self.asked > BATCH and at >= 10:
                raise ModelError("the process that runs the model ended")
            yield result


class Dead(Labeling):
    """Never answers."""

    def classify(self, texts: Sequence[str]) -> Iterator[ClassifyResult]:
        """Raise."""
        self.asked += 1
        raise ModelError("there is no model")


def test_what_was_answered_is_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = Labeling()
    first = Texts(model, Answers(model.info, path)).classify(WORDS)
    assert model.asked == len(WORDS)
    again = Texts(model, Answers(model.info, path)).classify(WORDS[::-1])
    assert model.asked == len(WORDS)
    assert again == first


def test_a_text_that_comes_twice_is_asked_once() -> None:
    model = Labeling()
    Texts(model, Answers(model.info)).classify(["one", "one", "two"])
    assert model.asked == 2


def test_vectors_come_back_from_the_file_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = OnePlace()
    (first,) = Texts(model, Answers(model.info, path)).embed(["one"]).values()
    (again,) = Texts(model, Answers(model.info, path)).embed(["one"]).values()
    assert first == again == EmbedResult(vector=(0.5, -0.25, 1.0))
    kept = Answers(model.info, path)
    assert kept.of(EmbedRequest(text="one")) == first
    assert kept.of(ClassifyRequest(text="one")) is None


def test_a_model_that_ends_leaves_what_it_answered_and_the_reason() -> None:
    model = Ending()
    found = Texts(model, Answers(model.info)).classify(WORDS)
    reasons = [one for one in found.values() if isinstance(one, str)]
    assert len(found) == len(WORDS)
    assert len(reasons) == 2 * (BATCH - 10)
    assert set(reasons) == {"the model failed: the process that runs the model ended"}


def test_a_model_that_never_answers_is_left_alone_after_three_batches() -> None:
    model = Dead()
    found = Texts(model, Answers(model.info)).classify([*WORDS, *"abcdef"] * 2)
    assert set(found.values()) == {"the model failed: there is no model"}
    assert model.asked == 3


def test_what_is_no_number_is_no_answer_and_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    model = Labeling(lambda _: math.nan)
    found = Texts(model, Answers(model.info, path)).classify(WORDS)
    assert set(found.values()) == {"the model gave what is no number"}
    Texts(model, Answers(model.info, path)).classify(WORDS)
    assert model.asked == 2 * len(WORDS)


def test_names_of_labels_are_cut_where_nobody_reads_on() -> None:
    model = Labeling(labels=("a", "b" * 10_000))
    (one,) = Texts(model, Answers(model.info)).classify(["one"]).values()
    assert isinstance(one, ClassifyResult)
    assert [len(label) for label in one.labels] == [1, LONGEST]


def test_progress_is_told_batch_by_batch() -> None:
    told: list[tuple[int, int]] = []
    model = Labeling()
    asked = Texts(model, Answers(model.info), lambda *seen: told.append(seen))
    asked.classify(WORDS)
    assert told == [(BATCH, 192), (2 * BATCH, 192), (192, 192)]
