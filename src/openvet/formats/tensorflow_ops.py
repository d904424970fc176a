"""What TensorFlow's operations reach, by its own registry.

The list is made by `scripts/harvest_tensorflow_ops.py` and read once, on first use.
"""

from functools import lru_cache

from openvet.wire import Record, decode


class OperationList(Record, frozen=True, kw_only=True):
    """The operations of one release of a library, by what they reach."""

    library: str
    version: str
    registered: int
    operations: dict[str, tuple[str, ...]]
    """Category to names: `file-read`, `python`, `pure` …"""


@lru_cache(maxsize=1)
def registry() -> OperationList:
    """Return the packaged list."""
    from importlib.resources import files

    data = files("openvet.allow").joinpath("tensorflow_ops.json").read_bytes()
    return decode(data, OperationList)


@lru_cache(maxsize=1)
def _categories() -> dict[str, str]:
    return {
        name: category
        for category, names in registry().operations.items()
        for name in names
    }


def category(name: str) -> str:
    """Return what an operation reaches, or an empty string for an unknown one."""
    return _categories().get(name, "")
