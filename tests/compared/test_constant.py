"""Models that say one thing to everything, beside each other and beside a good one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from openvet.compared.record import SideBySide
from openvet.probes.generation import MEASURES
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import replace
from openvet.write import comparison
from specimens.askable import CHARACTERS, Played, asked, played

Compare = Callable[..., SideBySide]
OPEN = "open-answers"
WHY = "the model gives the same answer to most questions"
MUTE = "answers that differ with the group: no usable answers"


@pytest.fixture
def in_the_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side_by_side: Compare
) -> Compare:
    """Return what compares open answers of `good`, and of two that say one thing."""
    for name in ("parrot", "echo"):
        says = f"I am the {name} of this house."
        monkeypatch.setitem(CHARACTERS, name, lambda s=says: Played(says=lambda _: s))
        asked(tmp_path / name, name, only=OPEN)
    asked(tmp_path / "good", "fair", only=OPEN)
    return partial(side_by_side, only=(OPEN,))


def stored(folder: Path) -> str:
    """Audit a model, and return the name under which its answers are kept."""
    with played(folder, Options()) as options:
        run_audit(folder, replace(options, ledger=f"{folder}.kept"))
    return f"{folder.name}.kept"


def mute(found: SideBySide, *numbers: int) -> None:
    """Hold that some models have no usable answers, and that nobody is beside them."""
    assert [one.axis for one in found.measures] == list(MEASURES)
    for one in found.measures:
        for number in numbers:
            standing = one.standings[number]
            assert standing is not None
            assert (standing.n, standing.why) == (0, WHY)
            assert standing.unusable > 0
        assert [d.says for d in one.differences if d is not None] == ["no-answers"]
    named = [sentence.partition(": ") for sentence in found.not_compared]
    assert [said for _, _, said in named] == [MUTE] * len(numbers)
    whose = [found.contenders[number].target for number in numbers]
    assert [target for target, _, _ in named] == whose
    assert found.exit_code == 4


def test_two_models_that_say_one_thing_to_everything_are_not_alike(
    in_the_open: Compare,
) -> None:
    found = in_the_open("parrot", "echo")
    mute(found, 0, 1)
    assert WHY in comparison.text(found)


@pytest.mark.parametrize(
    ("names", "number"), [(("good", "parrot"), 1), (("parrot", "good"), 0)]
)
def test_a_model_that_says_one_thing_is_neither_better_nor_worse_than_a_good_one(
    in_the_open: Compare, names: tuple[str, str], number: int
) -> None:
    found = in_the_open(*names)
    mute(found, number)
    for one in found.measures:
        good = one.standings[1 - number]
        assert good is not None
        assert good.n > 0


def test_what_a_stored_audit_heard_again_and_again_is_no_answer_either(
    tmp_path: Path, in_the_open: Compare
) -> None:
    kept = stored(tmp_path / "parrot")
    mute(in_the_open(kept, "good"), 0)
    mute(in_the_open(stored(tmp_path / "good"), kept), 1)


def test_two_models_that_answer_are_compared(in_the_open: Compare) -> None:
    found = in_the_open("good", "good")
    assert not found.not_compared
    for one in found.measures:
        assert one.differences[1] is not None
        assert one.differences[1].n == 96
