"""What a zip is used as, told from the names of its members.

A torch checkpoint, a Keras model and a wheel are all zips; which loader opens one
follows from what it holds, never from what it is called.
"""

from collections.abc import Iterable
from typing import Final

_INSIDE: Final = (
    ("constants.pkl", "torchscript"),
    ("data.pkl", "torch"),
    (".data/extern_modules", "torch-package"),
    ("archive_version", "pt2"),
)
"""Members of the one top folder that torch writes everything into, and what they
mean; some writers leave the folder out."""
_AT_ROOT: Final = (
    ("mar-inf/manifest.json", "mar"),
    ("[content_types].xml", "office"),
    ("schema.json", "skops"),
    ("model_config.yaml", "nemo"),
    ("meta-inf/manifest.mf", "jar"),
)
_KERAS: Final = frozenset({"config.json", "metadata.json"})


def kind_of_names(names: Iterable[str]) -> str:
    """Return what loader a zip with these members is meant for, or `zip`."""
    paths = {name.lower() for name in names if not name.endswith("/")}
    inside = paths | {path.partition("/")[2] for path in paths}
    kinds = [kind for mark, kind in _INSIDE if mark in inside]
    kinds += [kind for mark, kind in _AT_ROOT if mark in paths]
    if paths >= _KERAS:
        kinds.append("keras")
    if paths and all(path.endswith(".npy") for path in paths):
        kinds.append("npz")
    if any(path.endswith(".dist-info/wheel") for path in paths):
        kinds.append("wheel")
    return kinds[0] if kinds else "zip"
