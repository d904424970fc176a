"""Tiny language models with random weights, made by code and saved as people save them.

Needs the extra `models`: call `needed()` first.
"""

from pathlib import Path
from typing import Any

import pytest

WORDS = "The nurse said that he she they was were tired happy late and left early ."
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' %}"
    "{{ raise_exception('no system turns here') }}{% endif %}"
    "<{{ m.role }}> {{ m.content }}{% endfor %}<assistant>"
)
SIZES = {
    "num_hidden_layers": 2,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
}
STYLES = ("gpt2", "llama", "gemma3", "mistral", "mamba", "bloom")


def needed() -> None:
    """Skip the test where nothing is installed that runs a model."""
    for name in ("torch", "transformers"):
        pytest.importorskip(name, reason="needs the extra: scripts/install models")


def _tokenizer() -> Any:
    """Return a tokenizer of characters, with a space as part of the word after it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    plain.train_from_iterator([WORDS] * 4, trainer)
    ends = {"bos_token": "<s>", "eos_token": "</s>"}
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(
        tokenizer_object=plain, model_input_names=names, **ends
    )


def _config(style: str, vocabulary: int) -> Any:
    import transformers as t

    common: dict[str, Any] = {
        **SIZES,
        "vocab_size": vocabulary,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 0,
    }
    grouped = {**common, "num_key_value_heads": 2}
    if style == "gpt2":
        return t.GPT2Config(
            n_layer=2, n_embd=32, n_head=4, n_positions=64, vocab_size=vocabulary
        )
    if style == "llama":
        return t.LlamaConfig(**grouped)
    if style == "gemma3":
        layers = ["sliding_attention", "full_attention"]
        return t.Gemma3TextConfig(
            **grouped, head_dim=8, sliding_window=16, layer_types=layers
        )
    if style == "mistral":
        return t.MistralConfig(**grouped, sliding_window=16)
    if style == "mamba":
        return t.MambaConfig(
            num_hidden_layers=2, hidden_size=32, state_size=4, vocab_size=vocabulary
        )
    return t.BloomConfig(n_layer=2, hidden_size=32, n_head=4, vocab_size=vocabulary)


def encoder(folder: Path, kind: str = "masked", **changes: Any) -> Path:
    """Save a small BERT with a head, or none, and return its folder.

    Args:
        folder: Where to.
        kind: What it is made for: `masked`, `classifier` or `sentences`.
        changes: Settings that differ.
    """
    import torch
    import transformers as t

    makers: dict[str, Any] = {
        "masked": t.BertForMaskedLM,
        "classifier": t.BertForSequenceClassification,
        "sentences": t.BertModel,
    }
    tokenizer = _tokenizer()
    marks = {"mask_token": "<mask>", "pad_token": "<pad>"}
    tokenizer.add_special_tokens(marks)
    torch.manual_seed(0)
    config = t.BertConfig(**{**SIZES, **changes}, vocab_size=len(tokenizer))
    makers[kind](config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make(folder: Path, style: str = "llama", *, chat: bool = False) -> Path:
    """Save a model of an architecture, with a tokenizer, and return its folder."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer = _tokenizer()
    if chat:
        tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(_config(style, len(tokenizer)))
    with torch.no_grad():
        for weight in model.parameters():
            # Fresh weights are so small that every text is equally likely.
            weight.add_(torch.randn_like(weight) * 0.2)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
