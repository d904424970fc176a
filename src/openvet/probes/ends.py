"""Ends: which continuations of a request an item compares.

Items that compare different ends of one text share its request, which is asked once.
What each of them shows is about its own two ends, and so is what people see of it.
"""

from collections.abc import Sequence

from openvet.models.protocol import ScoreRequest, ScoreResult
from openvet.probes.probe import Item, Request, Result
from openvet.wire import replace


def asked_by(item: Item) -> Request:
    """Return what an item asks for itself, its ends in the order of the request."""
    request = item.request
    if not isinstance(request, ScoreRequest) or not item.ends:
        return request
    return _only(request, sorted(item.ends))


def answered_to(item: Item, result: ScoreResult) -> ScoreResult:
    """Return the answer to what an item asks for itself."""
    return _of(result, sorted(item.ends)) if item.ends else result


def shown_of(item: Item, result: Result) -> tuple[Request, Result]:
    """Return a question and its answer for people: the end that is looked for first."""
    request, places = item.request, item.ends
    if (
        not places
        or not isinstance(request, ScoreRequest)
        or not isinstance(result, ScoreResult)
        or len(result.log_likelihoods) <= max(places)
    ):
        return request, result
    return _only(request, places), _of(result, places)


def _only(request: ScoreRequest, places: Sequence[int]) -> ScoreRequest:
    ends = tuple(request.continuations[place] for place in places)
    return replace(request, continuations=ends)


def _of(result: ScoreResult, places: Sequence[int]) -> ScoreResult:
    return ScoreResult(
        log_likelihoods=tuple(result.log_likelihoods[place] for place in places),
        tokens=tuple(result.tokens[place] for place in places),
    )
