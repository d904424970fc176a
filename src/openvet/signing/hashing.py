"""Digests of many files, each byte read once, several files at a time."""

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from openvet.mapped import Algorithm, Hasher, Hashing, new, pays
from openvet.source import FileSource, Source

_MAPPED: Final[dict[str, Algorithm]] = {"sha256": "sha256", "blake3": "blake3"}

Tell = Callable[[int], None]


class Job(NamedTuple):
    """A range of a file whose digest is wanted."""

    source: Source
    algorithm: str
    """`sha256`, `blake3` or `blake2b`."""
    start: int = 0
    stop: int | None = None
    """None for the end."""


def digests(jobs: Sequence[Job], tell: Tell | None = None) -> list[str]:
    """Return the digest of each job in hexadecimal.

    Large files are hashed by processes of their own, as many as there are processors;
    small ones here, meanwhile.

    Args:
        jobs: What to hash.
        tell: Told how many bytes were hashed, as they are.

    Raises:
        TargetError: A file cannot be read.
    """
    found: dict[int, str | None] = {}
    large = [number for number, job in enumerate(jobs) if _pays(job)]
    running: dict[int, Hashing] = {}
    workers = os.cpu_count() or 1
    try:
        for number in large[:workers]:
            running[number] = _started(jobs[number])
        for number, job in enumerate(jobs):
            if not _pays(job):
                found[number] = _here(job, tell)
        for place, number in enumerate(large):
            found[number] = running.pop(number).digest(tell)
            jobs[number].source.close()
            for following in large[place + 1 : place + 1 + workers]:
                if following not in running:
                    running[following] = _started(jobs[following])
    finally:
        for child in running.values():
            child.stop()
    return [
        found[number] or _here(job, tell if number not in large else None)
        for number, job in enumerate(jobs)
    ]


def _pays(job: Job) -> bool:
    return (
        isinstance(job.source, FileSource)
        and job.algorithm in _MAPPED
        and job.start == 0
        and job.stop is None
        and pays(job.source.size)
    )


def _started(job: Job) -> Hashing:
    if not isinstance(job.source, FileSource):
        raise TypeError(job.source)
    return Hashing(_MAPPED[job.algorithm], job.source.descriptor, job.source.size)


def _here(job: Job, tell: Tell | None) -> str:
    hasher: Hasher = (
        hashlib.blake2b() if job.algorithm == "blake2b" else new(_MAPPED[job.algorithm])
    )
    whole = job.start == 0 and job.stop is None
    source = job.source if whole else job.source.window(job.start, job.stop)
    for chunk in source.stream():
        hasher.update(chunk)
        if tell is not None:
            tell(len(chunk))
    job.source.close()
    return hasher.hexdigest()
