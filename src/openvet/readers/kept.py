"""Where answers are kept while a model is asked, so that none is asked for twice."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from openvet.addresses import without_secrets
from openvet.check import Context
from openvet.models.zone import ZonedModel
from openvet.probes.answers import Answers
from openvet.wire import digest, replace

if TYPE_CHECKING:
    from openvet.models.endpoint import EndpointModel

UNFINISHED: Final = "unfinished.jsonl"
FINISHED: Final = "finished.jsonl"
"""What an endpoint answered the last audit that finished, to be compared and not to be
asked for again."""
DAY: Final = 24 * 3600
"""Seconds after which an endpoint may well have another model."""


@contextmanager
def kept(model: "ZonedModel | EndpointModel", context: Context) -> Iterator[Answers]:
    """Yield the answers that are known, which also keeps new ones.

    Those of a model with a digest hold for as long as there are the same files. Nobody
    can tell whether an endpoint is the same tomorrow: its answers serve an audit that
    was interrupted, for a day, and serve none once all was asked.

    Raises:
        OpenvetError: The model cannot be opened, or the file cannot be read.
    """
    info, path = model.info, context.answers
    if info.digest or path is None or isinstance(model, ZonedModel):
        yield Answers(info, path)
        return
    unfinished = path.with_name(UNFINISHED)
    known = replace(info, digest=endpoint_digest(model.url, info.id))
    if unfinished.exists() and time.time() - unfinished.stat().st_mtime > DAY:
        unfinished.unlink()
    yield Answers(known, unfinished)
    if not model.lost and unfinished.exists():
        unfinished.replace(path.with_name(FINISHED))


def endpoint_digest(url: str, model: str) -> str:
    """Return what keys of answers hold of a model whose files nobody sees.

    Endpoints can share a folder of ledgers, and none may be given answers of another.
    """
    return digest([UNFINISHED, without_secrets(url), model])
