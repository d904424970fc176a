"""Whether a model fits is said only where both bounds lie on one side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.fit import Shape, State, cache, fit, measured
from openvet.machine import Hardware

SMALL = Shape(
    parameters=135_000_000,
    embedding=28_000_000,
    stored=98_000_000,
    stored_as="Q4_1",
    lean=True,
    cached=11_520,
    context=8192,
)
counts = st.integers(0, 10**12)


def machine(gib: float, card: float = 0) -> Hardware:
    return Hardware(memory=int(gib * 2**30), cores=2, accelerator=int(card * 2**30))


@pytest.mark.parametrize(
    ("gib", "state"), [(8, "runs"), (0.3, "may run"), (0.05, "does not run")]
)
def test_what_lies_between_the_bounds_is_not_decided(gib: float, state: State) -> None:
    assert fit("x", SMALL, machine(gib)).ways[0].state == state


def test_fewer_bits_take_less_and_more_text_takes_more() -> None:
    ways = {way.name: way for way in fit("x", SMALL, machine(8)).ways}
    names = ("int4", "int8", "float16", "float32")
    lows = [ways[name].low for name in names]
    assert lows == sorted(lows)
    assert all(way.low < way.high for way in ways.values())


def test_the_cache_is_two_vectors_a_layer_for_each_token() -> None:
    # Llama 2 of 7 billion: 32 layers, 32 heads of 128, 2 bytes: 0.5 MiB a token.
    shape = Shape(parameters=1, cached=2 * 32 * 32 * 128, context=4096)
    assert cache(shape, 1, 2) == 1 << 19
    assert cache(shape, 4096, 2) == 2 << 30


def test_layers_that_look_back_over_a_window_cache_no_more_than_it() -> None:
    shape = Shape(parameters=1, cached=10, windowed=100, window=512, context=32768)
    assert cache(shape, 512, 1) == 512 * 110
    assert cache(shape, 32768, 1) == 32768 * 10 + 512 * 100


def test_of_weights_that_cannot_be_counted_only_the_stored_are_told() -> None:
    found = fit("x", Shape(parameters=0, stored=10, stored_as="torch"), machine(8))
    assert [way.name for way in found.ways] == ["as stored (torch)"]


def test_a_card_counts_where_it_certainly_holds_the_model() -> None:
    assert fit("x", SMALL, machine(0.05, 24)).ways[0].on == "graphics card"
    assert fit("x", SMALL, machine(8, 0.2)).ways[0].on == "memory"


def test_what_was_measured_has_no_band() -> None:
    (way,) = measured("x", 2 << 30, "float32", machine(8)).ways
    assert (way.low, way.high, way.state) == (2 << 30, 2 << 30, "runs")


@given(counts, counts, counts, counts, st.integers(0, 1 << 24), st.integers(1, 10**15))
def test_no_shape_is_too_odd(  # noqa: PLR0913, PLR0917 - as many as a shape has
    parameters: int, embedding: int, stored: int, cached: int, context: int, memory: int
) -> None:
    shape = Shape(
        parameters=parameters,
        embedding=min(embedding, parameters),
        stored=stored,
        cached=cached,
        windowed=cached,
        window=context // 2,
        context=context,
    )
    for way in fit("x", shape, Hardware(memory=memory, cores=1)).ways:
        assert 0 <= way.low <= way.high
