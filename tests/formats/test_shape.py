"""What the cache of a model holds is read off settings that anybody may write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openvet.artifacts import Tensor
from openvet.formats.shape import embedded, formats, of_gguf, of_settings, packed

LLAMA = {
    "model_type": "llama",
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "hidden_size": 576,
    "max_position_embeddings": 8192,
}
GEMMA = {
    "num_hidden_layers": 18,
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "head_dim": 256,
    "hidden_size": 640,
    "max_position_embeddings": 32768,
    "sliding_window": 512,
    "layer_types": ["sliding_attention"] * 15 + ["full_attention"] * 3,
}
GPT = {"n_layer": 12, "n_head": 12, "n_embd": 768, "n_positions": 1024}
LATENT = {**LLAMA, "kv_lora_rank": 512, "qk_rope_head_dim": 64}


@pytest.mark.parametrize(
    ("config", "cached", "windowed", "context"),
    [
        (LLAMA, 30 * 2 * 3 * 64, 0, 8192),
        (GPT, 12 * 2 * 768, 0, 1024),
        (GEMMA, 3 * 2 * 256, 15 * 2 * 256, 32768),
        ({"text_config": LLAMA, "hidden_size": 1}, 30 * 2 * 3 * 64, 0, 8192),
        ({**GPT, "multi_query": True}, 12 * 2 * 64, 0, 1024),
        (LATENT, 30 * (512 + 64), 0, 8192),
        ({**LLAMA, "sliding_window": 4096}, 0, 30 * 2 * 3 * 64, 8192),
        (
            {**LLAMA, "sliding_window": 4096, "use_sliding_window": False},
            30 * 2 * 3 * 64,
            0,
            8192,
        ),
        ({"model_type": "mamba", "num_hidden_layers": 64}, 0, 0, 0),
        ({}, 0, 0, 0),
    ],
)
def test_settings_say_what_a_token_leaves_in_the_cache(
    config: dict[str, Any], cached: int, windowed: int, context: int
) -> None:
    found = of_settings(config, writes=True)
    assert (found.cached, found.windowed, found.context) == (cached, windowed, context)


def test_a_model_that_only_reads_caches_nothing() -> None:
    found = of_settings(LLAMA, writes=False)
    assert (found.cached, found.context) == (0, 8192)


def test_metadata_of_gguf_says_it_too() -> None:
    numbers: dict[str, int | float] = {
        "llama.block_count": 30,
        "llama.embedding_length": 576,
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
        "llama.context_length": 8192,
    }
    found = of_gguf(numbers, {"general.architecture": "llama"})
    assert (found.cached, found.context) == (30 * 2 * 3 * 64, 8192)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GEMMA, "text_config"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*GEMMA, *GPT, "text_config"]), anything))
def test_whatever_settings_say_is_a_shape_or_nothing(config: dict[str, Any]) -> None:
    found = of_settings(config, writes=True)
    assert min(found.cached, found.windowed, found.window, found.context) >= 0


def tensor(name: str, dtype: str, *shape: int, size: int = 1) -> Tensor:
    return Tensor(name=name, dtype=dtype, shape=shape, start=0, stop=size)


def test_tables_of_words_are_told_from_other_weights() -> None:
    tensors = [
        tensor("model.embed_tokens.weight", "F32", 10, 4),
        tensor("token_embd.weight", "Q8_0", 10, 4),
        tensor("lm_head.weight", "F32", 10, 4),
        tensor("model.layers.0.attn_output.weight", "BF16", 100, 4),
    ]
    assert embedded(tensors) == 120
    assert formats(tensors) == "BF16"
    assert formats([]) == ""


def test_weights_packed_into_larger_numbers_are_not_counted() -> None:
    assert packed([tensor("q", "I32", 1, size=9), tensor("s", "F16", 1, size=8)])
    assert not packed([tensor("a", "F16", 1, size=9)])
