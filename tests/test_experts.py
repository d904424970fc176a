"""Of a mixture of experts, what each token goes through follows from its settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.experts import Experts, active, experts, in_settings

MIXTRAL = {"num_local_experts": 8, "num_experts_per_tok": 2}
SIZES = (
    ("model.embed_tokens.weight", 100),
    ("model.layers.0.mlp.gate.weight", 20),
    ("model.layers.0.mlp.experts.gate_up_proj", 800),
    ("model.layers.0.mlp.experts.7.down_proj.weight", 80),
    ("model.layers.0.mlp.shared_experts.up_proj.weight", 40),
)


@pytest.mark.parametrize(
    "config",
    [
        MIXTRAL,
        {"num_experts": 8, "experts_per_token": 2},
        {"n_routed_experts": 8, "num_experts_per_tok": 2, "quantization_config": {}},
        {"text_config": MIXTRAL, "vision_config": {"num_layers": 2}},
        {"ffn_config": {"moe_num_experts": 8, "moe_top_k": 2}},
    ],
)
def test_settings_say_how_many_experts_a_token_goes_through(
    config: dict[str, object],
) -> None:
    assert in_settings(config) == Experts(used=2, among=8)
    assert in_settings(config).share == 0.25


@pytest.mark.parametrize(
    ("used", "among"),
    [(None, 8), (2, None), (0, 8), (-1, 8), (9, 8), (True, 8), ("2", 8), (2, 1e9)],
)
def test_figures_that_make_no_sense_are_no_mixture(used: object, among: object) -> None:
    assert experts(used, among) == Experts()
    config = {"num_experts_per_tok": used, "num_local_experts": among}
    assert in_settings(config).share == 1


def test_what_lies_outside_of_experts_is_always_gone_through() -> None:
    found = active(SIZES, in_settings(MIXTRAL))
    assert found == 100 + 20 + 40 + (800 + 80) // 4


def test_where_a_token_goes_through_all_nothing_is_told_apart() -> None:
    assert active(SIZES, Experts()) is None
    assert active(SIZES, experts(8, 8)) is None


def test_a_mixture_whose_experts_have_other_names_is_not_told_apart() -> None:
    assert active(SIZES[:2], in_settings(MIXTRAL)) is None
    assert active((), in_settings(MIXTRAL)) is None


@given(st.integers(1, 64), st.integers(1, 64), st.integers(0, 10**12))
def test_no_token_goes_through_more_than_there_is(
    used: int, among: int, size: int
) -> None:
    found = active([("w", 7), ("mlp.experts.w", size)], experts(used, among))
    assert found is None or 7 <= found <= 7 + size
