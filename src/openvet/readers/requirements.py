"""Files that make an installer fetch code."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from openvet.artifacts import Config, Requirement, Requirements
from openvet.check import Context, Reader
from openvet.formats.requirements import conda, pip_lines, project, requirement
from openvet.formats.text import decode, looks_like_text
from openvet.subject import File, Subject

LARGEST: Final = 4 << 20
PIP: Final = re.compile(
    r"(?:.*[-_.])?(?:requirements?|constraints)(?:[-_.].*)?\.(?:txt|in)\Z",
    re.IGNORECASE,
)
CONDA: Final = re.compile(
    r"(?:conda|environment|env|python_env)(?:[-_.].*)?\.ya?ml\Z", re.IGNORECASE
)
PROJECT: Final = frozenset({"pyproject.toml", "Pipfile", "meta.json"})


class RequirementsFileReader(Reader[File]):
    """Reads pip's requirements files."""

    id: ClassVar[str] = "requirements"
    subject: ClassVar[type[Subject]] = File

    def claims(self, subject: File) -> bool:
        """Go by the name that installers are given by custom."""
        return PIP.match(subject.name) is not None and looks_like_text(subject.head)

    def read(self, subject: File, context: Context) -> Iterator[Subject]:
        """Yield the requirements."""
        text, gaps = decode(subject.source, LARGEST)
        yield Requirements(
            origin=subject.origin.aspect(self.id),
            format="pip",
            requirements=pip_lines(text),
            gaps=gaps,
        )


class ConfigRequirementsReader(Reader[Config]):
    """Takes requirements out of environments and project files."""

    id: ClassVar[str] = "config-requirements"
    subject: ClassVar[type[Subject]] = Config

    def read(self, subject: Config, context: Context) -> Iterator[Subject]:
        """Yield the requirements of files that an installer reads."""
        found: tuple[Requirement, ...] = ()
        if CONDA.match(subject.name):
            kind, found = "conda", conda(subject.data)
        elif subject.name in PROJECT:
            kind, found = "project", project(subject.data)
        elif subject.name == "setup.cfg":
            kind, found = "project", _setup(subject.data)
        if found:
            yield Requirements(
                origin=subject.origin.aspect(self.id), format=kind, requirements=found
            )


def _setup(data: object) -> tuple[Requirement, ...]:
    """Return `install_requires` and its like of a `setup.cfg`."""
    options = data.get("options") if isinstance(data, dict) else None
    if not isinstance(options, dict):
        return ()
    found: list[Requirement] = []
    for key in ("install_requires", "setup_requires", "dependency_links"):
        value = options.get(key)
        lines = value.splitlines() if isinstance(value, str) else []
        found.extend(requirement(line) for line in lines if line.strip())
    return tuple(found)
