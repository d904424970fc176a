"""Engines tell how much of a mixture of experts each token goes through."""

from typing import Any

import pytest

from openvet.models.causal import CausalModel
from openvet.models.loading import Opened
from specimens.language_models import SIZES, needed

needed()


class Marks:
    """As much of a tokenizer as a model is opened with."""

    bos_token_id = eos_token_id = 0
    chat_template = None

    def __len__(self) -> int:
        return 64


def opened(name: str, **changes: Any) -> CausalModel:
    """Return a small model of an architecture, with random weights."""
    import transformers as t

    config = getattr(t, name)(
        **SIZES, vocab_size=64, num_key_value_heads=2, head_dim=8, **changes
    )
    model = t.AutoModelForCausalLM.from_config(config).eval()
    return CausalModel(Opened(model, Marks()))


@pytest.mark.parametrize("name", ["MixtralConfig", "GraniteMoeConfig"])
def test_a_token_goes_through_a_quarter_of_the_experts(name: str) -> None:
    model = opened(name, num_local_experts=8, num_experts_per_tok=2)
    named = model.opened.model.named_parameters()
    inside = sum(p.numel() for name, p in named if ".experts." in name)
    assert model.info.parameters is not None
    assert inside * 2 > model.info.parameters
    assert model.info.active == model.info.parameters - inside * 3 // 4


def test_experts_that_all_share_are_always_gone_through() -> None:
    model = opened(
        "Qwen2MoeConfig", num_experts=16, num_experts_per_tok=4, moe_intermediate_size=8
    )
    sizes = {n: p.numel() for n, p in model.opened.model.named_parameters()}
    assert any("shared_expert." in name for name in sizes)
    inside = sum(size for name, size in sizes.items() if ".mlp.experts." in name)
    assert model.info.active == sum(sizes.values()) - inside * 3 // 4


def test_of_a_dense_model_a_token_goes_through_all() -> None:
    assert opened("LlamaConfig").info.active is None
