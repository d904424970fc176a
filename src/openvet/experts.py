"""Mixtures of experts: how much of a model each token goes through.

A layer of such a model holds many blocks of parameters, its experts, and sends each
token through some of them only. What training or asking takes follows from those.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from openvet.patterns import pattern
from openvet.wire import Record

EXPERTS: Final = (
    *("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"),
)
USED: Final = ("num_experts_per_tok", "experts_per_token", "moe_top_k")
"""Keys of mixtures of experts, of transformers' configurations."""
MOST: Final = 100_000
"""No model has more experts."""
_INSIDE: Final = pattern(r"(?:^|\.)experts\.")
"""Begins what lies in an expert, as transformers names parameters. Experts that every
token goes through are called otherwise: `shared_experts`, `shared_expert`."""


class Experts(Record, frozen=True, kw_only=True):
    """How many experts of a layer each token goes through, of how many."""

    used: int = 1
    among: int = 1

    @property
    def share(self) -> float:
        """The part of them, and so the least part of the parameters."""
        return self.used / self.among


def experts(used: object, among: object) -> Experts:
    """Return a mixture of experts; 1 of 1 where figures are lacking or make no sense.

    Args:
        used: Experts that a token goes through, as somebody wrote it.
        among: All there are, likewise.
    """
    few, all_ = _count(used), _count(among)
    if not few or few > all_:
        return Experts()
    return Experts(used=few, among=all_)


def in_settings(config: Mapping[str, Any]) -> Experts:
    """Return the mixture of a configuration of transformers, or of a part of it."""
    inner = [part for part in config.values() if isinstance(part, Mapping)]
    for part in (config, *inner):
        found = experts(_first(part, USED), _first(part, EXPERTS))
        if found.share < 1:
            return found
    return Experts()


def active(sizes: Iterable[tuple[str, int]], mixture: Experts) -> int | None:
    """Return how many parameters each token goes through.

    Args:
        sizes: Names of parameters as transformers gives them, and how many they are.
        mixture: Of experts.

    Returns:
        None where a token goes through all, or where no name tells what experts are.
    """
    total = inside = 0
    for name, size in sizes:
        total += size
        inside += size if _INSIDE.search(name) else 0
    if mixture.share == 1 or not inside:
        return None
    return total - inside + inside * mixture.used // mixture.among


def _first(part: Mapping[str, Any], keys: tuple[str, ...]) -> int:
    return next((n for key in keys if (n := _count(part.get(key)))), 0)


def _count(value: object) -> int:
    """Return a number of experts; 0 for what nobody could mean."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 < value <= MOST else 0
