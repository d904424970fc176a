"""Files that make an installer fetch code."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar, Final

from openvet.artifacts import Config, Requirement, Requirements
from openvet.check import Context, Reader
from openvet.formats.locks import NAMES as LOCKS
from openvet.formats.locks import locked
from openvet.formats.projects import conda, indexes, is_conda, project, setup
from openvet.formats.requirements import MOST, pip_lines
from openvet.formats.text import decode, looks_like_text
from openvet.subject import File, Gap, Subject

LARGEST: Final = 4 << 20
PIP: Final = re.compile(
    r"(?:.*[-_.])?(?:requirements?|constraints)(?:[-_.].*)?\.(?:txt|in)\Z",
    re.IGNORECASE,
)
CONDA: Final = re.compile(
    r"(?:conda|environment|env|python_env)(?:[-_.].*)?\.ya?ml\Z", re.IGNORECASE
)
PROJECT: Final = frozenset({"pyproject.toml", "Pipfile", "Pipfile.lock", "meta.json"})
LISTS: Final = (".txt", ".in", ".pip")
FOLDERS: Final = frozenset({"requirements", "requirement", "reqs", "constraints"})
OPTION: Final = re.compile(
    rb"^[ \t]*(?:--(?:extra-)?index(?:-url)?|--find-links|-[if])[ \t=]+[\"']?\w+://",
    re.MULTILINE,
)
"""A line that only pip reads, in a file of any name: `-r` leads anywhere."""


class RequirementsFileReader(Reader[File]):
    """Reads pip's requirements files."""

    id: ClassVar[str] = "requirements"
    version: ClassVar[int] = 5
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the name or folder that installers are given by custom, or a line."""
        if not subject.name.lower().endswith(LISTS):
            return False
        folder = subject.place[-1].replace("\\", "/").rpartition("/")[0]
        known = PIP.match(subject.name) or folder.rpartition("/")[2].lower() in FOLDERS
        named = bool(known) or OPTION.search(subject.head) is not None
        return named and looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the requirements."""
        text, gaps = decode(subject.source, LARGEST)
        found, more = pip_lines(text)
        yield Requirements(
            origin=subject.origin.aspect(self.id),
            format="pip",
            requirements=found,
            gaps=(*gaps, *more),
        )


class ConfigRequirementsReader(Reader[Config]):
    """Takes requirements out of environments and project files."""

    id: ClassVar[str] = "config-requirements"
    version: ClassVar[int] = 5
    subject: ClassVar[type[Subject]] = Config

    def read(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield the requirements of files that an installer reads."""
        kind, listed = _listed(subject)
        found = list(islice(listed, MOST + 1))
        told = {one.text for one in found}
        for one in indexes(subject.name, subject.data, context.budget):
            if one.text not in told and len(found) <= MOST:
                told.add(one.text)
                found.append(one)
        gap = Gap(reason="over-budget", detail=f"only the first {MOST} requirements")
        if found:
            yield Requirements(
                origin=subject.origin.aspect(self.id),
                format=kind,
                requirements=tuple(found[:MOST]),
                gaps=(gap,) if len(found) > MOST else (),
            )


def _listed(subject: Config) -> tuple[str, Iterator[Requirement]]:
    """Return what a file is and what it makes an installer fetch."""
    if CONDA.match(subject.name) or is_conda(subject.data):
        return "conda", conda(subject.data)
    if subject.name in PROJECT:
        return "project", project(subject.data)
    if LOCKS.match(subject.name):
        return "project", locked(subject.data)
    if subject.name == "uv.toml":
        return "project", project({"tool": {"uv": subject.data}})
    return "project", setup(subject.data if subject.name == "setup.cfg" else None)
