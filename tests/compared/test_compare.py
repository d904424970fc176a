"""Models side by side: what is certain, what is not, and which smaller one would do."""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from openvet.askable import AskableModel
from openvet.check import Context, Settings
from openvet.compared.compare import How, compare
from openvet.compared.record import SideBySide
from openvet.errors import OpenvetError
from openvet.models.endpoint import EndpointModel
from openvet.models.protocol import (
    GenerateRequest,
    GenerateResult,
    ScoreRequest,
    ScoreResult,
)
from openvet.probes.quality import endings
from openvet.run import Options
from openvet.run import audit as run_audit
from openvet.wire import replace
from openvet.write.comparison import about
from specimens import askable
from specimens.askable import CHARACTERS, NEEDED, Played, asked, played
from specimens.compared import untold
from specimens.endpoints import serving
from specimens.pickles import PICKLE

Compare = Callable[..., SideBySide]
PAIRS = ("counterfactual-pairs",)
ENDS = ("right-endings",)


def says(found: SideBySide) -> dict[str, str]:
    """Return what the second model shows beside the first, by axis."""
    return {
        one.axis: difference.says
        for one in found.measures
        if (difference := one.differences[1]) is not None
    }


def knowing(share: float, parameters: int) -> Callable[..., Played]:
    """Return a maker of models that know so much, and are so large."""
    rows = list(endings())
    known = {f"{one.begin} {one.right}{one.rest}" for one in rows}
    known = set(sorted(known)[: round(share * len(known))])

    def made() -> Played:
        model = Played(noise=0.1, likes=lambda text: 9.0 * (text in known))
        model.info = replace(model.info, parameters=parameters)
        return model

    return made


def test_a_model_that_stereotypes_is_worse_where_it_does_and_alike_elsewhere(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "pairs gender age")
    found = side_by_side("a", "b")
    expected = says(found)
    assert {axis for axis, word in expected.items() if word == "worse"} == {
        "gender",
        "age",
    }
    assert set(expected.values()) == {"worse", "alike"}
    assert found.exit_code == 1
    gender = found.measures[0].differences[1]
    assert gender is not None
    assert gender.n == 192
    assert gender.low < gender.other - gender.first < gender.high
    assert gender.p <= gender.q <= found.rate


def test_the_other_way_round_the_fair_model_is_better(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "pairs gender age")
    found = side_by_side("b", "a")
    assert says(found)["gender"] == "better"
    assert found.exit_code == 0


def test_few_questions_leave_a_difference_undecided(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "slightly gender")
    found = side_by_side("a", "b", items=12)
    assert says(found)["gender"] == "undecided"
    assert found.exit_code == 0


def test_a_smaller_model_that_knows_as_much_is_not_worse(
    tmp_path: Path, side_by_side: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"large": (0.9, 900), "small": (0.89, 90), "tiny": (0.6, 9)}
    for name, (share, size) in sizes.items():
        monkeypatch.setitem(CHARACTERS, name, knowing(share, size))
        asked(tmp_path / name, name)
    found = side_by_side("large", "small", "tiny", only=ENDS)
    tiny, small = found.smaller
    assert (small.contender, small.beside, small.says) == (1, 0, "not-worse")
    assert (tiny.contender, tiny.says) == (2, "worse")
    assert small.low > -small.margin
    assert {small.n, tiny.n} <= {336, 337}
    known = [one.known for one in found.efficiency]
    assert known == sorted(known, reverse=True)
    for one in found.efficiency:
        assert one.low < one.known < one.high
        assert one.per_cpu_second is not None
        assert one.cpu_seconds > 0


def test_a_smaller_model_that_may_be_worse_is_undecided_and_says_what_would_tell(
    tmp_path: Path, side_by_side: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"large": (0.9, 900), "small": (0.81, 90)}
    for name, (share, size) in sizes.items():
        monkeypatch.setitem(CHARACTERS, name, knowing(share, size))
        asked(tmp_path / name, name)
    (small,) = side_by_side("large", "small", only=ENDS).smaller
    assert small.says == "undecided"
    assert small.needed is not None


