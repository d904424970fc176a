"""Names as a pickle spells them, and as Python resolves them."""

import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from typing import Final

STANDARD: Final = sys.stdlib_module_names | {"__main__"}
"""Top-level modules that are present wherever Python is."""


def modern(module: str, name: str) -> tuple[str, str]:
    """Return the Python 3 names that protocols below 3 are mapped to.

    The order is that of `pickle.Unpickler.find_class`: the pair first, else the
    module alone.
    """
    pair = NAME_MAPPING.get((module, name))
    if pair is not None:
        return pair
    return IMPORT_MAPPING.get(module, module), name


def plausible(module: str, name: str) -> bool:
    """Say whether both could be written in an import statement."""
    return all(part.isidentifier() for part in module.split(".")) and all(
        part.isidentifier() for part in name.split(".")
    )


def standard(module: str) -> bool:
    """Say whether the module comes with Python."""
    return module.partition(".")[0] in STANDARD
