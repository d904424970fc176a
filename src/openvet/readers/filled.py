"""The battery of a model that fills gaps."""

from collections.abc import Iterable, Iterator
from functools import partial

from openvet.models.protocol import ScoreRequest
from openvet.probes.filling import Filling
from openvet.probes.probe import Probe
from openvet.readers.asked import Asked


def filled(asked: Iterable[Asked]) -> Iterator[Asked]:
    """Yield what is asked of a model that fills gaps, in the form that fits.

    It says nothing by itself and recommends nothing, so it is asked how likely texts
    about people are.
    """
    for one in asked:
        probe = one.probe(False)
        if probe.concern == "bias" and _scores(probe):
            yield one._replace(probe=partial(_made, probe))


def _scores(probe: Probe) -> bool:
    """Say whether a probe asks how likely texts are; one without questions does."""
    first = next(iter(probe.items(0)), None)
    return first is None or isinstance(first.request, ScoreRequest)


def _made(probe: Probe, chat: bool) -> Probe:
    """Return a probe, which does not depend on whether the model answers messages."""
    del chat
    return Filling(probe)