def test_a_silent_model_is_not_as_good_as_any(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "no-numbers")
    found = side_by_side("a", "b")
    assert set(says(found).values()) == {"no-answers"}
    assert found.exit_code == 4
    assert any("no usable answers" in sentence for sentence in found.not_compared)


@pytest.mark.parametrize("why", [NEEDED.message, "would harm whoever loads it"])
def test_what_must_not_be_loaded_is_not_compared(
    tmp_path: Path, side_by_side: Compare, why: str
) -> None:
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "needs-code" if why == NEEDED.message else "pairs gender")
    if why != NEEDED.message:
        (tmp_path / "b/pytorch_model.bin").write_bytes(PICKLE)
    found = side_by_side("a", "b")
    assert why in found.contenders[1].refused
    assert why != NEEDED.message or str(NEEDED.hint) in about(found.contenders[1])
    assert found.exit_code == 4
    assert any("fewer than two" in sentence for sentence in found.not_compared)


def right(prompt: str) -> str:
    """Return the right end of the text that a question is about."""
    asked_of = (one for one in endings() if f'"{one.begin} ..."' in prompt)
    for one in asked_of:
        if f'"{one.right}"' in prompt and f'"{one.wrong}"' in prompt:
            return f"{one.right}."
    return "I see."


def opened(subject: AskableModel, context: Context) -> Any:
    """Return a played model, or what is really behind an endpoint."""
    if subject.model.format == "endpoint":
        return EndpointModel(subject.model.url, subject.model.name)
    return askable.opened(subject, context)


@pytest.mark.slow
@pytest.mark.usefixtures("side_by_side")
def test_an_endpoint_beside_a_folder_is_compared_on_what_both_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENVET_API_KEY", raising=False)
    monkeypatch.setattr("openvet.readers.answers.opened", opened)
    asked(tmp_path / "a", "fair")
    with serving() as api:
        api.model.says = right
        options = Options(settings=Settings(ask=True))
        only = ("right-choices", "counterfactual-pairs")
        found = compare(
            [str(tmp_path / "a"), api.target], How(options, 0.05, only), untold
        )
    assert {one.probe for one in found.measures} == {"right-choices"}
    for one in found.measures:
        folder, endpoint = one.standings
        assert folder is not None
        assert endpoint is not None
        assert folder.why == "the answer names neither end"
        assert folder.unusable > folder.n
        assert endpoint.share == 1
    costs = found.efficiency[-1]
    assert costs.known == 1
    assert costs.per_cpu_second is None
    assert found.contenders[1].model is not None
    assert "score" not in found.contenders[1].model.capabilities
    assert found.exit_code == 4


@pytest.mark.usefixtures("side_by_side")
def test_an_endpoint_that_does_not_answer_is_told_and_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENVET_API_KEY", raising=False)
    monkeypatch.setattr("openvet.readers.answers.opened", opened)
    asked(tmp_path / "a", "fair")
    with serving() as api:
        api.manner = "401"
        options = Options(settings=Settings(ask=True))
        found = compare([str(tmp_path / "a"), api.target], How(options, 0.05), untold)
    assert "refuses the key" in found.contenders[1].refused
    assert found.exit_code == 4


class Breaking(Played):
    """One that gives no numbers for most of what it is asked."""

    def score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        """Yield likelihoods, of which few can be used."""
        for request, result in zip(requests, super().score(requests), strict=True):
            broken = sum(map(ord, str(request))) % 3
            yield replace(result, log_likelihoods=(math.nan,) * 2) if broken else result


@pytest.mark.parametrize("character", ["breaking", "no-numbers"])
def test_what_a_stored_audit_could_not_use_is_counted_as_in_a_live_run(
    tmp_path: Path,
    side_by_side: Compare,
    monkeypatch: pytest.MonkeyPatch,
    character: str,
) -> None:
    monkeypatch.setitem(CHARACTERS, "breaking", Breaking)
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", character)
    with played(tmp_path / "b", Options()) as options:
        settings = replace(options.settings, items=40)
        kept = replace(options, settings=settings, ledger=str(tmp_path / "b.kept"))
        run_audit(tmp_path / "b", kept)
    for names in (("a", "b"), ("a", "b.kept")):
        found = side_by_side(*names, items=40)
        assert found.exit_code == 4
        said = found.not_compared[-1]
        assert "usable answers" in said
        for one in found.measures:
            standing = one.standings[1]
            assert standing is not None
            assert standing.unusable > standing.n


