"""What of a model its memory depends on, from its settings and its tensors' names.

Settings are hostile: a number counts only where it is one that a model could have.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from openvet.artifacts import Tensor
from openvet.fit import Shape
from openvet.patterns import pattern

MOST: Final = 1 << 24
"""No count of layers, heads or tokens is larger."""
LAYERS: Final = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
HEADS: Final = ("num_attention_heads", "n_head", "n_heads", "num_heads")
SHARED: Final = (
    "num_key_value_heads",
    "num_kv_heads",
    "n_head_kv",
    "multi_query_group_num",
)
WIDTH: Final = ("hidden_size", "n_embd", "d_model", "dim")
CONTEXT: Final = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len")
PARTS: Final = ("text_config", "llm_config", "language_config")
"""Where models of several kinds keep the settings of the one that writes."""
WORDS: Final = pattern(
    r"(?:^|\.)(?:embed_tokens|wte|word_embeddings|embed_in|token_embd|lm_head|output"
    r"|embed_out)\.weight$"
)
"""Names of tables of words, as transformers and GGUF call them."""
PACKED: Final = frozenset({"I32", "U8", "I8", "U32"})
"""Formats of safetensors that hold several quantized weights in one number."""
REPEATING: Final = (
    "mamba",
    "mamba2",
    "rwkv",
    "rwkv5",
    "rwkv6",
    "falcon_mamba",
    "xlstm",
)
"""Architectures without a cache that grows."""


def of_settings(config: Mapping[str, Any], *, writes: bool) -> Shape:
    """Return what a `config.json` of transformers says of the cache.

    Args:
        config: The settings, of any content.
        writes: Whether the model goes on with text; one that reads only needs none.
    """
    inner = next((config[p] for p in PARTS if isinstance(config.get(p), dict)), config)
    context = _first(inner, CONTEXT)
    cacheless = not writes or inner.get("model_type") in REPEATING
    if cacheless:
        return Shape(parameters=0, context=context if not writes else 0)
    layers, heads = _first(inner, LAYERS), _first(inner, HEADS)
    width = _first(inner, WIDTH)
    each = _first(inner, ("head_dim",)) or (width // heads if heads else 0)
    per_layer = 2 * (_shared(inner) or heads) * each
    latent = _first(inner, ("kv_lora_rank",))
    if latent:  # one compressed vector in place of keys and values (DeepSeek-V2)
        per_layer = latent + _first(inner, ("qk_rope_head_dim",))
    window = _first(inner, ("sliding_window",))
    near = _windowed(inner, layers) if window and window < (context or MOST) else 0
    return Shape(
        parameters=0,
        cached=per_layer * (layers - near),
        windowed=per_layer * near,
        window=window if near else 0,
        context=context,
    )


def of_gguf(numbers: Mapping[str, int | float], metadata: Mapping[str, str]) -> Shape:
    """Return what the metadata of a GGUF file says of the cache."""
    kind = metadata.get("general.architecture", "")

    def number(key: str) -> int:
        return _count(numbers.get(f"{kind}.{key}"))

    layers, heads = number("block_count"), number("attention.head_count")
    width = number("embedding_length") // heads if heads else 0
    keys = number("attention.key_length") or width
    values = number("attention.value_length") or width
    per_layer = (number("attention.head_count_kv") or heads) * (keys + values)
    # Which layers look back over a window only stands in the engine, not in the file.
    return Shape(
        parameters=0, cached=per_layer * layers, context=number("context_length")
    )


def embedded(tensors: Sequence[Tensor]) -> int:
    """Return how many parameters lie in tables of words."""
    return sum(_values(t) for t in tensors if WORDS.search(t.name[:512]))


def formats(tensors: Sequence[Tensor]) -> str:
    """Return the number format of most values."""
    values: Counter[str] = Counter()
    for tensor in tensors:
        values[tensor.dtype] += _values(tensor)
    return values.most_common(1)[0][0] if values else ""


def packed(tensors: Sequence[Tensor]) -> bool:
    """Say whether most bytes hold several weights in a number, so none can count."""
    held = sum(t.stop - t.start for t in tensors if t.dtype in PACKED)
    return held * 2 > sum(t.stop - t.start for t in tensors)


def _values(tensor: Tensor) -> int:
    return math.prod(tensor.shape)


def _windowed(config: Mapping[str, Any], layers: int) -> int:
    """Return how many layers look back over a window only."""
    types = config.get("layer_types")
    if isinstance(types, list):
        return min(layers, types.count("sliding_attention"))
    every = _first(config, ("sliding_window_pattern",))
    if every:
        return layers - layers // every
    return 0 if config.get("use_sliding_window") is False else layers


def _shared(config: Mapping[str, Any]) -> int:
    """Return how many heads of keys and values there are, where that is said."""
    if config.get("multi_query") is True and not config.get("new_decoder_architecture"):
        return 1
    return _first(config, SHARED)


def _first(config: Mapping[str, Any], names: Sequence[str]) -> int:
    """Return the first of several settings that is a count."""
    return next((n for name in names if (n := _count(config.get(name)))), 0)


def _count(value: object) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 < value <= MOST else 0
