"""PyTorch's operators by what they reach: in TorchScript, exported programs, .pte.

An operator is `NAMESPACE::NAME`. Namespaces are registered by native libraries, so one
that neither torch nor its own domain libraries register needs code from elsewhere.
Sources: the registrations of PyTorch 2.13, torchvision 0.28, torchaudio 2.11 and
torchcodec 0.9.
"""

import re
from typing import Final, Literal

TorchReach = Literal["python", "read", "write", "network", "native", "process"]

NAMES: Final[dict[str, TorchReach]] = {
    "save": "write",
    "_save": "write",
    "from_file": "read",
    "load": "read",
    "_load": "read",
    "load_library": "native",
    "PythonOp": "python",
}
"""Whatever the namespace."""
QUALIFIED: Final[dict[str, TorchReach]] = {
    "debugprims::load_tensor": "read",
    "image::read_file": "read",
    "image::write_file": "write",
    "torchaudio::sox_effects_apply_effects_file": "read",
    "torchcodec_ns::create_from_file": "read",
    "prim::rpc_async": "network",
    "prim::rpc_remote": "network",
    "prim::rpc_sync": "network",
}
_WORDS: Final[dict[str, TorchReach]] = {
    **dict.fromkeys(("file", "files", "filename", "path", "fopen", "mmap"), "read"),
    **dict.fromkeys(("system", "shell", "exec", "popen", "spawn", "fork"), "process"),
    **dict.fromkeys(
        ("download", "upload", "http", "https", "url", "socket", "rpc", "tcp"),
        "network",
    ),
    **dict.fromkeys(("dlopen", "dlsym"), "native"),
}
"""What the name of a custom operator says that it reaches."""
_SAVES: Final = frozenset({"save", "write", "dump", "store", "delete", "remove"})
NAMESPACES: Final = frozenset(
    {
        *("aten", "prim", "prims", "quantized", "_quantized", "quantized_decomposed"),
        *("prepacked", "mkldnn", "mkldnn_prepacked", "mkl", "onednn", "xnnpack"),
        *("sparse", "static_runtime", "metal", "metal_prepacked", "vulkan", "nnapi"),
        *("vulkan_prepacked", "inductor", "inductor_prims", "higher_order", "profiler"),
        *(
            "c10d",
            "c10d_functional",
            "_c10d_functional",
            "_dtensor",
            "symm_mem",
            "cuda",
        ),
        *("export", "rngprims", "debugprims", "torch_attn", "flash_attention", "mtia"),
        *("torchvision", "image", "video_reader", "torchaudio", "_test", "caffe2"),
        *(
            "executorch",
            "dim_order_ops",
            "et_vk",
            "llama",
            "bundled_program",
            "backend",
        ),
        *("torchao", "_TorchScriptTesting", "rnn", "dist_rpc", "torch", "_nnapi"),
    }
)
"""Registered by torch, and by the libraries that are published with it."""
_PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def torch_reach(name: str) -> TorchReach | None:
    """Return what an operator reaches beyond its tensors, or None.

    Args:
        name: With its namespace: `image::read_file`.
    """
    space, _, own = name.rpartition("::")
    own = own.partition(".")[0]
    known = NAMES.get(own) or QUALIFIED.get(f"{space}::{own}")
    if known or space in {"aten", "prim", "prims"}:
        return known
    words = [part.lower() for part in _PART.findall(own)]
    found = next((_WORDS[word] for word in words if word in _WORDS), None)
    return "write" if found == "read" and not _SAVES.isdisjoint(words) else found


def torch_knows(name: str) -> bool:
    """Say whether torch or a library published with it registers a namespace."""
    return name.rpartition("::")[0] in NAMESPACES
