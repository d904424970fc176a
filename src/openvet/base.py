"""The model that another was made from: its files are read before it is asked.

It comes from elsewhere as well, and passes the same gate as the model itself.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from openvet.askable import AskableModel
from openvet.check import Progress
from openvet.errors import TargetError
from openvet.subject import Subject
from openvet.wire import Record, digest, replace

if TYPE_CHECKING:
    from openvet.run import Options

SERVED: Final = ("hf:", "https://", "http://")


class Base(Record, frozen=True, kw_only=True):
    """The base of a model, after its files were read."""

    name: str
    """As the person named it."""
    model: AskableModel | None
    """None where nothing in it can be asked."""

    @property
    def identity(self) -> str:
        """What changes with its files: part of the key of all that it is asked."""
        return digest([self.name, self.model and self.model.origin.digest])

    @property
    def refusal(self) -> str:
        """Why it is not asked; empty where it can be."""
        if self.model is None:
            return "nothing in it is a model that can be asked"
        return self.model.refusal

    @property
    def folder(self) -> str:
        """Name of the folder that keeps its answers."""
        return f"base-{digest(self.name)[:16]}"


def asked_of(
    name: str, options: "Options", progress: Progress | None = None
) -> AskableModel | None:
    """Read the files of a model as an audit does, and return what can be asked.

    Args:
        name: A path, or `openai:` and an endpoint.
        options: As of the audit; nothing is asked yet.
        progress: Told of every file.

    Returns:
        None where there is nothing to ask. What must not be loaded says so itself.

    Raises:
        OpenvetError: It cannot be opened, or is on a server that only serves files.
    """
    from openvet.endpoint import PREFIX, endpoint
    from openvet.run import observed
    from openvet.target import local

    if name.startswith(PREFIX):
        from openvet.readers.endpoint import behind

        return behind(endpoint(name))
    if name.startswith(SERVED):
        raise TargetError(
            f"{name} is on a server, and only what is here can be loaded",
            hint="download it and name the folder",
        )
    found: list[AskableModel] = []

    def keep(subject: Subject) -> None:
        if isinstance(subject, AskableModel):
            found.append(subject)

    settings = replace(options.settings, ask=False, base="")
    plain = replace(options, settings=settings, since="")
    observed(local(Path(name)), plain, keep, progress=progress)
    return found[0] if found else None
