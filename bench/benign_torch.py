# ruff: noqa: E501, TID253, NPY002 - a table of makers, run in an environment of its own
"""Tensors, modules, optimizers and checkpoints."""

import argparse
import collections
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.utils.prune
from torch import nn


def modules() -> Iterator[tuple[str, Any]]:
    """Yield one instance of every module that can be made from small numbers."""
    for name, kind in sorted(vars(nn).items()):
        if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
            continue
        needed = [
            part
            for part in list(inspect.signature(kind.__init__).parameters.values())[1:]
            if part.default is part.empty and part.kind is part.POSITIONAL_OR_KEYWORD
        ]
        try:
            yield f"torch_nn_{name}", kind(*[2 for _ in needed])
        except Exception:  # noqa: BLE001, S112 - it wants something else
            continue


def tensors() -> Iterator[tuple[str, Any]]:
    """Yield tensors of every kind."""
    base = torch.arange(12.0).reshape(3, 4)
    things: dict[str, Any] = {
        "tensor": base, "view": base[:, 1:], "transposed": base.T, "scalar": torch.tensor(3),
        "shared": {"a": base, "b": base[0]}, "parameter": nn.Parameter(base.clone()),
        "grad": torch.ones(2, requires_grad=True), "buffer": nn.Buffer(base.clone()),
        "sparse": base.to_sparse(), "csr": base.to_sparse_csr(), "empty": torch.empty(0),
        "meta": torch.empty(3, device="meta"), "size": base.shape, "device": torch.device("cpu"),
        "dtypes": [torch.float16, torch.bfloat16, torch.int8], "layout": torch.strided,
        "format": torch.channels_last, "generator": torch.Generator().get_state(),
        "numpy": np.arange(3), "rng": {"np": np.random.get_state(), "torch": torch.get_rng_state()},
        "qint": torch.quantize_per_tensor(base, 0.1, 0, torch.qint8),
        "qchannel": torch.quantize_per_channel(base, torch.ones(3), torch.zeros(3), 0, torch.qint8),
        "complex": torch.ones(2, dtype=torch.complex64), "bool": torch.ones(2, dtype=torch.bool),
        "half": torch.ones(2, dtype=torch.half), "bf16": torch.ones(2, dtype=torch.bfloat16),
        "float8": torch.ones(2).to(torch.float8_e4m3fn), "uint16": torch.ones(2).to(torch.uint16),
        "nested": torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
        "conj": torch.ones(2, dtype=torch.complex64).conj(), "storage": base.untyped_storage(),
        "typed_storage": torch.FloatStorage(4), "distribution": torch.distributions.Normal(0.0, 1.0),
        "categorical": torch.distributions.Categorical(torch.ones(3) / 3),
    }  # fmt: skip
    for name, thing in things.items():
        yield f"torch_{name}", thing


class Net(nn.Module):
    """A module of the user's own."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
        self.head = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.LSTM(2, 2)})
        self.activation = torch.nn.functional.gelu
        self.activation2 = torch.tanh


def checkpoints() -> Iterator[tuple[str, Any]]:
    """Yield what training writes."""
    model = nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Dropout(), nn.Linear(3, 1))
    model(torch.ones(1, 2)).sum().backward()
    yield "torch_state", model.state_dict()
    yield "torch_module", model
    yield "torch_own", Net()
    yield (
        "torch_transformer",
        nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8), 1),
    )
    yield "torch_script_ready", nn.LSTM(2, 2, 2, bidirectional=True)
    for name, kind in sorted(vars(torch.optim).items()):
        if isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer):
            try:
                optimizer = kind(model.parameters(), lr=0.1)
                yield f"torch_optimizer_{name}", optimizer
                yield f"torch_optimizer_state_{name}", optimizer.state_dict()
            except Exception:  # noqa: BLE001, S112 - it wants something else
                continue
    optimizer = torch.optim.AdamW(model.parameters())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    yield "torch_scheduler", scheduler
    yield "torch_cosine", torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3)
    yield (
        "torch_checkpoint",
        {
            "epoch": 3, "args": argparse.Namespace(lr=1.0), "model": model.state_dict(),
            "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
            "metrics": collections.defaultdict(list, {"loss": [np.float64(0.1)]}),
        },
    )  # fmt: skip
    yield (
        "torch_parametrized",
        nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)).state_dict(),
    )
    yield "torch_weight_norm", nn.utils.weight_norm(nn.Linear(2, 2))
    yield (
        "torch_pruned",
        torch.nn.utils.prune.l1_unstructured(nn.Linear(2, 2), "weight", 0.5),
    )
    yield "torch_spectral", nn.utils.spectral_norm(nn.Linear(2, 2))
    quantized = torch.ao.quantization.quantize_dynamic(model, {nn.Linear})
    yield "torch_quantized", quantized
    yield "torch_dataset", torch.utils.data.TensorDataset(torch.ones(2, 2))
    yield "torch_random_split", torch.utils.data.random_split([1, 2, 3], [1, 2])
    yield "torch_averaged", torch.optim.swa_utils.AveragedModel(model)
    yield from transformers_objects()


def transformers_objects() -> Iterator[tuple[str, Any]]:
    """Yield what transformers writes beside its weights."""
    import transformers

    arguments = transformers.TrainingArguments("out", report_to=[], use_cpu=True)
    config = transformers.BertConfig(
        hidden_size=8,
        num_attention_heads=2,
        num_hidden_layers=1,
        intermediate_size=8,
        vocab_size=9,
    )
    yield "torch_training_args", arguments
    yield "torch_config", config
    yield "torch_bert", transformers.BertModel(config)
    yield (
        "torch_gpt2",
        transformers.GPT2LMHeadModel(
            transformers.GPT2Config(n_embd=8, n_head=2, n_layer=1, vocab_size=9)
        ),
    )
    yield "torch_encoding", transformers.BatchEncoding({"ids": [1]})


def objects() -> Iterator[tuple[str, Any]]:
    """Yield name and object."""
    yield from tensors()
    yield from modules()
    yield from checkpoints()
