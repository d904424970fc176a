"""Whom a recommender shows: the subject of rules on its exposure of providers."""

from openvet.answered import Answered
from openvet.probes.exposure import Exposure


class ProviderExposure(Answered, frozen=True, kw_only=True, tag=True):
    """Shares of exposure; axes are the providers that are seen most.

    Of an axis, `above` says that a provider is certainly seen more than the share of
    the items that it offers.
    """

    file: str
    """Its name."""
    found: Exposure | None
    """None where the table cannot be used."""
