"""Models that can be asked."""

from typing import Literal

from openvet.subject import Subject
from openvet.wire import Record

ModelKind = Literal["causal", "masked", "classifier", "embedding"]
"""How a model is asked: it goes on with text, fills gaps, tells labels, or places text
among other text."""


class Loadable(Record, frozen=True, kw_only=True):
    """Files of the target that together are one model."""

    kind: ModelKind
    format: Literal["huggingface", "gguf", "endpoint"]
    name: str
    """Path below the target: of the folder, or of the GGUF file."""
    architecture: str
    """As its configuration writes it."""
    path: str
    """On this machine; empty where the files are not here."""
    size: int
    """Bytes of its weights; 0 where nobody can tell."""
    url: str = ""
    """Of the endpoint."""


class AskableModel(Subject, frozen=True, kw_only=True, tag=True):
    """A model that an engine can load, or why it is not loaded."""

    crosses = False
    model: Loadable
    refusal: str = ""
    """Why nobody loads it, whatever is asked; empty where it can be loaded."""
    vendor: str = ""
    """The company that made it, or what it was made from; empty where files do not
    say."""


class Endpoint(Subject, frozen=True, kw_only=True, tag=True):
    """A model that is reached over an API: the target of an audit without files."""

    crosses = False
    url: str
    model: str
    """As the server calls it."""
    kind: Literal["endpoint"] = "endpoint"
    excluded: tuple[str, ...] = ()
    """Nothing: there are no files."""

    @property
    def title(self) -> str:
        """How reports name the target."""
        return f"openai:{self.url}#{self.model}"

    @property
    def address(self) -> str:
        """Names the place of its ledgers."""
        return self.title
