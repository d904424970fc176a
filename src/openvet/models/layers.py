"""How many layers settings ask for, held against those that the weights hold.

A library builds every layer before it looks for its weights: with ten million of them
it is at that for hours, and all it would say then is that they are missing. The names
of tensors stand at the beginning of a file, and cost nothing to read.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from openvet.errors import ModelError
from openvet.models.files import CONFIG
from openvet.patterns import pattern

NAMES: Final = (
    "num_hidden_layers",
    "num_layers",
    "n_layer",
    "n_layers",
    "num_encoder_layers",
    "num_decoder_layers",
    "encoder_layers",
    "decoder_layers",
)
"""How settings call their number."""
MOST: Final = 4096
"""More than any model has; those of today have some 130 at most."""
ENDLESS: Final = 10**12
"""Numbers above it are not written out."""
SHARED: Final = 256
"""Up to so many are built in no time, and may share their weights, as in ALBERT."""
NUMBERED: Final = pattern(r"\.([0-9]{1,9})\.")
BLOCKS: Final = ".block_count"
"""Ends the name of the number in a GGUF file."""
HINT: Final = "mend it, or get the file again"


def held(folder: Path, config: Mapping[str, Any]) -> None:
    """Refuse a folder whose settings ask for more layers than there can be.

    Args:
        folder: Where the weights lie.
        config: The settings.

    Raises:
        ModelError: They do.
        SafetensorError: The header of a file is broken.
    """
    asked = max(_asked(config), default=0)
    if asked > SHARED:
        _compare(CONFIG, asked, _tensors(folder))


def held_gguf(path: Path) -> None:
    """Refuse a GGUF file that claims more layers than there can be.

    Raises:
        ModelError: It does.
    """
    import gguf

    # As transformers names it, so that it is parsed once.
    reader = gguf.GGUFReader(str(path))
    for name, field in reader.fields.items():
        if name.endswith(BLOCKS):
            asked = field.contents()
            if isinstance(asked, int) and asked > SHARED:
                _compare(path.name, asked, (one.name for one in reader.tensors))


def _compare(name: str, asked: int, tensors: Iterable[str]) -> None:
    """Refuse a number of layers that is not there."""
    if asked > MOST:
        raise ModelError(
            f"{name} asks for {_said(asked)} layers; no model has more than {MOST:,}",
            hint=HINT,
        )
    numbers = (int(n) for tensor in tensors for n in NUMBERED.findall(tensor))
    there = max(numbers, default=-1) + 1
    if there and asked > there:
        raise ModelError(
            f"{name} asks for {asked:,} layers, and the weights hold {there:,}",
            hint=HINT,
        )


def _said(number: int) -> str:
    """Return a number in words that stay short."""
    return f"{number:,}" if number < ENDLESS else f"{ENDLESS:,} or more"


def _asked(config: Mapping[str, Any]) -> Iterator[int]:
    """Yield every number of layers that settings name, those of their parts too."""
    for part in (config, *config.values()):
        if isinstance(part, dict):
            found = (part.get(name) for name in NAMES)
            yield from (one for one in found if isinstance(one, int))


def _tensors(folder: Path) -> Iterator[str]:
    """Yield the names of all tensors of a folder; none of pickles."""
    from safetensors import safe_open

    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            yield from file.keys()