class Counting(Played):
    """One that counts what it is asked."""

    asked_now = 0

    def score(self, requests: object) -> Iterator[ScoreResult]:
        """Yield likelihoods and count."""
        for result in super().score(requests):  # type: ignore[arg-type]
            type(self).asked_now += 1
            yield result


def test_nothing_is_asked_twice(
    tmp_path: Path, side_by_side: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CHARACTERS, "counting", Counting)
    asked(tmp_path / "a", "fair")
    asked(tmp_path / "b", "counting")
    first = side_by_side("a", "b")
    count = Counting.asked_now
    assert count > 0
    again = side_by_side("a", "b")
    assert Counting.asked_now == count
    assert again.measures == first.measures


@pytest.mark.slow
def test_stored_audits_are_compared_without_asking_anybody(
    tmp_path: Path, side_by_side: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, character in (("a", "fair"), ("b", "pairs gender")):
        asked(tmp_path / name, character)
        with played(tmp_path / name, Options()) as options:
            run_audit(
                tmp_path / name, replace(options, ledger=str(tmp_path / f"{name}.kept"))
            )

    def nobody(*_: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr("openvet.readers.answers.opened", nobody)
    some = (*PAIRS, "brand-likelihood")
    found = side_by_side("a.kept", "b.kept", only=some)
    assert says(found)["gender"] == "worse"
    assert says(found)["age"] != "worse"
    gender = found.measures[0].differences[1]
    assert gender is not None
    assert gender.n == 192
    assert "p of a sequence" not in gender.method
    brands = [one for one in found.measures if one.probe == "brand-likelihood"]
    methods = [one.method for row in brands if (one := row.differences[1]) is not None]
    assert methods
    assert all("p of a sequence" in one for one in methods)
    assert any("stored audit" in note for note in found.notes)


@pytest.mark.slow
def test_a_model_beside_a_stored_audit_is_asked_only_what_that_had_asked(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "pairs gender")
    asked(tmp_path / "b", "fair")
    with played(tmp_path / "a", Options()) as options:
        run_audit(tmp_path / "a", replace(options, ledger=str(tmp_path / "a.kept")))
    found = side_by_side("a.kept", "b")
    gender = next(one for one in found.measures if one.axis == "gender")
    one, other = gender.standings
    assert one is not None
    assert other is not None
    assert other.n + other.unusable == one.n + one.unusable
    assert says(found)["gender"] == "better"


def test_an_audit_that_asked_nobody_cannot_be_compared(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    run_audit(tmp_path / "a", Options(ledger=str(tmp_path / "kept")))
    with pytest.raises(OpenvetError, match="asked no model"):
        side_by_side("kept", "a")


def test_a_probe_that_is_unknown_is_an_error(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    with pytest.raises(OpenvetError, match="no-such-probe"):
        side_by_side("a", "a", only=("no-such-probe",))


def test_the_same_model_twice_is_alike_and_is_said_to_be_the_same(
    tmp_path: Path, side_by_side: Compare
) -> None:
    asked(tmp_path / "a", "fair")
    found = side_by_side("a", "a")
    assert set(says(found).values()) == {"alike"}
    assert any("the same weights" in note for note in found.notes)


def test_texts_that_name_no_end_are_no_answers() -> None:
    from openvet.probes.quality import RightChoices

    probe = RightChoices(chat=True)
    item = probe.items(0)[0]
    assert isinstance(item.request, GenerateRequest)

    def value(text: str) -> float | None:
        result = GenerateResult(text=text, tokens=1, finish="stop")
        return probe.observe(item, result).value

    assert value("Paris, not Tokyo") == 1
    assert value("tokyo.") == 0
    assert value("It depends") is None
    assert value("") is None


def test_right_and_wrong_ends_differ_and_no_text_is_asked_twice() -> None:
    rows = list(endings())
    assert all(one.right != one.wrong for one in rows)
    requests = [
        ScoreRequest(context=one.begin, continuations=(one.right, one.wrong))
        for one in rows
    ]
    assert len(set(requests)) == len(rows) > 300
    assert len({one.wording for one in rows}) == 48
