"""An endpoint: one model, which is asked and of which nothing else can be seen."""

from collections.abc import Iterator
from typing import ClassVar

from openvet.askable import AskableModel, Endpoint, Loadable
from openvet.check import Context, Reader
from openvet.subject import Subject


class EndpointReader(Reader[Endpoint]):
    """Turns an endpoint into a model that can be asked."""

    id: ClassVar[str] = "endpoint"
    version: ClassVar[int] = 1
    subject: ClassVar[type[Subject]] = Endpoint

    def read(self, subject: Endpoint, context: Context) -> Iterator[Subject]:
        """Yield its model."""
        yield behind(subject)


def behind(endpoint: Endpoint) -> AskableModel:
    """Return the model behind an endpoint."""
    return AskableModel(
        origin=endpoint.origin.at("answers"),
        model=Loadable(
            kind="causal",
            format="endpoint",
            name=endpoint.model,
            architecture="",
            path="",
            size=0,
            url=endpoint.url,
        ),
    )
